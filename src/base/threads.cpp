#include "base/threads.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <fstream>
#include <string>

#include "base/workers.h"

namespace pharos {
namespace {

// CPUs granted by a CFS quota, or 0 where there is none.
double quota_cpus() {
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
    std::string quota;
    double period = 0;
    if (v2 >> quota >> period && quota != "max" && period > 0) return std::strtod(quota.c_str(), nullptr) / period;
  }
  std::ifstream q("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), p("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (q >> quota && p >> period && quota > 0 && period > 0) return quota / period;
  return 0;
}

}  // namespace

int available_cpus() {
  int cpus = 1;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cpus = CPU_COUNT(&set);
  if (const double quota = quota_cpus(); quota > 0 && quota < cpus) cpus = int(std::ceil(quota));
  return cpus < 1 ? 1 : cpus;
}

namespace {

// The start of part `i` of `of` equal ones.
int64_t start_of(int64_t n, int64_t i, int64_t of) { return n / of * i + n % of * i / of; }

// Pieces of one share that nobody has begun: [next, end).
class alignas(64) Unbegun {
 public:
  void set(int64_t count) { range_.store(uint32_t(count) << 16, std::memory_order_relaxed); }
  // The owner takes the first one, others the last one; -1: there is none.
  template <bool front>
  int take() {
    uint32_t r = range_.load(std::memory_order_relaxed);
    while ((r & 0xffff) < r >> 16)
      if (range_.compare_exchange_weak(r, front ? r + 1 : r - (1u << 16), std::memory_order_relaxed))
        return int(front ? r & 0xffff : (r >> 16) - 1);
    return -1;
  }

 private:
  std::atomic<uint32_t> range_{0};
};

constexpr int64_t most_pieces = 4;  // per share
constexpr int most_shares = 64;     // beyond it shares are not divided

struct Shares {
  int64_t n;
  int count, pieces;
  void (*call)(void*, const Threads::Piece&);
  void* body;
  Unbegun* unbegun;  // by share, where there are several pieces

  void run(int share, int piece, int worker) const {
    const int64_t part = int64_t{share} * pieces + piece, parts = int64_t{count} * pieces;
    call(body, {start_of(n, part, parts), start_of(n, part + 1, parts), start_of(n, share, count), start_of(n, share + 1, count), worker});
  }
  void work(int worker) const {
    if (pieces == 1) return run(worker, 0, worker);
    for (int p = unbegun[worker].take<true>(); p >= 0; p = unbegun[worker].take<true>()) run(worker, p, worker);
    for (int i = 1; i < count; ++i) {
      const int other = (worker + i) % count;
      for (int p = unbegun[other].take<false>(); p >= 0; p = unbegun[other].take<false>()) run(other, p, worker);
    }
  }
  void run_all() { Workers::run(count, [](void* s, int part) { static_cast<const Shares*>(s)->work(part); }, this); }
};

// Each entry is a cache line: only as many as may be needed are made.
template <size_t most>
void run_divided(Shares shares) {
  std::array<Unbegun, most> unbegun;
  for (int s = 0; s < shares.count; ++s) unbegun[size_t(s)].set(shares.pieces);
  shares.unbegun = unbegun.data();
  shares.run_all();
}

}  // namespace

void Threads::run(int parts, int64_t n, void (*call)(void*, int64_t, int64_t), void* body) {
  struct Split {
    int64_t n, parts;
    void (*call)(void*, int64_t, int64_t);
    void* body;
  } split{n, std::min(parts, Workers::most_parts), call, body};
  Workers::run(int(split.parts), [](void* s, int part) {
    const auto& job = *static_cast<const Split*>(s);
    job.call(job.body, start_of(job.n, part, job.parts), start_of(job.n, part + 1, job.parts));
  }, &split);
}

void Threads::run_pieces(int shares, int64_t n, int64_t least, void (*call)(void*, const Piece&), void* body) {
  Shares job{.n = n, .count = std::min(shares, Workers::most_parts), .pieces = 1, .call = call, .body = body, .unbegun = nullptr};
  if (job.count <= most_shares) job.pieces = int(std::clamp<int64_t>(n / job.count / std::max<int64_t>(1, least), 1, most_pieces));
  if (job.pieces == 1) job.run_all();
  else if (job.count <= 4) run_divided<4>(job);
  else run_divided<most_shares>(job);
}

}  // namespace pharos
