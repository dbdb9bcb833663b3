#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/threads.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int most_slots = 512;                          // threads that call at the same time; others work alone
constexpr auto search_time = std::chrono::microseconds(200);  // longer than the serial stretches between steps
constexpr int looks_per_clock = 64;                      // the clock is read once in so many looks

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// The work of one calling thread. `state` is what everybody races for: job number (32 bits), parts, next part (16 each).
// Whoever advances it owns that part, and the job lives until all its parts are done; the number keeps a late helper from
// taking the part of a later job by what it knows of an earlier one.
struct alignas(64) Slot {
  std::atomic<uint64_t> state{0};
  alignas(64) std::atomic<int> done{0};  // parts that helpers have finished
  void (*call)(void*, int) = nullptr;
  void* body = nullptr;

  static constexpr int next_of(uint64_t s) { return int(s & 0xffff); }
  static constexpr int parts_of(uint64_t s) { return int(s >> 16 & 0xffff); }

  // The part taken, or -1.
  int take() {
    uint64_t s = state.load(std::memory_order_acquire);
    while (next_of(s) < parts_of(s))
      if (state.compare_exchange_weak(s, s + 1, std::memory_order_acq_rel, std::memory_order_acquire)) return next_of(s);
    return -1;
  }
  bool has_work() const {
    const uint64_t s = state.load(std::memory_order_seq_cst);
    return next_of(s) < parts_of(s);
  }
};

class Pool {
 public:
  static Pool& instance() {
    static Pool* const pool = new Pool;  // never destroyed: helpers may outlive static objects
    return *pool;
  }

  Slot* borrow() {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      Slot* s = free_.back();
      free_.pop_back();
      return s;
    }
    const int n = used_.load(std::memory_order_relaxed);
    if (n == most_slots) return nullptr;
    slots_[size_t(n)] = new Slot;
    used_.store(n + 1, std::memory_order_release);
    return slots_[size_t(n)];
  }
  void give_back(Slot* s) {
    const std::lock_guard lock(mutex_);
    free_.push_back(s);
  }

  void run(Slot& slot, int parts, void (*call)(void*, int), void* body) {
    const uint64_t number = (slot.state.load(std::memory_order_relaxed) >> 32) + 1;
    slot.call = call, slot.body = body;
    slot.done.store(0, std::memory_order_relaxed);
    slot.state.store(number << 32 | uint64_t(parts) << 16 | 1, std::memory_order_seq_cst);
    wake(parts - 1);
    int own = 0;
    for (int part = 0; part >= 0; part = slot.take()) {
      call(body, part);
      ++own;
    }
    for (int looks = 0; slot.done.load(std::memory_order_acquire) < parts - own; ++looks) {
      if (looks < 4000) pause();
      else sched_yield();  // the helper was interrupted: it may be waiting for this very CPU
    }
  }

  std::atomic<int> busy{0};  // callers at work

 private:
  Pool() {
    // The mask of the process, not of a caller that may have bound itself to one CPU.
    CPU_ZERO(&mask_);
    has_mask_ = sched_getaffinity(getpid(), sizeof mask_, &mask_) == 0;
    const int granted = available_cpus();
    cpus_ = has_mask_ ? std::max(1, std::min(CPU_COUNT(&mask_), granted)) : granted;
  }

  bool crowded() const { return busy.load(std::memory_order_relaxed) >= cpus_; }

  void wake(int wanted) {
    if (crowded()) return;
    if (started_.load(std::memory_order_relaxed) < std::min(wanted, cpus_ - 1)) start(std::min(wanted, cpus_ - 1));
    const int asleep = sleeping_.load(std::memory_order_seq_cst);
    if (asleep == 0) return;
    alarm_.fetch_add(1, std::memory_order_seq_cst);
    for (int i = std::min(asleep, wanted); i > 0; --i) alarm_.notify_one();
  }

  // The system may refuse threads: then there are fewer helpers.
  void start(int wanted) {
    const std::lock_guard lock(mutex_);
    // Signals of the application go to its own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started_.load(std::memory_order_relaxed) < wanted) {
      try {
        std::thread helper([this] { help(); });
        if (has_mask_) pthread_setaffinity_np(helper.native_handle(), sizeof mask_, &mask_);
        pthread_setname_np(helper.native_handle(), "pharos-worker");
        helper.detach();
      } catch (...) {
        cpus_ = started_.load(std::memory_order_relaxed) + 1;
        break;
      }
      started_.fetch_add(1, std::memory_order_relaxed);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  // One part of anybody's job.
  bool help_once(int& last) {
    const int n = used_.load(std::memory_order_acquire);
    for (int i = 0; i < n; ++i) {
      const int at = (last + i) % n;
      Slot& slot = *slots_[size_t(at)];
      const int part = slot.take();
      if (part < 0) continue;
      last = at;
      slot.call(slot.body, part);
      slot.done.fetch_add(1, std::memory_order_release);
      return true;
    }
    return false;
  }

  bool any_work() const {
    const int n = used_.load(std::memory_order_acquire);
    for (int i = 0; i < n; ++i)
      if (slots_[size_t(i)]->has_work()) return true;
    return false;
  }

  void help() {
    int last = 0;
    Clock::time_point idle_since = Clock::now();
    for (int looks = 0;; ++looks) {
      if (!crowded() && help_once(last)) {
        idle_since = Clock::now();
        continue;
      }
      pause();
      if (!crowded() && (looks % looks_per_clock || Clock::now() - idle_since < search_time)) continue;
      sleep();
      idle_since = Clock::now();
    }
  }

  void sleep() {
    const int before = alarm_.load(std::memory_order_seq_cst);
    sleeping_.fetch_add(1, std::memory_order_seq_cst);
    // Work that came before the count was visible rings no alarm.
    if (crowded() || !any_work()) alarm_.wait(before, std::memory_order_seq_cst);
    sleeping_.fetch_sub(1, std::memory_order_seq_cst);
  }

  std::mutex mutex_;  // of slots and threads being made; never held while work is done
  std::array<Slot*, most_slots> slots_{};
  std::atomic<int> used_{0};
  std::vector<Slot*> free_;
  cpu_set_t mask_;
  bool has_mask_ = false;
  std::atomic<int> cpus_{1};
  std::atomic<int> started_{0};
  alignas(64) std::atomic<int> sleeping_{0};
  alignas(64) std::atomic<int> alarm_{0};
};

// A thread's own slot, for as long as it lives.
struct SlotHolder {
  Slot* slot = Pool::instance().borrow();
  ~SlotHolder() {
    if (slot) Pool::instance().give_back(slot);
  }
};

}  // namespace

void Workers::run(int parts, void (*call)(void*, int), void* body) {
  thread_local SlotHolder holder;
  thread_local bool working = false;  // a slot holds one job: what a part splits further, its thread does alone
  if (parts <= 1 || parts > most_parts || !holder.slot || working) {
    for (int part = 0; part < parts; ++part) call(body, part);
    return;
  }
  working = true;
  Pool::instance().run(*holder.slot, parts, call, body);
  working = false;
}

Workers::Busy::Busy() { Pool::instance().busy.fetch_add(1, std::memory_order_relaxed); }
Workers::Busy::~Busy() { Pool::instance().busy.fetch_sub(1, std::memory_order_relaxed); }

}  // namespace pharos
