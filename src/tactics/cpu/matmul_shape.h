#pragma once
// MatMul, Gemm and pharos::MatMul seen as one: C[batch][m, n] = act(scale * op(A) op(B) + bias + Z).

#include "tactics/tactic.h"

namespace pharos::cpu {

struct MatMulShape {
  int64_t m = 1, n = 1, k = 1;
  Dims batch;              // of the output
  Dims batch_a, batch_b;   // right-aligned to `batch`
  bool trans_a = false, trans_b = false;
  float scale = 1;         // of the product
  float bias_scale = 1;    // of input 2 (Gemm's beta)
  bool has_bias = false, has_z = false;  // inputs 2 and 3
  int64_t batches() const;
};

struct MatMulProblem {
  Support support;
  MatMulShape shape;
};
MatMulProblem matmul_problem(const Problem& p);

}  // namespace pharos::cpu
