#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, const Shape& in, const Shape& target) {
  for (const Dim& d : target)
    if (d.is_number() && d.number() < 0) return bad_value(node, 1, std::to_string(d.number()), "sizes of 0 or more");
  auto out = broadcast(in, target);
  if (!out) return shapes_mismatch(node, "cannot broadcast [" + shape_text(in) + "] to [" + shape_text(target) + "]");
  return *std::move(out);
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  const auto target = c.shape_value(1);
  if (x.shape && target) out = PHAROS_TRY(result_shape(c.node(), *x.shape, *target));
  else if (const auto n = known_length(c, 1); n && *n <= 64 && x.shape)
    out = Shape(std::max(size_t(*n), x.shape->size()));
  if (const auto value = c.shape_value(0); value && out && out->size() <= 1) {
    const Dim n = out->empty() ? Dim(1) : out->front();
    if (n.is_number() && n.number() <= 64 && value->size() == 1)
      c.set_shape_value(0, Shape(size_t(n.number()), value->front()));
    else if (n.is_number() && n.number() == int64_t(value->size())) c.set_shape_value(0, *value);
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &shape = c.input(1);
  PHAROS_TRY(check_rank(c.node(), 1, shape.rank(), 1, 1));
  if (shape.count() > c.limits().max_rank)
    return too_large(c.node(), "rank of an output", std::to_string(shape.count()), std::to_string(c.limits().max_rank));
  const Dims dims = PHAROS_TRY(
      concrete_dims(c.node(), PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), shape_of(shape.to_ints())))));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  copy_strided(y, 0, contiguous_strides(dims), x, 0, broadcast_strides(x.dims(), dims), dims);
  return {};
}

}  // namespace

void define_expand(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Expand",
           .since = 13,
           .doc = "Broadcasts a tensor with a shape; 1 keeps the input's dim.",
           .inputs = {{"input", t}, {"shape", types::i64}},
           .outputs = {{"output", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{8, nullptr}}});
}

}  // namespace pharos
