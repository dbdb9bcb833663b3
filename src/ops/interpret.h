#pragma once
// Runs a graph node by node with the reference evaluations: the oracle, the constant folder, the body of control flow.

#include "ops/op.h"

namespace pharos {

struct InterpretOptions {
  Limits limits;
  uint64_t seed = 0;
  // Inputs must fit the declared types. Off for subgraphs: exporters declare [1] where a loop passes a scalar.
  bool check_inputs = true;
  // Called after each node, for debugging and for per-node comparison; may be empty.
  std::function<void(const Node&, std::span<const Datum> outputs)> observe;
  // Runs a subgraph of a node instead of the interpreter; may be empty.
  std::function<Result<std::vector<Datum>>(const Node&, const Graph&, std::vector<Datum> inputs)> run_body;
};

// `inputs` in the order of graph.inputs(); missing optional inputs are empty data. Checks dtypes and ranks against the
// declared inputs. Values are freed after their last use.
Result<std::vector<Datum>> interpret(const Graph& graph, const OpSet& ops, std::vector<Datum> inputs,
                                     const InterpretOptions& options = {});

// Evaluates a single node (for folding and for the reference tactic).
Result<std::vector<Datum>> evaluate_node(const OpDef& def, const OpSet& ops, const Node& node, std::span<const Datum> inputs,
                                         const InterpretOptions& options = {});

}  // namespace pharos
