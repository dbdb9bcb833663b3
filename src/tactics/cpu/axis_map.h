#pragma once
// Copies in which every output index stems from one input index, axis by axis: Pad, Tile, nearest Resize.

#include "tactics/cpu/common.h"

namespace pharos::cpu {

class AxisMapCopy {
 public:
  // Per axis of the output the index of the input, or -1 where the filling goes. `size` is that of an element in bytes.
  AxisMapCopy(const Dims& in, std::vector<std::vector<int64_t>> maps, size_t size);
  // `filling` is one element; it may be nullptr where no map has -1.
  void run(const void* in, void* out, const void* filling, const Threads& threads) const;

 private:
  // A stretch of the last mapped axis: `length` outputs in a row, from consecutive inputs or (step 0) without source.
  struct Stretch { int64_t to, from, length, step; };
  void row(const std::byte* in, std::byte* out, const void* filling) const;
  void fill(std::byte* out, int64_t count, const void* filling) const;

  std::vector<std::vector<int64_t>> outer_;  // offsets in bytes of the axes before the last mapped one; -1: filling
  std::vector<Stretch> stretches_;           // of the last mapped axis, in units
  int64_t rows_ = 1, row_units_ = 1;
  size_t size_, unit_;                       // bytes of an element; of everything behind the last mapped axis
};

}  // namespace pharos::cpu
