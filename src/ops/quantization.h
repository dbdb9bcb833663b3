#pragma once
// What the quantised operators share: ranges of integer types, rounding, zero points and scales per tensor or per channel.

#include <cmath>

#include "ops/elements.h"
#include "ops/op.h"

namespace pharos {

struct IntegerRange { double low = 0, high = 0; };
IntegerRange integer_range(DType dtype);  // of an integer dtype

// Nearest, ties to even, then kept in range. NaN becomes the lowest value.
inline double quantized(double scaled, double zero_point, const IntegerRange& range) {
  const double q = std::nearbyint(scaled) + zero_point;
  return q > range.high ? range.high : q >= range.low ? q : range.low;
}

// A scale or zero point: one number, or one per entry of an axis of `length`. Fails on other shapes.
Result<std::vector<float>> per_channel(const Node& node, size_t input, const Tensor& t, int64_t length);
// Requires a single number.
Result<float> single(const Node& node, size_t input, const Tensor& t);

}  // namespace pharos
