// LayerNormalization and RMSNormalization: over the trailing axes from `axis` on.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

DType stash_dtype(const Node& n) { return n.attr_int("stash_type", 1) == 16 ? DType::bf16 : DType::f32; }

Result<void> infer_layer(InferContext& c) {
  const Node& n = c.node();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  const Type& x = c.input(0);
  c.set_output(0, tensor_type(t, x.shape));
  std::optional<Shape> rows = x.shape;
  if (rows) {
    const int axis = PHAROS_TRY(checked_axis(n, n.attr_int("axis", -1), x.rank()));
    std::fill(rows->begin() + axis, rows->end(), Dim(1));
  }
  c.set_output(1, tensor_type(stash_dtype(n), rows));
  c.set_output(2, tensor_type(stash_dtype(n), rows));
  return {};
}

Result<void> infer_rms(InferContext& c) {
  const Type& x = c.input(0);
  if (x.shape) PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank()));
  c.set_output(0, tensor_type(c.input(1).dtype, x.shape));
  return {};
}

// Scale and bias may only be repeated over X, never the other way round.
Result<void> check_parameter(const Node& n, size_t input, const Tensor& t, const Dims& x) {
  bool fits = t.dims().size() <= x.size();
  const size_t skip = fits ? x.size() - t.dims().size() : 0;
  for (size_t i = 0; fits && i < t.dims().size(); ++i) fits = t.dims()[i] == 1 || t.dims()[i] == x[skip + i];
  if (fits) return {};
  return bad_input(n, input, "of shape " + dims_text(t.dims()), "a shape that broadcasts to " + dims_text(x));
}

struct Rows { int64_t count = 1, length = 1; Dims dims; };
Result<Rows> split_rows(const Node& n, const Dims& x) {
  const int axis = PHAROS_TRY(checked_axis(n, n.attr_int("axis", -1), int(x.size())));
  Rows r{.dims = x};
  for (size_t i = 0; i < x.size(); ++i) {
    if (int(i) < axis) r.count *= x[i];
    else { r.length *= x[i]; r.dims[i] = 1; }
  }
  return r;
}

// values * scale + bias, both broadcast over the shape of y.
void scale_and_shift(Tensor& y, const std::vector<double>& values, const Tensor& scale, const Tensor* bias) {
  const std::vector<double> s = to_doubles(scale), b = bias ? to_doubles(*bias) : std::vector<double>{0};
  const Strides bias_strides = bias ? broadcast_strides(bias->dims(), y.dims()) : Strides(y.dims().size(), 0);
  std::vector<double> row;
  Walk<3>(y.dims(), {contiguous_strides(y.dims()), broadcast_strides(scale.dims(), y.dims()), bias_strides})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        row.resize(size_t(n));
        for (int64_t i = 0; i < n; ++i)
          row[size_t(i)] = values[size_t(at[0] + i)] * s[size_t(at[1] + i * step[1])] + b[size_t(at[2] + i * step[2])];
        store(y, at[0], n, row.data());
      });
}

Result<void> evaluate_layer(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor& x = c.input(0);
  const Rows rows = PHAROS_TRY(split_rows(n, x.dims()));
  for (size_t i = 1; i < 3; ++i)
    if (c.has_input(i)) PHAROS_TRY(check_parameter(n, i, c.input(i), x.dims()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims())), means, factors;
  if (c.has_output(1)) means = PHAROS_TRY(c.output(1, stash_dtype(n), rows.dims));
  if (c.has_output(2)) factors = PHAROS_TRY(c.output(2, stash_dtype(n), rows.dims));
  const double epsilon = n.attr_float("epsilon", 1e-5f);
  std::vector<double> values = to_doubles(x);
  for (int64_t r = 0; r < rows.count; ++r) {
    const std::span<double> row(values.data() + r * rows.length, size_t(rows.length));
    double mean = 0, square = 0;
    for (const double v : row) mean += v;
    mean /= double(rows.length);
    for (const double v : row) square += (v - mean) * (v - mean);
    const double factor = 1 / std::sqrt(square / double(rows.length) + epsilon);
    for (double& v : row) v = (v - mean) * factor;
    if (means.valid()) store(means, r, 1, &mean);
    if (factors.valid()) store(factors, r, 1, &factor);
  }
  scale_and_shift(y, values, c.input(1), c.has_input(2) ? &c.input(2) : nullptr);
  return {};
}

Result<void> evaluate_rms(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& x = c.input(0);
  const Rows rows = PHAROS_TRY(split_rows(n, x.dims()));
  PHAROS_TRY(check_parameter(n, 1, c.input(1), x.dims()));
  Tensor y = PHAROS_TRY(c.output(0, c.input(1).dtype(), x.dims()));
  const double epsilon = n.attr_float("epsilon", 1e-5f);
  std::vector<double> values = to_doubles(x);
  for (int64_t r = 0; r < rows.count; ++r) {
    const std::span<double> row(values.data() + r * rows.length, size_t(rows.length));
    double square = 0;
    for (const double v : row) square += v * v;
    const double factor = 1 / std::sqrt(square / double(rows.length) + epsilon);
    for (double& v : row) v *= factor;
  }
  scale_and_shift(y, values, c.input(1), nullptr);
  return {};
}

}  // namespace

void define_layer_normalization(OpSet& ops) {
  const TypeSet t = types::floats, stash{DType::f32, DType::bf16};
  const std::vector<AttrDef> attributes = {{"axis", AttrType::Int, false, "first normalised axis, -1"},
                                           {"epsilon", AttrType::Float, false, "added to the variance, 1e-5"},
                                           {"stash_type", AttrType::Int, false, "element type of mean and deviation: 1 or 16"}};
  ops.add({.name = "LayerNormalization",
           .since = 17,
           .doc = "Mean 0 and variance 1 over the trailing axes, then scale and bias.",
           .inputs = {{"X", t}, {"Scale", t}, {"B", t, Param::Kind::Optional}},
           .outputs = {{"Y", t}, {"Mean", stash, Param::Kind::Optional}, {"InvStdDev", stash, Param::Kind::Optional}},
           .attributes = attributes,
           .infer = infer_layer,
           .evaluate = evaluate_layer});
  ops.add({.name = "RMSNormalization",
           .since = 23,
           .doc = "Mean square 1 over the trailing axes, then scale.",
           .inputs = {{"X", t}, {"scale", t}},
           .outputs = {{"Y", t}},
           .attributes = attributes,
           .infer = infer_rms,
           .evaluate = evaluate_rms});
}

}  // namespace pharos
