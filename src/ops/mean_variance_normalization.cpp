#include <cmath>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<std::vector<bool>> read_axes(const Node& n, int rank) {
  std::vector<bool> reduced(size_t(rank), false);
  for (const int a : PHAROS_TRY(checked_axes(n, n.attr_ints("axes", {0, 2, 3}), rank))) reduced[size_t(a)] = true;
  return reduced;
}

Result<void> infer(InferContext& c) {
  if (c.input(0).has_rank()) PHAROS_TRY(read_axes(c.node(), c.input(0).rank()));
  return infer_same(c);
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<bool> reduced = PHAROS_TRY(read_axes(c.node(), x.rank()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (y.count() == 0) return {};
  Dims kept = x.dims();
  for (size_t i = 0; i < kept.size(); ++i)
    if (reduced[i]) kept[i] = 1;
  const Strides strides = broadcast_strides(kept, x.dims());
  const size_t groups = size_t(*element_count(kept));
  const double n = double(x.count()) / double(groups);
  std::vector<double> v = to_doubles(x), mean(groups, 0), deviation(groups, 0);
  const auto each = [&](auto&& f) {
    Walk<2>(x.dims(), {contiguous_strides(x.dims()), strides}).rows([&](const auto& at, int64_t count, const auto& step) {
      for (int64_t i = 0; i < count; ++i) f(v[size_t(at[0] + i)], size_t(at[1] + i * step[1]));
    });
  };
  each([&](double e, size_t g) { mean[g] += e; });
  for (double& m : mean) m /= n;
  each([&](double e, size_t g) { deviation[g] += (e - mean[g]) * (e - mean[g]); });
  // The standard adds 1e-9 to the deviation.
  for (double& d : deviation) d = std::sqrt(d / n) + 1e-9;
  each([&](double& e, size_t g) { e = (e - mean[g]) / deviation[g]; });
  from_doubles(y, v);
  return {};
}

}  // namespace

void define_mean_variance_normalization(OpSet& ops) {
  ops.add({.name = "MeanVarianceNormalization",
           .since = 13,
           .doc = "Mean 0 and variance 1 over the named axes.",
           .inputs = {{"X", types::floats}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"axes", AttrType::Ints, false, "0, 2, 3"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
