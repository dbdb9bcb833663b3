#pragma once
// The geometry of windows that slide over the spatial axes of a tensor: kernel, strides, dilations, padding. Shared by
// convolution and pooling.

#include "graph/graph.h"
#include "base/result.h"

namespace pharos {

enum class AutoPad : uint8_t { NotSet, SameUpper, SameLower, Valid };

// All per spatial axis and checked: kernel, strides, dilations at least 1, pads at least 0, none above 2^30.
struct Window {
  Dims kernel, strides, dilations, pads_begin, pads_end;  // pads: as given; those of `auto_pad` follow from the input
  AutoPad auto_pad = AutoPad::NotSet;
  bool ceil_mode = false;
  int spatial() const { return int(kernel.size()); }
  int64_t reach(int axis) const { return (kernel[size_t(axis)] - 1) * dilations[size_t(axis)] + 1; }  // kernel with its gaps
};

// Reads `strides`, `dilations`, `pads`, `auto_pad`, `ceil_mode` for the given kernel.
Result<Window> read_window(const Node& node, std::span<const int64_t> kernel);
// The attribute `kernel_shape`, checked to have `spatial` entries.
Result<Dims> read_kernel_shape(const Node& node, int spatial);

// Output extents for symbolic inputs; fails where a known input is smaller than the window.
Result<Shape> window_output(const Node& node, const Window& window, std::span<const Dim> in);
// The same for numbers; replaces `auto_pad` by explicit pads.
Result<Dims> resolve_window(const Node& node, Window& window, std::span<const int64_t> in);

// Output positions [first, last) along an axis for which `o * stride + offset` lies in [0, in).
struct PositionRange { int64_t first, last; };
PositionRange positions_inside(int64_t offset, int64_t stride, int64_t in, int64_t out);

// All indices below `dims`, outermost slowest. Usage: for (Odometer i(dims); i.valid(); i.next()) … i[axis] …
class Odometer {
 public:
  explicit Odometer(std::span<const int64_t> dims) : dims_(dims.begin(), dims.end()), index_(dims.size(), 0) {
    for (const int64_t d : dims_) valid_ = valid_ && d > 0;
  }
  bool valid() const { return valid_; }
  void next() {
    for (size_t d = dims_.size(); d-- > 0;) {
      if (++index_[d] < dims_[d]) return;
      index_[d] = 0;
    }
    valid_ = false;
  }
  int64_t operator[](size_t axis) const { return index_[axis]; }
  const Dims& index() const { return index_; }

 private:
  Dims dims_, index_;
  bool valid_ = true;
};

}  // namespace pharos
