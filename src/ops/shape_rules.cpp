#include "ops/shape_rules.h"

#include <climits>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/early_types.h"

namespace pharos {

Result<DType> infer_dtype(InferContext& c, size_t first, size_t last) {
  DType found = DType::undefined;
  for (size_t i = first; i < last; ++i) {
    if (!c.has_input(i)) continue;
    const DType t = c.input(i).dtype;
    if (t == DType::undefined) continue;
    if (found == DType::undefined) found = t;
    else if (t != found)
      return bad_input(c.node(), i, fmt::format("of element type {}", dtype_name(t)), std::string(dtype_name(found)));
  }
  return found;
}

Result<std::optional<Shape>> infer_broadcast(InferContext& c, size_t first, size_t last) {
  std::optional<Shape> out = Shape();
  for (size_t i = first; i < last; ++i) {
    if (!c.has_input(i)) continue;
    const auto& shape = c.input(i).shape;
    if (!shape) return std::optional<Shape>();
    auto next = broadcast(*out, *shape);
    if (!next)
      return shapes_mismatch(c.node(),
                             fmt::format("cannot broadcast [{}] with [{}]", shape_text(*out), shape_text(*shape)));
    out = std::move(next);
  }
  return out;
}

Result<void> infer_same(InferContext& c) {
  c.set_output(0, c.input(0));
  return {};
}

Result<void> infer_same_broadcast(InferContext& c) {
  const size_t n = c.node().inputs.size();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, n));
  c.set_output(0, tensor_type(t, PHAROS_TRY(infer_broadcast(c, 0, n))));
  return {};
}

Type tensor_of_rank(DType dtype, int rank) { return Type::tensor(dtype, Shape(size_t(rank < 0 ? 0 : rank))); }

Type tensor_type(DType dtype, std::optional<Shape> shape) {
  return shape ? Type::tensor(dtype, std::move(*shape)) : Type::tensor(dtype);
}

std::optional<std::vector<int64_t>> constant_ints(const InferContext& c, size_t i) {
  if (const Tensor* t = c.constant(i)) return t->to_ints();
  if (const auto s = c.shape_value(i)) return concrete(*s);
  return std::nullopt;
}

std::optional<int64_t> known_length(const InferContext& c, size_t i) {
  if (const auto s = c.shape_value(i)) return int64_t(s->size());
  const auto& shape = c.input(i).shape;
  if (shape && shape->size() == 1) return shape->front().maybe_number();
  return std::nullopt;
}

Result<void> check_same_dtype(EvalContext& c, size_t first, size_t last) {
  for (size_t i = first + 1; i < last; ++i)
    if (c.has_input(i) && c.input(i).dtype() != c.input(first).dtype())
      return bad_input(c.node(), i, fmt::format("of element type {}", dtype_name(c.input(i).dtype())),
                       std::string(dtype_name(c.input(first).dtype())));
  return {};
}

Result<Dims> concrete_dims(const Node& node, const Shape& shape) {
  Dims out;
  for (const Dim& d : shape) {
    if (!d.is_number()) return too_large(node, "an output dim", "more than 2^63 elements", "2^63 elements");
    if (d.number() < 0) return shapes_mismatch(node, fmt::format("an output dim would be {}", d.number()));
    out.push_back(d.number());
  }
  return out;
}

Result<void> check_rank(const Node& node, size_t input, int rank, int least, int most) {
  if (rank >= least && rank <= most) return {};
  return bad_input(node, input, fmt::format("of rank {}", rank),
                   least == most     ? fmt::format("rank {}", least)
                   : most == INT_MAX ? fmt::format("rank {} or more", least)
                                     : fmt::format("rank {} to {}", least, most));
}

void erase_attr(Graph& graph, NodeId node, std::string_view name) {
  auto& attributes = graph.node(node).attributes;
  if (const auto it = attributes.find(name); it != attributes.end()) attributes.erase(it);
}

ValueId add_ints(Graph& graph, std::string_view name, std::span<const int64_t> values) {
  return graph.add_constant(std::string(name), Tensor::vector_i64(values));
}

