#include "tactics/cpu/kernels/window.h"

#include <algorithm>
#include <limits>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/window.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using WD = hn::CappedTag<float, 16>;
using WV = hn::Vec<WD>;
constexpr int window_lanes = int(hn::MaxLanes(WD()));
constexpr int window_block = window_lanes == 16 ? 16 : 8;
constexpr int window_vectors = window_block / window_lanes;

// Pixels [low, pixels - high) of a tile take one tap.
template <int pixels, int low, int high>
HWY_INLINE void window_tap(WV (&acc)[pixels], const float* s, int64_t pixel_stride, WV w) {
  const WD d;
#pragma GCC unroll 8
  for (int p = low; p < pixels - high; ++p) acc[p] = hn::MulAdd(hn::LoadU(d, s + p * pixel_stride), w, acc[p]);
}

// How many of the first (last) pixels of a tile have no source at a tap: up to two are left out, more are not supported.
template <int pixels>
HWY_INLINE void window_tap_at(WV (&acc)[pixels], const float* s, int64_t pixel_stride, WV w, int64_t low, int64_t high) {
  if (HWY_LIKELY((low | high) == 0)) return window_tap<pixels, 0, 0>(acc, s, pixel_stride, w);
  if constexpr (pixels == 1) return;
  if (low == 1) return window_tap<pixels, 1, 0>(acc, s, pixel_stride, w);
  if (high == 1) return window_tap<pixels, 0, 1>(acc, s, pixel_stride, w);
  if constexpr (pixels == 2) return;
  if (low == 2) return window_tap<pixels, 2, 0>(acc, s, pixel_stride, w);
  window_tap<pixels, 0, 2>(acc, s, pixel_stride, w);
}

// Columns of [c0, c1) before the first (after the last) that has a source at the tap.
HWY_INLINE int64_t missing_low(const DepthwiseRow& r, int64_t c0, int64_t tap) { return std::max<int64_t>(0, r.first[tap] - c0); }
HWY_INLINE int64_t missing_high(const DepthwiseRow& r, int64_t c1, int64_t tap) { return std::max<int64_t>(0, c1 - 1 - r.last[tap]); }

template <int pixels>
HWY_INLINE void window_finish(WV (&acc)[pixels], const DepthwiseRow& r, int64_t c0, int v) {
  const WD d;
  const WV low = hn::Set(d, r.low), high = hn::Set(d, r.high);
  const int64_t at = c0 * window_block + v * window_lanes;
#pragma GCC unroll 8
  for (int p = 0; p < pixels; ++p) {
    WV x = acc[p];
    if (r.z) x = hn::Add(x, hn::LoadU(d, r.z + at + p * window_block));
    hn::StoreU(hn::Min(high, hn::Max(low, x)), d, r.dst + at + p * window_block);
  }
}

// taps: 3 with a compile-time loop, or 0 for any number. `edges`: some pixels lack a source at some tap.
template <int pixels, int taps, bool edges>
HWY_INLINE void depthwise_tile(const DepthwiseRow& r, int64_t c0) {
  const WD d;
  for (int v = 0; v < window_vectors; ++v) {
    WV acc[pixels];
    const WV bias = r.bias ? hn::LoadU(d, r.bias + v * window_lanes) : hn::Zero(d);
#pragma GCC unroll 8
    for (int p = 0; p < pixels; ++p) acc[p] = bias;
    const float* row = r.src + c0 * r.pixel_stride + v * window_lanes;
    const float* w = r.weights + v * window_lanes;
    const int64_t count = taps ? taps : r.taps;
    for (int64_t y = 0; y < r.rows; ++y, row += r.row_stride) {
#pragma GCC unroll 3
      for (int64_t x = 0; x < count; ++x, w += window_block) {
        const WV wv = hn::LoadU(d, w);
        const float* s = row + x * r.tap_stride;
        if constexpr (edges) window_tap_at<pixels>(acc, s, r.pixel_stride, wv, missing_low(r, c0, x), missing_high(r, c0 + pixels, x));
        else window_tap<pixels, 0, 0>(acc, s, r.pixel_stride, wv);
      }
    }
    window_finish<pixels>(acc, r, c0, v);
  }
}

