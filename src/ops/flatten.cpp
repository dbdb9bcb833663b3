#include <fmt/format.h>

#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, const Shape& in) {
  const int64_t rank = int64_t(in.size()), axis = node.attr_int("axis", 1);
  if (axis < -rank || axis > rank)
    return bad_attribute(node, "axis", std::to_string(axis), fmt::format("{} to {}", -rank, rank));
  const size_t at = size_t(axis < 0 ? axis + rank : axis);
  return Shape{product(in, 0, at), product(in, at)};
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  c.set_output(0, Type::tensor(x.dtype, x.shape ? PHAROS_TRY(result_shape(c.node(), *x.shape)) : Shape(2)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Shape out = PHAROS_TRY(result_shape(c.node(), shape_of(x.dims())));
  c.set_output(0, x.reshaped(PHAROS_TRY(concrete_dims(c.node(), out))));
  return {};
}

}  // namespace

void define_flatten(OpSet& ops) {
  ops.add({.name = "Flatten",
           .since = 25,
           .doc = "To two dims: those before the axis, and the rest.",
           .inputs = {{"input"}},
           .outputs = {{"output"}},
           .attributes = {{"axis", AttrType::Int, false, "1"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
