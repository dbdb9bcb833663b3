#include "ops/fft.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace pharos {

Fourier::Values Fourier::roots_of(size_t length) {
  Values roots(length / 2);
  for (size_t k = 0; k < roots.size(); ++k) roots[k] = std::polar(1.0, -2 * M_PI * double(k) / double(length));
  return roots;
}

Fourier::Fourier(size_t length, bool inverse) : length_(length), padded_(length), inverse_(inverse) {
  if (length < 2 || std::has_single_bit(length)) {
    roots_ = roots_of(length);
    return;
  }
  padded_ = std::bit_ceil(2 * length - 1);
  roots_ = roots_of(padded_);
  chirp_.resize(length);
  // k*k is taken modulo 2*length, since its angle only counts so; this keeps the precision for long signals.
  for (uint64_t k = 0, square = 0; k < length; ++k) {
    chirp_[k] = std::polar(1.0, -M_PI * double(square) / double(length));
    square = (square + 2 * k + 1) % (2 * uint64_t(length));
  }
  filter_.assign(padded_, 0.0);
  for (size_t k = 0; k < length; ++k) {
    filter_[k] = std::conj(chirp_[k]);
    if (k > 0) filter_[padded_ - k] = filter_[k];
  }
  radix2(filter_, roots_);
}

void Fourier::radix2(Values& x, const Values& roots) {
  const size_t n = x.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t half = 1; half < n; half *= 2) {
    const size_t step = n / (2 * half);
    for (size_t first = 0; first < n; first += 2 * half)
      for (size_t k = 0; k < half; ++k) {
        const auto odd = x[first + half + k] * roots[k * step];
        x[first + half + k] = x[first + k] - odd;
        x[first + k] += odd;
      }
  }
}

void Fourier::transform(Values& x) const {
  if (length_ == 0) return;
  if (inverse_)
    for (auto& v : x) v = std::conj(v);
  if (chirp_.empty()) {
    radix2(x, roots_);
  } else {
    Values y(padded_);
    for (size_t k = 0; k < length_; ++k) y[k] = x[k] * chirp_[k];
    radix2(y, roots_);
    // The inverse transform of the product, by conjugating twice.
    for (size_t k = 0; k < padded_; ++k) y[k] = std::conj(y[k] * filter_[k]);
    radix2(y, roots_);
    for (size_t k = 0; k < length_; ++k) x[k] = std::conj(y[k]) / double(padded_) * chirp_[k];
  }
  if (inverse_)
    for (auto& v : x) v = std::conj(v) / double(length_);
}

}  // namespace pharos
