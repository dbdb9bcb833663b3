#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/quantization.h"
#include "ops/resize_params.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { X, Roi, Scales, Sizes };

// Before opset 13 an input that is not used was given as an empty tensor.
const Tensor* used(const Tensor* t) { return t && t->count() > 0 ? t : nullptr; }

Dim scaled(const Dim& d, float scale) {
  if (d.is_number()) return std::floor(float(d.number()) * scale) < 1e12f ? Dim(int64_t(std::floor(float(d.number()) * scale))) : Dim();
  for (int64_t k = 1; k <= 64; ++k) {
    if (scale == float(k)) return d * Dim(k);
    if (scale * float(k) == 1) return floor_div(d, Dim(k));
  }
  return Dim();
}

Result<std::vector<int>> resized_axes(const Node& n, int rank) {
  if (n.has_attr("axes")) return checked_axes(n, n.attr_ints("axes"), rank);
  std::vector<int> axes;
  for (int i = 0; i < rank; ++i) axes.push_back(i);
  return axes;
}

// For inputs that are not all known.
Result<Shape> infer_partly(InferContext& c, const Shape& x) {
  const Node& n = c.node();
  Shape y = x;
  const Tensor* scales = used(c.constant(Scales));
  const auto sizes = c.shape_value(Sizes);
  const bool by_size = sizes && !sizes->empty() && n.attr_string("keep_aspect_ratio_policy", "stretch") == "stretch";
  const auto axes = PHAROS_TRY(resized_axes(n, int(x.size())));
  for (size_t i = 0; i < axes.size(); ++i) {
    Dim& d = y[size_t(axes[i])];
    if (by_size) d = i < sizes->size() ? (*sizes)[i] : Dim();
    else if (scales && int64_t(i) < scales->count()) d = scaled(d, load_as<float>(*scales, int64_t(i)));
    else d = Dim();
  }
  return y;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(X);
  if (!x.has_rank()) return c.set_output(0, Type::tensor(x.dtype)), Result<void>();
  const Tensor *scales = used(c.constant(Scales)), *sizes = used(c.constant(Sizes)), *roi = used(c.constant(Roi));
  const bool needs_roi = c.node().attr_string("coordinate_transformation_mode") == "tf_crop_and_resize";
  const auto dims = x.dims();
  if (dims && bool(scales) != bool(sizes) && (roi || !needs_roi)) {
    c.set_output(0, Type::tensor(x.dtype, PHAROS_TRY(resize_params(c.node(), *dims, roi, scales, sizes)).output_dims()));
    return {};
  }
  c.set_output(0, Type::tensor(x.dtype, PHAROS_TRY(infer_partly(c, *x.shape))));
  return {};
}

// One axis of row-major values, by weighted sums.
std::vector<double> interpolate(const std::vector<double>& v, const AxisSplit& s, const ResizeTaps& t, int64_t out, double outside) {
  std::vector<double> y(size_t(s.outer * out * s.inner), 0.0);
  for (int64_t o = 0; o < s.outer; ++o)
    for (int64_t i = 0; i < out; ++i) {
      double* to = y.data() + (o * out + i) * s.inner;
      if (!t.outside.empty() && t.outside[size_t(i)]) { std::fill_n(to, s.inner, outside); continue; }
      for (int64_t k = i * t.taps; k < (i + 1) * t.taps; ++k) {
        const double weight = t.weight[size_t(k)];
        if (weight == 0) continue;
        const double* from = v.data() + (o * s.length + t.index[size_t(k)]) * s.inner;
        for (int64_t j = 0; j < s.inner; ++j) to[j] += weight * from[j];
      }
    }
  return y;
}

void evaluate_weighted(const ResizeParams& p, const Tensor& x, Tensor& y) {
  std::vector<double> v = to_doubles(x);
  Dims dims = x.dims();
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    const ResizeAxis& a = p.axes[axis];
    if (!a.resized) continue;
    v = interpolate(v, split_at(dims, int(axis)), resize_taps(p, a), a.out, p.extrapolation);
    dims[axis] = a.out;
  }
  if (is_integer(x.dtype())) {
    const IntegerRange range = integer_range(x.dtype());
    for (double& e : v) e = std::clamp(std::trunc(e), range.low, range.high);
  }
  from_doubles(y, v);
}

