#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, Shape in, const Shape& target) {
  std::vector<int64_t> axes;
  for (size_t d = 0; d < in.size(); ++d) axes.push_back(int64_t(d));
  axes = node.attr_ints("axes", axes);
  if (target.size() != axes.size())
    return bad_value(node, 1, fmt::format("{} sizes", target.size()),
                     fmt::format("{}, one for each axis", axes.size()));
  size_t i = 0;
  for (const int a : PHAROS_TRY(checked_axes(node, axes, int(in.size())))) {
    if (target[i].is_number() && target[i].number() < 0)
      return bad_value(node, 1, target[i].text(), "sizes of 0 or more");
    in[size_t(a)] = target[i++];
  }
  return in;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  const auto target = c.shape_value(1);
  if (x.shape && target) out = PHAROS_TRY(result_shape(c.node(), *x.shape, *target));
  else if (x.shape) out = Shape(x.shape->size());
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Shape shape = PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), shape_of(c.input(1).to_ints())));
  const Dims dims = PHAROS_TRY(concrete_dims(c.node(), shape));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  fill(y, Tensor(x.dtype(), {}));
  const Strides from = contiguous_strides(x.dims()), to = contiguous_strides(dims);
  Dims common;
  int64_t from_offset = 0, to_offset = 0;
  for (size_t d = 0; d < dims.size(); ++d) {
    common.push_back(std::min(dims[d], x.dims()[d]));
    from_offset += (x.dims()[d] - common[d]) / 2 * from[d];
    to_offset += (dims[d] - common[d]) / 2 * to[d];
  }
  copy_strided(y, to_offset, to, x, from_offset, from, common);
  return {};
}

}  // namespace

void define_center_crop_pad(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "CenterCropPad",
           .since = 18,
           .doc = "Crops or pads with zeros to a shape, around the centre.",
           .inputs = {{"input_data", t}, {"shape", types::indices}},
           .outputs = {{"output_data", t}},
           .attributes = {{"axes", AttrType::Ints, false, "the axes that the sizes are for; all where it is missing"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
