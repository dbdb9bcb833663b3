#pragma once
// Kernels over rows of contiguous floats: softmax, normalisations, reductions.

#include "tactics/tactic.h"

namespace pharos::cpu {

struct NormRow {
  const float* x;
  const float* skip;     // added to x first, or nullptr
  const float* scale;    // one per element, or nullptr
  const float* bias;     // one per element, or nullptr
  float* y;
  float* sum;            // x + skip goes here, or nullptr
  int64_t n;
  float epsilon;
  bool centred;          // false: root mean square only
  float mean, factor;    // results: mean and 1 / sqrt(variance + epsilon)
};

struct RowKernels {
  // `log`: the logarithm of the softmax. Masked attention rows: where every element is -infinity the result is zero if
  // `zero_if_masked`, otherwise NaN. y may be x.
  void (*softmax)(const float* x, float* y, int64_t n, bool log, bool zero_if_masked);
  // Softmax over `length` elements that lie `stride` apart, for `columns` adjacent columns at once.
  void (*softmax_columns)(const float* x, float* y, int64_t length, int64_t stride, int64_t columns, bool log);
  void (*normalize)(NormRow& row);
  void (*add)(float* x, const float* y, int64_t n);                              // x += y
  void (*affine)(const float* x, float* y, int64_t n, float scale, float shift);  // y = x * scale + shift
  float (*sum)(const float* x, int64_t n);
  float (*square_sum)(const float* x, int64_t n, float centre);  // of (x - centre)
  float (*maximum)(const float* x, int64_t n);                   // -infinity where n is 0
  float (*minimum)(const float* x, int64_t n);
};
const RowKernels& row_kernels(Isa isa);

}  // namespace pharos::cpu
