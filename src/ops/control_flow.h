#pragma once
// What the operators with subgraphs share: formal inputs and captures, slices of scanned tensors, results stacked over
// iterations, and types that hold for every iteration.

#include "ops/op.h"

namespace pharos {

// Formal input `i` is there (captures follow the formal inputs and do not count).
inline bool has_formal(const Node& node, size_t i) { return i < node.formal_inputs() && node.has_input(i); }

// Checks that subgraph `graph` takes the formal inputs and the captures, and yields `outputs` values (at least).
Result<void> check_subgraph(const Node& node, const Graph* graph, std::string_view attribute, size_t formal_inputs,
                            size_t outputs);

void append_captures(const EvalContext& c, std::vector<Datum>& inputs);
void append_captures(const InferContext& c, std::vector<Type>& inputs);

// A type of which both are special cases: dims that differ become unknown, ranks that differ drop the shape.
Type join(const Type& a, const Type& b);

// The sub-tensor at `index` along `axis`, with that axis removed. A view where the elements lie together.
Tensor slice_at(const Tensor& t, int axis, int64_t index);

// Tensors of equal dtype and shape, appended one by one.
class Stack {
 public:
  // Fails where dtype or shape differ from the first tensor's, or a limit is exceeded.
  Result<void> append(const EvalContext& c, size_t output, const Datum& item);
  int64_t size() const { return size_; }
  // Writes output `output` of the node: the items along a new axis, in reverse order where asked. Where there is none,
  // shape and dtype come from `declared` (unknown dims become 0).
  Result<void> finish(EvalContext& c, size_t output, int64_t axis, bool reverse, const Type& declared) const;

  // Writes the items into entry `batch` of an output [batches, length, item dims], which the first call makes (and the
  // rest of the entry stays zero). An entry without items before any with leaves the output unmade.
  Result<void> place(EvalContext& c, size_t output, Tensor& to, int64_t batch, int64_t batches, int64_t length) const;

 private:
  Result<void> grow(const EvalContext& c);
  Tensor storage_;  // capacity_ items
  Dims item_dims_;
  DType dtype_ = DType::undefined;
  int64_t size_ = 0, capacity_ = 0, item_count_ = 0;
};

}  // namespace pharos
