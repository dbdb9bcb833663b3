#pragma once
// One pass of a Fourier transform of mixed radix over many signals at once (Stockham's form: sorted, from one array to another).

#include "tactics/tactic.h"

namespace pharos::cpu {

// Of `radix * m` values, each a run of `s` floats: the signals side by side, and the results of the passes before.
struct FourierPass {
  int radix = 4;                    // 2, 4 or one of the odd ones below
  int64_t m = 1, s = 1;
  std::vector<float> twiddles;      // [m][radix - 1][re, im]
};
inline constexpr int odd_radices[] = {3, 5, 7, 11, 13};

struct FourierKernels {
  void (*pass)(const FourierPass&, const float* xr, const float* xi, float* yr, float* yi);
};
const FourierKernels& fourier_kernels(Isa isa);

}  // namespace pharos::cpu
