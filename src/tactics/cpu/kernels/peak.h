#pragma once
// The processor's own limits, as a yardstick for kernels.

#include "tactics/tactic.h"

namespace pharos::cpu {

struct PeakKernels {
  // Independent fused multiply-adds in registers; returns how many floating-point operations that were. `sink` takes a
  // result, so that nothing is optimised away.
  double (*multiply_add)(int64_t rounds, float* sink);
  float (*read)(const float* x, int64_t n);  // every element once; n is a multiple of 128
};
const PeakKernels& peak_kernels(Isa isa);

}  // namespace pharos::cpu
