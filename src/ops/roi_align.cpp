#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

struct RoiAlignParams {
  int64_t rows = 1, columns = 1, sampling = 0;
  double scale = 1;
  bool half_pixel = true, average = true;
};

Result<RoiAlignParams> read(const Node& n) {
  RoiAlignParams p{n.attr_int("output_height", 1), n.attr_int("output_width", 1), n.attr_int("sampling_ratio", 0),
                   n.attr_float("spatial_scale", 1)};
  const std::string mode = n.attr_string("mode", "avg"), coordinates = n.attr_string("coordinate_transformation_mode", "half_pixel");
  if (mode != "avg" && mode != "max") return bad_attribute(n, "mode", "'" + mode + "'", "'avg' or 'max'");
  if (coordinates != "half_pixel" && coordinates != "output_half_pixel")
    return bad_attribute(n, "coordinate_transformation_mode", "'" + coordinates + "'", "'half_pixel' or 'output_half_pixel'");
  if (p.rows < 1 || p.columns < 1) return bad_attribute(n, "output_height", fmt::format("{}x{}", p.rows, p.columns), "1 or more");
  if (p.sampling < 0 || p.sampling > 4096) return bad_attribute(n, "sampling_ratio", std::to_string(p.sampling), "0 to 4096");
  p.average = mode == "avg";
  p.half_pixel = coordinates == "half_pixel";
  return p;
}

Result<void> infer(InferContext& c) {
  const RoiAlignParams p = PHAROS_TRY(read(c.node()));
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const Type &x = c.input(0), &rois = c.input(1), &batch = c.input(2);
  const int ranks[] = {4, 2, 1};
  for (size_t i = 0; i < 3; ++i)
    if (c.input(i).has_rank() && c.input(i).rank() != ranks[i])
      return bad_input(c.node(), i, fmt::format("of rank {}", c.input(i).rank()), fmt::format("rank {}", ranks[i]));
  Dim count;
  if (rois.shape) count = (*rois.shape)[0];
  if (batch.shape && !count.is_number()) count = (*batch.shape)[0];
  c.set_output(0, Type::tensor(t, Shape{count, x.shape ? (*x.shape)[1] : Dim(), p.rows, p.columns}));
  return {};
}

// Where a sample lies along one axis and how much of it the upper neighbour has; nothing outside the map.
struct Axis { int64_t low = 0, high = 0; double part = 0; bool inside = false; };
Axis locate(double at, int64_t in) {
  if (!(at >= -1.0 && at <= double(in))) return {};
  at = std::max(at, 0.0);
  const int64_t low = int64_t(at);
  if (low >= in - 1) return {in - 1, in - 1, 0, true};
  return {low, low + 1, at - double(low), true};
}

// Samples of one axis: `cells` cells with `grid` points each.
std::vector<Axis> locate_all(double start, double size, int64_t cells, int64_t grid, int64_t in) {
  std::vector<Axis> out;
  for (int64_t c = 0; c < cells; ++c)
    for (int64_t g = 0; g < grid; ++g)
      out.push_back(locate(start + double(c) * size + (double(g) + 0.5) * size / double(grid), in));
  return out;
}

double pool_cell(const float* plane, int64_t width, std::span<const Axis> ys, std::span<const Axis> xs, bool average) {
  double sum = 0, top = 0;
  bool first = true;
  for (const Axis& y : ys)
    for (const Axis& x : xs) {
      double corner[4] = {0, 0, 0, 0};
      if (y.inside && x.inside) {
        corner[0] = (1 - y.part) * (1 - x.part) * double(plane[y.low * width + x.low]);
        corner[1] = (1 - y.part) * x.part * double(plane[y.low * width + x.high]);
        corner[2] = y.part * (1 - x.part) * double(plane[y.high * width + x.low]);
        corner[3] = y.part * x.part * double(plane[y.high * width + x.high]);
      }
      sum += corner[0] + corner[1] + corner[2] + corner[3];
      // As the standard's reference has it: the largest weighted corner, not the largest sample.
      const double largest = std::max({corner[0], corner[1], corner[2], corner[3]});
      top = first ? largest : std::max(top, largest);
      first = false;
    }
  return average ? sum / double(std::max<size_t>(ys.size() * xs.size(), 1)) : top;
}

