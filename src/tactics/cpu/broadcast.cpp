#include "tactics/cpu/broadcast.h"

#include <array>
#include <cstring>

namespace pharos::cpu {

BroadcastPlan broadcast_plan(const Dims& input, const Dims& output) {
  BroadcastPlan plan;
  Dims strides(output.size(), 0);
  int64_t stride = 1;
  for (size_t i = 0; i < input.size(); ++i) {
    const size_t from = input.size() - 1 - i, to = output.size() - 1 - i;
    if (input[from] != 1) strides[to] = stride;
    stride *= input[from];
  }
  for (size_t d = 0; d < output.size(); ++d) {
    if (output[d] == 1) continue;
    const bool merges = !plan.dims.empty() && plan.strides.back() == strides[d] * output[d];
    if (merges) plan.dims.back() *= output[d], plan.strides.back() = strides[d];
    else plan.dims.push_back(output[d]), plan.strides.push_back(strides[d]);
  }
  return plan;
}

template <class T>
void expand(const BroadcastPlan& plan, const T* input, int64_t first, int64_t count, T* out) {
  if (plan.dims.empty()) {
    for (int64_t i = 0; i < count; ++i) out[i] = input[0];
    return;
  }
  const size_t rank = plan.dims.size();
  std::array<int64_t, 64> at{};
  int64_t offset = 0, rest = first;
  for (size_t d = rank; d-- > 0; rest /= plan.dims[d]) {
    at[d] = rest % plan.dims[d];
    offset += at[d] * plan.strides[d];
  }
  const int64_t inner = plan.dims[rank - 1], step = plan.strides[rank - 1];
  while (count > 0) {
    const int64_t run = std::min(count, inner - at[rank - 1]);
    if (step == 0) std::fill_n(out, run, input[offset]);
    else if (step == 1) std::memcpy(out, input + offset, size_t(run) * sizeof(T));
    else for (int64_t i = 0; i < run; ++i) out[i] = input[offset + i * step];
    out += run, count -= run;
    offset -= at[rank - 1] * step, at[rank - 1] = 0;
    if (run == 0) return;
    for (size_t d = rank - 1; d-- > 0;) {
      offset += plan.strides[d];
      if (++at[d] < plan.dims[d]) break;
      offset -= plan.strides[d] * plan.dims[d], at[d] = 0;
    }
  }
}

template void expand(const BroadcastPlan&, const float*, int64_t, int64_t, float*);
template void expand(const BroadcastPlan&, const uint8_t*, int64_t, int64_t, uint8_t*);
template void expand(const BroadcastPlan&, const uint16_t*, int64_t, int64_t, uint16_t*);
template void expand(const BroadcastPlan&, const uint32_t*, int64_t, int64_t, uint32_t*);
template void expand(const BroadcastPlan&, const uint64_t*, int64_t, int64_t, uint64_t*);

}  // namespace pharos::cpu
