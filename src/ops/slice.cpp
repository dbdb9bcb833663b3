#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

struct Cut { int64_t start = 0, step = 1, length = 0; };

// The part of an axis of `extent` elements, clamped as the standard says.
Cut cut_axis(int64_t extent, int64_t start, int64_t end, int64_t step) {
  step = std::max(step, -INT64_MAX);
  const auto from_end = [extent](int64_t v) { return v < 0 ? v + extent : v; };
  Cut c{0, step, 0};
  if (step > 0) {
    c.start = std::clamp(from_end(start), int64_t{0}, extent);
    const int64_t stop = std::clamp(from_end(end), int64_t{0}, extent);
    if (stop > c.start) c.length = (stop - c.start - 1) / step + 1;
  } else {
    c.start = std::clamp(from_end(start), int64_t{0}, std::max<int64_t>(extent - 1, 0));
    const int64_t stop = std::clamp(from_end(end), int64_t{-1}, std::max<int64_t>(extent - 1, -1));
    if (extent > 0 && c.start > stop) c.length = (c.start - stop - 1) / -step + 1;
  }
  return c;
}

// Exporters write the end of an axis as the largest number of some width.
constexpr int64_t far = INT32_MAX - 1;

bool never_negative(const Dim& d) { return !d.is_unknown() && d.range({}).min >= 0; }

// Length of the part where something is a symbol; unknown where its sign matters.
Dim cut_symbolic(const Dim& extent, const Dim& start, const Dim& end, const Dim& step) {
  if (extent.is_number() && start.is_number() && end.is_number() && step.is_number())
    return Dim(cut_axis(extent.number(), start.number(), end.number(), step.number()).length);
  if (extent.is_unknown() || !step.is_number()) return Dim();
  if (step.number() < 0) {
    const bool all =
        start.is_number() && (start.number() == -1 || start.number() >= far) && end.is_number() && end.number() < -far;
    return all && step.number() == -1 ? extent : Dim();
  }
  Dim stop;  // at most `extent`
  if (end == extent || (end.is_number() && end.number() >= far)) stop = extent;
  else if (end.is_number() && end.number() < 0) stop = max(extent + end, Dim(0));
  else if (never_negative(end)) stop = min(end, extent);
  else return Dim();
  Dim length;
  if (start.is_number() && start.number() == 0) length = stop;
  else if (start.is_number() && start.number() < 0)
    length = stop == extent ? min(Dim(-std::max(start.number(), -INT64_MAX)), extent)
                            : max(stop - max(extent + start, Dim(0)), Dim(0));
  else if (never_negative(start)) length = max(stop - start, Dim(0));
  else return Dim();
  return ceil_div(length, step);
}

// Everything but the data, as dims; missing axes and steps are filled in.
struct Request { Shape starts, ends; std::vector<int> axes; Shape steps; };

Result<Request> checked_request(const Node& node, Shape starts, Shape ends, std::optional<std::vector<int64_t>> axes,
                                std::optional<Shape> steps, int rank) {
  if (!axes) {
    axes.emplace();
    for (size_t i = 0; i < starts.size(); ++i) axes->push_back(int64_t(i));
  }
  if (!steps) steps = Shape(starts.size(), Dim(1));
  if (ends.size() != starts.size() || axes->size() != starts.size() || steps->size() != starts.size())
    return bad_value(
        node, 1, fmt::format("{} starts", starts.size()),
        fmt::format("as many as ends ({}), axes ({}) and steps ({})", ends.size(), axes->size(), steps->size()));
  for (const Dim& s : *steps)
    if (s.is_number() && s.number() == 0) return bad_value(node, 4, "0", "steps other than 0");
  return Request{std::move(starts), std::move(ends), PHAROS_TRY(checked_axes(node, *axes, rank)), std::move(*steps)};
}

// The kept elements of a known 1-D tensor, where the cut is known.
void cut_shape_value(InferContext& c, const Request& r) {
  const auto value = c.shape_value(0);
  if (!value || r.axes.size() != 1) return;
  if (!r.starts[0].is_number() || !r.ends[0].is_number() || !r.steps[0].is_number()) return;
  const Cut cut = cut_axis(int64_t(value->size()), r.starts[0].number(), r.ends[0].number(), r.steps[0].number());
  Shape out;
  for (int64_t i = 0; i < cut.length; ++i) out.push_back((*value)[size_t(cut.start + i * cut.step)]);
  c.set_shape_value(0, std::move(out));
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (!x.shape) {
    c.set_output(0, Type::tensor(x.dtype));
    return {};
  }
  const auto axes = c.has_input(3) ? constant_ints(c, 3) : std::nullopt;
  const auto n = known_length(c, 1);
  if ((c.has_input(3) && !axes) || (!c.shape_value(1) && !n)) {
    c.set_output(0, tensor_of_rank(x.dtype, x.rank()));
    return {};
  }
  const auto dims_of = [&](size_t i) {
    const auto known = c.shape_value(i);
    return known ? *known : Shape(size_t(std::clamp<int64_t>(known_length(c, i).value_or(*n), 0, 64)));
  };
  std::optional<Shape> steps;
  if (c.has_input(4)) steps = dims_of(4);
  const Request r = PHAROS_TRY(checked_request(c.node(), dims_of(1), dims_of(2), axes, steps, x.rank()));
  Shape out = *x.shape;
  for (size_t i = 0; i < r.axes.size(); ++i) {
    Dim& d = out[size_t(r.axes[i])];
    d = cut_symbolic(d, r.starts[i], r.ends[i], r.steps[i]);
  }
  c.set_output(0, Type::tensor(x.dtype, std::move(out)));
  if (x.rank() == 1) cut_shape_value(c, r);
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  std::optional<std::vector<int64_t>> axes;
  std::optional<Shape> steps;
  if (c.has_input(3)) axes = c.input(3).to_ints();
  if (c.has_input(4)) steps = shape_of(c.input(4).to_ints());
  const Request r = PHAROS_TRY(
      checked_request(c.node(), shape_of(c.input(1).to_ints()), shape_of(c.input(2).to_ints()), axes, steps, x.rank()));
  Dims dims = x.dims();
  Strides strides = contiguous_strides(x.dims());
  int64_t offset = 0;
  for (size_t i = 0; i < r.axes.size(); ++i) {
    const size_t a = size_t(r.axes[i]);
    const Cut cut = cut_axis(x.dims()[a], r.starts[i].number(), r.ends[i].number(), r.steps[i].number());
    dims[a] = cut.length;
    if (cut.length == 0) continue;
    offset += cut.start * strides[a];
    strides[a] = cut.length > 1 ? strides[a] * cut.step : 0;
  }
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  copy_strided(y, 0, contiguous_strides(dims), x, offset, strides, dims);
  return {};
}

// Before opset 10 everything was an attribute.
Result<void> attributes_to_inputs(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "starts", 1);
  attr_to_input(graph, node, "ends", 2);
  attr_to_input(graph, node, "axes", 3);
  return {};
}

}  // namespace

void define_slice(OpSet& ops) {
  const TypeSet t = types::any;
  ops.add({.name = "Slice",
           .since = 13,
           .doc = "Part of a tensor: start, end and step per axis; negative values count from the end.",
           .inputs = {{"data", t},
                      {"starts", types::indices},
                      {"ends", types::indices},
                      {"axes", types::indices, Param::Kind::Optional},
                      {"steps", types::indices, Param::Kind::Optional}},
           .outputs = {{"output", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, attributes_to_inputs}, {10, nullptr}}});
}

}  // namespace pharos