Result<int64_t> grid_points(const Node& n, const RoiAlignParams& p, double size, int64_t cells) {
  if (p.sampling > 0) return p.sampling;
  const double points = std::ceil(size / double(cells));
  if (!(points <= 4096)) return bad_value(n, 1, fmt::format("a region of extent {}", size), "regions near the map");
  return std::max<int64_t>(0, int64_t(points));
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const RoiAlignParams p = PHAROS_TRY(read(n));
  const Tensor &x = c.input(0), &rois = c.input(1), &batch = c.input(2);
  PHAROS_TRY(check_rank(n, 0, x.rank(), 4, 4));
  if (rois.rank() != 2 || rois.dim(1) != 4) return bad_input(n, 1, "of shape " + dims_text(rois.dims()), "shape num_rois x 4");
  if (batch.dims() != Dims{rois.dim(0)}) return bad_input(n, 2, "of shape " + dims_text(batch.dims()), fmt::format("shape {}", rois.dim(0)));
  const int64_t channels = x.dim(1), height = x.dim(2), width = x.dim(3);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), {rois.dim(0), channels, p.rows, p.columns}));
  if (height == 0 || width == 0) return bad_input(n, 0, "of shape " + dims_text(x.dims()), "extents above 0");
  const Elements<float> data(x), boxes(rois);
  const double shift = p.half_pixel ? 0.5 : 0;
  int64_t at = 0;
  for (int64_t r = 0; r < rois.dim(0); ++r) {
    const int64_t image = batch.int_at(r);
    if (image < 0 || image >= x.dim(0)) return index_out_of_range(n, 2, image, 0, x.dim(0) - 1);
    double box[4];
    for (int i = 0; i < 4; ++i) box[i] = double(boxes[r * 4 + i]) * p.scale - shift;
    double w = box[2] - box[0], h = box[3] - box[1];
    if (!p.half_pixel) { w = std::max(w, 1.0); h = std::max(h, 1.0); }
    const int64_t gh = PHAROS_TRY(grid_points(n, p, h, p.rows)), gw = PHAROS_TRY(grid_points(n, p, w, p.columns));
    const auto ys = locate_all(box[1], h / double(p.rows), p.rows, gh, height);
    const auto xs = locate_all(box[0], w / double(p.columns), p.columns, gw, width);
    for (int64_t ch = 0; ch < channels; ++ch)
      for (int64_t i = 0; i < p.rows; ++i)
        for (int64_t j = 0; j < p.columns; ++j, ++at) {
          const double v = pool_cell(data.data() + (image * channels + ch) * height * width, width,
                                     std::span(ys).subspan(size_t(i * gh), size_t(gh)),
                                     std::span(xs).subspan(size_t(j * gw), size_t(gw)), p.average);
          store(y, at, 1, &v);
        }
  }
  return {};
}

// Before opset 16 regions were not shifted by half a pixel.
Result<void> unshifted(Graph& graph, NodeId id, int) {
  graph.node(id).attributes["coordinate_transformation_mode"] = std::string("output_half_pixel");
  return {};
}

}  // namespace

void define_roi_align(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "RoiAlign",
           .since = 22,
           .doc = "Interpolated samples of each cell of a grid laid over each region, averaged.",
           .inputs = {{"X", t}, {"rois", t}, {"batch_indices", types::i64}},
           .outputs = {{"Y", t}},
           .attributes = {{"coordinate_transformation_mode", AttrType::String, false, "'half_pixel' or 'output_half_pixel'"},
                          {"mode", AttrType::String, false, "'avg' or 'max'"},
                          {"output_height", AttrType::Int, false, "rows of the grid, 1"},
                          {"output_width", AttrType::Int, false, "columns of the grid, 1"},
                          {"sampling_ratio", AttrType::Int, false, "samples per cell and axis; 0: by the region's size"},
                          {"spatial_scale", AttrType::Float, false, "from region coordinates to those of X, 1"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, unshifted}, {16, nullptr}}});
}

}  // namespace pharos
