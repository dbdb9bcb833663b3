#include <fmt/format.h>

#include "ops/matmul_reference.h"
#include "ops/quantization.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { A, AScale, AZero, B, BScale, BZero, YScale, YZero };

Result<void> infer(InferContext& c) {
  auto shape = PHAROS_TRY(infer_matmul_shape(c.node(), c.input(A), c.input(B), false, false));
  c.set_output(0, tensor_type(c.input(YZero).dtype, std::move(shape)));
  return {};
}

// A parameter per matrix row (or column), or one for all; per product of the batch where there are that many.
struct Parameter {
  std::vector<float> values;
  int64_t each = 0;      // entries per matrix: 0 where there is one for all
  bool batched = false;
  float at(int64_t batch, int64_t i) const { return each == 0 ? values[0] : values[size_t((batched ? batch * each : 0) + i)]; }
};

Result<Parameter> read(EvalContext& c, size_t input, int64_t length, int64_t batches) {
  const Tensor& t = c.input(input);
  Parameter p{to_floats(t)};
  if (t.count() == 1) return p;
  p.each = length;
  p.batched = t.count() == length * batches && batches > 1;
  if (t.count() == length || p.batched) return p;
  return bad_input(c.node(), input, "of shape " + dims_text(t.dims()), fmt::format("a scalar or {} numbers per matrix", length));
}

// Elements of an operand minus its zero points, which run over its rows (first) or columns.
std::vector<float> shifted(const Tensor& t, const Parameter& zero, bool by_row) {
  std::vector<float> v = to_floats(t);
  // A 1-D operand is one row on the left, one column on the right.
  const bool vector = t.rank() == 1;
  const int64_t columns = vector && !by_row ? 1 : t.dims().back(), rows = vector ? (by_row ? 1 : t.dim(0)) : t.dims()[t.dims().size() - 2];
  for (int64_t i = 0; i < int64_t(v.size()); ++i) {
    const int64_t matrix = i / (rows * columns), row = i / columns % rows, column = i % columns;
    v[size_t(i)] -= zero.at(matrix, by_row ? row : column);
  }
  return v;
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &a = c.input(A), &b = c.input(B);
  const MatMulShape s = PHAROS_TRY(matmul_shape(n, a.dims(), b.dims(), false, false));
  const DType to = c.input(YZero).dtype();
  Tensor y = PHAROS_TRY(c.output(0, to, s.output));
  if (y.count() == 0) return {};
  const int64_t batches = int64_t(s.a_at.size()), m = s.m, cols = s.n;
  const int64_t a_matrices = a.count() / std::max<int64_t>(m * s.k, 1), b_matrices = b.count() / std::max<int64_t>(cols * s.k, 1);
  const Parameter a_scale = PHAROS_TRY(read(c, AScale, m, batches)), b_scale = PHAROS_TRY(read(c, BScale, cols, batches));
  const Parameter y_scale = PHAROS_TRY(read(c, YScale, m, batches)), y_zero = PHAROS_TRY(read(c, YZero, m, batches));
  const Parameter a_zero = PHAROS_TRY(read(c, AZero, m, a_matrices)), b_zero = PHAROS_TRY(read(c, BZero, cols, b_matrices));
  const bool integer = is_integer(to);
  const IntegerRange range = integer ? integer_range(to) : IntegerRange{};
  const std::vector<float> left = shifted(a, a_zero, true), right = shifted(b, b_zero, false);
  multiply(s, left.data(), right.data(), [&](int64_t batch, int64_t row, double* sums) {
    for (int64_t i = 0; i < cols; ++i) {
      const float factor = a_scale.at(batch, row) * b_scale.at(batch, i) / y_scale.at(batch, row);
      const double v = sums[i] * double(factor);
      sums[i] = integer ? quantized(v, double(y_zero.at(batch, row)), range) : v + double(y_zero.at(batch, row));
    }
    store(y, (batch * m + row) * cols, cols, sums);
  });
  return {};
}

}  // namespace

void define_qlinear_matmul(OpSet& ops) {
  const TypeSet data = types::floats8 | TypeSet{DType::i8, DType::u8}, scale{DType::f32, DType::f16, DType::bf16};
  ops.add({.name = "QLinearMatMul",
           .since = 21,
           .doc = "Product of quantised matrices with a quantised result.",
           .inputs = {{"a", data}, {"a_scale", scale}, {"a_zero_point", data}, {"b", data}, {"b_scale", scale},
                      {"b_zero_point", data}, {"y_scale", scale}, {"y_zero_point", data}},
           .outputs = {{"y", data}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, nullptr}}});
}

}  // namespace pharos
