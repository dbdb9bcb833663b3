#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Tensor> value_of(const Node& node) {
  const Tensor* t = node.attr_tensor("value");
  if (!t) return Tensor::scalar_f32(0);
  if (t->count() != 1)
    return bad_attribute(node, "value", fmt::format("a tensor of {} elements", t->count()), "one element");
  return *t;
}

Result<void> infer(InferContext& c) {
  const Tensor value = PHAROS_TRY(value_of(c.node()));
  std::optional<Shape> shape = c.shape_value(0);
  if (shape)
    for (const Dim& d : *shape)
      if (d.is_number() && d.number() < 0)
        return bad_value(c.node(), 0, std::to_string(d.number()), "sizes of 0 or more");
  if (!shape)
    if (const auto n = known_length(c, 0); n && *n <= 64) shape = Shape(size_t(*n));
  // Ones or zeros that are to become part of a shape.
  if (shape && shape->size() <= 1 && (value.dtype() == DType::i64 || value.dtype() == DType::i32)) {
    const Dim n = shape->empty() ? Dim(1) : shape->front();
    if (n.is_number() && n.number() <= 64) c.set_shape_value(0, Shape(size_t(n.number()), Dim(value.int_at(0))));
  }
  c.set_output(0, tensor_type(value.dtype(), std::move(shape)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor value = PHAROS_TRY(value_of(c.node()));
  PHAROS_TRY(check_rank(c.node(), 0, c.input(0).rank(), 1, 1));
  const Dims dims = c.input(0).to_ints();
  for (const int64_t d : dims)
    if (d < 0) return bad_value(c.node(), 0, std::to_string(d), "sizes of 0 or more");
  Tensor y = PHAROS_TRY(c.output(0, value.dtype(), dims));
  fill(y, value);
  return {};
}

}  // namespace

void define_constant_of_shape(OpSet& ops) {
  ops.add({.name = "ConstantOfShape",
           .since = 25,
           .doc = "A tensor of the given shape, filled with one value.",
           .inputs = {{"input", types::i64}},
           .outputs = {{"output"}},
           .attributes = {{"value", AttrType::Tensor, false, "one element; 0 as f32 where it is missing"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
