#include "ops/conv_reference.h"
#include "ops/quantization.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { X, XScale, XZero, W, WScale, WZero, YScale, YZero, B };

Result<void> infer(InferContext& c) {
  auto shape = PHAROS_TRY(infer_conv_shape(c.node(), c.input(X), c.input(W), X, W));
  c.set_output(0, tensor_type(c.input(YZero).dtype, std::move(shape)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const ConvParams p = PHAROS_TRY(conv_params(n, c.input(X).dims(), c.input(W).dims()));
  if (c.has_input(B)) PHAROS_TRY(check_conv_bias(n, B, c.input(B).dims(), p.out_channels));
  std::vector<float> data = to_floats(c.input(X)), weights = to_floats(c.input(W));
  const float x_zero = PHAROS_TRY(single(n, XZero, c.input(XZero)));
  for (float& v : data) v -= x_zero;
  const auto w_zeros = PHAROS_TRY(per_channel(n, WZero, c.input(WZero), p.out_channels));
  const size_t each = weights.empty() ? 1 : weights.size() / w_zeros.size();
  for (size_t i = 0; i < weights.size(); ++i) weights[i] -= w_zeros[i / each];
  auto factors = PHAROS_TRY(per_channel(n, WScale, c.input(WScale), p.out_channels));
  const float x_scale = PHAROS_TRY(single(n, XScale, c.input(XScale))), y_scale = PHAROS_TRY(single(n, YScale, c.input(YScale)));
  for (float& f : factors) f = x_scale * f / y_scale;
  const double y_zero = PHAROS_TRY(single(n, YZero, c.input(YZero)));
  const Elements<double> bias = optional_elements<double>(c, B);
  const DType to = c.input(YZero).dtype();
  const IntegerRange range = integer_range(to);
  Tensor y = PHAROS_TRY(c.output(0, to, p.output_dims()));
  if (y.count() == 0) return {};
  const int64_t plane = y.count() / (p.batch * p.out_channels);
  convolve(p, data.data(), weights.data(), [&](int64_t b, int64_t o, int64_t first, double* row, int64_t count) {
    const float factor = factors[size_t(o)];
    for (int64_t i = 0; i < count; ++i) {
      const float sum = float(row[i] + (bias ? bias[o] : 0));
      row[i] = quantized(double(sum * factor), y_zero, range);
    }
    store(y, (b * p.out_channels + o) * plane + first, count, row);
  });
  return {};
}

}  // namespace

void define_qlinear_conv(OpSet& ops) {
  const TypeSet bytes{DType::i8, DType::u8};
  ops.add({.name = "QLinearConv",
           .since = 10,
           .doc = "Convolution of quantised data and weights with a quantised result.",
           .inputs = {{"x", bytes}, {"x_scale", types::f32}, {"x_zero_point", bytes}, {"w", bytes}, {"w_scale", types::f32},
                      {"w_zero_point", bytes}, {"y_scale", types::f32}, {"y_zero_point", bytes},
                      {"B", types::i32, Param::Kind::Optional}},
           .outputs = {{"y", bytes}},
           .attributes = conv_attributes(),
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
