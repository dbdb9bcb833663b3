#pragma once
// The register tile of matrix multiplication: C[mr][nv vectors] (+)= A[mr][k] * B[k][nv vectors].

#include <array>

#include "tactics/tactic.h"

namespace pharos::cpu {

struct GemmTile {
  const float* a;        // rows `lda` apart, contiguous in k
  int64_t lda;
  const float* b;        // packed panel: nv vectors per k
  int64_t k;
  float* c;
  int64_t ldc;
  const float* bias;     // one per column, or nullptr; used in the last pass
  const float* z;        // added in the last pass, or nullptr
  int64_t ldz;
  float low, high;       // clamp of the last pass
  bool first, last;      // first: C is overwritten, not added to; last: bias, z and clamp apply
  const char* prefetch;  // one line per two steps of k is asked for from here on, `prefetch_step` bytes apart
  int64_t prefetch_step;
};

struct GemmKernels {
  using Fn = void (*)(const GemmTile&);
  static constexpr int max_rows = 12, max_vectors = 4;
  int rows, vectors;     // of the preferred tile
  int lanes;             // floats per vector
  std::array<std::array<Fn, max_vectors + 1>, max_rows + 1> tile;  // [rows][vectors], from 1
  int panel() const { return vectors * lanes; }
};

const GemmKernels& gemm_kernels(Isa isa);

}  // namespace pharos::cpu
