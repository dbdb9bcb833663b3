#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, const Shape& in, std::span<const int64_t> axes) {
  const size_t rank = in.size() + axes.size();
  std::vector<bool> fresh(rank, false);
  for (const int a : PHAROS_TRY(checked_axes(node, axes, int(rank)))) fresh[size_t(a)] = true;
  Shape out;
  size_t next = 0;
  for (size_t d = 0; d < rank; ++d) out.push_back(fresh[d] ? Dim(1) : in[next++]);
  return out;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (const auto axes = constant_ints(c, 1); axes && axes->size() <= 64 && x.shape)
    out = PHAROS_TRY(result_shape(c.node(), *x.shape, *axes));
  else if (const auto n = known_length(c, 1); n && *n <= 64 && x.shape)
    out = Shape(x.shape->size() + size_t(*n));
  c.set_output(0, tensor_type(x.dtype, out));
  if (auto value = c.shape_value(0); value && out && out->size() <= 1) c.set_shape_value(0, std::move(*value));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &axes = c.input(1);
  if (x.rank() + axes.count() > c.limits().max_rank)
    return too_large(c.node(), "rank of an output", std::to_string(x.rank() + axes.count()),
                     std::to_string(c.limits().max_rank));
  const Shape out = PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), axes.to_ints()));
  c.set_output(0, x.reshaped(PHAROS_TRY(concrete_dims(c.node(), out))));
  return {};
}

Result<void> axes_to_input(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "axes", 1);
  return {};
}

}  // namespace

void define_unsqueeze(OpSet& ops) {
  ops.add({.name = "Unsqueeze",
           .since = 25,
           .doc = "Inserts dims of 1 at the given places of the result.",
           .inputs = {{"data"}, {"axes", types::i64}},
           .outputs = {{"expanded"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, axes_to_input}, {13, nullptr}}});
}

}  // namespace pharos
