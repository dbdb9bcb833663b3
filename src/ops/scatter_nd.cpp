#include <fmt/format.h>

#include "ops/scatter.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& data = c.input(0);
  PHAROS_TRY(scatter_reduction(c.node(), data.dtype));
  c.set_output(0, tensor_type(data.dtype, data.shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &data = c.input(0), &indices = c.input(1), &updates = c.input(2);
  if (updates.dtype() != data.dtype())
    return bad_input(c.node(), 2, fmt::format("of element type {}", dtype_name(updates.dtype())),
                     std::string(dtype_name(data.dtype())));
  if (data.rank() == 0 || indices.rank() == 0)
    return bad_input(c.node(), data.rank() == 0 ? 0 : 1, "of rank 0", "rank 1 or more");
  const ScatterReduction reduction = PHAROS_TRY(scatter_reduction(c.node(), data.dtype()));
  const int64_t depth = indices.dims().back();
  if (depth > data.rank())
    return bad_input(c.node(), 1, fmt::format("of {} coordinates in the last dim", depth),
                     fmt::format("0 to {}", data.rank()));
  Dims expected(indices.dims().begin(), indices.dims().end() - 1);
  expected.insert(expected.end(), data.dims().begin() + depth, data.dims().end());
  if (updates.dims() != expected)
    return shapes_mismatch(c.node(),
                           fmt::format("updates are {}; data {} and indices {} need {}", dims_text(updates.dims()),
                                       dims_text(data.dims()), dims_text(indices.dims()), dims_text(expected)));
  Tensor y = PHAROS_TRY(c.output(0, data.dtype(), data.dims()));
  copy_run(y, 0, data, 0, data.count());
  if (updates.count() == 0) return {};
  const Strides strides = contiguous_strides(data.dims());
  int64_t run = 1;
  for (size_t d = size_t(depth); d < data.dims().size(); ++d) run *= data.dims()[d];
  const std::vector<int64_t> index = indices.to_ints();
  for (int64_t t = 0; t < updates.count() / run; ++t) {
    int64_t to = 0;
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t extent = data.dim(int(k)), i = index[size_t(t * depth + k)];
      if (i < -extent || i >= extent) return index_out_of_range(c.node(), 1, i, -extent, extent - 1);
      to += (i < 0 ? i + extent : i) * strides[size_t(k)];
    }
    scatter_run(y, to, updates, t * run, run, reduction);
  }
  return {};
}

}  // namespace

void define_scatter_nd(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "ScatterND",
           .since = 18,
           .doc = "A copy of the data with the slices at index tuples replaced or combined.",
           .inputs = {{"data", t}, {"indices", types::i64}, {"updates", t}},
           .outputs = {{"output", t}},
           .attributes = {{"reduction", AttrType::String, false, "'none' (default), 'add', 'mul', 'max' or 'min'"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{11, nullptr}}});
}

}  // namespace pharos
