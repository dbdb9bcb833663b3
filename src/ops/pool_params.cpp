#include "ops/pool_params.h"

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {

Dims PoolParams::output_dims() const {
  Dims d{batch, channels};
  d.insert(d.end(), out.begin(), out.end());
  return d;
}

Result<PoolParams> pool_params(const Node& node, std::span<const int64_t> x) {
  if (x.size() < 3) return bad_input(node, 0, fmt::format("of rank {}", x.size()), "rank 3 or more");
  const Dims kernel = PHAROS_TRY(read_kernel_shape(node, int(x.size()) - 2));
  Window window = PHAROS_TRY(read_window(node, kernel));
  PoolParams p;
  p.batch = x[0];
  p.channels = x[1];
  p.in.assign(x.begin() + 2, x.end());
  p.out = PHAROS_TRY(resolve_window(node, window, p.in));
  p.kernel = std::move(window.kernel);
  p.strides = std::move(window.strides);
  p.dilations = std::move(window.dilations);
  p.pads_begin = std::move(window.pads_begin);
  p.pads_end = std::move(window.pads_end);
  p.ceil_mode = window.ceil_mode;
  p.count_include_pad = node.attr_int("count_include_pad", 0) != 0;
  p.column_major = node.attr_int("storage_order", 0) != 0;
  p.p = node.attr_int("p", 2);
  return p;
}

Result<std::optional<Shape>> infer_pool_shape(const Node& node, const Type& x) {
  if (!x.has_rank()) return std::optional<Shape>();
  if (x.rank() < 3) return bad_input(node, 0, fmt::format("of rank {}", x.rank()), "rank 3 or more");
  const Dims kernel = PHAROS_TRY(read_kernel_shape(node, x.rank() - 2));
  const Window window = PHAROS_TRY(read_window(node, kernel));
  const Shape spatial = PHAROS_TRY(window_output(node, window, std::span(*x.shape).subspan(2)));
  Shape out{(*x.shape)[0], (*x.shape)[1]};
  out.insert(out.end(), spatial.begin(), spatial.end());
  return std::optional(out);
}

}  // namespace pharos
