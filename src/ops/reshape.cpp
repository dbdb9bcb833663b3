#include <fmt/format.h>

#include "ops/shape_rules.h"

namespace pharos {
namespace {

// The dim that -1 stands for: what is left of the input once dims that occur on both sides are taken out.
Dim remaining(Shape in, Shape out) {
  for (auto o = out.begin(); o != out.end();) {
    const auto same = std::find(in.begin(), in.end(), *o);
    if (same == in.end()) { ++o; continue; }
    in.erase(same);
    o = out.erase(o);
  }
  return floor_div(product(in), product(out));
}

// `in` may be unknown; the target's dims may be symbols.
Result<Shape> result_shape(const Node& node, const std::optional<Shape>& in, Shape target) {
  const bool keep_zero = node.attr_int("allowzero", 0) != 0;
  std::optional<size_t> open;
  bool has_zero = false;
  for (size_t i = 0; i < target.size(); ++i) {
    Dim& t = target[i];
    if (!t.is_number()) continue;
    if (t.number() == -1) {
      if (open) return bad_value(node, 1, "-1 twice", "one -1 at most");
      open = i;
    } else if (t.number() < 0) {
      return bad_value(node, 1, std::to_string(t.number()), "sizes, 0 or one -1");
    } else if (t.number() == 0 && !keep_zero) {
      if (in && i >= in->size())
        return bad_value(node, 1, fmt::format("0 at place {}", i),
                         fmt::format("0 only below the input's rank, {}", in->size()));
      t = in ? (*in)[i] : Dim();
    } else if (t.number() == 0) {
      has_zero = true;
    }
  }
  if (open && has_zero) return bad_value(node, 1, "both 0 and -1", "only one of them with allowzero");
  if (open) {
    Shape others = target;
    others.erase(others.begin() + int64_t(*open));
    target[*open] = in ? remaining(*in, std::move(others)) : Dim();
  }
  if (!in) return target;
  const Dim from = product(*in), to = product(target);
  if (from.is_number() && to.is_number() && !(from == to))
    return shapes_mismatch(node, fmt::format("cannot reshape [{}] to [{}]", shape_text(*in), shape_text(target)));
  return target;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (auto target = c.shape_value(1)) out = PHAROS_TRY(result_shape(c.node(), x.shape, std::move(*target)));
  else if (const auto n = known_length(c, 1); n && *n <= 64) out = Shape(size_t(*n));
  c.set_output(0, tensor_type(x.dtype, out));
  // A shape of one element that changes between scalar and 1-D.
  if (auto value = c.shape_value(0); value && out && out->size() <= 1) c.set_shape_value(0, std::move(*value));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &target = c.input(1);
  PHAROS_TRY(check_rank(c.node(), 1, target.rank(), 1, 1));
  if (target.count() > c.limits().max_rank)
    return too_large(c.node(), "rank of an output", std::to_string(target.count()),
                     std::to_string(c.limits().max_rank));
  const Shape in = shape_of(x.dims());
  const Dims dims =
      PHAROS_TRY(concrete_dims(c.node(), PHAROS_TRY(result_shape(c.node(), in, shape_of(target.to_ints())))));
  if (element_count(dims) != x.count())
    return shapes_mismatch(c.node(), fmt::format("cannot reshape {} to {}", dims_text(x.dims()), dims_text(dims)));
  c.set_output(0, x.reshaped(dims));
  return {};
}

Result<void> shape_to_input(Graph& graph, NodeId node, int) {
  erase_attr(graph, node, "consumed_inputs");
  attr_to_input(graph, node, "shape", 1);
  return {};
}

}  // namespace

void define_reshape(OpSet& ops) {
  ops.add({.name = "Reshape",
           .since = 25,
           .doc = "Same elements, another shape; one -1 is computed, 0 copies the input's dim.",
           .inputs = {{"data"}, {"shape", types::i64}},
           .outputs = {{"reshaped"}},
           .attributes = {{"allowzero", AttrType::Int, false, "1: 0 is a size, not a copy (0)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, shape_to_input}, {5, nullptr}}});
}

}  // namespace pharos
