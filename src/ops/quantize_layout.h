#pragma once
// Which scale belongs to which element: one for all, one per entry of an axis, or one per block along an axis.

#include "ops/dispatch.h"

namespace pharos {

struct QuantizeLayout {
  AxisSplit split;          // of the data around the axis
  int64_t block = 0;        // elements per scale along the axis; 0: one scale per entry of the axis
  bool single = false;      // one scale for everything
  int64_t blocks() const { return block == 0 ? split.length : (split.length + block - 1) / block; }
  // The scale of element (outer, k, inner).
  int64_t at(int64_t outer, int64_t k, int64_t inner) const {
    if (single) return 0;
    return block == 0 ? k : (outer * blocks() + k / block) * split.inner + inner;
  }
};

// Reads `axis` and `block_size`; fails where the scale's shape does not fit. The scale is input 1.
Result<QuantizeLayout> quantize_layout(const Node& node, std::span<const int64_t> x, std::span<const int64_t> scale);

}  // namespace pharos
