#pragma once
// Pieces of inference, of checking and of rewriting older opsets that many operators share.

#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {

// --- inference

// The element type that inputs [first, last) share (missing and unknown ones are skipped); undefined where none is
// known.
Result<DType> infer_dtype(InferContext& c, size_t first, size_t last);
// The broadcast shape of inputs [first, last); nothing where a rank is unknown.
Result<std::optional<Shape>> infer_broadcast(InferContext& c, size_t first, size_t last);
// Output 0 has the type of input 0.
Result<void> infer_same(InferContext& c);
// Output 0 is the broadcast of all inputs, with their element type.
Result<void> infer_same_broadcast(InferContext& c);
// A tensor of that rank about whose dims nothing is known.
Type tensor_of_rank(DType dtype, int rank);
Type tensor_type(DType dtype, std::optional<Shape> shape);
// Contents of an integer input, where known.
std::optional<std::vector<int64_t>> constant_ints(const InferContext& c, size_t i);
// Number of elements of a 1-D input, where known (from its type or its contents).
std::optional<int64_t> known_length(const InferContext& c, size_t i);

// --- evaluation

Result<void> check_same_dtype(EvalContext& c, size_t first, size_t last);
// The numbers of a shape that was computed with numbers; unknown dims come from overflow and are reported as such.
Result<Dims> concrete_dims(const Node& node, const Shape& shape);
Result<void> check_rank(const Node& node, size_t input, int rank, int least, int most);

// --- rewrites of older forms

void erase_attr(Graph& graph, NodeId node, std::string_view name);
// An i64 constant of rank 1.
ValueId add_ints(Graph& graph, std::string_view name, std::span<const int64_t> values);
// The ints (or single int) attribute becomes a constant 1-D i64 input; without it the input stays left out.
void attr_to_input(Graph& graph, NodeId node, std::string_view attribute, size_t input);
// Before opset 6, `consumed_inputs` was a hint about memory.
Result<void> drop_consumed_inputs(Graph& graph, NodeId node, int opset);
// A float attribute becomes a constant scalar input with the element type of input 0.
void float_attr_to_input(Graph& graph, NodeId node, std::string_view attribute, size_t input);
// Inserts a Reshape before `input` that appends ones, so that its first dim lies at `axis` of input 0 under numpy's
// right-aligned broadcasting. Works for ranks that are not known yet.
void align_input_at(Graph& graph, NodeId node, size_t input, int64_t axis);

}  // namespace pharos
