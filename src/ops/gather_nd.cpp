#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Checks ranks and gives the shape of the result; `depth` is the length of an index tuple.
template <class D>
Result<std::vector<D>> result_shape(const Node& node, const std::vector<D>& data, const std::vector<D>& indices,
                                    int64_t depth) {
  const int64_t batch = node.attr_int("batch_dims", 0);
  if (data.empty() || indices.empty()) return bad_input(node, data.empty() ? 0 : 1, "of rank 0", "rank 1 or more");
  if (batch < 0 || batch >= int64_t(std::min(data.size(), indices.size())))
    return bad_attribute(node, "batch_dims", std::to_string(batch),
                         fmt::format("0 to {}", std::min(data.size(), indices.size()) - 1));
  if (depth < 0 || depth > int64_t(data.size()) - batch)
    return bad_input(node, 1, fmt::format("of {} coordinates in the last dim", depth),
                     fmt::format("0 to {}", int64_t(data.size()) - batch));
  std::vector<D> out(indices.begin(), indices.end() - 1);
  out.insert(out.end(), data.begin() + batch + depth, data.end());
  return out;
}

Result<void> infer(InferContext& c) {
  const Type &data = c.input(0), &indices = c.input(1);
  std::optional<Shape> out;
  if (data.shape && indices.shape && !indices.shape->empty())
    if (const auto depth = indices.shape->back().maybe_number())
      out = PHAROS_TRY(result_shape(c.node(), *data.shape, *indices.shape, *depth));
  c.set_output(0, tensor_type(data.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &data = c.input(0), &indices = c.input(1);
  const size_t batch = size_t(c.node().attr_int("batch_dims", 0));
  const int64_t depth = indices.rank() > 0 ? indices.dims().back() : 0;
  const Dims out = PHAROS_TRY(result_shape(c.node(), data.dims(), indices.dims(), depth));
  for (size_t d = 0; d < batch; ++d)
    if (data.dims()[d] != indices.dims()[d])
      return shapes_mismatch(c.node(), fmt::format("batch dims of data {} and indices {} differ",
                                                   dims_text(data.dims()), dims_text(indices.dims())));
  Tensor y = PHAROS_TRY(c.output(0, data.dtype(), out));
  if (y.count() == 0) return {};
  const Strides strides = contiguous_strides(data.dims());
  int64_t batches = 1, tuples = 1, run = 1;
  for (size_t d = 0; d + 1 < indices.dims().size(); ++d) (d < batch ? batches : tuples) *= indices.dims()[d];
  for (size_t d = batch + size_t(depth); d < data.dims().size(); ++d) run *= data.dims()[d];
  const int64_t batch_step = batch > 0 ? strides[batch - 1] : 0;
  const std::vector<int64_t> index = indices.to_ints();
  for (int64_t t = 0; t < batches * tuples; ++t) {
    int64_t from = t / tuples * batch_step;
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t extent = data.dims()[batch + size_t(k)], i = index[size_t(t * depth + k)];
      if (i < -extent || i >= extent) return index_out_of_range(c.node(), 1, i, -extent, extent - 1);
      from += (i < 0 ? i + extent : i) * strides[batch + size_t(k)];
    }
    copy_run(y, t * run, data, from, run);
  }
  return {};
}

}  // namespace

void define_gather_nd(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "GatherND",
           .since = 13,
           .doc = "Slices of the data at index tuples (the last dim of the indices).",
           .inputs = {{"data", t}, {"indices", types::i64}},
           .outputs = {{"output", t}},
           .attributes = {{"batch_dims", AttrType::Int, false, "leading dims that data and indices share (0)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{11, nullptr}}});
}

}  // namespace pharos
