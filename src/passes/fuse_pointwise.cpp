// Groups of elementwise f32 nodes become one pharos::Pointwise: memory is then read and written once. A node joins the
// group of its reader if all of its readers are in it and it has the shape of the result, so that nothing is computed
// twice and nothing more often than before.

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include "ops/fused/pointwise_program.h"
#include "passes/activation_of.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

constexpr size_t max_instructions = 24, max_inputs = 8;

std::optional<PointwiseOp> simple_op(std::string_view op) {
  using enum PointwiseOp;
  static constexpr std::pair<std::string_view, PointwiseOp> table[] = {
      {"Add", Add}, {"Sub", Sub}, {"Mul", Mul}, {"Div", Div}, {"Max", Max}, {"Min", Min}, {"Pow", Pow}, {"Sum", Add},
      {"Exp", Exp}, {"Log", Log}, {"Sqrt", Sqrt}, {"Neg", Neg}, {"Abs", Abs}, {"Erf", Erf}, {"Reciprocal", Reciprocal},
      {"Floor", Floor}, {"Ceil", Ceil}};
  for (const auto& [name, value] : table)
    if (name == op) return value;
  return std::nullopt;
}

std::optional<PointwiseInstruction> as_instruction(const Activation& a) {
  const auto op = pointwise_from_name(activation_name(a.kind));
  if (!op) return std::nullopt;
  return PointwiseInstruction{.op = *op, .alpha = a.alpha, .beta = a.beta};
}

bool eligible(const Graph& g, const Node& n) {
  if (!n.domain.empty() || n.outputs.size() != 1 || !n.outputs[0] || dtype_of(g, n.outputs[0]) != DType::f32)
    return false;
  if (!rank_of(g, n.outputs[0])) return false;
  if (const auto a = activation_of(g, n)) return as_instruction(*a).has_value();
  if (!simple_op(n.op) || n.inputs.empty()) return false;
  return std::all_of(n.inputs.begin(), n.inputs.end(), [&](ValueId v) { return v && dtype_of(g, v) == DType::f32; });
}

struct Group {
  std::vector<NodeId> nodes;  // the root first, then in the order of joining
  bool has(NodeId id) const { return std::find(nodes.begin(), nodes.end(), id) != nodes.end(); }
};

// Translates a group to a program. Registers of inputs come first, so values are named before they are numbered.
class Program {
 public:
  Program(const Graph& g, const Group& group, const std::vector<NodeId>& order) : g_(g), group_(group) {
    for (const NodeId id : order) collect(g[id]);
    for (const NodeId id : order) translate(g[id]);
  }
  bool fits() const { return code_.size() <= max_instructions && inputs_.size() <= max_inputs; }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  std::vector<std::string> text() const {
    std::vector<std::string> out;
    for (const PointwiseInstruction& i : code_) out.push_back(pointwise_text(i));
    return out;
  }

 private:
  size_t operands(const Node& n) const { return activation_of(g_, n) ? 1 : n.inputs.size(); }
  std::optional<double> number(ValueId v) const {
    const auto c = g_.constant(v) ? scalar_of(g_, v) : std::nullopt;
    return c && !std::isnan(*c) ? c : std::nullopt;
  }
  void collect(const Node& n) {
    for (size_t i = 0; i < operands(n); ++i) {
      const ValueId v = n.inputs[i];
      if (group_.has(g_.producer(v)) || number(v) || registers_.contains(v)) continue;
      registers_[v] = int(inputs_.size());
      inputs_.push_back(v);
    }
  }
  int append(PointwiseInstruction i) {
    code_.push_back(i);
    return int(inputs_.size() + code_.size()) - 1;
  }
  int constant(double v) {
    const auto [at, fresh] = constants_.try_emplace(float(v), 0);
    if (fresh) at->second = append({.op = PointwiseOp::Const, .alpha = float(v)});
    return at->second;
  }
  int operand(ValueId v) {
    const auto c = number(v);
    return c ? constant(*c) : registers_.at(v);
  }
  int power(const Node& n) {
    const auto e = number(n.inputs[1]);
    const int x = operand(n.inputs[0]);
    if (e && *e == 0.5) return append({.op = PointwiseOp::Sqrt, .a = x});
    if (!e || (*e != 2 && *e != 3)) return append({.op = PointwiseOp::Pow, .a = x, .b = operand(n.inputs[1])});
    const int square = append({.op = PointwiseOp::Mul, .a = x, .b = x});
    return *e == 2 ? square : append({.op = PointwiseOp::Mul, .a = square, .b = x});
  }
  void translate(const Node& n) {
    int result;
    if (const auto a = activation_of(g_, n)) {
      PointwiseInstruction i = *as_instruction(*a);
      i.a = operand(n.inputs[0]);
      result = append(i);
    } else if (n.op == "Pow") {
      result = power(n);
    } else {
      const PointwiseOp op = *simple_op(n.op);
      const bool unary = pointwise_operands(op) == 1;
      result = operand(n.inputs[0]);
      if (unary) result = append({.op = op, .a = result});
      for (size_t k = 1; k < n.inputs.size(); ++k) {
        const int right = operand(n.inputs[k]);
        result = append({.op = op, .a = result, .b = right});
      }
    }
    registers_[n.outputs[0]] = result;
  }

