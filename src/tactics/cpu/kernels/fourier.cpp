#include "tactics/cpu/kernels/fourier.h"

#include <cmath>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/fourier.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FD = hn::CappedTag<float, 16>;
using F1 = hn::CappedTag<float, 1>;

template <class D>
struct Complex {
  // Written out, for a constructor that the compiler makes does not belong to this instruction set.
  HWY_INLINE Complex() {}
  HWY_INLINE Complex(hn::Vec<D> real, hn::Vec<D> imaginary) : re(real), im(imaginary) {}
  hn::Vec<D> re, im;
};
template <class D>
HWY_INLINE Complex<D> operator+(Complex<D> a, Complex<D> b) { return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)}; }
template <class D>
HWY_INLINE Complex<D> operator-(Complex<D> a, Complex<D> b) { return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)}; }
template <class D>
HWY_INLINE Complex<D> minus_i(Complex<D> a) { return {a.im, hn::Neg(a.re)}; }

template <class D>
HWY_INLINE void butterfly(Complex<D> (&a)[2]) {
  const Complex<D> t = a[0] - a[1];
  a[0] = a[0] + a[1], a[1] = t;
}

template <class D>
HWY_INLINE void butterfly(Complex<D> (&a)[4]) {
  const Complex<D> t0 = a[0] + a[2], t1 = a[0] - a[2], t2 = a[1] + a[3], t3 = minus_i<D>(a[1] - a[3]);
  a[0] = t0 + t2, a[1] = t1 + t3, a[2] = t0 - t2, a[3] = t1 - t3;
}

// Cosines and sines of j * k parts of the circle.
template <int R>
struct Roots {
  float cosine[R / 2][R / 2], sine[R / 2][R / 2];
  Roots() {
    for (int j = 0; j < R / 2; ++j)
      for (int k = 0; k < R / 2; ++k) {
        const double angle = 2 * M_PI * double((j + 1) * (k + 1) % R) / R;
        cosine[j][k] = float(std::cos(angle)), sine[j][k] = float(std::sin(angle));
      }
  }
};

// An odd radix: pairs of conjugate roots share their products.
template <class D, int R>
HWY_INLINE void butterfly(Complex<D> (&a)[R]) {
  static const Roots<R> roots;
  const D d;
  constexpr int half = R / 2;
  Complex<D> sums[half], differences[half], first = a[0];
#pragma GCC unroll 8
  for (int j = 0; j < half; ++j) {
    sums[j] = a[j + 1] + a[R - 1 - j], differences[j] = a[j + 1] - a[R - 1 - j];
    first = first + sums[j];
  }
#pragma GCC unroll 8
  for (int k = 0; k < half; ++k) {
    Complex<D> u = a[0], v{hn::Zero(d), hn::Zero(d)};
#pragma GCC unroll 8
    for (int j = 0; j < half; ++j) {
      const auto c = hn::Set(d, roots.cosine[j][k]), s = hn::Set(d, roots.sine[j][k]);
      u = {hn::MulAdd(sums[j].re, c, u.re), hn::MulAdd(sums[j].im, c, u.im)};
      v = {hn::MulAdd(differences[j].re, s, v.re), hn::MulAdd(differences[j].im, s, v.im)};
    }
    // a[1..] is read no more: its sums and differences were taken above.
    a[k + 1] = u + minus_i<D>(v), a[R - 1 - k] = u - minus_i<D>(v);
  }
  a[0] = first;
}

template <class D, int R>
HWY_INLINE void columns(const FourierPass& f, int64_t p, int64_t first, int64_t last, const float* xr, const float* xi, float* yr, float* yi) {
  const D d;
  const float* const w = f.twiddles.data() + size_t(p) * 2 * (R - 1);
  const int64_t from = f.s * p, apart = f.s * f.m, to = f.s * p * R;
  for (int64_t q = first; q < last; q += int64_t(hn::Lanes(d))) {
    Complex<D> a[R];
#pragma GCC unroll 16
    for (int j = 0; j < R; ++j) a[j] = {hn::LoadU(d, xr + from + q + j * apart), hn::LoadU(d, xi + from + q + j * apart)};
    butterfly<D>(a);
    hn::StoreU(a[0].re, d, yr + to + q), hn::StoreU(a[0].im, d, yi + to + q);
#pragma GCC unroll 16
    for (int k = 1; k < R; ++k) {
      const auto wr = hn::Set(d, w[2 * k - 2]), wi = hn::Set(d, w[2 * k - 1]);
      hn::StoreU(hn::NegMulAdd(a[k].im, wi, hn::Mul(a[k].re, wr)), d, yr + to + k * f.s + q);
      hn::StoreU(hn::MulAdd(a[k].re, wi, hn::Mul(a[k].im, wr)), d, yi + to + k * f.s + q);
    }
  }
}

template <int R>
void pass_of(const FourierPass& f, const float* xr, const float* xi, float* yr, float* yi) {
  const int64_t whole = f.s - f.s % int64_t(hn::Lanes(FD()));
  for (int64_t p = 0; p < f.m; ++p) {
    columns<FD, R>(f, p, 0, whole, xr, xi, yr, yi);
    columns<F1, R>(f, p, whole, f.s, xr, xi, yr, yi);
  }
}

void fourier_pass(const FourierPass& f, const float* xr, const float* xi, float* yr, float* yi) {
  switch (f.radix) {
    case 2: return pass_of<2>(f, xr, xi, yr, yi);
    case 3: return pass_of<3>(f, xr, xi, yr, yi);
    case 5: return pass_of<5>(f, xr, xi, yr, yi);
    case 7: return pass_of<7>(f, xr, xi, yr, yi);
    case 11: return pass_of<11>(f, xr, xi, yr, yi);
    case 13: return pass_of<13>(f, xr, xi, yr, yi);
    default: return pass_of<4>(f, xr, xi, yr, yi);
  }
}

const FourierKernels& fourier_table() {
  static constexpr FourierKernels table{fourier_pass};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
const FourierKernels& fourier_kernels(Isa isa) { return PHAROS_PICK(isa, fourier_table); }
}  // namespace pharos::cpu
#endif
