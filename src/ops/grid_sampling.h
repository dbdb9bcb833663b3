#pragma once
// Where GridSample reads: modes, and the elements along one axis that a sample is made of.

#include "ops/op.h"

namespace pharos {

enum class GridMode : uint8_t { Nearest, Linear, Cubic };
enum class GridPadding : uint8_t { Zeros, Border, Reflection };
struct GridSampling { GridMode mode = GridMode::Linear; GridPadding padding = GridPadding::Zeros; bool align = false; };

Result<GridSampling> grid_sampling(const Node& node);

// An index of -1 stands for zero.
struct GridTaps { int count = 0; int64_t index[4]; double weight[4]; };
// `normalized` is the coordinate, -1 to 1 inside an axis of extent `in`.
GridTaps grid_taps(const GridSampling& s, double normalized, int64_t in);

}  // namespace pharos
