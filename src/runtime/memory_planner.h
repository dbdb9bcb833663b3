#pragma once
// Places buffers with known lifetimes into one arena.
//
// Greedy by size: the largest buffer first, at the lowest offset where it overlaps no placed buffer that lives at the
// same time (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020). Deterministic.

#include <cstdint>
#include <span>
#include <vector>

namespace pharos {

struct Lifetime {
  int64_t bytes = 0;
  int first = 0, last = 0;  // steps, inclusive
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // by buffer; multiples of 64
  int64_t bytes = 0;
};

MemoryPlan plan_memory(std::span<const Lifetime> buffers);

}  // namespace pharos
