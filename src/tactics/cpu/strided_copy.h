#pragma once
// Copies a strided view of a tensor into a dense one: Transpose, Slice, Expand and their like.

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/turn.h"

namespace pharos::cpu {

class StridedCopy {
 public:
  // `strides` (of the source, per output dim; zero and negative ones allowed) and `base` count elements of `size` bytes
  // (1, 2, 4, 8 or 16).
  StridedCopy(const Dims& dims, const Dims& strides, int64_t base, size_t size, Isa isa);
  void run(const void* in, void* out, const Threads& threads) const;
  // Where the view begins in the source, in bytes, if it is one stretch of it.
  std::optional<int64_t> stretch() const {
    return dims_.size() == 1 && strides_[0] == 1 && total_ > 0 ? std::optional(base_ * int64_t(size_)) : std::nullopt;
  }

 private:
  void rows(const std::byte* in, std::byte* out, int64_t first, int64_t last) const;
  template <class T> void pairs(const T* in, T* out, int64_t first, int64_t last) const;
  void tiles(const std::byte* in, std::byte* out, int64_t first, int64_t last) const;
  int64_t offset_of(int64_t row, size_t dims) const;

  Dims dims_, strides_;  // merged; never empty
  int64_t base_, total_;
  size_t size_;
  TurnFn turn_;
  bool transposes_;      // the last two dims are exchanged: copied in square tiles
};

Dims row_major_strides(const Dims& dims);

}  // namespace pharos::cpu