// Whether every tap of the tile leaves out at most two pixels, all on one side.
HWY_INLINE bool edges_fit(const DepthwiseRow& r, int64_t c0, int64_t pixels) {
  for (int64_t t = 0; t < r.taps; ++t) {
    const int64_t low = missing_low(r, c0, t), high = missing_high(r, c0 + pixels, t);
    if (low > 2 || high > 2 || (low && high)) return false;
  }
  return true;
}

template <int pixels>
HWY_NOINLINE void depthwise_any(const DepthwiseRow& r, int64_t c0) {
  const bool inside = missing_low(r, c0, 0) == 0 && missing_high(r, c0 + pixels, r.taps - 1) == 0;
  if (inside) return r.taps == 3 ? depthwise_tile<pixels, 3, false>(r, c0) : depthwise_tile<pixels, 0, false>(r, c0);
  if (pixels == 1 || edges_fit(r, c0, pixels))
    return r.taps == 3 ? depthwise_tile<pixels, 3, true>(r, c0) : depthwise_tile<pixels, 0, true>(r, c0);
  if constexpr (pixels > 1)
    for (int p = 0; p < pixels; ++p) depthwise_any<1>(r, c0 + p);
}

// 3 taps, neighbouring source columns `stride` pixels per output: each source vector is loaded once for all taps that read
// it. The first column is left out where `low`, the last one where `high`.
template <int pixels, int stride, bool low, bool high>
HWY_INLINE void depthwise3_tile(const DepthwiseRow& r, int64_t c0) {
  const WD d;
  constexpr int width = (pixels - 1) * stride + 3;
  for (int v = 0; v < window_vectors; ++v) {
    WV acc[pixels];
    const WV bias = r.bias ? hn::LoadU(d, r.bias + v * window_lanes) : hn::Zero(d);
#pragma GCC unroll 8
    for (int p = 0; p < pixels; ++p) acc[p] = bias;
    const float* row = r.src + c0 * stride * window_block + v * window_lanes;
    const float* w = r.weights + v * window_lanes;
    for (int64_t y = 0; y < r.rows; ++y, row += r.row_stride, w += 3 * window_block) {
      const WV taps[3] = {hn::LoadU(d, w), hn::LoadU(d, w + window_block), hn::LoadU(d, w + 2 * window_block)};
#pragma GCC unroll 20
      for (int x = low; x < width - high; ++x) {
        const WV s = hn::LoadU(d, row + x * window_block);
#pragma GCC unroll 3
        for (int t = 0; t < 3; ++t)
          if ((x - t) % stride == 0 && x >= t && (x - t) / stride < pixels)
            acc[(x - t) / stride] = hn::MulAdd(s, taps[t], acc[(x - t) / stride]);
      }
    }
    window_finish<pixels>(acc, r, c0, v);
  }
}

template <int pixels, int stride>
void depthwise3_any(const DepthwiseRow& r, int64_t c0, bool low, bool high) {
  if (low) return high ? depthwise3_tile<pixels, stride, true, true>(r, c0) : depthwise3_tile<pixels, stride, true, false>(r, c0);
  return high ? depthwise3_tile<pixels, stride, false, true>(r, c0) : depthwise3_tile<pixels, stride, false, false>(r, c0);
}

template <int stride>
HWY_INLINE void depthwise3_row(const DepthwiseRow& r, bool low, bool high) {
  const int64_t tiles = (r.columns + 7) / 8, least = r.columns / tiles, more = r.columns % tiles;
  int64_t c = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    const int64_t pixels = least + (i < more);
    const bool is_low = low && i == 0, is_high = high && i + 1 == tiles;
    switch (pixels) {
      case 8: depthwise3_any<8, stride>(r, c, is_low, is_high); break;
      case 7: depthwise3_any<7, stride>(r, c, is_low, is_high); break;
      case 6: depthwise3_any<6, stride>(r, c, is_low, is_high); break;
      case 5: depthwise3_any<5, stride>(r, c, is_low, is_high); break;
      case 4: depthwise3_any<4, stride>(r, c, is_low, is_high); break;
      case 3: depthwise3_any<3, stride>(r, c, is_low, is_high); break;
      case 2: depthwise3_any<2, stride>(r, c, is_low, is_high); break;
      default: depthwise3_any<1, stride>(r, c, is_low, is_high); break;
    }
    c += pixels;
  }
}

