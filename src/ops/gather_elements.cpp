#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type &data = c.input(0), &indices = c.input(1);
  if (data.shape) PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
  if (data.shape && indices.shape) PHAROS_TRY(check_rank(c.node(), 1, indices.rank(), data.rank(), data.rank()));
  c.set_output(0, tensor_type(data.dtype, indices.shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &data = c.input(0), &indices = c.input(1);
  PHAROS_TRY(check_rank(c.node(), 1, indices.rank(), data.rank(), data.rank()));
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
  for (int d = 0; d < data.rank(); ++d)
    if (d != axis && indices.dim(d) > data.dim(d))
      return shapes_mismatch(c.node(), fmt::format("indices {} reach beyond data {} outside the axis",
                                                   dims_text(indices.dims()), dims_text(data.dims())));
  Tensor y = PHAROS_TRY(c.output(0, data.dtype(), indices.dims()));
  const int64_t length = data.dim(axis);
  std::vector<int64_t> at_axis = indices.to_ints();
  for (int64_t& i : at_axis) {
    if (i < -length || i >= length) return index_out_of_range(c.node(), 1, i, -length, length - 1);
    if (i < 0) i += length;
  }
  Strides base = contiguous_strides(data.dims());
  const int64_t along = base[size_t(axis)];
  base[size_t(axis)] = 0;
  const Walk<2> walk(indices.dims(), {contiguous_strides(indices.dims()), base});
  with_storage(data.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    const auto from = data.as<E>();
    const auto to = y.as<E>();
    walk.rows([&](const auto& at, int64_t n, const auto& step) {
      for (int64_t i = 0; i < n; ++i) {
        const size_t p = size_t(at[0] + i * step[0]);
        to[p] = from[size_t(at[1] + i * step[1] + at_axis[p] * along)];
      }
    });
  });
  return {};
}

}  // namespace

void define_gather_elements(OpSet& ops) {
  ops.add({.name = "GatherElements",
           .since = 13,
           .doc = "One element per index; the index replaces the coordinate along the axis.",
           .inputs = {{"data"}, {"indices", types::indices}},
           .outputs = {{"output"}},
           .attributes = {{"axis", AttrType::Int, false, "0"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{11, nullptr}}});
}

}  // namespace pharos
