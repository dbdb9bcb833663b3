#include "runtime/memory_planner.h"

#include <gtest/gtest.h>

#include <random>

namespace pharos {
namespace {

bool overlap_in_time(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

TEST(MemoryPlanner, ReusesMemoryOfDeadBuffers) {
  const std::vector<Lifetime> chain = {{1000, 0, 1}, {1000, 1, 2}, {1000, 2, 3}, {1000, 3, 4}};
  EXPECT_EQ(plan_memory(chain).bytes, 2 * 1024);
}

TEST(MemoryPlanner, LiveBuffersNeverOverlapAndThePeakIsNearTheLowerBound) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> buffers;
    for (int i = 0; i < 60; ++i) {
      const int first = int(random() % 40);
      buffers.push_back({int64_t(random() % 5000), first, first + int(random() % 6)});
    }
    const MemoryPlan plan = plan_memory(buffers);
    int64_t lower = 0;
    for (int step = 0; step < 50; ++step) {
      int64_t live = 0;
      for (const Lifetime& b : buffers)
        if (b.first <= step && step <= b.last) live += b.bytes;
      lower = std::max(lower, live);
    }
    for (size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(plan.offsets[i] % 64, 0);
      EXPECT_LE(plan.offsets[i] + buffers[i].bytes, plan.bytes);
      for (size_t j = 0; j < i; ++j) {
        if (!overlap_in_time(buffers[i], buffers[j]) || !buffers[i].bytes || !buffers[j].bytes) continue;
        const bool apart = plan.offsets[i] + buffers[i].bytes <= plan.offsets[j] ||
                           plan.offsets[j] + buffers[j].bytes <= plan.offsets[i];
        EXPECT_TRUE(apart) << "round " << round << ": buffers " << i << " and " << j;
      }
    }
    EXPECT_LE(plan.bytes, 2 * lower + 64 * 60);
  }
}

}  // namespace
}  // namespace pharos
