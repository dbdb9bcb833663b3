#pragma once
// Exchanges two dims of 4-byte elements in squares of registers.

#include "tactics/tactic.h"

namespace pharos::cpu {

// to[y * width + x] = from[x * step + y] for y < height, x < width.
using TurnFn = void (*)(const uint32_t* from, int64_t step, uint32_t* to, int64_t width, int64_t height);
TurnFn turn_kernel(Isa isa);

}  // namespace pharos::cpu
