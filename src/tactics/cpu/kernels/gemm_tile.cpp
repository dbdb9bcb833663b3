#include "tactics/cpu/kernels/gemm_tile.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/gemm_tile.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
constexpr int lanes = int(hn::MaxLanes(D()));

// 8x3 vectors leave room for three of B and a broadcast in 32 registers, 6x2 in 16.
constexpr int tile_rows = HWY_TARGET == HWY_AVX3 ? 8 : 6;
constexpr int tile_vectors = HWY_TARGET == HWY_AVX3 ? 3 : 2;

template <int mr, int nv>
HWY_INLINE void step(V (&acc)[mr][nv], const float* const (&a)[mr], const float* b, int64_t k) {
  const D d;
  V bv[nv];
#pragma GCC unroll 4
  for (int v = 0; v < nv; ++v) bv[v] = hn::LoadU(d, b + v * lanes);
#pragma GCC unroll 16
  for (int r = 0; r < mr; ++r) {
    const V av = hn::Set(d, a[r][k]);
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) acc[r][v] = hn::MulAdd(av, bv[v], acc[r][v]);
  }
}

template <int mr, int nv>
void tile(const GemmTile& t) {
  const D d;
  V acc[mr][nv];
  const float* a[mr];
#pragma GCC unroll 16
  for (int r = 0; r < mr; ++r) {
    a[r] = t.a + r * t.lda;
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) acc[r][v] = hn::Zero(d);
  }
  const float* b = t.b;
  const char* ahead = t.prefetch;
  int64_t k = 0;
  for (; k + 2 <= t.k; k += 2) {
    step<mr, nv>(acc, a, b, k);
    __builtin_prefetch(ahead, 0, 2);
    ahead += t.prefetch_step;
    step<mr, nv>(acc, a, b + nv * lanes, k + 1);
    b += 2 * nv * lanes;
  }
  if (k < t.k) step<mr, nv>(acc, a, b, k);
  if (!t.first) {
#pragma GCC unroll 16
    for (int r = 0; r < mr; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) acc[r][v] = hn::Add(acc[r][v], hn::LoadU(d, t.c + r * t.ldc + v * lanes));
  }
  if (t.last) {
    const V low = hn::Set(d, t.low), high = hn::Set(d, t.high);
    if (t.bias) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) {
        const V bias = hn::LoadU(d, t.bias + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < mr; ++r) acc[r][v] = hn::Add(acc[r][v], bias);
      }
    }
    if (t.z) {
#pragma GCC unroll 16
      for (int r = 0; r < mr; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < nv; ++v) acc[r][v] = hn::Add(acc[r][v], hn::LoadU(d, t.z + r * t.ldz + v * lanes));
    }
    // Operands in this order hand NaN on.
#pragma GCC unroll 16
    for (int r = 0; r < mr; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) acc[r][v] = hn::Min(high, hn::Max(low, acc[r][v]));
  }
#pragma GCC unroll 16
  for (int r = 0; r < mr; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) hn::StoreU(acc[r][v], d, t.c + r * t.ldc + v * lanes);
}

template <int mr>
void fill_row(GemmKernels& k) {
  k.tile[mr][1] = tile<mr, 1>;
  k.tile[mr][2] = tile<mr, 2>;
  if constexpr (tile_vectors >= 3) k.tile[mr][3] = tile<mr, 3>;
}

const GemmKernels& gemm_table() {
  static const GemmKernels table = [] {
    GemmKernels k{.rows = tile_rows, .vectors = tile_vectors, .lanes = lanes, .tile = {}};
    fill_row<1>(k), fill_row<2>(k), fill_row<3>(k), fill_row<4>(k), fill_row<5>(k), fill_row<6>(k);
    if constexpr (tile_rows > 6) fill_row<7>(k), fill_row<8>(k);
    return k;
  }();
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
const GemmKernels& gemm_kernels(Isa isa) { return PHAROS_PICK(isa, gemm_table); }
}  // namespace pharos::cpu
#endif
