#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/pad_params.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum class Mode : uint8_t { Constant, Reflect, Edge, Wrap };

Result<Mode> mode_of(const Node& node) {
  const std::string mode = node.attr_string("mode", "constant");
  if (mode == "constant") return Mode::Constant;
  if (mode == "reflect") return Mode::Reflect;
  if (mode == "edge") return Mode::Edge;
  if (mode == "wrap") return Mode::Wrap;
  return bad_attribute(node, "mode", "'" + mode + "'", "'constant', 'reflect', 'edge' or 'wrap'");
}

struct Pads { Shape before, after; };  // per axis of the input

Result<Pads> checked_pads(const Node& node, const Shape& pads, const std::optional<std::vector<int64_t>>& axes,
                          int rank) {
  std::vector<int> which;
  if (axes) which = PHAROS_TRY(checked_axes(node, *axes, rank));
  else for (int d = 0; d < rank; ++d) which.push_back(d);
  if (pads.size() != 2 * which.size())
    return bad_value(node, 1, fmt::format("{} pads", pads.size()), fmt::format("{}, two per axis", 2 * which.size()));
  Pads p{Shape(size_t(rank), Dim(0)), Shape(size_t(rank), Dim(0))};
  constexpr int64_t limit = INT64_MAX / 4;  // sums of two never overflow
  for (const Dim& d : pads)
    if (d.is_number() && (d.number() > limit || d.number() < -limit))
      return too_large(node, "a pad", std::to_string(d.number()), std::to_string(limit));
  for (size_t i = 0; i < which.size(); ++i) {
    p.before[size_t(which[i])] = pads[i];
    p.after[size_t(which[i])] = pads[i + which.size()];
  }
  return p;
}

Result<Shape> result_shape(const Node& node, Shape in, const Pads& pads) {
  for (size_t d = 0; d < in.size(); ++d) {
    in[d] = in[d] + pads.before[d] + pads.after[d];
    if (in[d].is_number() && in[d].number() < 0)
      return bad_value(node, 1, fmt::format("pads that leave {} of axis {}", in[d].number(), d),
                       "0 or more to be left");
  }
  return in;
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(mode_of(c.node()));
  const Type& x = c.input(0);
  std::optional<Shape> out;
  const auto pads = c.shape_value(1);
  const auto axes = c.has_input(3) ? constant_ints(c, 3) : std::nullopt;
  if (x.shape && pads && (axes || !c.has_input(3)))
    out = PHAROS_TRY(result_shape(c.node(), *x.shape, PHAROS_TRY(checked_pads(c.node(), *pads, axes, x.rank()))));
  else if (x.shape)
    out = Shape(x.shape->size());
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

// Input index of every output index along one axis; -1 where the constant goes. Negative pads crop first.
std::vector<int64_t> source_indices(int64_t extent, int64_t before, int64_t after, Mode mode) {
  const int64_t low = std::max<int64_t>(0, -before),
                left = std::max<int64_t>(0, extent - low - std::max<int64_t>(0, -after));
  std::vector<int64_t> out(size_t(extent + before + after));
  const auto modulo = [](int64_t a, int64_t n) { const int64_t r = a % n; return r < 0 ? r + n : r; };
  for (size_t j = 0; j < out.size(); ++j) {
    int64_t i = int64_t(j) - std::max<int64_t>(0, before);
    if (i < 0 || i >= left) {
      if (mode == Mode::Constant || left == 0) { out[j] = -1; continue; }
      if (mode == Mode::Edge) i = i < 0 ? 0 : left - 1;
      if (mode == Mode::Wrap) i = modulo(i, left);
      if (mode == Mode::Reflect) {
        i = left == 1 ? 0 : modulo(i, 2 * (left - 1));
        if (i >= left) i = 2 * (left - 1) - i;
      }
    }
    out[j] = low + i;
  }
  return out;
}

template <class E>
void copy_padded(const E* from, E* to, const E& constant, const Dims& dims,
                 const std::vector<std::vector<int64_t>>& source, const Strides& strides) {
  const size_t last = dims.size() - 1;
  std::vector<int64_t> index(dims.size(), 0);
  for (;;) {
    int64_t base = 0;
    for (size_t d = 0; d < last && base >= 0; ++d) {
      const int64_t i = source[d][size_t(index[d])];
      base = i < 0 ? -1 : base + i * strides[d];
    }
    for (const int64_t i : source[last]) *to++ = base < 0 || i < 0 ? constant : from[base + i];
    size_t d = last;
    for (;;) {
      if (d == 0) return;
      --d;
      if (++index[d] < dims[d]) break;
      index[d] = 0;
    }
  }
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  std::optional<std::vector<int64_t>> axes;
  if (c.has_input(3)) axes = c.input(3).to_ints();
  const PadParams params = PHAROS_TRY(pad_params(c.node(), x.dims(), c.input(1).to_ints(), axes, c.limits().max_tensor_bytes));
  const Dims& dims = params.out;
  Tensor constant(x.dtype(), {});
  if (c.has_input(2) && c.input(2).count() > 0) {
    if (c.input(2).dtype() != x.dtype() || c.input(2).count() != 1)
      return bad_input(c.node(), 2,
                       "of " + std::string(dtype_name(c.input(2).dtype())) + " " + dims_text(c.input(2).dims()),
                       "a scalar of " + std::string(dtype_name(x.dtype())));
    constant = c.input(2);
  }
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  if (x.rank() == 0) {
    copy_run(y, 0, x, 0, 1);
    return {};
  }
  with_storage(x.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    copy_padded(static_cast<const E*>(x.data()), static_cast<E*>(y.data()), *static_cast<const E*>(constant.data()),
                dims, params.source, contiguous_strides(x.dims()));
  });
  return {};
}

// Before opset 11 pads (first called paddings) and value were attributes.
Result<void> attributes_to_inputs(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "paddings", 1);
  attr_to_input(graph, node, "pads", 1);
  float_attr_to_input(graph, node, "value", 2);
  return {};
}

}  // namespace

Result<PadParams> pad_params(const Node& node, std::span<const int64_t> x, const std::vector<int64_t>& pads,
                             const std::optional<std::vector<int64_t>>& axes, int64_t most) {
  const Mode mode = PHAROS_TRY(mode_of(node));
  const Pads widths = PHAROS_TRY(checked_pads(node, shape_of(pads), axes, int(x.size())));
  PadParams p{PHAROS_TRY(concrete_dims(node, PHAROS_TRY(result_shape(node, shape_of(x), widths)))), {}};
  const auto count = element_count(p.out);
  if (!count || *count > most) return too_large(node, "the result", "shape " + dims_text(p.out), fmt::format("{} elements", most));
  for (size_t d = 0; d < x.size() && *count > 0; ++d) {
    if (mode != Mode::Constant && x[d] == 0)
      return shapes_mismatch(node, fmt::format("axis {} is empty and cannot be repeated", d));
    p.source.push_back(source_indices(x[d], widths.before[d].number(), widths.after[d].number(), mode));
  }
  return p;
}

void define_pad(OpSet& ops) {
  ops.add({.name = "Pad",
           .since = 25,
           .doc = "Adds elements before and after along the axes; negative pads remove some.",
           .inputs = {{"data"},
                      {"pads", types::i64},
                      {"constant_value", types::any, Param::Kind::Optional},
                      {"axes", types::indices, Param::Kind::Optional}},
           .outputs = {{"output"}},
           .attributes = {{"mode", AttrType::String, false, "'constant' (default), 'reflect', 'edge' or 'wrap'"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, attributes_to_inputs}, {11, nullptr}}});
}

}  // namespace pharos
