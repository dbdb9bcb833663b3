#pragma once
// The parameters of a pooling operator (AveragePool, MaxPool, LpPool), read once.

#include "ops/op.h"
#include "ops/window.h"

namespace pharos {

struct PoolParams {
  int64_t batch = 1, channels = 1;
  Dims in, out;                                           // spatial extents
  Dims kernel, strides, dilations, pads_begin, pads_end;  // per spatial axis; `auto_pad` is resolved
  bool ceil_mode = false;
  bool count_include_pad = false;  // AveragePool: padding (but not what ceil_mode adds) counts in the divisor
  bool column_major = false;       // MaxPool: how Indices count
  int64_t p = 2;                   // LpPool
  int spatial() const { return int(in.size()); }
  Dims output_dims() const;
};

Result<PoolParams> pool_params(const Node& node, std::span<const int64_t> x);
Result<std::optional<Shape>> infer_pool_shape(const Node& node, const Type& x);

}  // namespace pharos
