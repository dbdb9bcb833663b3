#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/grid_sampling.h"
#include "ops/quantization.h"
#include "ops/shape_rules.h"
#include "ops/window.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  PHAROS_TRY(grid_sampling(c.node()));
  const Type &x = c.input(0), &grid = c.input(1);
  if (x.has_rank() && x.rank() < 3) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 3 or more");
  if (x.has_rank() && grid.has_rank() && grid.rank() != x.rank())
    return bad_input(c.node(), 1, fmt::format("of rank {}", grid.rank()), fmt::format("rank {}", x.rank()));
  std::optional<Shape> y;
  if (grid.has_rank() && grid.rank() >= 3) {
    y = Shape{(*grid.shape)[0], x.shape ? (*x.shape)[1] : Dim()};
    y->insert(y->end(), grid.shape->begin() + 1, grid.shape->end() - 1);
  } else if (x.has_rank()) {
    y = Shape(size_t(x.rank()));
    (*y)[0] = (*x.shape)[0];
    (*y)[1] = (*x.shape)[1];
  }
  c.set_output(0, tensor_type(x.dtype, std::move(y)));
  return {};
}

// The sum over all combinations of taps: (offset in a plane, weight) pairs of one sample.
void combine(std::span<const GridTaps> taps, std::span<const int64_t> in, std::vector<std::pair<int64_t, double>>& out) {
  out.assign(1, {0, 1.0});
  std::vector<std::pair<int64_t, double>> next;
  for (size_t a = 0; a < taps.size(); ++a) {
    next.clear();
    for (const auto& [at, weight] : out)
      for (int k = 0; k < taps[a].count; ++k)
        if (taps[a].index[k] >= 0) next.emplace_back(at * in[a] + taps[a].index[k], weight * taps[a].weight[k]);
    out.swap(next);
  }
}

Result<Dims> check(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &x = c.input(0), &grid = c.input(1);
  if (x.rank() < 3 || x.rank() > 8) return bad_input(n, 0, fmt::format("of rank {}", x.rank()), "rank 3 to 8");
  if (grid.rank() != x.rank() || grid.dim(0) != x.dim(0) || grid.dims().back() != x.rank() - 2)
    return bad_input(n, 1, "of shape " + dims_text(grid.dims()), fmt::format("{} positions of {} coordinates", x.dim(0), x.rank() - 2));
  Dims out{x.dim(0), x.dim(1)};
  out.insert(out.end(), grid.dims().begin() + 1, grid.dims().end() - 1);
  return out;
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const GridSampling s = PHAROS_TRY(grid_sampling(n));
  const Tensor& x = c.input(0);
  const Dims dims = PHAROS_TRY(check(c));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  if (x.count() == 0) return bad_input(n, 0, "of shape " + dims_text(x.dims()), "elements");
  const bool moves_only = x.dtype() == DType::string || types::complex.has(x.dtype());
  if (moves_only && s.mode != GridMode::Nearest)
    return unsupported_case(n, fmt::format("interpolation of elements of type {}", dtype_name(x.dtype())));
  const std::span in = std::span(x.dims()).subspan(2);
  const int64_t axes = int64_t(in.size()), channels = x.dim(1), plane = x.count() / (x.dim(0) * channels);
  const int64_t points = y.count() / (x.dim(0) * channels);
  const Elements<double> grid(c.input(1));
  const std::vector<double> v = moves_only ? std::vector<double>() : to_doubles(x);
  const IntegerRange range = is_integer(x.dtype()) ? integer_range(x.dtype()) : IntegerRange{-INFINITY, INFINITY};
  const Tensor zero(x.dtype(), {1});
  std::vector<GridTaps> taps(in.size());
  std::vector<std::pair<int64_t, double>> parts;
  for (int64_t b = 0; b < x.dim(0); ++b)
    for (int64_t p = 0; p < points; ++p) {
      // Coordinates are listed from the innermost axis on.
      for (int64_t a = 0; a < axes; ++a) taps[size_t(a)] = grid_taps(s, grid[(b * points + p) * axes + axes - 1 - a], in[size_t(a)]);
      combine(taps, in, parts);
      for (int64_t ch = b * channels; ch < (b + 1) * channels; ++ch) {
        if (s.mode == GridMode::Nearest) {
          if (parts.empty()) copy_run(y, ch * points + p, zero, 0, 1);
          else copy_run(y, ch * points + p, x, ch * plane + parts[0].first, 1);
          continue;
        }
        double sum = 0;
        for (const auto& [at, weight] : parts) sum += weight * v[size_t(ch * plane + at)];
        if (is_integer(x.dtype())) sum = std::clamp(std::trunc(sum), range.low, range.high);
        store(y, ch * points + p, 1, &sum);
      }
    }
  return {};
}

// Before opset 20 the modes were named for two axes.
Result<void> rename_modes(Graph& graph, NodeId id, int) {
  const std::string mode = graph[id].attr_string("mode", "bilinear");
  if (mode == "bilinear") graph.node(id).attributes["mode"] = std::string("linear");
  if (mode == "bicubic") graph.node(id).attributes["mode"] = std::string("cubic");
  return {};
}

}  // namespace

void define_grid_sample(OpSet& ops) {
  ops.add({.name = "GridSample",
           .since = 22,
           .doc = "Samples each image at the positions that a grid names.",
           .inputs = {{"X", types::any}, {"grid", types::floats}},
           .outputs = {{"Y", types::any}},
           .attributes = {{"align_corners", AttrType::Int, false, "1: -1 and 1 are the centres of the corner elements"},
                          {"mode", AttrType::String, false, "'linear', 'nearest' or 'cubic'"},
                          {"padding_mode", AttrType::String, false, "'zeros', 'border' or 'reflection'"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{16, rename_modes}, {20, nullptr}}});
}

}  // namespace pharos
