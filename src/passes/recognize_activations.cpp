#include <algorithm>
#include <cmath>

#include "passes/activation_of.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

void become(Graph& g, NodeId root, std::string op, ValueId x, Attributes attributes = {}) {
  const auto absorbed = between(g, root, {x});
  replace_node(g, root, make_node(std::move(op), {x}, std::move(attributes)), absorbed);
}

void become_clip(Graph& g, NodeId root, ValueId x, const Bounds& b) {
  if (b.low == 0 && std::isinf(b.high)) return become(g, root, "Relu", x);
  const DType t = dtype_of(g, x);
  Node n = make_node("Clip", {x});
  if (!std::isinf(b.low) || !std::isinf(b.high))
    n.inputs.push_back(std::isinf(b.low) ? ValueId{} : g.add_constant("low", float_tensor(t, {}, {&b.low, 1})));
  if (!std::isinf(b.high)) n.inputs.push_back(g.add_constant("high", float_tensor(t, {}, {&b.high, 1})));
  const auto absorbed = between(g, root, {x});
  replace_node(g, root, std::move(n), absorbed);
}

// Max(x, c) and Min(x, c)
bool max_min(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("Max") && !n.is("Min")) return false;
  const auto s = with_scalar(g, n);
  if (!s || std::isnan(s->c) || !same_type(g, s->x, n.outputs[0])) return false;
  const Bounds b{n.op == "Max" ? s->c : -INFINITY, n.op == "Max" ? INFINITY : s->c};
  become_clip(g, id, s->x, b);
  return true;
}

// A Clip or Relu after another; a Clip that is a Relu.
bool merge_clips(Graph& g, NodeId id) {
  const Node& n = g[id];
  const auto outer = bounds_of(g, n);
  if (!outer || !(outer->low <= outer->high)) return false;
  const NodeId p = g.producer(n.inputs[0]);
  const auto inner = p && read_once(g, n.inputs[0]) ? bounds_of(g, g[p]) : std::nullopt;
  if (inner && inner->low <= inner->high) {
    const auto clamp = [&](double v) { return std::min(std::max(v, outer->low), outer->high); };
    become_clip(g, id, g[p].inputs[0], {clamp(inner->low), clamp(inner->high)});
    return true;
  }
  if (n.is("Clip") && outer->low == 0 && std::isinf(outer->high)) {
    become(g, id, "Relu", n.inputs[0]);
    return true;
  }
  return false;
}

// Clip(x + 3, 0, 6)
ValueId shifted_clip(const Graph& g, ValueId v) {
  const NodeId p = g.producer(v);
  if (!p || !g[p].is("Clip") || !read_once(g, v)) return {};
  const auto b = bounds_of(g, g[p]);
  if (!b || b->low != 0 || b->high != 6) return {};
  const auto sum = sum_with_scalar(g, g[p].inputs[0]);
  return sum && sum->c == 3 ? sum->x : ValueId{};
}

// f such that the other factor is f(x)
std::string gate_of(const Graph& g, ValueId x, ValueId gate, double c, double tolerance) {
  const NodeId p = g.producer(gate);
  if (!p || !read_once(g, gate)) return "";
  const Node& n = g[p];
  if (shifted_clip(g, gate) == x) return near(c, 1.0 / 6, tolerance) ? "HardSwish" : "";
  if (!near(c, 1, tolerance) || n.inputs.empty()) return "";
  if (n.is("Sigmoid") && n.inputs[0] == x) return "Swish";
  if (n.is("HardSigmoid") && n.inputs[0] == x && near(n.attr_float("alpha", 0.2f), 1.0 / 6, 1e-3) &&
      near(n.attr_float("beta", 0.5f), 0.5, 1e-3))
    return "HardSwish";
  if (n.is("Tanh"))
    if (const Node* s = made_by(g, n.inputs[0], "Softplus"); s && s->inputs[0] == x && read_once(g, n.inputs[0]))
      return "Mish";
  return "";
}

