#pragma once
// The parameters of a Resize, read once: extents and scales per axis, and which inputs each output is made of.

#include "ops/op.h"

namespace pharos {

enum class ResizeMode : uint8_t { Nearest, Linear, Cubic };
enum class ResizeCoordinates : uint8_t {
  HalfPixel, HalfPixelSymmetric, PytorchHalfPixel, AlignCorners, Asymmetric, TfCropAndResize
};
enum class ResizeRounding : uint8_t { PreferFloor, PreferCeil, Floor, Ceil };

struct ResizeAxis {
  int64_t in = 1, out = 1;
  double scale = 1;                 // as given, or out / in
  double roi_start = 0, roi_end = 1;
  bool resized = false;             // false: the identity along this axis
};

struct ResizeParams {
  ResizeMode mode = ResizeMode::Nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::HalfPixel;
  ResizeRounding rounding = ResizeRounding::PreferFloor;
  bool antialias = false, exclude_outside = false;
  double cubic_a = -0.75, extrapolation = 0;
  std::vector<ResizeAxis> axes;     // one per axis of X
  Dims output_dims() const;
};

// `roi`, `scales` and `sizes` are the contents of inputs 1 to 3; null where left out or empty.
Result<ResizeParams> resize_params(const Node& node, std::span<const int64_t> x, const Tensor* roi, const Tensor* scales,
                                   const Tensor* sizes);

// Output o along an axis is the sum over t < taps of weight[o*taps + t] * input[index[o*taps + t]]; where `outside[o]` it is
// the extrapolation value instead. Nearest has one tap of weight 1.
struct ResizeTaps {
  int64_t taps = 1;
  std::vector<int64_t> index;
  std::vector<double> weight;
  std::vector<char> outside;  // empty: none
};
ResizeTaps resize_taps(const ResizeParams& p, const ResizeAxis& axis);

}  // namespace pharos
