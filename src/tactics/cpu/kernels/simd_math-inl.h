// Vector mathematics, per target. Accuracy is a few units in the last place; NaN is handed on, infinities saturate.

#if defined(PHAROS_SIMD_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef PHAROS_SIMD_MATH_INL_H_
#undef PHAROS_SIMD_MATH_INL_H_
#else
#define PHAROS_SIMD_MATH_INL_H_
#endif

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Operands in an order that hands NaN in `x` on.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V clamp_to(D, V x, V low, V high) { return hn::Min(high, hn::Max(low, x)); }

template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_of(D d, V x) {
  const hn::RebindToSigned<D> di;
  // Beyond these the result is 0 or infinity anyway, and both halves of the exponent stay in range.
  const V c = clamp_to(d, x, hn::Set(d, -104.5f), hn::Set(d, 89.5f));
  const V n = hn::Round(hn::Mul(c, hn::Set(d, 1.44269504088896341f)));
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), c);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  V p = hn::Set(d, 1.9875691500e-4f);
  p = hn::MulAdd(p, r, hn::Set(d, 1.3981999507e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 8.3334519073e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.1665795894e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.6666665459e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 5.0000001201e-1f));
  p = hn::MulAdd(hn::Mul(p, r), r, hn::Add(r, hn::Set(d, 1.0f)));
  const auto whole = hn::ConvertTo(di, n);
  const auto half = hn::ShiftRight<1>(whole);
  const auto bias = hn::Set(di, 127);
  const V s1 = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(half, bias)));
  const V s2 = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::Sub(whole, half), bias)));
  return hn::Mul(hn::Mul(p, s1), s2);
}

// exp for arguments <= 0 (softmax): below -87.3 the result is flushed to a tiny number.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_nonpositive(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V c = hn::Max(hn::Set(d, -87.33654f), x);
  const V n = hn::Round(hn::Mul(c, hn::Set(d, 1.44269504088896341f)));
  V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), c);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  V p = hn::Set(d, 1.9875691500e-4f);
  p = hn::MulAdd(p, r, hn::Set(d, 1.3981999507e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 8.3334519073e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.1665795894e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.6666665459e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 5.0000001201e-1f));
  p = hn::MulAdd(hn::Mul(p, r), r, hn::Add(r, hn::Set(d, 1.0f)));
  const auto e = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127)));
  return hn::IfThenElseZero(hn::Gt(x, hn::Set(d, -87.33654f)), hn::Mul(p, hn::BitCast(d, e)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V sigmoid_of(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  return hn::Div(one, hn::Add(one, exp_of(d, hn::Neg(x))));
}

// Rational approximations of the odd functions tanh and erf (the coefficients are those of Eigen).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V tanh_of(D d, V x) {
  const V c = clamp_to(d, x, hn::Set(d, -7.90531110763549805f), hn::Set(d, 7.90531110763549805f));
  const V x2 = hn::Mul(c, c);
  V p = hn::Set(d, -2.76076847742355e-16f);
  p = hn::MulAdd(p, x2, hn::Set(d, 2.00018790482477e-13f));
  p = hn::MulAdd(p, x2, hn::Set(d, -8.60467152213735e-11f));
  p = hn::MulAdd(p, x2, hn::Set(d, 5.12229709037114e-08f));
  p = hn::MulAdd(p, x2, hn::Set(d, 1.48572235717979e-05f));
  p = hn::MulAdd(p, x2, hn::Set(d, 6.37261928875436e-04f));
  p = hn::MulAdd(p, x2, hn::Set(d, 4.89352455891786e-03f));
  p = hn::Mul(p, c);
  V q = hn::Set(d, 1.19825839466702e-06f);
  q = hn::MulAdd(q, x2, hn::Set(d, 1.18534705686654e-04f));
  q = hn::MulAdd(q, x2, hn::Set(d, 2.26843463243900e-03f));
  q = hn::MulAdd(q, x2, hn::Set(d, 4.89352518554385e-03f));
  return hn::IfThenElse(hn::Lt(hn::Abs(x), hn::Set(d, 0.0004f)), x, hn::Div(p, q));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V erf_of(D d, V x) {
  const V c = clamp_to(d, x, hn::Set(d, -4.0f), hn::Set(d, 4.0f));
  const V x2 = hn::Mul(c, c);
  V p = hn::Set(d, -2.72614225801306e-10f);
  p = hn::MulAdd(p, x2, hn::Set(d, 2.77068142495902e-08f));
  p = hn::MulAdd(p, x2, hn::Set(d, -2.10102402082508e-06f));
  p = hn::MulAdd(p, x2, hn::Set(d, -5.69250639462346e-05f));
  p = hn::MulAdd(p, x2, hn::Set(d, -7.34990630326855e-04f));
  p = hn::MulAdd(p, x2, hn::Set(d, -2.95459980854025e-03f));
  p = hn::MulAdd(p, x2, hn::Set(d, -1.60960333262415e-02f));
  p = hn::Mul(p, c);
  V q = hn::Set(d, -1.45660718464996e-05f);
  q = hn::MulAdd(q, x2, hn::Set(d, -2.13374055278905e-04f));
  q = hn::MulAdd(q, x2, hn::Set(d, -1.68282697438203e-03f));
  q = hn::MulAdd(q, x2, hn::Set(d, -7.37332916720468e-03f));
  q = hn::MulAdd(q, x2, hn::Set(d, -1.42647390514189e-02f));
  return hn::Div(p, q);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V gelu_of(D d, V x) {
  const V half = hn::Mul(x, hn::Set(d, 0.5f));
  return hn::MulAdd(half, erf_of(d, hn::Mul(x, hn::Set(d, 0.70710678118654752f))), half);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V gelu_tanh_of(D d, V x) {
  const V half = hn::Mul(x, hn::Set(d, 0.5f));
  const V inner = hn::Mul(hn::Mul(x, hn::Set(d, 0.79788456080286536f)),
                          hn::MulAdd(hn::Mul(x, x), hn::Set(d, 0.044715f), hn::Set(d, 1.0f)));
  return hn::MulAdd(half, tanh_of(d, inner), half);
}

// ln(1 + e^x) without overflow.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V softplus_of(D d, V x) {
  const V tail = hn::Log1p(d, exp_of(d, hn::Neg(hn::Abs(x))));
  return hn::Add(hn::Max(hn::Zero(d), x), tail);
}

// x * tanh(ln(1 + e^x)): with e = e^x the tanh is (e^2 + 2e) / (e^2 + 2e + 2).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V mish_of(D d, V x) {
  const V e = exp_of(d, hn::Min(hn::Set(d, 20.0f), x));
  const V two = hn::Set(d, 2.0f);
  const V n = hn::Mul(e, hn::Add(e, two));
  return hn::Mul(x, hn::Div(n, hn::Add(n, two)));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V elu_of(D d, V x, V alpha) {
  const V negative = hn::Mul(alpha, hn::Expm1(d, hn::Max(hn::Set(d, -87.0f), hn::Min(hn::Zero(d), x))));
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, negative);
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#endif
