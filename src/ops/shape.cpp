// Shape and Size.

#include "ops/shape_rules.h"

namespace pharos {
namespace {

// The part [start, end) of the dims that Shape returns.
std::pair<int64_t, int64_t> dim_range(const Node& node, int64_t rank) {
  const auto clamp = [rank](int64_t v) { return std::clamp(v < 0 ? v + rank : v, int64_t{0}, rank); };
  const int64_t start = clamp(node.attr_int("start", 0)), end = clamp(node.attr_int("end", rank));
  return {start, std::max(start, end)};
}

Result<void> infer_shape(InferContext& c) {
  const auto& shape = c.input(0).shape;
  if (!shape) {
    c.set_output(0, tensor_of_rank(DType::i64, 1));
    return {};
  }
  const auto [start, end] = dim_range(c.node(), int64_t(shape->size()));
  c.set_output(0, Type::tensor(DType::i64, Shape{Dim(end - start)}));
  c.set_shape_value(0, Shape(shape->begin() + start, shape->begin() + end));
  return {};
}

Result<void> evaluate_shape(EvalContext& c) {
  const Dims& dims = c.input(0).dims();
  const auto [start, end] = dim_range(c.node(), int64_t(dims.size()));
  Tensor y = PHAROS_TRY(c.output(0, DType::i64, {end - start}));
  std::copy(dims.begin() + start, dims.begin() + end, y.as<int64_t>().begin());
  return {};
}

Result<void> infer_size(InferContext& c) {
  c.set_output(0, Type::tensor(DType::i64, Shape{}));
  if (const auto& shape = c.input(0).shape) c.set_shape_value(0, {product(*shape)});
  return {};
}

Result<void> evaluate_size(EvalContext& c) {
  Tensor y = PHAROS_TRY(c.output(0, DType::i64, {}));
  y.as<int64_t>()[0] = c.input(0).count();
  return {};
}

}  // namespace

void define_shape(OpSet& ops) {
  ops.add({.name = "Shape",
           .since = 25,
           .doc = "The dims of a tensor, or a range of them.",
           .inputs = {{"data"}},
           .outputs = {{"shape", types::i64}},
           .attributes = {{"start", AttrType::Int, false, "first dim (0); negative: from the end"},
                          {"end", AttrType::Int, false, "one past the last dim (the rank)"}},
           .infer = infer_shape,
           .evaluate = evaluate_shape,
           .older = {{1, nullptr}}});
  ops.add({.name = "Size",
           .since = 25,
           .doc = "The number of elements.",
           .inputs = {{"data"}},
           .outputs = {{"size", types::i64}},
           .infer = infer_size,
           .evaluate = evaluate_size,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
