#include <cmath>

#include <fmt/format.h>

#include "ops/cast.h"
#include "ops/quantization.h"
#include "ops/quantize_layout.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

const TypeSet quantized_types = types::floats8 | TypeSet{DType::i8, DType::u8, DType::i16, DType::u16, DType::i4, DType::u4,
                                                         DType::i2, DType::u2, DType::f4e2m1};

// That of the zero point, else the attribute's, else u8.
Result<DType> output_dtype(const Node& n, DType zero_point) {
  const int64_t asked = n.attr_int("output_dtype", 0);
  if (asked != 0 && (asked < 0 || asked >= dtype_count || !quantized_types.has(DType(asked))))
    return bad_attribute(n, "output_dtype", std::to_string(asked), "the number of one of " + quantized_types.text());
  if (zero_point == DType::undefined) return asked == 0 ? DType::u8 : DType(asked);
  if (asked != 0 && DType(asked) != zero_point)
    return bad_attribute(n, "output_dtype", std::string(dtype_name(DType(asked))), "the zero point's, " + std::string(dtype_name(zero_point)));
  return zero_point;
}

Result<void> infer(InferContext& c) {
  const Type &x = c.input(0), &scale = c.input(1);
  const auto x_dims = x.dims(), scale_dims = scale.dims();
  if (x_dims && scale_dims) PHAROS_TRY(quantize_layout(c.node(), *x_dims, *scale_dims));
  if (c.has_input(2) && c.input(2).dtype == DType::undefined) return c.set_output(0, tensor_type(DType::undefined, x.shape)), Result<void>();
  c.set_output(0, tensor_type(PHAROS_TRY(output_dtype(c.node(), c.has_input(2) ? c.input(2).dtype : DType::undefined)), x.shape));
  return {};
}

// A value as it would be stored in a float type.
double rounded(DType dtype, double v) {
  switch (dtype) {
    case DType::f16: return float(Float16(float(v)));
    case DType::bf16: return float(BFloat16(float(v)));
    case DType::f64: return v;
    default: return float(v);
  }
}

// The type in which x / scale is computed.
DType quotient_dtype(const Node& n, DType x, DType scale) {
  const int64_t precision = n.attr_int("precision", 0);
  if (precision > 0 && precision < dtype_count && types::floats.has(DType(precision))) return DType(precision);
  if (types::floats.has(scale)) return scale;
  return types::floats.has(x) ? x : DType::f32;
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &x = c.input(0), &scale = c.input(1);
  const QuantizeLayout q = PHAROS_TRY(quantize_layout(n, x.dims(), scale.dims()));
  const bool has_zero = c.has_input(2);
  if (has_zero && c.input(2).count() != scale.count())
    return bad_input(n, 2, "of shape " + dims_text(c.input(2).dims()), "the shape of the scale, " + dims_text(scale.dims()));
  const DType to = PHAROS_TRY(output_dtype(n, has_zero ? c.input(2).dtype() : DType::undefined));
  Tensor y = PHAROS_TRY(c.output(0, to, x.dims()));
  const DType in = quotient_dtype(n, x.dtype(), scale.dtype());
  const std::vector<double> scales = to_doubles(scale), zeros = has_zero ? to_doubles(c.input(2)) : std::vector<double>(scales.size(), 0);
  const bool integer = is_integer(to);
  const IntegerRange range = integer ? integer_range(to) : IntegerRange{};
  std::vector<double> row(static_cast<size_t>(q.split.inner));
  Tensor wide(DType::f32, integer ? Dims{0} : x.dims());
  for (int64_t o = 0, at = 0; o < q.split.outer; ++o)
    for (int64_t k = 0; k < q.split.length; ++k, at += q.split.inner) {
      load(x, at, q.split.inner, row.data());
      for (int64_t i = 0; i < q.split.inner; ++i) {
        const size_t s = size_t(q.at(o, k, i));
        const double quotient = rounded(in, rounded(in, row[size_t(i)]) / rounded(in, scales[s]));
        row[size_t(i)] = integer ? quantized(quotient, zeros[s], range) : quotient + zeros[s];
      }
      store(integer ? y : wide, at, q.split.inner, row.data());
    }
  if (integer) return {};
  return cast_elements(n, wide, y, {.saturate = n.attr_int("saturate", 1) != 0});
}

}  // namespace

void define_quantize_linear(OpSet& ops) {
  const TypeSet data{DType::f32, DType::f16, DType::bf16, DType::i32};
  ops.add({.name = "QuantizeLinear",
           .since = 28,
           .doc = "x / scale, rounded to a narrow type, plus the zero point; per tensor, axis or block.",
           .inputs = {{"x", data}, {"y_scale", data | TypeSet{DType::f8e8m0}}, {"y_zero_point", quantized_types, Param::Kind::Optional}},
           .outputs = {{"y", quantized_types}},
           .attributes = {{"axis", AttrType::Int, false, "1"},
                          {"block_size", AttrType::Int, false, "elements per scale along the axis; 0: not blocked"},
                          {"output_dtype", AttrType::Int, false, "where there is no zero point; u8"},
                          {"precision", AttrType::Int, false, "type of the division; that of the scale"},
                          {"saturate", AttrType::Int, false, "1: what is out of range becomes the largest value"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, nullptr}}});
}

}  // namespace pharos
