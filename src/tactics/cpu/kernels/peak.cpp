#include "tactics/cpu/kernels/peak.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/peak.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using PD = hn::CappedTag<float, 16>;
using PV = hn::Vec<PD>;

// Twelve chains hide the latency of any processor so far and fit into sixteen registers.
double multiply_add(int64_t rounds, float* sink) {
  const PD d;
  const PV a = hn::Set(d, 0.999f), b = hn::Set(d, *sink);
  // Different starts: equal chains would be merged by the compiler.
  const auto start = [&](int chain) { return hn::Set(d, *sink + float(chain)); };
  PV v0 = start(0), v1 = start(1), v2 = start(2), v3 = start(3), v4 = start(4), v5 = start(5);
  PV v6 = start(6), v7 = start(7), v8 = start(8), v9 = start(9), v10 = start(10), v11 = start(11);
  for (int64_t i = 0; i < rounds; ++i) {
    v0 = hn::MulAdd(v0, a, b), v1 = hn::MulAdd(v1, a, b), v2 = hn::MulAdd(v2, a, b), v3 = hn::MulAdd(v3, a, b);
    v4 = hn::MulAdd(v4, a, b), v5 = hn::MulAdd(v5, a, b), v6 = hn::MulAdd(v6, a, b), v7 = hn::MulAdd(v7, a, b);
    v8 = hn::MulAdd(v8, a, b), v9 = hn::MulAdd(v9, a, b), v10 = hn::MulAdd(v10, a, b), v11 = hn::MulAdd(v11, a, b);
  }
  const PV sum = hn::Add(hn::Add(hn::Add(hn::Add(v0, v1), hn::Add(v2, v3)), hn::Add(hn::Add(v4, v5), hn::Add(v6, v7))),
                         hn::Add(hn::Add(v8, v9), hn::Add(v10, v11)));
  *sink = hn::GetLane(hn::SumOfLanes(d, sum));
  return double(rounds) * 12 * 2 * double(hn::Lanes(d));
}

float read(const float* x, int64_t n) {
  const PD d;
  const int64_t lanes = int64_t(hn::Lanes(d));
  PV s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (int64_t i = 0; i < n; i += 4 * lanes) {
    s0 = hn::Add(s0, hn::LoadU(d, x + i)), s1 = hn::Add(s1, hn::LoadU(d, x + i + lanes));
    s2 = hn::Add(s2, hn::LoadU(d, x + i + 2 * lanes)), s3 = hn::Add(s3, hn::LoadU(d, x + i + 3 * lanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

const PeakKernels& kernels() {
  static constexpr PeakKernels table{multiply_add, read};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"

namespace pharos::cpu {

const PeakKernels& peak_kernels(Isa isa) { return PHAROS_PICK(isa, kernels); }

}  // namespace pharos::cpu
#endif
