#pragma once
// The order in which the nodes of a graph can be built.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "onnx/proto.h"

namespace pharos {

using NodeList = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

// "conv_1", or "Conv_7" where node 7 has no name.
std::string node_label(const onnx::NodeProto& node, int index);

struct NodeOrder {
  std::vector<int> nodes;       // producers first; the order of the file where that is one already
  // Constant nodes that a later Constant of the same output replaces. Not legal, but seen in models that other tools run:
  // the last one counts, for all readers.
  std::vector<int> superseded;
};

// `graph` names the list in messages.
Result<NodeOrder> order_nodes(const NodeList& nodes, std::string_view graph);

}  // namespace pharos
