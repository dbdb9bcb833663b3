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
    const int64_t parts = parts_of(n, grain);
    if (parts <= 1) { body(int64_t{0}, n); return; }
    using B = std::remove_reference_t<Body>;
    run(int(parts), n, [](void* b, int64_t f, int64_t l) { (*static_cast<B*>(b))(f, l); }, address_of(body));
  }

  // A thread's share of the work comes in several pieces, so that others can take over what a thread that the system holds
  // up has not begun. A piece may belong to another's share; no two that run at a time have the same `worker`, in
  // [0, count()), so memory may be set aside by it.
  struct Piece {
    int64_t first, last;              // the range to do
    int64_t share_first, share_last;  // what is done one after the other unless somebody helps
    int worker;
  };
  // As for_each, with a call body(piece) for each piece; a piece has at least `least` elements.
  template <class Body>
  void for_each_piece(int64_t n, Body&& body, int64_t grain = 1, int64_t least = 1) const {
    if (n <= 0) return;
    const int64_t shares = parts_of(n, grain);
    if (shares <= 1) { body(Piece{0, n, 0, n, 0}); return; }
    using B = std::remove_reference_t<Body>;
    run_pieces(int(shares), n, least, [](void* b, const Piece& p) { (*static_cast<B*>(b))(p); }, address_of(body));
  }

 private:
  int64_t parts_of(int64_t n, int64_t grain) const {
    const int64_t parts = grain > 1 ? n / grain : n;
    return parts > count_ ? count_ : parts;
  }
  template <class B>
  static void* address_of(B& body) { return const_cast<void*>(static_cast<const void*>(&body)); }
  static void run(int parts, int64_t n, void (*call)(void*, int64_t, int64_t), void* body);
  static void run_pieces(int shares, int64_t n, int64_t least, void (*call)(void*, const Piece&), void* body);
  int count_;
};

}  // namespace pharos
