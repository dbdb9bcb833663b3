#pragma once
// Nodes of older operator sets become newest forms; operators nobody defines are collected.

#include <map>
#include <string>
#include <vector>

#include "onnx/import.h"

namespace pharos {

// A node as it was read, with the version of its domain that applies to it.
struct ReadNode { NodeId id; int64_t opset; };

class Unknowns {
 public:
  void add(const Node& node, int64_t opset);
  bool empty() const { return found_.empty(); }
  std::vector<UnknownOperator> list() const;  // by operator
  Report report(const OpSet& ops) const;      // all of them at once, with what they are and what helps

 private:
  std::map<std::string, UnknownOperator> found_;
};

// Applies the rewrites of each node's definition and checks the result. Every node that a rewrite adds gets the origin of
// the one it stands for.
Result<void> upgrade_nodes(Graph& graph, const OpSet& ops, const std::vector<ReadNode>& nodes, Unknowns& unknowns);

}  // namespace pharos
