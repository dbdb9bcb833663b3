#include "runtime/memory_planner.h"

#include <algorithm>
#include <numeric>

namespace pharos {
namespace {

constexpr int64_t alignment = 64;
int64_t aligned(int64_t n) { return (n + alignment - 1) / alignment * alignment; }

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> buffers) {
  MemoryPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  // Placed buffers by offset, so that the gaps between those alive at the same time are met in order.
  std::vector<size_t> placed;
  for (const size_t i : order) {
    const Lifetime& b = buffers[i];
    if (b.bytes <= 0) continue;
    int64_t at = 0;
    for (const size_t p : placed) {
      const Lifetime& other = buffers[p];
      if (other.last < b.first || b.last < other.first) continue;
      if (plan.offsets[p] >= at + aligned(b.bytes)) break;
      at = std::max(at, plan.offsets[p] + aligned(other.bytes));
    }
    plan.offsets[i] = at;
    plan.bytes = std::max(plan.bytes, at + aligned(b.bytes));
    const auto by_offset = [&](size_t p, int64_t offset) { return plan.offsets[p] < offset; };
    placed.insert(std::lower_bound(placed.begin(), placed.end(), at, by_offset), i);
  }
  return plan;
}

}  // namespace pharos
