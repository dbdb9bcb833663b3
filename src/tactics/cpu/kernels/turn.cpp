#include "tactics/cpu/kernels/turn.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/turn.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
// Four rows, pair by pair: row k of the result holds element k of each row of every 128-bit half.
template <class D, class V>
HWY_INLINE void turn_rows(D d, const V* r, V* out) {
  const hn::Repartition<uint64_t, D> wide;
  const auto pairs = [&](V v) { return hn::BitCast(wide, v); };
  const auto low01 = pairs(hn::InterleaveLower(d, r[0], r[1])), low23 = pairs(hn::InterleaveLower(d, r[2], r[3]));
  const auto high01 = pairs(hn::InterleaveUpper(d, r[0], r[1])), high23 = pairs(hn::InterleaveUpper(d, r[2], r[3]));
  out[0] = hn::BitCast(d, hn::InterleaveLower(wide, low01, low23));
  out[1] = hn::BitCast(d, hn::InterleaveUpper(wide, low01, low23));
  out[2] = hn::BitCast(d, hn::InterleaveLower(wide, high01, high23));
  out[3] = hn::BitCast(d, hn::InterleaveUpper(wide, high01, high23));
}
#endif

#if HWY_MAX_BYTES >= 32
constexpr int64_t edge = 8;
HWY_INLINE void square(const uint32_t* from, int64_t step, uint32_t* to, int64_t width) {
  const hn::FixedTag<uint32_t, edge> d;
  using V = hn::Vec<decltype(d)>;
  V r[edge], t[edge];
  for (int64_t i = 0; i < edge; ++i) r[i] = hn::LoadU(d, from + i * step);
  turn_rows(d, r, t);
  turn_rows(d, r + 4, t + 4);
  for (int64_t i = 0; i < 4; ++i) {
    hn::StoreU(hn::ConcatLowerLower(d, t[i + 4], t[i]), d, to + i * width);
    hn::StoreU(hn::ConcatUpperUpper(d, t[i + 4], t[i]), d, to + (i + 4) * width);
  }
}
#elif HWY_TARGET != HWY_SCALAR
constexpr int64_t edge = 4;
HWY_INLINE void square(const uint32_t* from, int64_t step, uint32_t* to, int64_t width) {
  const hn::FixedTag<uint32_t, edge> d;
  using V = hn::Vec<decltype(d)>;
  V r[edge], t[edge];
  for (int64_t i = 0; i < edge; ++i) r[i] = hn::LoadU(d, from + i * step);
  turn_rows(d, r, t);
  for (int64_t i = 0; i < edge; ++i) hn::StoreU(t[i], d, to + i * width);
}
#else
constexpr int64_t edge = 1;
HWY_INLINE void square(const uint32_t* from, int64_t, uint32_t* to, int64_t) { *to = *from; }
#endif

void turn(const uint32_t* from, int64_t step, uint32_t* to, int64_t width, int64_t height) {
  int64_t y = 0;
  for (; y + edge <= height; y += edge) {
    int64_t x = 0;
    for (; x + edge <= width; x += edge) square(from + x * step + y, step, to + y * width + x, width);
    for (; x < width; ++x)
      for (int64_t k = 0; k < edge; ++k) to[(y + k) * width + x] = from[x * step + y + k];
  }
  for (; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) to[y * width + x] = from[x * step + y];
}

TurnFn turn_function() { return turn; }

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
TurnFn turn_kernel(Isa isa) { return PHAROS_PICK(isa, turn_function); }
}  // namespace pharos::cpu
#endif
