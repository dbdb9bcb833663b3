#include "ops/conv_params.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> check_channels(const Node& node, int64_t in, int64_t per_group, int64_t out, int64_t group) {
  if (group < 1) return bad_attribute(node, "group", std::to_string(group), "1 or more");
  if (per_group < 0 || in % group != 0 || in / group != per_group)
    return shapes_mismatch(node, fmt::format("{} input channels in {} groups do not fit weights of {} channels", in, group,
                                             per_group));
  if (out % group != 0)
    return shapes_mismatch(node, fmt::format("{} output channels cannot be split into {} groups", out, group));
  return {};
}

Result<void> check_kernel_shape(const Node& node, std::span<const int64_t> kernel) {
  if (!node.has_attr("kernel_shape")) return {};
  const Dims named = node.attr_ints("kernel_shape");
  if (!named.empty() && !std::ranges::equal(named, kernel))
    return bad_attribute(node, "kernel_shape", dims_text(named), "that of the weights, " + dims_text(kernel));
  return {};
}

}  // namespace

bool ConvParams::pointwise() const {
  for (size_t a = 0; a < kernel.size(); ++a)
    if (kernel[a] != 1 || strides[a] != 1 || pads_begin[a] != 0 || pads_end[a] != 0) return false;
  return true;
}

Dims ConvParams::output_dims() const {
  Dims d{batch, out_channels};
  d.insert(d.end(), out.begin(), out.end());
  return d;
}

Result<ConvParams> conv_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w) {
  if (x.size() < 3) return shapes_mismatch(node, fmt::format("data has rank {}; expected 3 or more", x.size()));
  if (w.size() != x.size())
    return shapes_mismatch(node, fmt::format("weights have rank {}, data has rank {}", w.size(), x.size()));
  ConvParams p;
  p.batch = x[0];
  p.in_channels = x[1];
  p.out_channels = w[0];
  p.group = node.attr_int("group", 1);
  PHAROS_TRY(check_channels(node, x[1], w[1], w[0], p.group));
  PHAROS_TRY(check_kernel_shape(node, w.subspan(2)));
  Window window = PHAROS_TRY(read_window(node, w.subspan(2)));
  p.in.assign(x.begin() + 2, x.end());
  p.out = PHAROS_TRY(resolve_window(node, window, p.in));
  p.kernel = std::move(window.kernel);
  p.strides = std::move(window.strides);
  p.dilations = std::move(window.dilations);
  p.pads_begin = std::move(window.pads_begin);
  p.pads_end = std::move(window.pads_end);
  return p;
}

Result<std::optional<Shape>> infer_conv_shape(const Node& node, const Type& x, const Type& w, size_t x_input, size_t w_input) {
  if (!x.has_rank() && !w.has_rank()) return std::optional<Shape>();
  const int rank = x.has_rank() ? x.rank() : w.rank();
  if (rank < 3) return bad_input(node, x.has_rank() ? x_input : w_input, fmt::format("of rank {}", rank), "rank 3 or more");
  if (w.has_rank() && w.rank() != rank) return bad_input(node, w_input, fmt::format("of rank {}", w.rank()), fmt::format("rank {}", rank));
  Shape out(static_cast<size_t>(rank));
  if (x.has_rank()) out[0] = (*x.shape)[0];
  if (w.has_rank()) out[1] = (*w.shape)[0];
  const int64_t group = node.attr_int("group", 1);
  if (group < 1) return bad_attribute(node, "group", std::to_string(group), "1 or more");
  if (!x.has_rank()) return std::optional(out);
  const Dim& channels = (*x.shape)[1];
  if (w.has_rank() && channels.is_number() && (*w.shape)[1].is_number() && (*w.shape)[0].is_number())
    PHAROS_TRY(check_channels(node, channels.number(), (*w.shape)[1].number(), (*w.shape)[0].number(), group));
  std::optional<Dims> kernel;
  if (w.has_rank()) kernel = concrete(Shape(w.shape->begin() + 2, w.shape->end()));
  if (kernel) PHAROS_TRY(check_kernel_shape(node, *kernel));
  else if (node.has_attr("kernel_shape")) kernel = PHAROS_TRY(read_kernel_shape(node, rank - 2));
  if (!kernel) return std::optional(out);
  const Window window = PHAROS_TRY(read_window(node, *kernel));
  const Shape spatial = PHAROS_TRY(window_output(node, window, std::span(*x.shape).subspan(2)));
  std::copy(spatial.begin(), spatial.end(), out.begin() + 2);
  return std::optional(out);
}

std::vector<AttrDef> conv_attributes() {
  return {{"auto_pad", AttrType::String, false, "'NOTSET', 'SAME_UPPER', 'SAME_LOWER' or 'VALID'"},
          {"dilations", AttrType::Ints, false, "1 per spatial axis"},
          {"group", AttrType::Int, false, "1"},
          {"kernel_shape", AttrType::Ints, false, "that of the weights"},
          {"pads", AttrType::Ints, false, "before and after each spatial axis, 0"},
          {"strides", AttrType::Ints, false, "1 per spatial axis"}};
}

Result<void> check_conv_bias(const Node& node, size_t input, std::span<const int64_t> bias, int64_t out_channels) {
  if (bias.size() == 1 && bias[0] == out_channels) return {};
  return bad_input(node, input, "of shape " + dims_text(bias), fmt::format("shape {} (one per output channel)", out_channels));
}

}  // namespace pharos
