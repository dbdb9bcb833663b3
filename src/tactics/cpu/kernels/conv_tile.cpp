#include "tactics/cpu/kernels/conv_tile.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/conv_tile.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
constexpr int lanes = int(hn::MaxLanes(D()));
constexpr int block = lanes == 16 ? 16 : 8;
constexpr int per_block = block / lanes;  // vectors

// `stride`: floats between source pixels; 0: known at run time only. Pixels [low, pixels - high) take part.
template <int pixels, int nv, int stride, int low, int high>
HWY_INLINE void channel(V (&acc)[pixels][nv], const float* s, const float* w, int64_t run_time_stride) {
  const D d;
  V wv[nv];
#pragma GCC unroll 4
  for (int v = 0; v < nv; ++v) wv[v] = hn::LoadU(d, w + v * lanes);
#pragma GCC unroll 16
  for (int p = low; p < pixels - high; ++p) {
    const V sv = hn::Set(d, stride ? s[p * stride] : s[p * run_time_stride]);
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) acc[p][v] = hn::MulAdd(sv, wv[v], acc[p][v]);
  }
}

template <int pixels, int nv, int stride, int low, int high>
HWY_INLINE void tap(V (&acc)[pixels][nv], const ConvTile& t, const float* s, const float* w, int64_t channels,
                    const char*& ahead) {
  int64_t i = 0;
  for (; i + 2 <= channels; i += 2) {
    channel<pixels, nv, stride, low, high>(acc, s + i, w, t.pixel_stride);
    __builtin_prefetch(ahead, 0, 2);
    ahead += t.prefetch_step;
    channel<pixels, nv, stride, low, high>(acc, s + i + 1, w + nv * lanes, t.pixel_stride);
    w += 2 * nv * lanes;
  }
  if (i < channels) channel<pixels, nv, stride, low, high>(acc, s + i, w, t.pixel_stride);
}

template <int pixels, int nv>
HWY_INLINE void finish(V (&acc)[pixels][nv], const ConvTile& t) {
  const D d;
  const V lowest = hn::Set(d, t.low), highest = hn::Set(d, t.high);
  const bool clamped = t.low > -__builtin_inff() || t.high < __builtin_inff();
#pragma GCC unroll 4
  for (int v = 0; v < nv; ++v) {
    const int64_t at = (v / per_block) * t.dst_block + (v % per_block) * lanes;
    float* const dst = t.dst + at;
    if (t.z) {
#pragma GCC unroll 16
      for (int p = 0; p < pixels; ++p) acc[p][v] = hn::Add(acc[p][v], hn::LoadU(d, t.z + at + p * block));
    }
    // Operands in this order hand NaN on.
    if (clamped) {
#pragma GCC unroll 16
      for (int p = 0; p < pixels; ++p) acc[p][v] = hn::Min(highest, hn::Max(lowest, acc[p][v]));
    }
#pragma GCC unroll 16
    for (int p = 0; p < pixels; ++p) hn::StoreU(acc[p][v], d, dst + p * block);
  }
}

template <int pixels, int nv, int stride>
void tile(const ConvTile& t) {
  const D d;
  V acc[pixels][nv];
#pragma GCC unroll 4
  for (int v = 0; v < nv; ++v) {
    const V start = t.bias ? hn::LoadU(d, t.bias + v * lanes) : hn::Zero(d);
#pragma GCC unroll 16
    for (int p = 0; p < pixels; ++p) acc[p][v] = start;
  }
  const char* ahead = t.prefetch;
  const float *src = t.src, *weights = t.weights;
  for (int64_t b = 0; b < t.blocks; ++b, src += t.block_stride, weights += t.weight_block) {
    const float *row = src, *wrow = weights;
    const int64_t channels = b + 1 == t.blocks ? t.last_channels : t.channels;
    for (int64_t kh = 0; kh < t.rows; ++kh, row += t.row_stride, wrow += t.weight_row) {
      const float *s = row, *w = wrow;
      for (int64_t kw = 0; kw < t.taps; ++kw, s += t.tap_stride, w += t.weight_tap) {
        if constexpr (stride >= block) {
          if (kw < t.low_tap) {
            tap<pixels, nv, stride, 1, 0>(acc, t, s, w, channels, ahead);
            continue;
          }
          if (kw >= t.high_tap) {
            tap<pixels, nv, stride, 0, 1>(acc, t, s, w, channels, ahead);
            continue;
          }
        }
        tap<pixels, nv, stride, 0, 0>(acc, t, s, w, channels, ahead);
      }
    }
  }
  finish<pixels, nv>(acc, t);
}

constexpr int max_pixels = HWY_TARGET == HWY_AVX3 ? 14 : 6;
constexpr int max_blocks = per_block == 1 ? 2 : 1;

template <int pixels>
void fill(ConvKernels& k) {
  if constexpr (pixels <= max_pixels) {
    const auto all = [&](auto blocks) {
      constexpr int nv = decltype(blocks)::value * per_block;
      constexpr size_t n = decltype(blocks)::value;
      k.tile[ConvKernels::Block][pixels][n] = tile<pixels, nv, block>;
      k.tile[ConvKernels::TwoBlocks][pixels][n] = tile<pixels, nv, 2 * block>;
      k.tile[ConvKernels::One][pixels][n] = tile<pixels, nv, 1>;
      k.tile[ConvKernels::Two][pixels][n] = tile<pixels, nv, 2>;
      if constexpr (pixels <= 4) k.tile[ConvKernels::Any][pixels][n] = tile<pixels, nv, 0>;
    };
    all(std::integral_constant<int, 1>());
    if constexpr (max_blocks > 1) all(std::integral_constant<int, 2>());
    fill<pixels + 1>(k);
  }
}

const ConvKernels& conv_table() {
  static const ConvKernels table = [] {
    ConvKernels k{.block = block, .pixels = max_pixels, .blocks = max_blocks, .tile = {}};
    fill<1>(k);
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
const ConvKernels& conv_kernels(Isa isa) { return PHAROS_PICK(isa, conv_table); }
}  // namespace pharos::cpu
#endif
