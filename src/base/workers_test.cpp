#include "base/workers.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "base/threads.h"

namespace pharos {
namespace {

TEST(Workers, EveryPartIsDoneOnce) {
  for (const int parts : {1, 2, 3, 7, 64, 1024}) {
    std::vector<std::atomic<int>> count(static_cast<size_t>(parts));
    for (int round = 0; round < 50; ++round)
      Workers::run(parts, [](void* body, int part) { ++(*static_cast<std::vector<std::atomic<int>>*>(body))[size_t(part)]; }, &count);
    for (const auto& c : count) EXPECT_EQ(c, 50);
  }
}

TEST(Workers, RangesCoverTheWork) {
  for (const int64_t n : {int64_t{1}, int64_t{5}, int64_t{1000}, int64_t{1} << 40}) {
    for (const int threads : {1, 2, 3, 16, 5000}) {
      std::atomic<int64_t> sum{0};
      std::atomic<int> ranges{0};
      Threads(threads).for_each(n, [&](int64_t first, int64_t last) {
        EXPECT_LT(first, last);
        sum += last - first;
        ++ranges;
      });
      EXPECT_EQ(sum, n);
      EXPECT_LE(ranges, threads);
    }
  }
}

TEST(Workers, PiecesCoverTheWorkInShares) {
  for (const int64_t n : {int64_t{1}, int64_t{5}, int64_t{17}, int64_t{1000}, int64_t{1} << 40})
    for (const int threads : {1, 2, 3, 16, 5000})
      for (const int64_t grain : {1, 7}) {
        std::atomic<int64_t> sum{0};
        Threads(threads).for_each_piece(n, [&](const Threads::Piece& p) {
          EXPECT_LT(p.first, p.last);
          EXPECT_LE(p.share_first, p.first);
          EXPECT_GE(p.share_last, p.last);
          EXPECT_TRUE(p.worker >= 0 && p.worker < threads);
          EXPECT_GE(p.last - p.first, std::min(n, grain));
          sum += p.last - p.first;
        }, grain, grain);
        EXPECT_EQ(sum, n);
      }
}

// Nobody else has the number of a worker while it works: memory may be set aside by it.
TEST(Workers, WorkersOfAJobAreDistinct) {
  std::array<std::atomic<int>, 3> inside{};
  std::atomic<int> collisions{0};
  for (int round = 0; round < 2000; ++round)
    Threads(3).for_each_piece(24, [&](const Threads::Piece& p) {
      if (inside[size_t(p.worker)]++ != 0) ++collisions;
      --inside[size_t(p.worker)];
    });
  EXPECT_EQ(collisions, 0);
}

// A thread that is held up in one piece leaves the rest of its share to others.
TEST(Workers, OthersTakeOverWhatIsNotBegun) {
  if (available_cpus() < 2) GTEST_SKIP() << "one CPU";
  int best = 0;
  for (int round = 0; round < 20 && best <= 8; ++round) {  // the helper may be asleep or late at first
    std::atomic<int> by_helper{0};
    Threads(2).for_each_piece(16, [&](const Threads::Piece& p) {
      if (p.worker > 0) by_helper += int(p.last - p.first);
      else usleep(5000);
    });
    best = std::max(best, int(by_helper));
  }
  EXPECT_GT(best, 8);
}

TEST(Workers, ResultsOfPartsAreSeenByTheCaller) {
  std::vector<int64_t> data(4096);
  for (int round = 1; round < 2000; ++round) {
    Threads(4).for_each(int64_t(data.size()), [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) data[size_t(i)] += i;
    });
    ASSERT_EQ(std::accumulate(data.begin(), data.end(), int64_t{0}), int64_t{round} * 4095 * 4096 / 2);
  }
}

TEST(Workers, ManyCallersAndNestedWork) {
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 8; ++c)
    callers.emplace_back([&] {
      const Workers::Busy busy;
      for (int round = 0; round < 200; ++round)
        Threads(3).for_each(30, [&](int64_t first, int64_t last) {
          Threads(2).for_each(last - first, [&](int64_t a, int64_t b) { sum += b - a; });
        });
    });
  for (auto& c : callers) c.join();
  EXPECT_EQ(sum, 8 * 200 * 30);
}

TEST(Workers, MoreCallersThanSlotsStillGetTheirWorkDone) {
  std::atomic<int> sum{0};
  for (int round = 0; round < 700; ++round)  // slots of threads that ended are used again
    std::thread([&] { Threads(2).for_each(2, [&](int64_t a, int64_t b) { sum += int(b - a); }); }).join();
  EXPECT_EQ(sum, 1400);
}

// Helpers do not live on in a child; its work is done all the same.
TEST(Workers, WorkAfterAFork) {
  Threads(4).for_each(4, [](int64_t, int64_t) {});
  const pid_t child = fork();
  if (child == 0) {
    std::atomic<int> sum{0};
    for (int i = 0; i < 100; ++i) Threads(4).for_each(4, [&](int64_t a, int64_t b) { sum += int(b - a); });
    _exit(sum == 400 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Workers, IdleHelpersSleep) {
  Threads(4).for_each(4, [](int64_t, int64_t) {});
  usleep(20'000);
  timespec before, after;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  usleep(300'000);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const double used = double(after.tv_sec - before.tv_sec) + 1e-9 * double(after.tv_nsec - before.tv_nsec);
  EXPECT_LT(used, 0.1);
}

}  // namespace
}  // namespace pharos
