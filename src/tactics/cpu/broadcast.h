#pragma once
// Reads of a row-major tensor under numpy broadcasting, in the flat order of the output.

#include "tactics/cpu/common.h"

namespace pharos::cpu {

// Output dims merged where possible, with this input's stride (in elements) for each.
struct BroadcastPlan {
  Dims dims, strides;
  bool is_identity() const { return dims.size() <= 1 && (dims.empty() || strides[0] == 1 || dims[0] == 1); }
};
BroadcastPlan broadcast_plan(const Dims& input, const Dims& output);

// Writes elements [first, first + count) of the broadcast input. T: float or an unsigned integer.
template <class T>
void expand(const BroadcastPlan& plan, const T* input, int64_t first, int64_t count, T* out);

}  // namespace pharos::cpu
