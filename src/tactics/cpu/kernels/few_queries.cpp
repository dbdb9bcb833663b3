#include "tactics/cpu/kernels/few_queries.h"

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/few_queries.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
constexpr int64_t lanes = int64_t(hn::MaxLanes(D()));

void scores(const float* q, const float* k, int64_t step, int64_t keys, int64_t size, float scale, float* out) {
  const D d;
  int64_t j = 0;
  // Four rows at a time, so that no addition waits for the one before it.
  for (; j + 4 <= keys; j += 4) {
    V sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    int64_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      const V x = hn::LoadU(d, q + i);
      for (int64_t r = 0; r < 4; ++r) sums[r] = hn::MulAdd(x, hn::LoadU(d, k + (j + r) * step + i), sums[r]);
    }
    for (int64_t r = 0; r < 4; ++r) {
      float sum = hn::GetLane(hn::SumOfLanes(d, sums[r]));
      for (int64_t t = i; t < size; ++t) sum += q[t] * k[(j + r) * step + t];
      out[j + r] = sum * scale;
    }
  }
  for (; j < keys; ++j) {
    float sum = 0;
    for (int64_t i = 0; i < size; ++i) sum += q[i] * k[j * step + i];
    out[j] = sum * scale;
  }
}

void weighted(const float* weights, const float* v, int64_t step, int64_t keys, int64_t size, float* y) {
  const D d;
  int64_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes) {
    V sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    for (int64_t j = 0; j < keys; ++j) {
      const V w = hn::Set(d, weights[j]);
      const float* row = v + j * step + i;
      for (int64_t r = 0; r < 4; ++r) sums[r] = hn::MulAdd(w, hn::LoadU(d, row + r * lanes), sums[r]);
    }
    for (int64_t r = 0; r < 4; ++r) hn::StoreU(sums[r], d, y + i + r * lanes);
  }
  for (; i + lanes <= size; i += lanes) {
    V sum = hn::Zero(d);
    for (int64_t j = 0; j < keys; ++j) sum = hn::MulAdd(hn::Set(d, weights[j]), hn::LoadU(d, v + j * step + i), sum);
    hn::StoreU(sum, d, y + i);
  }
  for (; i < size; ++i) {
    float sum = 0;
    for (int64_t j = 0; j < keys; ++j) sum += weights[j] * v[j * step + i];
    y[i] = sum;
  }
}

const FewQueries& table() {
  static constexpr FewQueries t{scores, weighted};
  return t;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
const FewQueries& few_queries(Isa isa) { return PHAROS_PICK(isa, table); }
}  // namespace pharos::cpu
#endif
