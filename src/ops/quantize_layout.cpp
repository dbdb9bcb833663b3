#include "ops/quantize_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {

Result<QuantizeLayout> quantize_layout(const Node& node, std::span<const int64_t> x, std::span<const int64_t> scale) {
  QuantizeLayout q;
  q.block = node.attr_int("block_size", 0);
  if (q.block < 0) return bad_attribute(node, "block_size", std::to_string(q.block), "0 or more");
  q.single = std::ranges::all_of(scale, [](int64_t d) { return d == 1; });
  if (q.single) {
    q.split.outer = 1;
    q.split.length = 1;
    for (const int64_t d : x) q.split.inner *= d;
    return q;
  }
  const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis", 1), int(x.size())));
  q.split = split_at(x, axis);
  Dims expected{q.split.length};
  if (q.block > 0) {
    expected.assign(x.begin(), x.end());
    expected[size_t(axis)] = q.blocks();
  }
  if (!std::ranges::equal(scale, expected))
    return bad_input(node, 1, "of shape " + dims_text(scale), "a scalar or shape " + dims_text(expected));
  return q;
}

}  // namespace pharos
