#pragma once
// Matrix multiplication over a packed B, with epilogue, on all threads.

#include "tactics/cpu/kernels/elementwise.h"
#include "tactics/cpu/kernels/gemm_tile.h"

namespace pharos::cpu {

// Floats that B [k, n] takes when packed: panels of `kernels.panel()` columns, each [k][columns], the last one rounded up to
// whole vectors.
int64_t packed_b_floats(const GemmKernels& kernels, int64_t k, int64_t n);
// B is row-major [k, n] with rows `ldb` apart, or (transposed) [n, k]. Packs the panels that start in [first, last).
void pack_b(const GemmKernels& kernels, const float* b, int64_t ldb, bool transposed, int64_t k, int64_t n, float* packed,
            int64_t first_panel = 0, int64_t last_panel = INT64_MAX);

struct Gemm {
  const float* a;             // [m, k], rows `lda` apart
  int64_t lda;
  const float* packed;        // packed_b of [k, n]
  const float* bias = nullptr;  // [n]
  const float* z = nullptr;   // [m, n], rows `ldz` apart
  int64_t ldz = 0;
  float* c;                   // [m, n], rows `ldc` apart
  int64_t ldc;
  int64_t m, n, k;
  const PostOp* post = nullptr;
  bool accumulate = false;    // C is added to
  const void* next = nullptr;  // weights that will be needed after this call: prefetched at the end
  size_t next_bytes = 0;
};
void gemm(const GemmKernels& kernels, const Gemm& g, const Threads& threads) noexcept;

}  // namespace pharos::cpu