  const Graph& g_;
  const Group& group_;
  std::vector<ValueId> inputs_;
  std::map<ValueId, int> registers_;
  std::map<float, int> constants_;
  std::vector<PointwiseInstruction> code_;
};

// The nodes of the group, operands first.
std::vector<NodeId> in_order(const Group& group, const std::vector<size_t>& position) {
  std::vector<NodeId> out = group.nodes;
  std::sort(out.begin(), out.end(), [&](NodeId a, NodeId b) { return position[a.index] < position[b.index]; });
  return out;
}

bool joins(const Graph& g, const Group& group, NodeId id, ValueId result) {
  const ValueId y = g[id].outputs[0];
  if (g.is_output(y) || !same_shape(g, y, result)) return false;
  const auto& uses = g.value(y).uses;
  return std::all_of(uses.begin(), uses.end(), [&](NodeId user) { return group.has(user); });
}

Group grow(const Graph& g, NodeId root, const std::vector<size_t>& position, const std::set<NodeId>& taken) {
  Group group{{root}};
  const ValueId result = g[root].outputs[0];
  for (bool grown = true; grown;) {
    grown = false;
    std::vector<NodeId> candidates;
    for (const NodeId member : group.nodes)
      for (const ValueId v : g[member].inputs)
        if (const NodeId p = g.producer(v); p && !group.has(p) && !taken.contains(p) && eligible(g, g[p]))
          candidates.push_back(p);
    for (const NodeId p : candidates) {
      if (group.has(p) || !joins(g, group, p, result)) continue;
      group.nodes.push_back(p);
      if (Program(g, group, in_order(group, position)).fits()) grown = true;
      else group.nodes.pop_back();
    }
  }
  return group;
}

// Constants became part of the program: the remaining inputs must still give the shape of the result.
bool inputs_give_shape(const Graph& g, const std::vector<ValueId>& inputs, ValueId result) {
  std::optional<Shape> shape;
  for (const ValueId v : inputs) {
    if (same_shape(g, v, result)) return true;
    const auto own = shape_of(g, v);
    shape = !own ? std::nullopt : shape ? broadcast(*shape, *own) : own;
    if (!shape) return false;
  }
  return shape && same_shape(*shape, *shape_of(g, result));
}

bool rewrite(Graph& g, const Group& group, const std::vector<size_t>& position) {
  const auto order = in_order(group, position);
  const Program program(g, group, order);
  const NodeId root = group.nodes[0];
  if (!program.fits() || program.inputs().empty() || !inputs_give_shape(g, program.inputs(), g[root].outputs[0]))
    return false;
  Node fused = make_node("Pointwise", program.inputs(), {{"program", program.text()}}, "pharos");
  replace_node(g, root, std::move(fused), order);
  return true;
}

}  // namespace

Result<int> fuse_pointwise(Graph& g, PassContext& c) {
  if (!c.takes("pharos", "Pointwise", DType::f32)) return 0;
  const auto order = g.topological_order();
  std::vector<size_t> position(g.node_slots());
  for (size_t i = 0; i < order.size(); ++i) position[order[i].index] = i;
  int rewrites = 0;
  std::set<NodeId> taken;
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    if (taken.contains(*id) || !g.is_alive(*id) || !eligible(g, g[*id])) continue;
    const Group group = grow(g, *id, position, taken);
    if (group.nodes.size() < 2) continue;
    taken.insert(group.nodes.begin(), group.nodes.end());
    if (rewrite(g, group, position)) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
