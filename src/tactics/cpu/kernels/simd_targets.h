#pragma once
// Which instruction sets the kernels are compiled for: the portable baseline (on 64-bit ARM: NEON), AVX2 with FMA, AVX-512.
// Included before Highway in every kernel file. Kernels are picked once, when a tactic is prepared, by the Device's Isa.
// SVE is left out: its vectors have no size that the compiler knows, and the kernels keep arrays of them in registers.

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

#include "tactics/tactic.h"

namespace pharos::cpu {

enum class SimdLevel : uint8_t { Baseline, Avx2, Avx512 };

constexpr SimdLevel simd_level(Isa isa) {
  return isa == Isa::X86_64_v4 ? SimdLevel::Avx512 : isa == Isa::X86_64_v3 ? SimdLevel::Avx2 : SimdLevel::Baseline;
}

}  // namespace pharos::cpu