// Moves elements of any type: the innermost axis that changes decides the length of the runs.
void evaluate_nearest(const ResizeParams& p, const Tensor& x, Tensor& y) {
  Tensor from = x;
  for (size_t axis = 0; axis < p.axes.size(); ++axis) {
    const ResizeAxis& a = p.axes[axis];
    if (!a.resized) continue;
    Dims dims = from.dims();
    const AxisSplit s = split_at(dims, int(axis));
    dims[axis] = a.out;
    const ResizeTaps t = resize_taps(p, a);
    Tensor to(x.dtype(), dims), outside(x.dtype(), {1});
    if (x.dtype() != DType::string) store(outside, 0, 1, &p.extrapolation);
    for (int64_t o = 0; o < s.outer; ++o)
      for (int64_t i = 0; i < a.out; ++i) {
        const int64_t at = (o * a.out + i) * s.inner;
        if (t.outside.empty() || !t.outside[size_t(i)]) copy_run(to, at, from, (o * s.length + t.index[size_t(i)]) * s.inner, s.inner);
        else copy_strided(to, at, {1}, outside, 0, {0}, std::span(&s.inner, 1));
      }
    from = std::move(to);
  }
  copy_run(y, 0, from, 0, y.count());
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& x = c.input(X);
  const auto side = [&](size_t i) { return c.has_input(i) ? used(&c.input(i)) : nullptr; };
  const ResizeParams p = PHAROS_TRY(resize_params(n, x.dims(), side(Roi), side(Scales), side(Sizes)));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), p.output_dims()));
  if (y.count() == 0) return {};
  if (x.count() == 0) return bad_input(n, X, "of shape " + dims_text(x.dims()), "elements");
  const bool moves_only = x.dtype() == DType::string || types::complex.has(x.dtype());
  if (p.mode != ResizeMode::Nearest && moves_only)
    return unsupported_case(n, fmt::format("interpolation of elements of type {}", dtype_name(x.dtype())));
  if (p.mode == ResizeMode::Nearest) {
    // The steps between are at most as large as input times output extents: checked like an output.
    for (size_t axis = 0; axis < p.axes.size(); ++axis) {
      Dims dims = x.dims();
      for (size_t i = 0; i <= axis; ++i) dims[i] = p.axes[i].out;
      const int64_t count = PHAROS_TRY(checked_count(n, dims));
      if (count > c.limits().max_tensor_bytes)
        return too_large(n, "an intermediate of shape " + dims_text(dims), std::to_string(count), std::to_string(c.limits().max_tensor_bytes));
    }
    evaluate_nearest(p, x, y);
  } else {
    evaluate_weighted(p, x, y);
  }
  return {};
}

// --- older forms

// Opset 10: (X, scales), coordinates x / scale; nearest took the floor where it enlarged and the ceiling where it shrank.
Result<void> resize_10(Graph& graph, NodeId id, int) {
  const Node n = graph[id];
  if (n.inputs.size() < 2) return shapes_mismatch(n, "has no scales");
  auto& attributes = graph.node(id).attributes;
  attributes["coordinate_transformation_mode"] = std::string("asymmetric");
  const ValueId scales = n.inputs[1];
  graph.set_input(id, 1, {});
  graph.set_input(id, 2, scales);
  if (n.attr_string("mode", "nearest") != "nearest") return {};
  graph.node(id).attributes["nearest_mode"] = std::string("floor");
  const Tensor* known = graph.constant(scales);
  if (!known) return {};
  std::vector<float> up = to_floats(*known), down = up;
  bool any_down = false;
  for (size_t i = 0; i < up.size(); ++i) {
    any_down = any_down || up[i] < 1;
    up[i] = std::max(up[i], 1.0f);
    down[i] = std::min(down[i], 1.0f);
  }
  if (!any_down) return {};
  // Axes are independent: enlarge first, then shrink.
  const auto constant = [&](const std::vector<float>& v) {
    return graph.add_constant(n.name + "_scales", Tensor::from<float>(DType::f32, {int64_t(v.size())}, v));
  };
  const Attributes floor_mode = graph[id].attributes;
  const ValueId enlarged = graph.add("Resize", {n.inputs[0], {}, constant(up)}, floor_mode, n.name + "_up", n.origin);
  graph.set_input(id, 0, enlarged);
  graph.set_input(id, 2, constant(down));
  graph.node(id).attributes["nearest_mode"] = std::string("ceil");
  return {};
}

