#include "tactics/cpu/kernels/elementwise.h"

#include <cmath>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/elementwise.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "tactics/cpu/kernels/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;
constexpr int64_t lanes = int64_t(hn::MaxLanes(D()));

template <Unary op>
HWY_INLINE V apply(V x, V a, V b) {
  const D d;
  const V zero = hn::Zero(d), one = hn::Set(d, 1.0f);
  if constexpr (op == Unary::Relu) return hn::Max(zero, x);
  else if constexpr (op == Unary::LeakyRelu) return hn::IfThenElse(hn::Lt(x, zero), hn::Mul(x, a), x);
  else if constexpr (op == Unary::Clip) return hn::Min(b, hn::Max(a, x));
  else if constexpr (op == Unary::Sigmoid) return sigmoid_of(d, x);
  else if constexpr (op == Unary::Tanh) return tanh_of(d, x);
  else if constexpr (op == Unary::Silu) return hn::Mul(x, sigmoid_of(d, x));
  else if constexpr (op == Unary::HardSwish)
    return hn::Mul(x, clamp_to(d, hn::MulAdd(x, hn::Set(d, 1.0f / 6), hn::Set(d, 0.5f)), zero, one));
  else if constexpr (op == Unary::HardSigmoid) return clamp_to(d, hn::MulAdd(x, a, b), zero, one);
  else if constexpr (op == Unary::Gelu) return gelu_of(d, x);
  else if constexpr (op == Unary::GeluTanh) return gelu_tanh_of(d, x);
  else if constexpr (op == Unary::Elu) return elu_of(d, x, a);
  else if constexpr (op == Unary::Selu) return hn::Mul(b, elu_of(d, x, a));
  else if constexpr (op == Unary::Mish) return mish_of(d, x);
  else if constexpr (op == Unary::Softplus) return softplus_of(d, x);
  else if constexpr (op == Unary::Exp) return exp_of(d, x);
  else if constexpr (op == Unary::Sqrt) return hn::Sqrt(x);
  else if constexpr (op == Unary::Neg) return hn::Neg(x);
  else if constexpr (op == Unary::Abs) return hn::Abs(x);
  else if constexpr (op == Unary::Erf) return erf_of(d, x);
  else if constexpr (op == Unary::Reciprocal) return hn::Div(one, x);
  else if constexpr (op == Unary::Floor) return hn::Floor(x);
  else if constexpr (op == Unary::Ceil) return hn::Ceil(x);
  else if constexpr (op == Unary::Round) return hn::Round(x);
  else if constexpr (op == Unary::Softsign) return hn::Div(x, hn::Add(one, hn::Abs(x)));
  else if constexpr (op == Unary::Sign)
    return hn::IfThenElse(hn::Gt(x, zero), one, hn::IfThenElse(hn::Lt(x, zero), hn::Neg(one), x));
  else return x;
}

template <Binary op>
HWY_INLINE V apply(V x, V y) {
  const D d;
  if constexpr (op == Binary::Add) return hn::Add(x, y);
  else if constexpr (op == Binary::Sub) return hn::Sub(x, y);
  else if constexpr (op == Binary::Mul) return hn::Mul(x, y);
  else if constexpr (op == Binary::Div) return hn::Div(x, y);
  // NaN in either operand is the result.
  else if constexpr (op == Binary::Max) return hn::IfThenElse(hn::IsNaN(x), x, hn::Max(x, y));
  else if constexpr (op == Binary::Min) return hn::IfThenElse(hn::IsNaN(x), x, hn::Min(x, y));
  else return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, y), x);  // PRelu
}

template <Unary op>
void unary(const float* x, float* y, int64_t n, float a, float b) {
  const D d;
  const V va = hn::Set(d, a), vb = hn::Set(d, b);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(apply<op>(hn::LoadU(d, x + i), va, vb), d, y + i);
  if (i == n) return;
  HWY_ALIGN float tail[lanes] = {};
  for (int64_t j = i; j < n; ++j) tail[j - i] = x[j];
  hn::Store(apply<op>(hn::Load(d, tail), va, vb), d, tail);
  for (int64_t j = i; j < n; ++j) y[j] = tail[j - i];
}

template <Binary op>
void binary(const float* x, const float* y, float* z, int64_t n) {
  const D d;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(apply<op>(hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, z + i);
  if (i == n) return;
  HWY_ALIGN float p[lanes] = {}, q[lanes] = {};
  for (int64_t j = i; j < n; ++j) p[j - i] = x[j], q[j - i] = y[j];
  hn::Store(apply<op>(hn::Load(d, p), hn::Load(d, q)), d, p);
  for (int64_t j = i; j < n; ++j) z[j] = p[j - i];
}

template <Binary op, bool scalar_first>
void with_scalar(const float* x, float s, float* z, int64_t n) {
  const D d;
  const V vs = hn::Set(d, s);
  const auto at = [&](V v) { return scalar_first ? apply<op>(vs, v) : apply<op>(v, vs); };
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(at(hn::LoadU(d, x + i)), d, z + i);
  if (i == n) return;
  HWY_ALIGN float tail[lanes] = {};
  for (int64_t j = i; j < n; ++j) tail[j - i] = x[j];
  hn::Store(at(hn::Load(d, tail)), d, tail);
  for (int64_t j = i; j < n; ++j) z[j] = tail[j - i];
}

template <bool scalar_first>
std::array<ScalarFn, size_t(Binary::count)> scalar_table() {
  return {with_scalar<Binary::Add, scalar_first>, with_scalar<Binary::Sub, scalar_first>, with_scalar<Binary::Mul, scalar_first>,
          with_scalar<Binary::Div, scalar_first>, with_scalar<Binary::Max, scalar_first>, with_scalar<Binary::Min, scalar_first>,
          nullptr, with_scalar<Binary::PRelu, scalar_first>};
}

template <size_t... u>
void fill_unary(ElementwiseKernels& k, std::index_sequence<u...>) { ((k.unary[u] = unary<Unary(u)>), ...); }

// Element by element where the vector form would be less exact over the whole range.
template <float (*f)(float)>
void scalar_unary(const float* x, float* y, int64_t n, float, float) {
  for (int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
}
inline void scalar_pow(const float* x, const float* y, float* z, int64_t n) {
  for (int64_t i = 0; i < n; ++i) z[i] = y[i] == 2.0f ? x[i] * x[i] : std::pow(x[i], y[i]);
}

const ElementwiseKernels& elementwise_table() {
  static const ElementwiseKernels table = [] {
    ElementwiseKernels k{};
    fill_unary(k, std::make_index_sequence<size_t(Unary::count)>());
    k.unary[size_t(Unary::Log)] = scalar_unary<std::log>;
    k.unary[size_t(Unary::Sin)] = scalar_unary<std::sin>;
    k.unary[size_t(Unary::Cos)] = scalar_unary<std::cos>;
    k.binary = {binary<Binary::Add>, binary<Binary::Sub>, binary<Binary::Mul>, binary<Binary::Div>,
                binary<Binary::Max>, binary<Binary::Min>, scalar_pow,          binary<Binary::PRelu>};
    k.scalar_second = scalar_table<false>();
    k.scalar_first = scalar_table<true>();
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
const ElementwiseKernels& elementwise_kernels(Isa isa) { return PHAROS_PICK(isa, elementwise_table); }
}  // namespace pharos::cpu
#endif
