#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, Shape in, const Shape& repeats) {
  if (repeats.size() != in.size())
    return bad_value(node, 1, fmt::format("{} repeats", repeats.size()), fmt::format("{}, the rank of the input", in.size()));
  for (size_t d = 0; d < in.size(); ++d) {
    if (repeats[d].is_number() && repeats[d].number() < 0)
      return bad_value(node, 1, std::to_string(repeats[d].number()), "repeats of 0 or more");
    in[d] = in[d] * repeats[d];
  }
  return in;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  const auto repeats = c.shape_value(1);
  if (x.shape && repeats) out = PHAROS_TRY(result_shape(c.node(), *x.shape, *repeats));
  else if (x.shape) out = Shape(x.shape->size());
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

// Every axis becomes two: the copies, with stride 0, and the elements.
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Dims repeats = c.input(1).to_ints();
  const Dims dims = PHAROS_TRY(concrete_dims(c.node(), PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), shape_of(repeats)))));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  const Strides own = contiguous_strides(x.dims());
  Dims space;
  Strides from;
  for (size_t d = 0; d < dims.size(); ++d) {
    space.insert(space.end(), {repeats[d], x.dims()[d]});
    from.insert(from.end(), {0, own[d]});
  }
  copy_strided(y, 0, contiguous_strides(space), x, 0, from, space);
  return {};
}

}  // namespace

void define_tile(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Tile",
           .since = 13,
           .doc = "Repeats a tensor along each axis.",
           .inputs = {{"input", t}, {"repeats", types::i64}},
           .outputs = {{"output", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{6, nullptr}}});
}

}  // namespace pharos
