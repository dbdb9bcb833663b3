// GridSample, and Resize by weighted sums over any axes: what lies between elements, in f32.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/grid_sampling.h"
#include "ops/resize_params.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/rows.h"

namespace pharos {
namespace {

using namespace cpu;

// --- Resize: one pass per axis that changes

struct Pass {
  int64_t outer = 1, in = 1, out = 1, inner = 1, taps = 1;
  std::vector<int64_t> index;  // [out][taps]
  std::vector<float> weight;
  std::vector<char> outside;   // empty: none
  int64_t elements() const { return outer * out * inner; }
};

struct Plan { std::vector<Pass> passes; float extrapolation = 0; };

std::optional<Plan> plan_of(const Problem& p) {
  const auto known = [&](size_t i) { return p.has_input(i) && is_constant(p, i) && p.constants[i]->count() > 0 ? p.constants[i] : nullptr; };
  for (size_t i = 1; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !is_constant(p, i)) return std::nullopt;
  const auto params = resize_params(*p.node, p.in(0), known(1), known(2), known(3));
  if (!params || params->output_dims() != p.out(0) || params->mode == ResizeMode::Nearest) return std::nullopt;
  Plan plan{.extrapolation = float(params->extrapolation)};
  Dims dims = p.in(0);
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    const ResizeAxis& a = params->axes[axis];
    if (!a.resized) continue;
    ResizeTaps taps = resize_taps(*params, a);
    Pass pass{count_of(dims, 0, axis), dims[axis], a.out, count_of(dims, axis + 1), taps.taps, std::move(taps.index), {}, std::move(taps.outside)};
    pass.weight.assign(taps.weight.begin(), taps.weight.end());
    plan.passes.push_back(std::move(pass));
    dims[axis] = a.out;
  }
  return plan;
}

Support supports_resize(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.inputs[0].dtype != DType::f32 || !p.outputs[0].is_concrete()) return unsupported("not in f32");
  const auto count = element_count(p.out(0));
  if (count_of(p.in(0)) == 0 || !count || *count == 0 || *count > int64_t{1} << 31) return unsupported("nothing to resize, or more than 2^31 elements");
  const auto plan = plan_of(p);
  if (!plan || plan->passes.empty()) return unsupported("parameters are not constant, or nothing is interpolated");
  return supported();
}

// Results of all passes but the last, two of them at a time.
size_t half_workspace(const Plan& plan) {
  int64_t most = 0;
  for (size_t i = 0; i + 1 < plan.passes.size(); ++i) most = std::max(most, plan.passes[i].elements());
  return align64(size_t(most) * 4);
}

void run_rows(const Pass& p, const float* from, float* to, float outside, const Threads& threads) {
  threads.for_each(p.outer * p.out, [&](int64_t first, int64_t last) {
    for (int64_t u = first; u < last; ++u) {
      const int64_t o = u / p.out, i = u % p.out;
      float* row = to + u * p.inner;
      if (!p.outside.empty() && p.outside[size_t(i)]) { std::fill_n(row, p.inner, outside); continue; }
      const float* plane = from + o * p.in * p.inner;
      bool fresh = true;
      for (int64_t k = i * p.taps; k < (i + 1) * p.taps; ++k) {
        const float w = p.weight[size_t(k)];
        if (w == 0) continue;
        const float* source = plane + p.index[size_t(k)] * p.inner;
        if (fresh) for (int64_t j = 0; j < p.inner; ++j) row[j] = w * source[j];
        else for (int64_t j = 0; j < p.inner; ++j) row[j] += w * source[j];
        fresh = false;
      }
      if (fresh) std::fill_n(row, p.inner, 0.0f);
    }
  }, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, p.inner * p.taps)));
}

void run_last_axis(const Pass& p, const float* from, float* to, float outside, const Threads& threads) {
  threads.for_each(p.outer, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; ++o) {
      const float* row = from + o * p.in;
      for (int64_t i = 0; i < p.out; ++i) {
        float sum = 0;
        for (int64_t k = i * p.taps; k < (i + 1) * p.taps; ++k)
          if (p.weight[size_t(k)] != 0) sum += p.weight[size_t(k)] * row[p.index[size_t(k)]];
        to[o * p.out + i] = !p.outside.empty() && p.outside[size_t(i)] ? outside : sum;
      }
    }
  }, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, p.out * p.taps)));
}

Result<std::unique_ptr<Kernel>> prepare_resize(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  Plan plan = *plan_of(p);
  const size_t half = half_workspace(plan);
  return make_kernel([plan = std::move(plan), half](const KernelArgs& a, const Threads& threads) {
    const float* from = in_f32(a, 0);
    for (size_t i = 0; i < plan.passes.size(); ++i) {
      const Pass& pass = plan.passes[i];
      float* to = i + 1 == plan.passes.size() ? out_f32(a) : reinterpret_cast<float*>(a.workspace.data() + (i % 2) * half);
      (pass.inner == 1 ? run_last_axis : run_rows)(pass, from, to, plan.extrapolation, threads);
      from = to;
    }
  });
}

