#include "ops/conv_transpose_params.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr int64_t largest = int64_t{1} << 30;

Result<Dims> read_extents(const Node& node, std::string_view name, size_t count) {
  const Dims values = node.attr_ints(name);
  if (values.empty()) return values;
  // Some exporters write batch and channels too.
  if (values.size() != count && values.size() != count + 2)
    return bad_attribute(node, name, fmt::format("{} numbers", values.size()), fmt::format("{} numbers", count));
  Dims spatial(values.end() - int64_t(count), values.end());
  for (const int64_t v : spatial)
    if (v < 0 || v > largest) return bad_attribute(node, name, std::to_string(v), fmt::format("0 to {}", largest));
  return spatial;
}

// Splits what the wanted extent cuts off; nothing is cut where the natural extent is smaller.
void split_pads(int64_t total, AutoPad mode, int64_t& begin, int64_t& end) {
  total = std::max<int64_t>(total, 0);
  begin = mode == AutoPad::SameUpper ? total / 2 : total - total / 2;
  end = total - begin;
}

}  // namespace

Dims ConvTransposeParams::output_dims() const {
  Dims d{batch, out_channels};
  d.insert(d.end(), out.begin(), out.end());
  return d;
}

Result<ConvTransposeParams> conv_transpose_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w) {
  if (x.size() < 3) return bad_input(node, 0, fmt::format("of rank {}", x.size()), "rank 3 or more");
  if (w.size() != x.size()) return bad_input(node, 1, fmt::format("of rank {}", w.size()), fmt::format("rank {}", x.size()));
  const size_t n = x.size() - 2;
  ConvTransposeParams p{.batch = x[0], .in_channels = x[1], .group = node.attr_int("group", 1)};
  if (p.group < 1) return bad_attribute(node, "group", std::to_string(p.group), "1 or more");
  if (w[0] != x[1] || x[1] % p.group != 0)
    return shapes_mismatch(node, fmt::format("{} input channels in {} groups do not fit weights for {}", x[1], p.group, w[0]));
  if (__builtin_mul_overflow(w[1], p.group, &p.out_channels))
    return too_large(node, "the output channels", "more than 2^63", "2^63");
  if (const Dims named = node.attr_ints("kernel_shape"); !named.empty() && !std::ranges::equal(named, w.subspan(2)))
    return bad_attribute(node, "kernel_shape", dims_text(named), "that of the weights, " + dims_text(w.subspan(2)));
  Window window = PHAROS_TRY(read_window(node, w.subspan(2)));
  const Dims extra = PHAROS_TRY(read_extents(node, "output_padding", n));
  const Dims wanted = PHAROS_TRY(read_extents(node, "output_shape", n));
  for (size_t a = 0; a < n; ++a) {
    const int64_t in = x[a + 2], stride = window.strides[a];
    if (in < 1 || in > largest) return bad_input(node, 0, "of shape " + dims_text(x), fmt::format("spatial extents of 1 to {}", largest));
    const int64_t natural = stride * (in - 1) + (extra.empty() ? 0 : extra[a]) + window.reach(int(a));
    int64_t out = natural - window.pads_begin[a] - window.pads_end[a];
    if (!wanted.empty()) {
      out = wanted[a];
      split_pads(natural - out, window.auto_pad, window.pads_begin[a], window.pads_end[a]);
    } else if (window.auto_pad == AutoPad::SameUpper || window.auto_pad == AutoPad::SameLower) {
      out = in * stride;
      split_pads(natural - out, window.auto_pad, window.pads_begin[a], window.pads_end[a]);
    }
    if (out < 1) return shapes_mismatch(node, fmt::format("the pads leave {} positions of spatial axis {}", out, a));
    p.in.push_back(in);
    p.out.push_back(out);
  }
  p.kernel = std::move(window.kernel);
  p.strides = std::move(window.strides);
  p.dilations = std::move(window.dilations);
  p.pads_begin = std::move(window.pads_begin);
  p.pads_end = std::move(window.pads_end);
  return p;
}

}  // namespace pharos
