#pragma once
// Shapes of numpy-style matrix products: MatMul, MatMulInteger, QLinearMatMul and the fused form.

#include "graph/graph.h"

namespace pharos {

Result<Shape> matmul_shape(const Node& node, const Shape& a, const Shape& b);

// One concrete product: a list of m×k times k×n, by offset into contiguous a and b; results follow each other.
struct MatmulPlan {
  Dims out;
  int64_t m = 0, k = 0, n = 0;
  std::vector<int64_t> a_offsets, b_offsets;  // empty where the result is
};
Result<MatmulPlan> matmul_plan(const Node& node, const Dims& a, const Dims& b);

}  // namespace pharos
