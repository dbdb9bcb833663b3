#include "tactics/cpu/kernels/rows.h"

#include <cmath>
#include <limits>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/rows.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tactics/cpu/kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using RD = hn::CappedTag<float, 16>;
using RV = hn::Vec<RD>;
constexpr int64_t row_lanes = int64_t(hn::MaxLanes(RD()));

// The last, partial vector of a row; lanes beyond it hold `filler`.
HWY_INLINE RV load_tail(const float* x, int64_t count, float filler) {
  const RD d;
  HWY_ALIGN float buffer[row_lanes];
  for (int64_t i = 0; i < row_lanes; ++i) buffer[i] = i < count ? x[i] : filler;
  return hn::Load(d, buffer);
}
HWY_INLINE void store_tail(RV v, float* y, int64_t count) {
  const RD d;
  HWY_ALIGN float buffer[row_lanes];
  hn::Store(v, d, buffer);
  for (int64_t i = 0; i < count; ++i) y[i] = buffer[i];
}

HWY_INLINE float sum_lanes(RV v) { return hn::GetLane(hn::SumOfLanes(RD(), v)); }

enum class Fold { Sum, Max, Min };
template <Fold fold>
HWY_INLINE RV combine(RV a, RV b) {
  if constexpr (fold == Fold::Sum) return hn::Add(a, b);
  // NaN wins over everything.
  else if constexpr (fold == Fold::Max) return hn::IfThenElse(hn::Or(hn::Gt(b, a), hn::IsNaN(b)), b, a);
  else return hn::IfThenElse(hn::Or(hn::Lt(b, a), hn::IsNaN(b)), b, a);
}

template <Fold fold>
float folded(const float* x, int64_t n) {
  const RD d;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float start = fold == Fold::Sum ? 0.0f : fold == Fold::Max ? -infinity : infinity;
  RV a = hn::Set(d, start), b = a, c = a, e = a;
  int64_t i = 0;
  for (; i + 4 * row_lanes <= n; i += 4 * row_lanes) {
    a = combine<fold>(a, hn::LoadU(d, x + i)), b = combine<fold>(b, hn::LoadU(d, x + i + row_lanes));
    c = combine<fold>(c, hn::LoadU(d, x + i + 2 * row_lanes)), e = combine<fold>(e, hn::LoadU(d, x + i + 3 * row_lanes));
  }
  for (; i + row_lanes <= n; i += row_lanes) a = combine<fold>(a, hn::LoadU(d, x + i));
  if (i < n) b = combine<fold>(b, load_tail(x + i, n - i, start));
  const RV all = combine<fold>(combine<fold>(a, b), combine<fold>(c, e));
  if constexpr (fold == Fold::Sum) return sum_lanes(all);
  HWY_ALIGN float lanes[row_lanes];
  hn::Store(all, d, lanes);
  float best = lanes[0];
  for (int64_t l = 1; l < row_lanes; ++l)
    if (std::isnan(lanes[l]) || (fold == Fold::Max ? lanes[l] > best : lanes[l] < best)) best = lanes[l];
  return best;
}

float square_sum_of(const float* x, int64_t n, float centre) {
  const RD d;
  const RV m = hn::Set(d, centre);
  RV a = hn::Zero(d), b = a;
  int64_t i = 0;
  for (; i + 2 * row_lanes <= n; i += 2 * row_lanes) {
    const RV p = hn::Sub(hn::LoadU(d, x + i), m), q = hn::Sub(hn::LoadU(d, x + i + row_lanes), m);
    a = hn::MulAdd(p, p, a), b = hn::MulAdd(q, q, b);
  }
  for (; i + row_lanes <= n; i += row_lanes) {
    const RV p = hn::Sub(hn::LoadU(d, x + i), m);
    a = hn::MulAdd(p, p, a);
  }
  if (i < n) {
    const RV p = hn::Sub(load_tail(x + i, n - i, centre), m);
    b = hn::MulAdd(p, p, b);
  }
  return sum_lanes(hn::Add(a, b));
}

void add_rows(float* x, const float* y, int64_t n) {
  const RD d;
  int64_t i = 0;
  for (; i + row_lanes <= n; i += row_lanes) hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, x + i);
  for (; i < n; ++i) x[i] += y[i];
}

void affine_row(const float* x, float* y, int64_t n, float scale, float shift) {
  const RD d;
  const RV s = hn::Set(d, scale), t = hn::Set(d, shift);
  int64_t i = 0;
  for (; i + row_lanes <= n; i += row_lanes) hn::StoreU(hn::MulAdd(hn::LoadU(d, x + i), s, t), d, y + i);
  for (; i < n; ++i) y[i] = x[i] * scale + shift;
}