// --- GridSample: the taps of a few points are worked out once and serve all channels

constexpr int64_t points_at_once = 32, most_axes = 3, most_taps = 64;

struct Tile {
  std::array<std::array<int64_t, points_at_once>, most_taps> offset;  // -1: nothing
  std::array<std::array<float, points_at_once>, most_taps> weight;
  int64_t taps;
};

Support supports_grid(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() != 2) return unsupported("not in f32");
  const Dims x = p.in(0), grid = p.in(1);
  if (x.size() < 3 || x.size() > 2 + most_axes || grid.size() != x.size() || grid[0] != x[0] || grid.back() != int64_t(x.size()) - 2)
    return unsupported("not of one to three spatial axes");
  if (count_of(x) == 0 || count_of(p.out(0)) == 0 || !grid_sampling(*p.node)) return unsupported("nothing to sample");
  return supported();
}

// Fills column `column` with all combinations of the taps of each axis.
void combine(const GridTaps* taps, std::span<const int64_t> in, int64_t column, Tile& tile) {
  tile.taps = 1;
  for (size_t a = 0; a < in.size(); ++a) tile.taps *= taps[a].count;
  for (int64_t t = 0; t < tile.taps; ++t) {
    int64_t at = 0, rest = t;
    double weight = 1;
    bool inside = true;
    for (size_t a = in.size(), stride = 1; a-- > 0; stride *= size_t(in[a])) {
      const int64_t k = rest % taps[a].count;
      rest /= taps[a].count;
      inside = inside && taps[a].index[k] >= 0;
      at += taps[a].index[k] * int64_t(stride);
      weight *= taps[a].weight[k];
    }
    tile.offset[size_t(t)][size_t(column)] = inside ? at : -1;
    tile.weight[size_t(t)][size_t(column)] = float(weight);
  }
}

void sample(const Tile& tile, const float* plane, int64_t n, float* out) {
  std::fill_n(out, n, 0.0f);
  for (int64_t t = 0; t < tile.taps; ++t)
    for (int64_t i = 0; i < n; ++i) {
      const int64_t at = tile.offset[size_t(t)][size_t(i)];
      out[i] += at >= 0 ? tile.weight[size_t(t)][size_t(i)] * plane[at] : 0.0f;
    }
}

Result<std::unique_ptr<Kernel>> prepare_grid(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims x = p.in(0);
  const Dims in(x.begin() + 2, x.end());
  const auto axes = int64_t(in.size());
  const int64_t channels = x[1], plane = count_of(in), points = count_of(p.out(0)) / (x[0] * channels), tiles = ceil_div(points, points_at_once);
  return make_kernel([=, s = *grid_sampling(*p.node), images = x[0]](const KernelArgs& a, const Threads& threads) {
    threads.for_each(images * tiles, [&](int64_t first, int64_t last) {
      Tile tile;
      std::array<GridTaps, most_axes> taps;
      for (int64_t u = first; u < last; ++u) {
        const int64_t image = u / tiles, point = u % tiles * points_at_once, n = std::min(points_at_once, points - point);
        for (int64_t i = 0; i < n; ++i) {
          const float* at = in_f32(a, 1) + (image * points + point + i) * axes;
          // Coordinates are listed from the innermost axis on.
          for (int64_t k = 0; k < axes; ++k) taps[size_t(k)] = grid_taps(s, double(at[axes - 1 - k]), in[size_t(k)]);
          combine(taps.data(), in, i, tile);
        }
        for (int64_t c = image * channels; c < (image + 1) * channels; ++c)
          sample(tile, in_f32(a, 0) + c * plane, n, out_f32(a) + c * points + point);
      }
    }, std::max<int64_t>(1, 256 / std::max<int64_t>(1, channels)));
  });
}

}  // namespace

void define_interpolation(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.resize.weighted",
      .doc = "Linear and cubic resize of any axes, with antialiasing and cropping: weighted sums, axis by axis.",
      .ops = {{"", "Resize"}},
      .supports = supports_resize,
      .workspace = [](const Problem& p, const Config&, const Device&) { return 2 * half_workspace(*plan_of(p)); },
      .prepare = prepare_resize,
  });
  tactics.add({
      .name = "cpu.grid_sample.tiles",
      .doc = "GridSample in one to three axes: the taps of a tile of points serve all channels.",
      .ops = {{"", "GridSample"}},
      .supports = supports_grid,
      .prepare = prepare_grid,
  });
}

}  // namespace pharos
