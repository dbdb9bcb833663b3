#pragma once
// The discrete Fourier transform of any length, in double precision: radix 2 where the length is a power of two,
// otherwise Bluestein's convolution.

#include <complex>
#include <vector>

namespace pharos {

class Fourier {
 public:
  Fourier(size_t length, bool inverse);  // the inverse divides by the length
  void transform(std::vector<std::complex<double>>& x) const;  // x.size() == length, in place

 private:
  using Values = std::vector<std::complex<double>>;
  static void radix2(Values& x, const Values& roots);
  static Values roots_of(size_t length);
  size_t length_, padded_;
  bool inverse_;
  Values roots_;           // of the (padded) length
  Values chirp_, filter_;  // only where the length is no power of two
};

}  // namespace pharos
