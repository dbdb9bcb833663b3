#pragma once
// The parameters of a convolution, read once: by inference, reference, passes and tactics alike. Serves Conv, ConvInteger,
// QLinearConv and pharos::Conv (same attributes; x and w are the dims of data and weights wherever they are inputs).

#include "ops/op.h"
#include "ops/window.h"

namespace pharos {

struct ConvParams {
  int64_t batch = 1, in_channels = 1, out_channels = 1, group = 1;
  Dims in, out;                                            // spatial extents
  Dims kernel, strides, dilations, pads_begin, pads_end;   // per spatial axis; `auto_pad` is resolved
  int spatial() const { return int(in.size()); }
  int64_t in_per_group() const { return in_channels / group; }
  int64_t out_per_group() const { return out_channels / group; }
  bool depthwise() const { return group == in_channels && group > 1; }
  bool pointwise() const;   // kernel 1, stride 1, no padding: a matrix product
  Dims output_dims() const;
};

Result<ConvParams> conv_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w);

// Output shape from partly known types of data and weights (nothing where the rank is unknown). Inputs are numbered for
// error messages.
Result<std::optional<Shape>> infer_conv_shape(const Node& node, const Type& x, const Type& w, size_t x_input, size_t w_input);
// The attributes that all convolutions share.
std::vector<AttrDef> conv_attributes();
// A bias must be 1-D with one element per output channel, where known.
Result<void> check_conv_bias(const Node& node, size_t input, std::span<const int64_t> bias, int64_t out_channels);

}  // namespace pharos
