#pragma once
// What a pass is: a function that rewrites a graph and says how often it did. The order of passes is in pipeline.cpp.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pharos/limits.h"
#include "base/log.h"
#include "ops/op.h"

namespace pharos {

// Why a rewrite that a reader of the graph would expect did not happen.
struct PassNote {
  NodeId node;
  std::string op, name, why;
};

struct PassContext {
  const OpSet& ops;
  Log log;
  Limits limits;
  int level = 3;                // of optimisation, 0 to 5
  int depth = 0;                // 0: the model's own graph; more: a subgraph
  std::vector<PassNote> notes;  // of the last run of the pass
  int64_t dequantized_weights = 0, dequantized_bytes = 0;  // constants that fold-constants expanded to floats
  // Runs the passes that are safe in subgraphs on one; set by the driver.
  std::function<Result<int>(Graph&, PassContext&)> simplify_nested;

  // Reported as a VERBOSE diagnostic at the end, if the node is still there.
  void note(const Graph& graph, NodeId node, std::string why) {
    if (depth == 0) notes.push_back({node, graph[node].op, graph[node].name, std::move(why)});
  }
  // Whether the definition of the operator accepts the type as its first input.
  bool takes(std::string_view domain, std::string_view op, DType dtype) const {
    const OpDef* def = ops.find(domain, op);
    return def && !def->inputs.empty() && def->inputs[0].types.has(dtype);
  }
};

// Passes of a stage run to their common fixed point together with those of the stages before.
enum class PassStage : uint8_t {
  Simplify,  // fewer nodes, the same operators
  Fuse,      // patterns of primitive operators become one operator
  Lower,     // operators become the forms that tactics compute, with bias, residual and activation
  Finish,    // what would hide patterns from the other passes
};

struct PassDef {
  std::string_view name;  // as in --disable-pass
  std::string_view doc;
  Result<int> (*run)(Graph&, PassContext&);  // number of rewrites; 0: the graph is unchanged
  PassStage stage = PassStage::Simplify;
  int level = 1;        // runs at this level of optimisation and above
  bool nested = false;  // also run on subgraphs
};

}  // namespace pharos
