#include "ops/grid_sampling.h"

#include <algorithm>
#include <cmath>

#include "ops/op_errors.h"

namespace pharos {
namespace {

// Mirrors at the borders until inside.
double reflect(double x, double low, double high) {
  const double range = high - low;
  if (range <= 0) return low;
  if (x >= low && x <= high) return x;
  const double beyond = x < low ? low - x : x - high;
  const double turns = std::floor(beyond / range), rest = beyond - turns * range;
  const bool even = std::fmod(turns, 2) == 0;
  return (x < low) == even ? low + rest : high - rest;
}

}  // namespace

Result<GridSampling> grid_sampling(const Node& n) {
  GridSampling s;
  const std::string mode = n.attr_string("mode", "linear"), padding = n.attr_string("padding_mode", "zeros");
  if (mode == "nearest") s.mode = GridMode::Nearest;
  else if (mode == "cubic") s.mode = GridMode::Cubic;
  else if (mode != "linear") return bad_attribute(n, "mode", "'" + mode + "'", "'linear', 'nearest' or 'cubic'");
  if (padding == "border") s.padding = GridPadding::Border;
  else if (padding == "reflection") s.padding = GridPadding::Reflection;
  else if (padding != "zeros") return bad_attribute(n, "padding_mode", "'" + padding + "'", "'zeros', 'border' or 'reflection'");
  s.align = n.attr_int("align_corners", 0) != 0;
  return s;
}

GridTaps grid_taps(const GridSampling& s, double normalized, int64_t in) {
  const double n = double(in), low = s.align ? 0 : -0.5, high = s.align ? n - 1 : n - 0.5;
  double x = s.align ? (normalized + 1) / 2 * (n - 1) : ((normalized + 1) * n - 1) / 2;
  // Far away, or no number at all: any position outside will do.
  x = x >= -1e12 ? std::min(x, 1e12) : -1e12;
  if (s.mode == GridMode::Nearest) x = std::nearbyint(x);
  // Cubic interpolation repeats the border for each of its taps instead.
  if (s.padding == GridPadding::Border && s.mode != GridMode::Cubic && (x < low || x > high)) x = std::clamp(x, 0.0, std::max(n - 1, 0.0));
  if (s.padding == GridPadding::Reflection) x = reflect(x, low, high);
  GridTaps t;
  const double floor = std::floor(x), r = x - floor, a = -0.75;
  int64_t first = int64_t(floor);
  switch (s.mode) {
    case GridMode::Nearest: t = {1, {}, {1}}; first = int64_t(x); break;
    case GridMode::Linear: t = {2, {}, {1 - r, r}}; break;
    case GridMode::Cubic:
      --first;
      t = {4, {}, {((a * (r + 1) - 5 * a) * (r + 1) + 8 * a) * (r + 1) - 4 * a, ((a + 2) * r - (a + 3)) * r * r + 1,
                   ((a + 2) * (1 - r) - (a + 3)) * (1 - r) * (1 - r) + 1,
                   ((a * (2 - r) - 5 * a) * (2 - r) + 8 * a) * (2 - r) - 4 * a}};
      break;
  }
  for (int k = 0; k < t.count; ++k) {
    int64_t i = first + k;
    if (i < 0 || i >= in) {
      if (s.padding == GridPadding::Zeros) i = -1;
      else if (s.padding == GridPadding::Border) i = std::clamp<int64_t>(i, 0, in - 1);
      else i = std::clamp<int64_t>(int64_t(reflect(double(i), low, high)), 0, in - 1);
    }
    t.index[k] = i;
  }
  return t;
}

}  // namespace pharos
