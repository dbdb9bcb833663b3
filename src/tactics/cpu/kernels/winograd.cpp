#include "tactics/cpu/kernels/winograd.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/winograd.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using GD = hn::CappedTag<float, 16>;
using GV = hn::Vec<GD>;
constexpr int winograd_lanes = int(hn::MaxLanes(GD()));
constexpr int winograd_block = winograd_lanes == 16 ? 16 : 8;
constexpr int winograd_vectors = winograd_block / winograd_lanes;

// B^T d for one line of m + 2 elements.
template <int m>
HWY_INLINE void winograd_in(GV (&d)[m + 2]) {
  const GD t;
  if constexpr (m == 2) {
    const GV r0 = hn::Sub(d[0], d[2]), r1 = hn::Add(d[1], d[2]), r2 = hn::Sub(d[2], d[1]), r3 = hn::Sub(d[1], d[3]);
    d[0] = r0, d[1] = r1, d[2] = r2, d[3] = r3;
  } else {
    const GV two = hn::Set(t, 2.0f), four = hn::Set(t, 4.0f), five = hn::Set(t, 5.0f);
    const GV a = hn::NegMulAdd(four, d[2], d[4]), b = hn::NegMulAdd(four, d[1], d[3]);  // d4 - 4 d2, d3 - 4 d1
    const GV c = hn::Sub(d[4], d[2]), e = hn::Mul(two, hn::Sub(d[3], d[1]));
    const GV r0 = hn::MulAdd(four, d[0], hn::NegMulAdd(five, d[2], d[4]));
    const GV r5 = hn::MulAdd(four, d[1], hn::NegMulAdd(five, d[3], d[5]));
    d[0] = r0, d[1] = hn::Add(a, b), d[2] = hn::Sub(a, b), d[3] = hn::Add(c, e), d[4] = hn::Sub(c, e), d[5] = r5;
  }
}

// A^T x: m results from m + 2 elements.
template <int m>
HWY_INLINE void winograd_out(const GV (&x)[m + 2], GV (&o)[m]) {
  const GD t;
  if constexpr (m == 2) {
    o[0] = hn::Add(hn::Add(x[0], x[1]), x[2]);
    o[1] = hn::Sub(hn::Sub(x[1], x[2]), x[3]);
  } else {
    const GV s = hn::Add(x[1], x[2]), d = hn::Sub(x[1], x[2]), p = hn::Add(x[3], x[4]), q = hn::Sub(x[3], x[4]);
    o[0] = hn::Add(hn::Add(x[0], s), p);
    o[1] = hn::MulAdd(hn::Set(t, 2.0f), q, d);
    o[2] = hn::MulAdd(hn::Set(t, 4.0f), p, s);
    o[3] = hn::Add(hn::MulAdd(hn::Set(t, 8.0f), q, d), x[5]);
  }
}

template <int m>
void winograd_input(const WinogradInput& w) {
  constexpr int n = m + 2;
  const GD d;
  const bool inside = w.y0 == 0 && w.x0 == 0 && w.y1 == n && w.x1 == n;
  for (int v = 0; v < winograd_vectors; ++v) {
    HWY_ALIGN float half[n * n * winograd_lanes];
    const float* src = w.src + v * winograd_lanes;
#pragma GCC unroll 6
    for (int x = 0; x < n; ++x) {
      GV line[n];
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) {
        const bool has = inside || (y >= w.y0 && y < w.y1 && x >= w.x0 && x < w.x1);
        line[y] = has ? hn::LoadU(d, src + y * w.row_stride + x * winograd_block) : hn::Zero(d);
      }
      winograd_in<m>(line);
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) hn::Store(line[y], d, half + (y * n + x) * winograd_lanes);
    }
    float* out = w.out + v * winograd_lanes;
#pragma GCC unroll 6
    for (int y = 0; y < n; ++y) {
      GV line[n];
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) line[x] = hn::Load(d, half + (y * n + x) * winograd_lanes);
      winograd_in<m>(line);
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) hn::StoreU(line[x], d, out + (y * n + x) * w.plane);
    }
  }
}

template <int m>
void winograd_output(const WinogradOutput& w) {
  constexpr int n = m + 2;
  const GD d;
  const GV low = hn::Set(d, w.low), high = hn::Set(d, w.high);
  for (int v = 0; v < winograd_vectors; ++v) {
    HWY_ALIGN float half[m * n * winograd_lanes];
    const float* in = w.in + v * winograd_lanes;
#pragma GCC unroll 6
    for (int x = 0; x < n; ++x) {
      GV line[n], o[m];
#pragma GCC unroll 6
      for (int y = 0; y < n; ++y) line[y] = hn::LoadU(d, in + (y * n + x) * w.plane);
      winograd_out<m>(line, o);
#pragma GCC unroll 4
      for (int y = 0; y < m; ++y) hn::Store(o[y], d, half + (y * n + x) * winograd_lanes);
    }
    const GV bias = w.bias ? hn::LoadU(d, w.bias + v * winograd_lanes) : hn::Zero(d);
    for (int64_t y = 0; y < w.rows; ++y) {
      GV line[n], o[m];
#pragma GCC unroll 6
      for (int x = 0; x < n; ++x) line[x] = hn::Load(d, half + (y * n + x) * winograd_lanes);
      winograd_out<m>(line, o);
      const int64_t at = y * w.row_stride + v * winograd_lanes;
#pragma GCC unroll 4
      for (int x = 0; x < m; ++x) {
        if (x >= w.columns) break;
        GV r = hn::Add(o[x], bias);
        if (w.z) r = hn::Add(r, hn::LoadU(d, w.z + at + x * winograd_block));
        hn::StoreU(hn::Min(high, hn::Max(low, r)), d, w.dst + at + x * winograd_block);
      }
    }
  }
}

const WinogradKernels& winograd_table() {
  static constexpr WinogradKernels table{winograd_block, winograd_input<2>, winograd_input<4>, winograd_output<2>, winograd_output<4>};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {

const WinogradKernels& winograd_kernels(Isa isa) { return PHAROS_PICK(isa, winograd_table); }

void winograd_weights(int m, const float* filter, float* out) {
  static constexpr double g2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  static constexpr double g4[6][3] = {{1.0 / 4, 0, 0}, {-1.0 / 6, -1.0 / 6, -1.0 / 6}, {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                      {1.0 / 24, 1.0 / 12, 1.0 / 6}, {1.0 / 24, -1.0 / 12, 1.0 / 6}, {0, 0, 1}};
  const double(*g)[3] = m == 2 ? g2 : g4;
  const int n = m + 2;
  double half[6][3];
  for (int y = 0; y < n; ++y)
    for (int x = 0; x < 3; ++x) half[y][x] = g[y][0] * filter[x] + g[y][1] * filter[3 + x] + g[y][2] * filter[6 + x];
  for (int y = 0; y < n; ++y)
    for (int x = 0; x < n; ++x) out[y * n + x] = float(half[y][0] * g[x][0] + half[y][1] * g[x][1] + half[y][2] * g[x][2]);
}

}  // namespace pharos::cpu
#endif
