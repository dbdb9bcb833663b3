// pharos::SkipLayerNormalization: a residual addition and the layer normalisation behind it.

#include "ops/elements.h"
#include "ops/shape_rules.h"

#include <cmath>

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 4));
  const auto both = merge(c.input(0), c.input(1));
  if (!both && c.input(0).is_tensor() && c.input(1).is_tensor())
    return shapes_mismatch(c.node(), "X is " + c.input(0).text() + ", Skip is " + c.input(1).text());
  const Type y = tensor_type(t, both ? both->shape : std::nullopt);
  c.set_output(0, y);
  c.set_output(1, y);
  return {};
}

Result<void> check(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 4));
  const Tensor& x = c.input(0);
  if (x.rank() < 1) return bad_input(c.node(), 0, "a scalar", "rank 1 or more");
  if (c.input(1).dims() != x.dims())
    return shapes_mismatch(c.node(), "X is " + dims_text(x.dims()) + ", Skip is " + dims_text(c.input(1).dims()));
  for (size_t i = 2; i < 4; ++i)
    if (c.has_input(i) && c.input(i).dims() != Dims{x.dims().back()})
      return bad_input(c.node(), i, "of shape " + dims_text(c.input(i).dims()), "shape " + std::to_string(x.dims().back()));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check(c));
  const Tensor& x = c.input(0);
  const int64_t n = x.dims().back();
  const std::vector<double> scale = to_doubles(c.input(2)), bias = c.has_input(3) ? to_doubles(c.input(3)) : std::vector<double>();
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims())), sum;
  if (c.has_output(1)) sum = PHAROS_TRY(c.output(1, x.dtype(), x.dims()));
  std::vector<double> row(static_cast<size_t>(n)), skip(static_cast<size_t>(n));
  for (int64_t at = 0; at < x.count(); at += n) {
    load(x, at, n, row.data());
    load(c.input(1), at, n, skip.data());
    for (size_t i = 0; i < row.size(); ++i) row[i] += skip[i];
    if (sum.valid()) store(sum, at, n, row.data());
    double mean = 0, square = 0;
    for (const double v : row) mean += v;
    mean /= double(n);
    for (const double v : row) square += (v - mean) * (v - mean);
    const double factor = 1 / std::sqrt(square / double(n) + double(c.node().attr_float("epsilon", 1e-5f)));
    for (size_t i = 0; i < row.size(); ++i) row[i] = (row[i] - mean) * factor * scale[i] + (bias.empty() ? 0 : bias[i]);
    store(y, at, n, row.data());
  }
  return {};
}

}  // namespace

void define_fused_skip_layer_normalization(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "SkipLayerNormalization",
           .domain = "pharos",
           .doc = "Layer normalisation of X + Skip over the last axis; the sum is a second result.",
           .inputs = {{"X", t}, {"Skip", t}, {"Scale", t}, {"Bias", t, Param::Kind::Optional}},
           .outputs = {{"Y", t}, {"Sum", t, Param::Kind::Optional}},
           .attributes = {{"epsilon", AttrType::Float, false, "added to the variance, 1e-5"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
