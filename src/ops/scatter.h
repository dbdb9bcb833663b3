#pragma once
// What ScatterElements and ScatterND share: how an update meets the element that is there.

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {

enum class ScatterReduction : uint8_t { None, Add, Mul, Max, Min };

// The `reduction` attribute; strings and complex numbers can only be replaced.
Result<ScatterReduction> scatter_reduction(const Node& node, DType dtype);
// to[first + i] = reduce(to[first + i], from[from_first + i]) for a run of n elements.
void scatter_run(Tensor& to, int64_t first, const Tensor& from, int64_t from_first, int64_t n,
                 ScatterReduction reduction);

}  // namespace pharos
