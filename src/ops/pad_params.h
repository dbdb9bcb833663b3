#pragma once
// The parameters of a Pad, read once: which input index every output index stems from, axis by axis.

#include "ops/op.h"

namespace pharos {

struct PadParams {
  Dims out;
  std::vector<std::vector<int64_t>> source;  // per axis; -1 where the constant goes
};

// `pads` and `axes` are the contents of inputs 1 and 3. Fails where the result has more than `most` elements; `source` stays
// empty where it has none.
Result<PadParams> pad_params(const Node& node, std::span<const int64_t> x, const std::vector<int64_t>& pads,
                             const std::optional<std::vector<int64_t>>& axes, int64_t most);

}  // namespace pharos