void softmax_row(const float* x, float* y, int64_t n, bool log, bool zero_if_masked) {
  const RD d;
  const float top = folded<Fold::Max>(x, n);
  if (zero_if_masked && top == -std::numeric_limits<float>::infinity()) {
    for (int64_t i = 0; i < n; ++i) y[i] = 0;
    return;
  }
  const RV peak = hn::Set(d, top);
  RV total = hn::Zero(d);
  int64_t i = 0;
  for (; i + row_lanes <= n; i += row_lanes) {
    const RV e = exp_nonpositive(d, hn::Sub(hn::LoadU(d, x + i), peak));
    total = hn::Add(total, e);
    if (!log) hn::StoreU(e, d, y + i);
  }
  if (i < n) {
    const RV e = exp_nonpositive(d, hn::Sub(load_tail(x + i, n - i, -std::numeric_limits<float>::infinity()), peak));
    total = hn::Add(total, e);
    if (!log) store_tail(e, y + i, n - i);
  }
  const float sum = std::isnan(top) || std::isinf(top) ? std::numeric_limits<float>::quiet_NaN() : sum_lanes(total);
  if (log) affine_row(x, y, n, 1.0f, -top - std::log(sum));
  else affine_row(y, y, n, 1.0f / sum, 0.0f);
}

void softmax_column_block(const float* x, float* y, int64_t length, int64_t stride, bool log) {
  const RD d;
  RV top = hn::LoadU(d, x);
  for (int64_t k = 1; k < length; ++k) top = combine<Fold::Max>(top, hn::LoadU(d, x + k * stride));
  RV total = hn::Zero(d);
  for (int64_t k = 0; k < length; ++k) {
    const RV e = exp_of(d, hn::Sub(hn::LoadU(d, x + k * stride), top));
    total = hn::Add(total, e);
    if (!log) hn::StoreU(e, d, y + k * stride);
  }
  if (log) {
    const RV shift = hn::Add(top, hn::Log(d, total));
    for (int64_t k = 0; k < length; ++k) hn::StoreU(hn::Sub(hn::LoadU(d, x + k * stride), shift), d, y + k * stride);
    return;
  }
  const RV factor = hn::Div(hn::Set(d, 1.0f), total);
  for (int64_t k = 0; k < length; ++k) hn::StoreU(hn::Mul(hn::LoadU(d, y + k * stride), factor), d, y + k * stride);
}

void softmax_columns(const float* x, float* y, int64_t length, int64_t stride, int64_t columns, bool log) {
  int64_t c = 0;
  for (; c + row_lanes <= columns; c += row_lanes) softmax_column_block(x + c, y + c, length, stride, log);
  for (; c < columns; ++c) {
    float top = x[c], sum = 0;
    for (int64_t k = 1; k < length; ++k) top = x[k * stride + c] > top || std::isnan(x[k * stride + c]) ? x[k * stride + c] : top;
    for (int64_t k = 0; k < length; ++k) sum += std::exp(x[k * stride + c] - top);
    const float shift = top + std::log(sum);
    for (int64_t k = 0; k < length; ++k) {
      const float v = x[k * stride + c];
      y[k * stride + c] = log ? v - shift : std::exp(v - top) / sum;
    }
  }
}

void normalize_row(NormRow& r) {
  const RD d;
  const float* x = r.x;
  if (r.skip) {
    float* const to = r.sum ? r.sum : r.y;
    int64_t i = 0;
    for (; i + row_lanes <= r.n; i += row_lanes) hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, r.skip + i)), d, to + i);
    for (; i < r.n; ++i) to[i] = x[i] + r.skip[i];
    x = to;
  }
  const float count = float(r.n);
  r.mean = r.centred ? folded<Fold::Sum>(x, r.n) / count : 0.0f;
  r.factor = 1.0f / std::sqrt(square_sum_of(x, r.n, r.mean) / count + r.epsilon);
  const RV factor = hn::Set(d, r.factor), mean = hn::Set(d, r.mean);
  int64_t i = 0;
  for (; i + row_lanes <= r.n; i += row_lanes) {
    RV v = hn::Mul(hn::Sub(hn::LoadU(d, x + i), mean), factor);
    if (r.scale) v = hn::Mul(v, hn::LoadU(d, r.scale + i));
    if (r.bias) v = hn::Add(v, hn::LoadU(d, r.bias + i));
    hn::StoreU(v, d, r.y + i);
  }
  for (; i < r.n; ++i) r.y[i] = (x[i] - r.mean) * r.factor * (r.scale ? r.scale[i] : 1.0f) + (r.bias ? r.bias[i] : 0.0f);
}

const RowKernels& row_table() {
  static constexpr RowKernels table{softmax_row, softmax_columns, normalize_row, add_rows, affine_row, folded<Fold::Sum>,
                                    square_sum_of, folded<Fold::Max>, folded<Fold::Min>};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
const RowKernels& row_kernels(Isa isa) { return PHAROS_PICK(isa, row_table); }
}  // namespace pharos::cpu
#endif
