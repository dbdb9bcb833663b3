#pragma once
// What the tactics of MatMulInteger and QLinearMatMul share: operands, zero points, and what becomes of the sums.

#include "ops/matmul_reference.h"
#include "tactics/cpu/common.h"

namespace pharos::cpu {

struct IntegerMatMulInputs { size_t a, b, a_zero, b_zero; };
IntegerMatMulInputs integer_matmul_inputs(const Node& node);
Support supports_integer_matmul(const Problem& p, const Device& device);

struct IntegerMatMul {
  explicit IntegerMatMul(const Problem& p);

  int a_zero(const KernelArgs& args, int64_t row) const;
  int b_zero(const KernelArgs& args, int64_t column) const;
  // Sums of `count` columns from n0 on, less the zero points, to where they belong: as they are or quantised.
  void store(const KernelArgs& args, const int32_t* sums, int64_t batch, int64_t row, int64_t n0, int64_t count) const;

  MatMulShape shape;
  IntegerMatMulInputs in;
  bool quantizes, a_signed, b_signed;
  DType out_type;
};

}  // namespace pharos::cpu
