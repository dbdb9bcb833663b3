#pragma once
// ONNX models as graphs. The graph holds newest operator forms only, no local functions, explicit captures, and inferred
// types; what could not be read says so in one report that names the node.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "graph/graph.h"
#include "ops/op.h"

namespace pharos {

struct ImportOptions {
  Limits limits;
  bool infer = true;              // types of all values; without it only declared ones are known
  bool allow_hard_links = false;  // for external data
  bool allow_unknown_operators = false;  // for lint: they stay in the graph; implies no inference where there are any
};

// An operator that is not supported, with the nodes that use it.
struct UnknownOperator {
  std::string op;  // "com.example::Foo"
  int64_t opset = 0;
  std::vector<std::string> nodes;
};

// How often an operator occurs in the file, functions inlined.
struct OperatorUse {
  int64_t count = 0;
  std::vector<std::string> nodes;  // names of the first of them
};

struct ImportedModel {
  Graph graph;
  std::string name, producer, producer_version, domain;
  int64_t ir_version = 0, model_version = 0;
  std::vector<std::pair<std::string, int64_t>> opsets;         // domain ("" is ai.onnx) and version
  std::vector<std::pair<std::string, std::string>> metadata;
  int64_t onnx_nodes = 0;      // in the file, subgraphs and functions included
  int64_t tensor_bytes = 0;    // initializers and constants
  int64_t functions = 0;
  std::map<std::string, OperatorUse> operators;  // by full name, as written in the file (Constant nodes left out)
  std::vector<UnknownOperator> unknown;  // where allowed
  std::vector<Report> notes;   // warnings, also sent to the log
};

Result<ImportedModel> import_model(const std::string& path, const OpSet& ops, const ImportOptions& options = {}, Log log = {});
// From memory; `folder` is where external data is looked for (empty: external data is refused).
Result<ImportedModel> import_model(std::span<const std::byte> bytes, const std::string& folder, const OpSet& ops,
                                   const ImportOptions& options = {}, Log log = {});

}  // namespace pharos
