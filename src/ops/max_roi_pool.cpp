#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Dims> pooled_shape(const Node& n) {
  const Dims d = n.attr_ints("pooled_shape");
  if (d.size() != 2 || d[0] < 1 || d[1] < 1) return bad_attribute(n, "pooled_shape", dims_text(d), "two numbers above 0");
  return d;
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const Dims pooled = PHAROS_TRY(pooled_shape(c.node()));
  const Type &x = c.input(0), &rois = c.input(1);
  if (x.has_rank() && x.rank() != 4) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 4");
  if (rois.has_rank() && rois.rank() != 2) return bad_input(c.node(), 1, fmt::format("of rank {}", rois.rank()), "rank 2");
  c.set_output(0, Type::tensor(t, Shape{rois.shape ? (*rois.shape)[0] : Dim(), x.shape ? (*x.shape)[1] : Dim(), pooled[0], pooled[1]}));
  return {};
}

// Cell `i` of `cells` along one axis of a region: input positions [first, last).
struct Cell { int64_t first, last; };
Cell cell(int64_t start, int64_t end, int64_t i, int64_t cells, int64_t in) {
  const double size = double(std::max<int64_t>(end - start + 1, 1)) / double(cells);
  const int64_t first = int64_t(std::floor(double(i) * size)) + start, last = int64_t(std::ceil(double(i + 1) * size)) + start;
  return {std::clamp<int64_t>(first, 0, in), std::clamp<int64_t>(last, 0, in)};
}

int64_t scaled(float v, float scale) { return int64_t(std::round(std::clamp(double(v) * double(scale), -1e9, 1e9))); }

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &x = c.input(0), &rois = c.input(1);
  const Dims pooled = PHAROS_TRY(pooled_shape(n));
  PHAROS_TRY(check_rank(n, 0, x.rank(), 4, 4));
  if (rois.rank() != 2 || rois.dim(1) != 5) return bad_input(n, 1, "of shape " + dims_text(rois.dims()), "shape num_rois x 5");
  const int64_t channels = x.dim(1), height = x.dim(2), width = x.dim(3);
  const float scale = n.attr_float("spatial_scale", 1);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), {rois.dim(0), channels, pooled[0], pooled[1]}));
  const Elements<float> data(x), boxes(rois);
  int64_t at = 0;
  for (int64_t r = 0; r < rois.dim(0); ++r) {
    const float* box = boxes.data() + r * 5;
    if (!(box[0] >= 0 && double(box[0]) < double(x.dim(0)))) return index_out_of_range(n, 1, int64_t(scaled(box[0], 1)), 0, x.dim(0) - 1);
    const int64_t x1 = scaled(box[1], scale), y1 = scaled(box[2], scale), x2 = scaled(box[3], scale), y2 = scaled(box[4], scale);
    for (int64_t ch = 0; ch < channels; ++ch) {
      const float* plane = data.data() + (int64_t(box[0]) * channels + ch) * height * width;
      for (int64_t i = 0; i < pooled[0]; ++i)
        for (int64_t j = 0; j < pooled[1]; ++j, ++at) {
          const Cell rows = cell(y1, y2, i, pooled[0], height), columns = cell(x1, x2, j, pooled[1], width);
          const bool empty = rows.last <= rows.first || columns.last <= columns.first;
          float top = empty ? 0 : -INFINITY;
          for (int64_t h = rows.first; h < rows.last; ++h)
            for (int64_t w = columns.first; w < columns.last; ++w) top = std::max(top, plane[h * width + w]);
          store(y, at, 1, &top);
        }
    }
  }
  return {};
}

}  // namespace

void define_max_roi_pool(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "MaxRoiPool",
           .since = 22,
           .doc = "Maximum of each cell of a grid laid over each region.",
           .inputs = {{"X", t}, {"rois", t}},
           .outputs = {{"Y", t}},
           .attributes = {{"pooled_shape", AttrType::Ints, true, "rows and columns of the grid"},
                          {"spatial_scale", AttrType::Float, false, "from region coordinates to those of X, 1"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