void depthwise_row(const DepthwiseRow& r) {
  if (r.three_taps) {
    const bool low = r.first[0] > 0, high = r.last[2] < r.columns - 1;
    return r.pixel_stride == window_block ? depthwise3_row<1>(r, low, high) : depthwise3_row<2>(r, low, high);
  }
  int64_t c = 0;
  for (; c + 8 <= r.columns; c += 8) depthwise_any<8>(r, c);
  switch (r.columns - c) {
    case 7: return depthwise_any<7>(r, c);
    case 6: return depthwise_any<6>(r, c);
    case 5: return depthwise_any<5>(r, c);
    case 4: return depthwise_any<4>(r, c);
    case 3: return depthwise_any<3>(r, c);
    case 2: return depthwise_any<2>(r, c);
    case 1: return depthwise_any<1>(r, c);
    default: return;
  }
}

void pool_maximum(const PoolPixel& p) {
  const WD d;
  for (int v = 0; v < window_vectors; ++v) {
    WV best = hn::Set(d, -std::numeric_limits<float>::infinity());
    for (int64_t y = 0; y < p.rows; ++y)
      for (int64_t x = 0; x < p.columns; ++x) {
        const WV s = hn::LoadU(d, p.src + y * p.row_stride + x * p.column_stride + v * window_lanes);
        // NaN stays: neither comparison with it holds.
        best = hn::IfThenElse(hn::Or(hn::Gt(s, best), hn::IsNaN(s)), s, best);
      }
    hn::StoreU(best, d, p.dst + v * window_lanes);
  }
}

void pool_average(const PoolPixel& p) {
  const WD d;
  const WV scale = hn::Set(d, p.scale);
  for (int v = 0; v < window_vectors; ++v) {
    WV sum = hn::Zero(d);
    for (int64_t y = 0; y < p.rows; ++y)
      for (int64_t x = 0; x < p.columns; ++x)
        sum = hn::Add(sum, hn::LoadU(d, p.src + y * p.row_stride + x * p.column_stride + v * window_lanes));
    hn::StoreU(hn::Mul(sum, scale), d, p.dst + v * window_lanes);
  }
}

void plane_mean(const float* src, int64_t pixels, float scale, float* dst) {
  const WD d;
  for (int v = 0; v < window_vectors; ++v) {
    WV s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    const float* s = src + v * window_lanes;
    int64_t i = 0;
    for (; i + 4 <= pixels; i += 4, s += 4 * window_block) {
      s0 = hn::Add(s0, hn::LoadU(d, s)), s1 = hn::Add(s1, hn::LoadU(d, s + window_block));
      s2 = hn::Add(s2, hn::LoadU(d, s + 2 * window_block)), s3 = hn::Add(s3, hn::LoadU(d, s + 3 * window_block));
    }
    for (; i < pixels; ++i, s += window_block) s0 = hn::Add(s0, hn::LoadU(d, s));
    hn::StoreU(hn::Mul(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)), hn::Set(d, scale)), d, dst + v * window_lanes);
  }
}

const WindowKernels& window_table() {
  static constexpr WindowKernels table{window_block, depthwise_row, pool_maximum, pool_average, plane_mean};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {

bool has_three_taps(const DepthwiseRow& r, int64_t block) {
  if (r.taps != 3 || r.tap_stride != block || r.columns < 1) return false;
  const int64_t end = r.columns - 1;
  return (r.pixel_stride == block || r.pixel_stride == 2 * block) && r.first[0] <= 1 && r.first[1] == 0 && r.first[2] == 0 &&
         r.last[0] >= end && r.last[1] >= end && r.last[2] >= end - 1;
}

const WindowKernels& window_kernels(Isa isa) { return PHAROS_PICK(isa, window_table); }
}  // namespace pharos::cpu
#endif
