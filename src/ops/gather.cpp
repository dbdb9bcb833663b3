#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

template <class D>
std::vector<D> result_shape(const std::vector<D>& data, const std::vector<D>& indices, int axis) {
  std::vector<D> out(data.begin(), data.begin() + axis);
  out.insert(out.end(), indices.begin(), indices.end());
  out.insert(out.end(), data.begin() + axis + 1, data.end());
  return out;
}

// Elements picked from a shape.
void pick_dims(InferContext& c) {
  const auto data = c.shape_value(0), indices = c.shape_value(1);
  if (!data || !indices) return;
  Shape out;
  for (const Dim& i : *indices) {
    const int64_t n = int64_t(data->size());
    const int64_t at = i.is_number() ? (i.number() < 0 ? i.number() + n : i.number()) : -1;
    out.push_back(at >= 0 && at < n ? (*data)[size_t(at)] : Dim());
  }
  c.set_shape_value(0, std::move(out));
}

Result<void> infer(InferContext& c) {
  const Type &data = c.input(0), &indices = c.input(1);
  std::optional<Shape> out;
  if (data.shape) {
    const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
    if (indices.shape) out = result_shape(*data.shape, *indices.shape, axis);
    if (data.rank() == 1) pick_dims(c);
  }
  c.set_output(0, tensor_type(data.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &data = c.input(0), &indices = c.input(1);
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
  Tensor y = PHAROS_TRY(c.output(0, data.dtype(), result_shape(data.dims(), indices.dims(), axis)));
  const AxisSplit s = split_at(data.dims(), axis);
  std::vector<int64_t> rows = indices.to_ints();
  for (int64_t& r : rows) {
    if (r < -s.length || r >= s.length) return index_out_of_range(c.node(), 1, r, -s.length, s.length - 1);
    if (r < 0) r += s.length;
  }
  if (y.count() == 0) return {};
  int64_t to = 0;
  for (int64_t o = 0; o < s.outer; ++o)
    for (const int64_t r : rows) {
      copy_run(y, to, data, (o * s.length + r) * s.inner, s.inner);
      to += s.inner;
    }
  return {};
}

}  // namespace

void define_gather(OpSet& ops) {
  ops.add({.name = "Gather",
           .since = 13,
           .doc = "Slices of the data along an axis, chosen by a tensor of indices.",
           .inputs = {{"data"}, {"indices", types::indices}},
           .outputs = {{"output"}},
           .attributes = {{"axis", AttrType::Int, false, "0"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