void attr_to_input(Graph& graph, NodeId node, std::string_view attribute, size_t input) {
  const Node& n = graph[node];
  std::vector<int64_t> values;
  if (const auto* ints = n.attr<std::vector<int64_t>>(attribute)) values = *ints;
  else if (const auto* one = n.attr<int64_t>(attribute)) values = {*one};
  else return;
  const ValueId v = add_ints(graph, fmt::format("{}_{}", n.name, attribute), values);
  graph.set_input(node, input, v);
  erase_attr(graph, node, attribute);
}

Result<void> drop_consumed_inputs(Graph& graph, NodeId node, int) {
  erase_attr(graph, node, "consumed_inputs");
  return {};
}

void float_attr_to_input(Graph& graph, NodeId node, std::string_view attribute, size_t input) {
  const Node n = graph[node];
  const float* value = n.attr<float>(attribute);
  if (!value) return;
  const DType dtype = n.has_input(0) ? early_dtype(graph, n.inputs[0]) : DType::f32;
  const std::string name = fmt::format("{}_{}", n.name, attribute);
  ValueId v;
  if (dtype == DType::undefined) {
    const ValueId f32 = graph.add_constant(name, Tensor::scalar_f32(*value));
    v = graph.add("CastLike", {f32, n.inputs[0]}, {}, name + "_cast", n.origin);
  } else {
    Tensor scalar(dtype, {});
    store(scalar, 0, 1, value);
    v = graph.add_constant(name, std::move(scalar));
  }
  graph.set_input(node, input, v);
  erase_attr(graph, node, attribute);
}

namespace {

// [rank] of a value as a 1-D tensor.
ValueId rank_of(Graph& graph, ValueId v, const std::string& name, const std::vector<std::string>& origin) {
  const ValueId shape = graph.add("Shape", {v}, {}, name + "_shape", origin);
  return graph.add("Shape", {shape}, {}, name + "_rank", origin);
}

}  // namespace

void align_input_at(Graph& graph, NodeId node, size_t input, int64_t axis) {
  const Node n = graph[node];
  if (!n.has_input(0) || !n.has_input(input)) return;  // reported when the node is checked
  const ValueId a = n.inputs[0], b = n.inputs[input];
  if (axis < -64 || axis > 64) return;  // no legal axis; reported where the shapes meet
  const auto rank_a = early_rank(graph, a), rank_b = early_rank(graph, b);
  const std::string name = n.name + "_align";
  if (rank_b && (rank_a || axis < 0)) {
    const int64_t ones = (axis < 0 ? -axis : *rank_a - axis) - *rank_b;
    if (ones <= 0) return;
    std::vector<int64_t> target(size_t(*rank_b), 0);
    target.insert(target.end(), size_t(ones), 1);
    graph.set_input(node, input, graph.add("Reshape", {b, add_ints(graph, name + "_to", target)}, {}, name, n.origin));
    return;
  }
  const auto add = [&](const char* op, std::vector<ValueId> in, Attributes attributes = {}) {
    return graph.add(op, std::move(in), std::move(attributes), name, n.origin);
  };
  const int64_t offset = axis < 0 ? -axis : axis;
  ValueId ones = add_ints(graph, name + "_axis", std::span(&offset, 1));
  if (axis >= 0) ones = add("Sub", {rank_of(graph, a, name + "_a", n.origin), ones});
  ones = add("Sub", {ones, rank_of(graph, b, name + "_b", n.origin)});
  const int64_t zero = 0, one = 1;
  ones = add("Max", {ones, add_ints(graph, name + "_zero", std::span(&zero, 1))});
  const ValueId tail = add("ConstantOfShape", {ones}, {{"value", Tensor::vector_i64(std::span(&one, 1))}});
  const ValueId target = add("Concat", {add("Shape", {b}), tail}, {{"axis", int64_t{0}}});
  graph.set_input(node, input, add("Reshape", {b, target}, {{"allowzero", int64_t{1}}}));
}

}  // namespace pharos
