#pragma once
// The parameters of a transposed convolution, read once.

#include "ops/op.h"
#include "ops/window.h"

namespace pharos {

struct ConvTransposeParams {
  int64_t batch = 1, in_channels = 1, out_channels = 1, group = 1;
  Dims in, out;                                           // spatial extents
  Dims kernel, strides, dilations, pads_begin, pads_end;  // resolved: output o gets input i times weight k where o = i*stride + k*dilation - pads_begin
  int spatial() const { return int(in.size()); }
  Dims output_dims() const;
};

// `x` [N, C, spatial], `w` [C, M/group, kernel].
Result<ConvTransposeParams> conv_transpose_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w);

}  // namespace pharos
