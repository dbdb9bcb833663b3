#pragma once
// Helps a rewrite of an operator into others: new nodes carry the name and origin of the old one, which is dropped at the end.

#include <string>

#include "ops/shape_rules.h"

namespace pharos {

class Rewriter {
 public:
  Graph& graph;
  const Node node;  // a copy: adding nodes moves the arena
  const NodeId id;

  Rewriter(Graph& g, NodeId i) : graph(g), node(g[i]), id(i) {}

  // The first `inputs` inputs and the first output must be there.
  Result<void> check(size_t inputs) const {
    for (size_t i = 0; i < inputs; ++i)
      if (!node.has_input(i)) return bad_input(node, i, "left out", "a tensor");
    if (!node.has_output(0)) return shapes_mismatch(node, "has no output");
    return {};
  }
  bool has(size_t i) const { return node.has_input(i); }
  ValueId in(size_t i) const { return has(i) ? node.inputs[i] : ValueId{}; }
  const Type& type(ValueId v) const { return graph.value(v).type; }

  ValueId add(const char* op, std::vector<ValueId> inputs, Attributes attributes = {}, const char* domain = "") {
    return graph.add(op, std::move(inputs), std::move(attributes), node.name, node.origin, domain);
  }
  // A node with several outputs.
  std::vector<ValueId> add_many(const char* op, std::vector<ValueId> inputs, size_t outputs, Attributes attributes = {}) {
    Node n;
    n.op = op;
    n.name = node.name;
    n.inputs = std::move(inputs);
    n.attributes = std::move(attributes);
    n.origin = node.origin;
    for (size_t i = 0; i < outputs; ++i) n.outputs.push_back(graph.add_value(graph.unique_name(node.name)));
    std::vector<ValueId> out = n.outputs;
    graph.add_node(std::move(n));
    return out;
  }
  ValueId ints(std::initializer_list<int64_t> values) { return add_ints(graph, node.name + "_ints", std::span(values.begin(), values.size())); }
  ValueId ints(std::span<const int64_t> values) { return add_ints(graph, node.name + "_ints", values); }
  ValueId number(float v) { return graph.add_constant(node.name + "_number", Tensor::scalar_f32(v)); }
  // A constant with the element type of input i.
  ValueId like(size_t i, const Tensor& t) { return add("CastLike", {graph.add_constant(node.name + "_constant", t), in(i)}); }

  // Readers of output o read `v` from now on.
  void replace(size_t o, ValueId v) {
    if (node.has_output(o)) graph.replace_uses(node.outputs[o], v);
  }
  Result<void> finish(ValueId y) {
    replace(0, y);
    return finish();
  }
  Result<void> finish() {
    graph.erase(id);
    return {};
  }
  // Output o is there and somebody reads it.
  bool used(size_t o) const {
    return node.has_output(o) && (!graph.value(node.outputs[o]).uses.empty() || graph.is_output(node.outputs[o]));
  }
};

}  // namespace pharos
