#pragma once
// Type inference over a whole graph: dtypes, symbolic or concrete shapes, and the contents of small integer tensors.

#include "ops/op.h"

namespace pharos {

struct InferOptions {
  Limits limits;
  // Concrete mode: types of the graph inputs are concrete and every value whose contents are known and small (at most
  // `fold_elements`) is evaluated on the way, so that shapes which depend on other shapes come out as numbers.
  int64_t fold_elements = 4096;
};

// Infers every value's type in place, in topological order. Declared types (of graph outputs and value_info) that
// contradict the inferred ones are reported by the first offending node. Idempotent.
Result<void> infer_types(Graph& graph, const OpSet& ops, const InferOptions& options = {});

// The same without touching the graph: types per value slot for the given types of the inputs. Known contents found on the
// way are returned too (by value slot), so that a caller can treat them as constants. This is what the runtime calls
// when the shapes of a context are set.
struct InferredTypes {
  std::vector<Type> types;                              // by ValueId::index
  std::vector<std::shared_ptr<const Tensor>> contents;  // by ValueId::index; empty where not known
};
Result<InferredTypes> infer_types_for(const Graph& graph, const OpSet& ops, std::span<const Type> input_types,
                                      const InferOptions& options = {});

}  // namespace pharos
