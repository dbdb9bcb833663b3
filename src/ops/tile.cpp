#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Shape> result_shape(const Node& node, Shape in, const Shape& repeats) {
  if (repeats.size() != in.size())
    return bad_value(node, 1, fmt::format("{} repeats", repeats.size()),
                     fmt::format("{}, the rank of the input", in.size()));
  for (size_t d = 0; d < in.size(); ++d) {
    if (repeats[d].is_number() && repeats[d].number() < 0)
      return bad_value(node, 1, std::to_string(repeats[d].number()), "repeats of 0 or more");
    in[d] = in[d] * repeats[d];
  }
  return in;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  const auto repeats = c.shape_value(1);
  if (x.shape && repeats) out = PHAROS_TRY(result_shape(c.node(), *x.shape, *repeats));
  else if (x.shape) out = Shape(x.shape->size());
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

// Every axis becomes two: the copies, with stride 0, and the elements.
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Dims repeats = c.input(1).to_ints();
  const Dims dims =
      PHAROS_TRY(concrete_dims(c.node(), PHAROS_TRY(result_shape(c.node(), shape_of(x.dims()), shape_of(repeats)))));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  const Strides own = contiguous_strides(x.dims());
  Dims space;
  Strides from;
  for (size_t d = 0; d < dims.size(); ++d) {
    space.insert(space.end(), {repeats[d], x.dims()[d]});
    from.insert(from.end(), {0, own[d]});
  }
  copy_strided(y, 0, contiguous_strides(space), x, 0, from, space);
  return {};
}

// Before opset 6: a number of copies and one axis, both as tensors of one element.
Result<void> repeat_one_axis(Graph& graph, NodeId id, int) {
  const Node n = graph[id];
  if (!n.has_input(0) || !n.has_input(1) || !n.has_input(2)) return bad_input(n, 2, "left out", "an axis");
  const auto add = [&](const char* op, std::vector<ValueId> in, Attributes attributes = {}) {
    return graph.add(op, std::move(in), std::move(attributes), n.name + "_repeats", n.origin);
  };
  const int64_t one = 1;
  const ValueId single = add_ints(graph, n.name + "_one", std::span(&one, 1));
  const auto as_index = [&](ValueId v) {
    return add("Reshape", {add("Cast", {v}, {{"to", int64_t(DType::i64)}}), single});
  };
  const ValueId rank = add("Shape", {add("Shape", {n.inputs[0]})});
  const ValueId ones = add("ConstantOfShape", {rank}, {{"value", Tensor::vector_i64(std::span(&one, 1))}});
  graph.set_input(id, 1, add("ScatterElements", {ones, as_index(n.inputs[2]), as_index(n.inputs[1])}));
  graph.set_input(id, 2, ValueId{});
  graph.node(id).inputs.resize(2);
  return {};
}

}  // namespace

void define_tile(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Tile",
           .since = 13,
           .doc = "Repeats a tensor along each axis.",
           .inputs = {{"input", t}, {"repeats", types::i64}},
           .outputs = {{"output", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, repeat_one_axis}, {6, nullptr}}});
}

}  // namespace pharos
