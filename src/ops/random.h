#pragma once
// A counter-based random generator (Philox4x32 with 10 rounds, Salmon et al. 2011): the same seed gives the same
// numbers on every machine, and seeds that differ give independent streams.

#include <array>
#include <cmath>
#include <cstdint>

namespace pharos {

class Philox {
 public:
  explicit Philox(uint64_t seed) : key_{uint32_t(seed), uint32_t(seed >> 32)} {}

  uint32_t next() {
    if (used_ == 4) refill();
    return block_[used_++];
  }
  double uniform() {  // in [0, 1), 53 bits
    const uint64_t high = next() >> 5, low = next() >> 6;
    return double(high << 26 | low) * 0x1p-53;
  }
  double normal() {  // Box and Muller; both values are used
    if (has_spare_) { has_spare_ = false; return spare_; }
    const double radius = std::sqrt(-2 * std::log(1 - uniform())), angle = 6.283185307179586 * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  void refill() {
    std::array<uint32_t, 4> x{uint32_t(counter_), uint32_t(counter_ >> 32), 0, 0};
    std::array<uint32_t, 2> k = key_;
    for (int round = 0; round < 10; ++round) {
      const uint64_t a = uint64_t(x[0]) * 0xd2511f53u, b = uint64_t(x[2]) * 0xcd9e8d57u;
      x = {uint32_t(b >> 32) ^ x[1] ^ k[0], uint32_t(b), uint32_t(a >> 32) ^ x[3] ^ k[1], uint32_t(a)};
      k[0] += 0x9e3779b9u;
      k[1] += 0xbb67ae85u;
    }
    block_ = x;
    used_ = 0;
    ++counter_;
  }

  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> block_{};
  uint64_t counter_ = 0;
  int used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace pharos
