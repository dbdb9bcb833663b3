#include "ops/window.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr int64_t largest = int64_t{1} << 30;

Result<Dims> read_list(const Node& node, std::string_view name, size_t count, int64_t otherwise, int64_t least) {
  Dims values = node.attr_ints(name);
  if (values.empty()) values.assign(count, otherwise);
  if (values.size() != count)
    return bad_attribute(node, name, fmt::format("{} numbers", values.size()), fmt::format("{} numbers", count));
  for (const int64_t v : values)
    if (v < least || v > largest)
      return bad_attribute(node, name, std::to_string(v), fmt::format("{} to {}", least, largest));
  return values;
}

Result<AutoPad> read_auto_pad(const Node& node) {
  const std::string text = node.attr_string("auto_pad", "NOTSET");
  if (text == "NOTSET" || text.empty()) return AutoPad::NotSet;
  if (text == "SAME_UPPER") return AutoPad::SameUpper;
  if (text == "SAME_LOWER") return AutoPad::SameLower;
  if (text == "VALID") return AutoPad::Valid;
  return bad_attribute(node, "auto_pad", "'" + text + "'", "'NOTSET', 'SAME_UPPER', 'SAME_LOWER' or 'VALID'");
}

Report window_too_large(const Node& node, int axis, int64_t reach, int64_t in) {
  return shapes_mismatch(node, fmt::format("the window covers {} positions of spatial axis {}, the padded input has {}",
                                           reach, axis, in));
}

}  // namespace

Result<Dims> read_kernel_shape(const Node& node, int spatial) {
  if (!node.has_attr("kernel_shape"))
    return bad_attribute(node, "kernel_shape", "missing", fmt::format("{} numbers", spatial));
  return read_list(node, "kernel_shape", size_t(spatial), 1, 1);
}

Result<Window> read_window(const Node& node, std::span<const int64_t> kernel) {
  Window w;
  const size_t n = kernel.size();
  w.kernel.assign(kernel.begin(), kernel.end());
  for (const int64_t k : kernel)
    if (k < 1 || k > largest) return shapes_mismatch(node, fmt::format("the window has an extent of {}", k));
  w.strides = PHAROS_TRY(read_list(node, "strides", n, 1, 1));
  w.dilations = PHAROS_TRY(read_list(node, "dilations", n, 1, 1));
  w.auto_pad = PHAROS_TRY(read_auto_pad(node));
  w.ceil_mode = node.attr_int("ceil_mode", 0) != 0;
  if (w.auto_pad == AutoPad::NotSet) {
    const Dims pads = PHAROS_TRY(read_list(node, "pads", 2 * n, 0, 0));
    w.pads_begin.assign(pads.begin(), pads.begin() + int64_t(n));
    w.pads_end.assign(pads.begin() + int64_t(n), pads.end());
  } else {
    w.pads_begin.assign(n, 0);
    w.pads_end.assign(n, 0);
  }
  return w;
}

// Full windows, and one more where a partial one starts before `end`, the end of the input.
static int64_t ceil_positions(int64_t room, int64_t stride, int64_t end) {
  const int64_t n = room / stride + 1;
  return room % stride != 0 && n * stride < end ? n + 1 : n;
}

Result<Shape> window_output(const Node& node, const Window& w, std::span<const Dim> in) {
  Shape out;
  for (int a = 0; a < w.spatial(); ++a) {
    const Dim &x = in[size_t(a)], stride = w.strides[size_t(a)];
    if (w.auto_pad == AutoPad::SameUpper || w.auto_pad == AutoPad::SameLower) {
      out.push_back(ceil_div(x, stride));
      continue;
    }
    const int64_t begin = w.pads_begin[size_t(a)], pads = begin + w.pads_end[size_t(a)];
    const Dim room = x + Dim(pads - w.reach(a));
    if (room.is_number() && room.number() < 0) return window_too_large(node, a, w.reach(a), x.number() + pads);
    if (!w.ceil_mode) out.push_back(floor_div(room, stride) + Dim(1));
    // A partial last window must start inside the input or the padding before it.
    else if (room.is_number()) out.push_back(Dim(ceil_positions(room.number(), w.strides[size_t(a)], x.number() + begin)));
    // Without a number this holds where no full window lies in the padding behind the input.
    else if (w.pads_end[size_t(a)] >= w.reach(a)) out.push_back(Dim());
    else out.push_back(min(ceil_div(room, stride), floor_div(x + Dim(begin - 1), stride)) + Dim(1));
  }
  return out;
}

Result<Dims> resolve_window(const Node& node, Window& w, std::span<const int64_t> in) {
  Dims out;
  for (int axis = 0; axis < w.spatial(); ++axis) {
    const size_t a = size_t(axis);
    if (in[a] > INT64_MAX / 4) return too_large(node, "an input extent", std::to_string(in[a]), "2^61");
    const int64_t stride = w.strides[a], reach = w.reach(axis);
    if (w.auto_pad == AutoPad::SameUpper || w.auto_pad == AutoPad::SameLower) {
      const int64_t n = in[a] / stride + (in[a] % stride != 0);
      const int64_t needed = n == 0 ? 0 : std::max<int64_t>(0, (n - 1) * stride + reach - in[a]);
      w.pads_begin[a] = w.auto_pad == AutoPad::SameUpper ? needed / 2 : needed - needed / 2;
      w.pads_end[a] = needed - w.pads_begin[a];
      out.push_back(n);
      continue;
    }
    const int64_t room = in[a] + w.pads_begin[a] + w.pads_end[a] - reach;
    if (room < 0) return window_too_large(node, axis, reach, room + reach);
    out.push_back(w.ceil_mode ? ceil_positions(room, stride, in[a] + w.pads_begin[a]) : room / stride + 1);
  }
  w.auto_pad = AutoPad::NotSet;
  return out;
}

PositionRange positions_inside(int64_t offset, int64_t stride, int64_t in, int64_t out) {
  const int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t last = in - offset <= 0 ? 0 : (in - offset + stride - 1) / stride;
  return {std::min(first, out), std::clamp<int64_t>(last, std::min(first, out), out)};
}

}  // namespace pharos
