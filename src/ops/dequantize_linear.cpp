#include <fmt/format.h>

#include "ops/quantization.h"
#include "ops/quantize_layout.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

const TypeSet results{DType::f32, DType::f16, DType::bf16};

Result<DType> output_dtype(const Node& n, DType scale) {
  const int64_t asked = n.attr_int("output_dtype", 0);
  if (asked == 0) return results.has(scale) || scale == DType::undefined ? scale : DType::f32;
  if (asked < 0 || asked >= dtype_count || !results.has(DType(asked)))
    return bad_attribute(n, "output_dtype", std::to_string(asked), "the number of one of " + results.text());
  return DType(asked);
}

Result<void> infer(InferContext& c) {
  const Type &x = c.input(0), &scale = c.input(1);
  const auto x_dims = x.dims(), scale_dims = scale.dims();
  if (x_dims && scale_dims) PHAROS_TRY(quantize_layout(c.node(), *x_dims, *scale_dims));
  c.set_output(0, tensor_type(PHAROS_TRY(output_dtype(c.node(), scale.dtype)), x.shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &x = c.input(0), &scale = c.input(1);
  const QuantizeLayout q = PHAROS_TRY(quantize_layout(n, x.dims(), scale.dims()));
  if (c.has_input(2) && (c.input(2).count() != scale.count() || c.input(2).dtype() != x.dtype()))
    return bad_input(n, 2, fmt::format("{} of shape {}", dtype_name(c.input(2).dtype()), dims_text(c.input(2).dims())),
                     fmt::format("{} of shape {}", dtype_name(x.dtype()), dims_text(scale.dims())));
  Tensor y = PHAROS_TRY(c.output(0, PHAROS_TRY(output_dtype(n, scale.dtype())), x.dims()));
  const std::vector<double> scales = to_doubles(scale);
  const std::vector<double> zeros = c.has_input(2) ? to_doubles(c.input(2)) : std::vector<double>(scales.size(), 0);
  std::vector<double> row(static_cast<size_t>(q.split.inner));
  for (int64_t o = 0, at = 0; o < q.split.outer; ++o)
    for (int64_t k = 0; k < q.split.length; ++k, at += q.split.inner) {
      load(x, at, q.split.inner, row.data());
      for (int64_t i = 0; i < q.split.inner; ++i) {
        const size_t s = size_t(q.at(o, k, i));
        row[size_t(i)] = (row[size_t(i)] - zeros[s]) * scales[s];
      }
      store(y, at, q.split.inner, row.data());
    }
  return {};
}

}  // namespace

void define_dequantize_linear(OpSet& ops) {
  const TypeSet data = types::floats8 | TypeSet{DType::i8, DType::u8, DType::i16, DType::u16, DType::i32, DType::i4, DType::u4,
                                                DType::i2, DType::u2, DType::f4e2m1};
  ops.add({.name = "DequantizeLinear",
           .since = 28,
           .doc = "(x - zero point) * scale; per tensor, axis or block.",
           .inputs = {{"x", data}, {"x_scale", results | TypeSet{DType::f8e8m0}}, {"x_zero_point", data, Param::Kind::Optional}},
           .outputs = {{"y", results}},
           .attributes = {{"axis", AttrType::Int, false, "1"},
                          {"block_size", AttrType::Int, false, "elements per scale along the axis; 0: not blocked"},
                          {"output_dtype", AttrType::Int, false, "that of the scale"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, nullptr}}});
}

}  // namespace pharos
