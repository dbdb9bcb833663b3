#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Nothing where it depends on a symbol whether a dim is dropped.
Result<std::optional<Shape>> result_shape(const Node& node, const Shape& in,
                                          const std::optional<std::vector<int64_t>>& axes) {
  std::vector<bool> drop(in.size(), false);
  if (axes) {
    for (const int a : PHAROS_TRY(checked_axes(node, *axes, int(in.size())))) {
      const Dim& d = in[size_t(a)];
      if (d.is_number() && d.number() != 1)
        return shapes_mismatch(node, fmt::format("axis {} of [{}] is not 1", a, shape_text(in)));
      drop[size_t(a)] = true;
    }
  } else {
    for (size_t d = 0; d < in.size(); ++d) {
      if (!in[d].is_number()) return std::optional<Shape>();
      drop[d] = in[d].number() == 1;
    }
  }
  Shape out;
  for (size_t d = 0; d < in.size(); ++d)
    if (!drop[d]) out.push_back(in[d]);
  return std::optional<Shape>(std::move(out));
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const auto axes = c.has_input(1) ? constant_ints(c, 1) : std::nullopt;
  std::optional<Shape> out;
  if (x.shape && (axes || !c.has_input(1))) {
    out = PHAROS_TRY(result_shape(c.node(), *x.shape, axes));
  } else if (x.shape) {
    const auto n = known_length(c, 1);
    if (n && *n <= x.rank()) out = Shape(x.shape->size() - size_t(*n));
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  if (auto value = c.shape_value(0)) c.set_shape_value(0, std::move(*value));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  std::optional<std::vector<int64_t>> axes;
  if (c.has_input(1)) axes = c.input(1).to_ints();
  const auto out = PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), axes));
  c.set_output(0, x.reshaped(PHAROS_TRY(concrete_dims(c.node(), *out))));
  return {};
}

Result<void> axes_to_input(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "axes", 1);
  return {};
}

}  // namespace

void define_squeeze(OpSet& ops) {
  ops.add({.name = "Squeeze",
           .since = 25,
           .doc = "Drops dims of 1: the named ones, or all of them.",
           .inputs = {{"data"}, {"axes", types::i64, Param::Kind::Optional}},
           .outputs = {{"squeezed"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, axes_to_input}, {13, nullptr}}});
}

}  // namespace pharos
