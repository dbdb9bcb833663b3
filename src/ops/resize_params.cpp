#include "ops/resize_params.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr int64_t largest = int64_t{1} << 40;

template <class E, size_t N>
Result<E> read_name(const Node& node, std::string_view attribute, const std::array<std::string_view, N>& names, E otherwise) {
  if (!node.has_attr(attribute)) return otherwise;
  const std::string value = node.attr_string(attribute);
  for (size_t i = 0; i < N; ++i)
    if (names[i] == value) return E(i);
  std::string expected;
  for (const auto name : names) expected += fmt::format("{}'{}'", expected.empty() ? "" : ", ", name);
  return bad_attribute(node, attribute, "'" + value + "'", "one of " + expected);
}

constexpr std::array<std::string_view, 3> modes{"nearest", "linear", "cubic"};
constexpr std::array<std::string_view, 6> coordinate_modes{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                                                           "align_corners", "asymmetric", "tf_crop_and_resize"};
constexpr std::array<std::string_view, 4> roundings{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
enum class Aspect : uint8_t { Stretch, NotLarger, NotSmaller };
constexpr std::array<std::string_view, 3> aspects{"stretch", "not_larger", "not_smaller"};

Report wrong_length(const Node& node, size_t input, const Tensor& t, size_t expected) {
  return bad_input(node, input, "of shape " + dims_text(t.dims()), fmt::format("{} numbers", expected));
}

Result<void> read_scales(const Node& node, const Tensor& scales, std::span<const int> axes, ResizeParams& p) {
  for (size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& a = p.axes[size_t(axes[i])];
    const float scale = load_as<float>(scales, int64_t(i));
    // In single precision, as everybody does it: 0.7 * 10 is 7.
    const float out = std::floor(float(a.in) * scale);
    if (!(scale > 0) || !(out <= float(largest))) return bad_value(node, 2, fmt::format("{}", scale), "factors above 0");
    a.out = int64_t(out);
    a.scale = scale;
    a.resized = scale != 1;
  }
  return {};
}

Result<void> read_sizes(const Node& node, const Tensor& sizes, std::span<const int> axes, ResizeParams& p) {
  const auto aspect = PHAROS_TRY(read_name(node, "keep_aspect_ratio_policy", aspects, Aspect::Stretch));
  double common = aspect == Aspect::NotLarger ? INFINITY : 0;
  for (size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& a = p.axes[size_t(axes[i])];
    a.out = sizes.int_at(int64_t(i));
    if (a.out < 0 || a.out > largest) return bad_value(node, 3, std::to_string(a.out), fmt::format("0 to {}", largest));
    if (a.in == 0 && a.out > 0) return bad_value(node, 3, std::to_string(a.out), "0 for an input axis of 0");
    a.scale = a.in == 0 ? 1 : double(a.out) / double(a.in);
    a.resized = a.out != a.in;
    common = aspect == Aspect::NotLarger ? std::min(common, a.scale) : std::max(common, a.scale);
  }
  if (aspect == Aspect::Stretch) return {};
  for (const int axis : axes) {
    ResizeAxis& a = p.axes[size_t(axis)];
    const double out = std::floor(common * double(a.in) + 0.5);
    if (!(out <= double(largest))) return bad_value(node, 3, fmt::format("{}", out), fmt::format("0 to {}", largest));
    a.out = int64_t(out);
    a.scale = common;
    a.resized = common != 1;
  }
  return {};
}

// Where output position `o` lies in the input.
double source_position(const ResizeParams& p, const ResizeAxis& a, double o) {
  const double width = a.scale * double(a.in), in = double(a.in);
  switch (p.coordinates) {
    case ResizeCoordinates::HalfPixel: return (o + 0.5) / a.scale - 0.5;
    case ResizeCoordinates::HalfPixelSymmetric:
      return in / 2 * (1 - double(a.out) / width) + (o + 0.5) / a.scale - 0.5;
    case ResizeCoordinates::PytorchHalfPixel: return a.out > 1 ? (o + 0.5) / a.scale - 0.5 : 0;
    case ResizeCoordinates::AlignCorners: return width == 1 ? 0 : o * (in - 1) / (width - 1);
    case ResizeCoordinates::Asymmetric: return o / a.scale;
    case ResizeCoordinates::TfCropAndResize: {
      const double part = (a.roi_end - a.roi_start) * (in - 1);
      return (width == 1 ? part / 2 : o * part / (width - 1)) + a.roi_start * (in - 1);
    }
  }
  return o;
}

int64_t nearest(ResizeRounding rounding, double x) {
  switch (rounding) {
    case ResizeRounding::PreferFloor: return int64_t(std::ceil(x - 0.5));
    case ResizeRounding::PreferCeil: return int64_t(std::floor(x + 0.5));
    case ResizeRounding::Floor: return int64_t(std::floor(x));
    case ResizeRounding::Ceil: return int64_t(std::ceil(x));
  }
  return 0;
}

double filter(const ResizeParams& p, double distance) {
  const double x = std::abs(distance), a = p.cubic_a;
  if (p.mode == ResizeMode::Linear) return x < 1 ? 1 - x : 0;
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

void normalize(std::span<double> weights) {
  double sum = 0;
  for (const double w : weights) sum += w;
  if (sum != 0)
    for (double& w : weights) w /= sum;
}

}  // namespace

Dims ResizeParams::output_dims() const {
  Dims d;
  for (const ResizeAxis& a : axes) d.push_back(a.out);
  return d;
}

Result<ResizeParams> resize_params(const Node& node, std::span<const int64_t> x, const Tensor* roi, const Tensor* scales,
                                   const Tensor* sizes) {
  ResizeParams p;
  p.mode = PHAROS_TRY(read_name(node, "mode", modes, ResizeMode::Nearest));
  p.coordinates = PHAROS_TRY(read_name(node, "coordinate_transformation_mode", coordinate_modes, ResizeCoordinates::HalfPixel));
  p.rounding = PHAROS_TRY(read_name(node, "nearest_mode", roundings, ResizeRounding::PreferFloor));
  p.antialias = node.attr_int("antialias", 0) != 0;
  p.exclude_outside = node.attr_int("exclude_outside", 0) != 0;
  p.cubic_a = node.attr_float("cubic_coeff_a", -0.75f);
  p.extrapolation = node.attr_float("extrapolation_value", 0);
  if (p.antialias && p.mode == ResizeMode::Nearest) return unsupported_case(node, "antialias in mode 'nearest'");
  std::vector<int> axes;
  if (node.has_attr("axes")) axes = PHAROS_TRY(checked_axes(node, node.attr_ints("axes"), int(x.size())));
  else for (size_t i = 0; i < x.size(); ++i) axes.push_back(int(i));
  for (const int64_t d : x) p.axes.push_back({d, d});
  if (bool(scales) == bool(sizes)) return shapes_mismatch(node, scales ? "has both scales and sizes" : "has neither scales nor sizes");
  const Tensor& given = scales ? *scales : *sizes;
  if (given.count() != int64_t(axes.size())) return wrong_length(node, scales ? 2 : 3, given, axes.size());
  if (scales) PHAROS_TRY(read_scales(node, *scales, axes, p));
  else PHAROS_TRY(read_sizes(node, *sizes, axes, p));
  if (p.coordinates != ResizeCoordinates::TfCropAndResize) return p;
  if (!roi || roi->count() != int64_t(2 * axes.size()))
    return roi ? wrong_length(node, 1, *roi, 2 * axes.size()) : bad_input(node, 1, "left out", "the region for 'tf_crop_and_resize'");
  for (size_t i = 0; i < axes.size(); ++i) {
    ResizeAxis& a = p.axes[size_t(axes[i])];
    a.roi_start = load_as<double>(*roi, int64_t(i));
    a.roi_end = load_as<double>(*roi, int64_t(axes.size() + i));
    a.resized = a.resized || a.roi_start != 0 || a.roi_end != 1;
  }
  return p;
}

ResizeTaps resize_taps(const ResizeParams& p, const ResizeAxis& a) {
  ResizeTaps t;
  const double reach = p.mode == ResizeMode::Cubic ? 2 : 1, shrink = p.antialias ? std::min(a.scale, 1.0) : 1;
  const int64_t first = int64_t(std::floor(-reach / shrink)) + 1;
  t.taps = p.mode == ResizeMode::Nearest ? 1 : 2 - 2 * first;
  const size_t n = size_t(a.out * t.taps);
  t.index.resize(n);
  t.weight.assign(n, 1);
  const bool crop = p.coordinates == ResizeCoordinates::TfCropAndResize;
  if (crop) t.outside.assign(size_t(a.out), 0);
  for (int64_t o = 0; o < a.out; ++o) {
    double x = source_position(p, a, double(o));
    if (crop) t.outside[size_t(o)] = !(x >= 0 && x <= double(a.in - 1));
    // Far away (or no number at all) is the border; the limit keeps indices small.
    const double far = double(a.in) + 8 * reach / shrink + 8;
    x = x >= -far ? std::min(x, far) : -far;
    int64_t* index = t.index.data() + o * t.taps;
    if (p.mode == ResizeMode::Nearest) {
      *index = std::clamp<int64_t>(nearest(p.rounding, x), 0, a.in - 1);
      continue;
    }
    const std::span weights(t.weight.data() + o * t.taps, size_t(t.taps));
    const int64_t base = int64_t(std::ceil(x)) - 1 + first;
    for (int64_t k = 0; k < t.taps; ++k) weights[size_t(k)] = filter(p, (double(base + k) - x) * shrink);
    if (p.antialias) normalize(weights);
    for (int64_t k = 0; k < t.taps; ++k) {
      if (p.exclude_outside && (base + k < 0 || base + k >= a.in)) weights[size_t(k)] = 0;
      index[k] = std::clamp<int64_t>(base + k, 0, a.in - 1);
    }
    if (p.exclude_outside) normalize(weights);
  }
  return t;
}

}  // namespace pharos
