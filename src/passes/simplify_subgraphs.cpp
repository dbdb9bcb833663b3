// The bodies of control flow see what is known outside: captured constants become their own, and the passes that only
// simplify run on them. Fusing inside bodies is left to the pipeline of whoever compiles them as graphs of their own.

#include <algorithm>

#include "ops/infer.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

struct Body { std::string attribute; Graph graph; };

std::vector<Body> bodies_of(const Node& n) {
  std::vector<Body> out;
  for (const auto& [key, value] : n.attributes)
    if (const auto* sub = std::get_if<SharedGraph>(&value); sub && *sub) out.push_back({key, **sub});
  return out;
}

// Larger constants stay outside: each body would store its own copy.
constexpr size_t max_sunk_bytes = 64 << 10;

// The formal input of a body that stands for a capture, counted from the front of the captures.
size_t input_of_capture(const Body& b, const Node& n, size_t capture) {
  return b.graph.inputs().size() - n.captures + capture;
}

// Inside, readers of a captured constant read a constant of the body. Returns whether the capture is still read.
bool sink_capture(const Graph& g, const Node& n, size_t capture, Body& b) {
  const ValueId inner = b.graph.inputs()[input_of_capture(b, n, capture)];
  const ValueId outer = n.inputs[n.formal_inputs() + capture];
  if (b.graph.is_output(inner)) return true;
  const Tensor* constant = g.constant(outer);
  if (constant && constant->bytes() <= max_sunk_bytes && !b.graph.value(inner).uses.empty())
    b.graph.replace_uses(inner, b.graph.add_constant(b.graph.value(inner).name, g.value(outer).constant));
  return !b.graph.value(inner).uses.empty();
}

// Makes captured constants constants of the bodies, and leaves out captures that no body reads.
int sink_captures(Graph& g, NodeId id, std::vector<Body>& bodies) {
  const Node n = g[id];
  std::vector<bool> keep(n.captures);
  for (const Body& b : bodies)
    if (b.graph.inputs().size() < n.captures) return 0;
  for (size_t k = 0; k < n.captures; ++k)
    for (Body& b : bodies)
      if (sink_capture(g, n, k, b)) keep[k] = true;
  const auto dropped = std::count(keep.begin(), keep.end(), false);
  if (!dropped) return 0;

  Node fresh = n;
  fresh.captures = n.captures - uint32_t(dropped);
  fresh.inputs.resize(n.formal_inputs());
  for (size_t k = 0; k < n.captures; ++k)
    if (keep[k]) fresh.inputs.push_back(n.inputs[n.formal_inputs() + k]);
  for (Body& b : bodies) {
    std::vector<ValueId> formal(b.graph.inputs().begin(), b.graph.inputs().end() - n.captures);
    for (size_t k = 0; k < n.captures; ++k)
      if (keep[k]) formal.push_back(b.graph.inputs()[input_of_capture(b, n, k)]);
    b.graph.set_inputs(std::move(formal));
    b.graph.compact();
    fresh.attributes[b.attribute] = std::make_shared<const Graph>(b.graph);
  }
  replace_node(g, id, std::move(fresh));
  return int(dropped);
}

// A capture has the type that it has outside. What Loop and Scan carry from trip to trip may change its shape, whatever
// the model declares, and so may everything computed from it.
void set_types(const Graph& g, const Node& n, Graph& body) {
  if (!n.is("If")) {
    for (uint32_t v = 0; v < body.value_slots(); ++v) {
      Value& value = body.value(ValueId{v});
      if (value.is_input && value.type.is_tensor()) value.type = Type::tensor(value.type.dtype);
      else if (!value.constant) value.type = {};
    }
  }
  for (size_t i = 0; i < n.captures && i < body.inputs().size(); ++i) {
    const ValueId outer = n.inputs[n.inputs.size() - 1 - i];
    if (outer) body.value(body.inputs()[body.inputs().size() - 1 - i]).type = g.value(outer).type;
  }
}

}  // namespace

Result<int> simplify_subgraphs(Graph& g, PassContext& c) {
  if (c.depth >= c.limits.max_depth || !c.simplify_nested) return 0;
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    std::vector<Body> bodies = bodies_of(g[id]);
    if (bodies.empty()) continue;
    int changed = 0;
    for (Body& b : bodies) {
      set_types(g, g[id], b.graph);
      (void)infer_types(b.graph, c.ops, {.limits = c.limits}).has_value();
      ++c.depth;
      changed += PHAROS_TRY(c.simplify_nested(b.graph, c));
      --c.depth;
    }
    if (changed) {
      for (Body& b : bodies) {
        b.graph.compact();
        g.node(id).attributes[b.attribute] = std::make_shared<const Graph>(b.graph);
      }
    }
    rewrites += changed;
    rewrites += sink_captures(g, id, bodies);
  }
  return rewrites;
}

}  // namespace pharos::passes