// --- Upsample: what Resize was called before opset 10

Result<void> upsample_with(Graph& graph, NodeId id, ValueId scales) {
  const Node n = graph[id];
  if (n.inputs.empty() || n.outputs.empty()) return shapes_mismatch(n, "has no input or no output");
  std::string mode = n.attr_string("mode", "nearest");
  if (mode == "bilinear") mode = "linear";
  const ValueId y = graph.add("Resize", {n.inputs[0], {}, scales},
                              {{"mode", mode}, {"coordinate_transformation_mode", std::string("asymmetric")},
                               {"nearest_mode", std::string("floor")}},
                              n.name, n.origin);
  graph.replace_uses(n.outputs[0], y);
  graph.erase(id);
  return {};
}

Result<void> upsample_1(Graph& graph, NodeId id, int) {
  const Node& n = graph[id];
  const float scales[] = {1, 1, n.attr_float("height_scale", 1), n.attr_float("width_scale", 1)};
  return upsample_with(graph, id, graph.add_constant(n.name + "_scales", Tensor::from<float>(DType::f32, {4}, std::span(scales))));
}

Result<void> upsample_7(Graph& graph, NodeId id, int) {
  const Node& n = graph[id];
  const std::vector<float> scales = n.attr_floats("scales");
  if (scales.empty()) return bad_attribute(n, "scales", "missing", "a list of floats");
  const Dims dims{int64_t(scales.size())};
  return upsample_with(graph, id, graph.add_constant(n.name + "_scales", Tensor::from<float>(DType::f32, dims, scales)));
}

Result<void> upsample_9(Graph& graph, NodeId id, int) {
  const Node& n = graph[id];
  if (n.inputs.size() < 2 || !n.inputs[1]) return shapes_mismatch(n, "has no scales");
  return upsample_with(graph, id, n.inputs[1]);
}

}  // namespace

void define_resize(OpSet& ops) {
  ops.add({.name = "Resize",
           .since = 19,
           .doc = "Other extents by nearest, linear or cubic interpolation.",
           .inputs = {{"X", types::any}, {"roi", types::floats, Param::Kind::Optional}, {"scales", types::f32, Param::Kind::Optional},
                      {"sizes", types::i64, Param::Kind::Optional}},
           .outputs = {{"Y", types::any}},
           .attributes = {{"antialias", AttrType::Int, false, "1: wider filters where it shrinks"},
                          {"axes", AttrType::Ints, false, "what roi, scales and sizes refer to; all"},
                          {"coordinate_transformation_mode", AttrType::String, false, "'half_pixel' and five others"},
                          {"cubic_coeff_a", AttrType::Float, false, "-0.75"},
                          {"exclude_outside", AttrType::Int, false, "1: positions outside have no weight"},
                          {"extrapolation_value", AttrType::Float, false, "outside of the region, 0"},
                          {"keep_aspect_ratio_policy", AttrType::String, false, "'stretch', 'not_larger' or 'not_smaller'"},
                          {"mode", AttrType::String, false, "'nearest', 'linear' or 'cubic'"},
                          {"nearest_mode", AttrType::String, false, "'round_prefer_floor' and three others"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, resize_10}, {11, nullptr}}});
  ops.add({.name = "Upsample",
           .since = 10,
           .doc = "Deprecated: Resize with coordinates x / scale.",
           .inputs = {{"X", types::any}, {"scales", types::f32, Param::Kind::Optional}},
           .outputs = {{"Y", types::any}},
           .attributes = {{"mode", AttrType::String, false, "'nearest' or 'linear'"}},
           .older = {{1, upsample_1}, {7, upsample_7}, {9, upsample_9}},
           .rewritten = true});
}

}  // namespace pharos
