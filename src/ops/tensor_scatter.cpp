#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<int> axis_of(const Node& node, int rank) {
  const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis", -2), rank));
  if (axis == 0) return bad_attribute(node, "axis", "0, the batch", "another axis");
  return axis;
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const Type& cache = c.input(0);
  if (cache.shape) PHAROS_TRY(axis_of(c.node(), cache.rank()));
  const std::string mode = c.node().attr_string("mode", "linear");
  if (mode != "linear" && mode != "circular")
    return bad_attribute(c.node(), "mode", "'" + mode + "'", "'linear' or 'circular'");
  c.set_output(0, tensor_type(t, cache.shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &cache = c.input(0), &update = c.input(1);
  const int axis = PHAROS_TRY(axis_of(c.node(), cache.rank()));
  const bool circular = c.node().attr_string("mode", "linear") == "circular";
  bool fits = update.rank() == cache.rank();
  for (int d = 0; fits && d < cache.rank(); ++d)
    fits = d == axis ? update.dim(d) <= cache.dim(d) : update.dim(d) == cache.dim(d);
  if (!fits)
    return shapes_mismatch(
        c.node(), fmt::format("update {} does not fit cache {}", dims_text(update.dims()), dims_text(cache.dims())));
  const int64_t batches = cache.dim(0), length = update.dim(axis), limit = cache.dim(axis);
  std::vector<int64_t> starts(size_t(batches), 0);
  if (c.has_input(2)) {
    starts = c.input(2).to_ints();
    if (int64_t(starts.size()) != batches)
      return bad_input(c.node(), 2, fmt::format("of {} elements", starts.size()),
                       fmt::format("one for each of {} samples", batches));
    for (const int64_t s : starts)
      if (s < 0 || (!circular && s > limit - length)) return index_out_of_range(c.node(), 2, s, 0, limit - length);
  }
  Tensor y = PHAROS_TRY(c.output(0, cache.dtype(), cache.dims()));
  copy_run(y, 0, cache, 0, cache.count());
  if (update.count() == 0) return {};
  const AxisSplit s = split_at(cache.dims(), axis);
  for (int64_t o = 0; o < s.outer; ++o) {
    const int64_t start = starts[size_t(o / (s.outer / batches))] % limit;
    for (int64_t k = 0; k < length; ++k)
      copy_run(y, (o * limit + (start + k) % limit) * s.inner, update, (o * length + k) * s.inner, s.inner);
  }
  return {};
}

}  // namespace

void define_tensor_scatter(OpSet& ops) {
  ops.add({.name = "TensorScatter",
           .since = 24,
           .doc = "Writes new entries into a cache along its sequence axis, at a place per sample.",
           .inputs = {{"past_cache"}, {"update"}, {"write_indices", types::i64, Param::Kind::Optional}},
           .outputs = {{"present_cache"}},
           .attributes = {{"axis", AttrType::Int, false, "the sequence axis (-2)"},
                          {"mode", AttrType::String, false, "'linear' (default) or 'circular'"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
