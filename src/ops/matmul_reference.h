#pragma once
// Batched matrix product with numpy's rules: shapes, and the plain loops behind pharos::MatMul, QLinearMatMul, FusedMatMul.

#include <functional>

#include "ops/op.h"

namespace pharos {

struct MatMulShape {
  int64_t m = 1, n = 1, k = 1;
  bool transpose_a = false, transpose_b = false;  // each stored matrix has its last two axes swapped
  std::vector<int64_t> a_at, b_at;                // per product of the (broadcast) batch: offset of its operands in elements
  Dims output;                                    // without the axes that 1-D operands were given
};

// A 1-D operand is a row (A) or a column (B); its transposition means nothing.
Result<MatMulShape> matmul_shape(const Node& node, std::span<const int64_t> a, std::span<const int64_t> b, bool transpose_a = false,
                                 bool transpose_b = false);
Result<std::optional<Shape>> infer_matmul_shape(const Node& node, const Type& a, const Type& b, bool transpose_a = false,
                                                bool transpose_b = false);

// Calls finish(batch, row, sums) for each row of each product; `sums` holds shape.n of them and may be changed.
using MatMulFinish = std::function<void(int64_t batch, int64_t row, double* sums)>;
void multiply(const MatMulShape& shape, const float* a, const float* b, const MatMulFinish& finish);
void multiply(const MatMulShape& shape, const double* a, const double* b, const MatMulFinish& finish);

}  // namespace pharos
