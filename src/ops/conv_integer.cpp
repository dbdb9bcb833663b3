#include "ops/conv_reference.h"
#include "ops/quantization.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  c.set_output(0, tensor_type(DType::i32, PHAROS_TRY(infer_conv_shape(c.node(), c.input(0), c.input(1), 0, 1))));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &w = c.input(1);
  const ConvParams p = PHAROS_TRY(conv_params(c.node(), x.dims(), w.dims()));
  std::vector<float> data = to_floats(x), weights = to_floats(w);
  if (c.has_input(2)) {
    const float zero = PHAROS_TRY(single(c.node(), 2, c.input(2)));
    for (float& v : data) v -= zero;
  }
  if (c.has_input(3)) {
    const auto zeros = PHAROS_TRY(per_channel(c.node(), 3, c.input(3), p.out_channels));
    const size_t each = weights.empty() ? 1 : weights.size() / zeros.size();
    for (size_t i = 0; i < weights.size(); ++i) weights[i] -= zeros[i / each];
  }
  Tensor y = PHAROS_TRY(c.output(0, DType::i32, p.output_dims()));
  if (y.count() == 0) return {};
  const int64_t plane = y.count() / (p.batch * p.out_channels);
  // Products of 9-bit integers: every sum is exact in double.
  convolve(p, data.data(), weights.data(), [&](int64_t b, int64_t o, int64_t first, double* row, int64_t n) {
    store(y, (b * p.out_channels + o) * plane + first, n, row);
  });
  return {};
}

}  // namespace

void define_conv_integer(OpSet& ops) {
  const TypeSet bytes{DType::i8, DType::u8};
  ops.add({.name = "ConvInteger",
           .since = 10,
           .doc = "Convolution of integers minus their zero points, with 32-bit sums.",
           .inputs = {{"x", bytes}, {"w", bytes}, {"x_zero_point", bytes, Param::Kind::Optional},
                      {"w_zero_point", bytes, Param::Kind::Optional}},
           .outputs = {{"y", types::i32}},
           .attributes = conv_attributes(),
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
