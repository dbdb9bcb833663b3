#pragma once
// Exact products of 8-bit integers at the speed of f32: sums of up to 256 products of 9-bit numbers are whole numbers below
// 2^24, which f32 holds exactly; the sums of such stretches are added as 32-bit integers.

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"

namespace pharos::cpu {

class IntegerProduct {
 public:
  static constexpr int64_t stretch = 256, columns = 256;  // of k; of n that are computed at once

  IntegerProduct(int64_t m, int64_t n, int64_t k, Isa isa);
  size_t workspace() const { return floats_bytes_ + packed_bytes_ + 2 * tile_bytes_; }  // per thread

  // Columns [n0, n0 + count): afterwards sums()[row * columns + column] hold A * B. `a` is [m, k], less its zero points;
  // gather(k0, rows, n0, count, to, ld) writes B[k0, k0 + rows) of those columns less its zero points, rows `ld` apart.
  template <class Gather>
  void tile(const float* a, Gather&& gather, int64_t n0, int64_t count, std::byte* memory) const {
    for (int64_t k0 = 0; k0 < k_; k0 += stretch) {
      const int64_t rows = std::min(stretch, k_ - k0);
      gather(k0, rows, n0, count, reinterpret_cast<float*>(memory), count);
      add_stretch(a + k0, k0 == 0, rows, count, memory);
    }
  }
  const int32_t* sums(const std::byte* memory) const { return reinterpret_cast<const int32_t*>(memory + floats_bytes_ + packed_bytes_ + tile_bytes_); }

 private:
  void add_stretch(const float* a, bool first, int64_t rows, int64_t count, std::byte* memory) const;

  int64_t m_, k_;
  const GemmKernels* kernels_;
  size_t floats_bytes_, packed_bytes_, tile_bytes_;
};

// Elements of i8 or u8 less a zero point.
void shifted(const void* from, bool is_signed, int64_t n, int zero, float* to);
// A zero point: input `i`, entry `k` or the only one; 0 where it is left out.
int zero_point(const Tensor* t, int64_t k);

}  // namespace pharos::cpu