bool product(Graph& g, NodeId id, const PassContext& c) {
  const Node& n = g[id];
  if (!n.is("Mul") && !n.is("Div")) return false;
  const Product p = product_of(g, n.outputs[0], 3);
  const double tolerance = tolerance_for(dtype_of(g, n.outputs[0]));
  if (p.factors.size() == 1 && near(p.c, 1.0 / 6, tolerance))
    if (const ValueId x = shifted_clip(g, p.factors[0])) {
      become(g, id, "HardSigmoid", x, {{"alpha", 1.0f / 6}, {"beta", 0.5f}});
      return true;
    }
  if (p.factors.size() != 2) return false;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ValueId x = p.factors[i];
    const std::string op = gate_of(g, x, p.factors[1 - i], p.c, tolerance);
    if (op.empty() || !c.takes("", op, dtype_of(g, x))) continue;
    become(g, id, op, x);
    return true;
  }
  return false;
}

// x such that v = 1 + exp(-x)
ValueId one_plus_exp(const Graph& g, ValueId v, bool negated) {
  const auto sum = sum_with_scalar(g, v);
  if (!sum || sum->c != 1 || !read_once(g, v)) return {};
  const Node* e = made_by(g, sum->x, "Exp");
  if (!e || !read_once(g, sum->x)) return {};
  if (!negated) return e->inputs[0];
  const Node* m = made_by(g, e->inputs[0], "Neg");
  return m ? m->inputs[0] : ValueId{};
}

// Sigmoid, Swish and Softplus by exponentials
bool exponentials(Graph& g, NodeId id, const PassContext& c) {
  const Node& n = g[id];
  if (n.is("Log")) {
    const ValueId x = one_plus_exp(g, n.inputs[0], false);
    if (x) become(g, id, "Softplus", x);
    return bool(x);
  }
  if (n.is("Reciprocal")) {
    const ValueId x = one_plus_exp(g, n.inputs[0], true);
    if (x) become(g, id, "Sigmoid", x);
    return bool(x);
  }
  if (!n.is("Div")) return false;
  const ValueId x = one_plus_exp(g, n.inputs[1], true);
  if (!x) return false;
  if (scalar_of(g, n.inputs[0]) == std::optional(1.0) && same_type(g, x, n.outputs[0])) {
    become(g, id, "Sigmoid", x);
    return true;
  }
  if (n.inputs[0] != x || !c.takes("", "Swish", dtype_of(g, x))) return false;
  become(g, id, "Swish", x);
  return true;
}

// Clip(a * x + b, 0, 1)
bool hard_sigmoid(Graph& g, NodeId id) {
  const Node& n = g[id];
  const auto bounds = n.is("Clip") ? bounds_of(g, n) : std::nullopt;
  if (!bounds || bounds->low != 0 || bounds->high != 1) return false;
  const auto sum = sum_with_scalar(g, n.inputs[0]);
  if (!sum || !read_once(g, n.inputs[0])) return false;
  const Node* m = made_by(g, sum->x, "Mul");
  if (!m) m = made_by(g, sum->x, "Div");
  const auto s = m && read_once(g, sum->x) ? with_scalar(g, *m) : std::nullopt;
  if (!s || (m->op == "Div" && (s->constant_first || s->c == 0))) return false;
  const double slope = m->op == "Div" ? 1 / s->c : s->c;
  become(g, id, "HardSigmoid", s->x, {{"alpha", float(slope)}, {"beta", float(sum->c)}});
  return true;
}

}  // namespace

Result<int> recognize_activations(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !g[id].domain.empty() || g[id].inputs.empty() || g[id].outputs.empty()) continue;
    if (!g[id].outputs[0] || !is_float(dtype_of(g, g[id].outputs[0]))) continue;
    if (max_min(g, id) || merge_clips(g, id) || hard_sigmoid(g, id) || product(g, id, c) || exponentials(g, id, c))
      ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
