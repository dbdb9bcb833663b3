#include <algorithm>
#include <cmath>

#include "ops/quantization.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  c.set_output(0, tensor_type(DType::u8, c.input(0).shape));
  c.set_output(1, Type::tensor(DType::f32, Shape{}));
  c.set_output(2, Type::tensor(DType::u8, Shape{}));
  return {};
}

// In single precision throughout, as the standard's formulas are.
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  Tensor y = PHAROS_TRY(c.output(0, DType::u8, x.dims())), scale = PHAROS_TRY(c.output(1, DType::f32, {}));
  Tensor zero = PHAROS_TRY(c.output(2, DType::u8, {}));
  float low = 0, high = 0;
  for (const float v : x.as<const float>()) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  const float step = (high == low ? 1.0f : high - low) / 255.0f;
  const float shift = std::nearbyint(std::clamp(-low / step, 0.0f, 255.0f));
  scale.as<float>()[0] = step;
  zero.as<uint8_t>()[0] = uint8_t(shift);
  const IntegerRange range = integer_range(DType::u8);
  for (int64_t i = 0; i < x.count(); ++i)
    y.as<uint8_t>()[size_t(i)] = uint8_t(quantized(double(x.as<const float>()[size_t(i)] / step), double(shift), range));
  return {};
}

}  // namespace

void define_dynamic_quantize_linear(OpSet& ops) {
  ops.add({.name = "DynamicQuantizeLinear",
           .since = 11,
           .doc = "Quantises to u8 with the scale and zero point that the data's range asks for.",
           .inputs = {{"x", types::f32}},
           .outputs = {{"y", TypeSet{DType::u8}}, {"y_scale", types::f32}, {"y_zero_point", TypeSet{DType::u8}}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
