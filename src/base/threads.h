#pragma once
// The one door to parallel work: `Threads::for_each`, on the helpers of base/workers.h. oneDNN's primitives are made for one
// thread and run as parts of a for_each, so that its work is done by the same helpers.

#include <cstdint>
#include <type_traits>

namespace pharos {

// CPUs this process may really use: affinity mask and cgroup quota (v1 and v2), rounded up, at least 1.
int available_cpus();

class Threads {
 public:
  explicit Threads(int count = 1) : count_(count < 1 ? 1 : count) {}
  int count() const { return count_; }

  // Calls body(first, last) for disjoint ranges that cover [0, n); at most `count()` ranges, each of at least `grain`
  // elements (so small work stays on the calling thread). `body` must not throw.
  template <class Body>
  void for_each(int64_t n, Body&& body, int64_t grain = 1) const {
    if (n <= 0) return;
    int64_t parts = grain > 1 ? n / grain : n;
    if (parts > count_) parts = count_;
    if (parts <= 1) { body(int64_t{0}, n); return; }
    using B = std::remove_reference_t<Body>;
    run(int(parts), n, [](void* b, int64_t f, int64_t l) { (*static_cast<B*>(b))(f, l); }, const_cast<void*>(static_cast<const void*>(&body)));
  }

 private:
  static void run(int parts, int64_t n, void (*call)(void*, int64_t, int64_t), void* body);
  int count_;
};

}  // namespace pharos
