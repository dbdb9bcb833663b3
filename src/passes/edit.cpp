#include "passes/edit.h"

#include <fmt/format.h>

namespace pharos::passes {

bool replace_value(Graph& g, ValueId from, ValueId to) {
  if (from == to) return false;
  if (g.is_output(from) && (g.is_output(to) || g.value(to).is_input || g.value(to).constant)) return false;
  // What was declared or inferred of `from` holds for `to` as well.
  if (const Type& known = g.value(from).type;
      known.kind != Type::Kind::Unknown && !g.value(to).is_input && !g.value(to).constant)
    if (auto merged = merge(g.value(to).type, known)) g.value(to).type = std::move(*merged);
  g.replace_uses(from, to);
  return true;
}

bool bypass(Graph& g, NodeId node, ValueId to) {
  const std::vector<ValueId> outputs = g[node].outputs;
  for (size_t i = 1; i < outputs.size(); ++i)
    if (outputs[i] && (!g.value(outputs[i]).uses.empty() || g.is_output(outputs[i]))) return false;
  if (!replace_value(g, outputs[0], to)) return false;
  if (const NodeId p = g.producer(to)) g.merge_origin(p, node);
  const std::vector<ValueId> inputs = g[node].inputs;
  g.erase(node);
  for (const ValueId v : inputs) erase_if_dead(g, v);
  return true;
}

void erase_if_dead(Graph& g, ValueId v) {
  std::vector<ValueId> open{v};
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    const NodeId p = g.producer(at);
    if (!p) continue;
    bool dead = true;
    for (const ValueId o : g[p].outputs) dead = dead && (!o || (g.value(o).uses.empty() && !g.is_output(o)));
    if (!dead) continue;
    const std::vector<ValueId> inputs = g[p].inputs;
    g.erase(p);
    for (const ValueId i : inputs) if (i) open.push_back(i);
  }
}

NodeId replace_node(Graph& g, NodeId root, Node fresh, std::span<const NodeId> absorbed) {
  const std::vector<ValueId> old_inputs = g[root].inputs;
  if (fresh.outputs.empty()) fresh.outputs = g[root].outputs;
  const auto take_origin = [&](NodeId from) {
    if (!g.is_alive(from)) return;
    for (const std::string& o : g[from].origin)
      if (std::find(fresh.origin.begin(), fresh.origin.end(), o) == fresh.origin.end()) fresh.origin.push_back(o);
  };
  for (const NodeId a : absorbed) take_origin(a);
  take_origin(root);
  fresh.name = g[root].name;
  g.erase(root);
  const NodeId id = g.add_node(std::move(fresh));
  for (const ValueId v : old_inputs) erase_if_dead(g, v);
  return id;
}

ValueId emit(Graph& g, Node node, Type type, std::string_view name, NodeId like) {
  if (like && node.origin.empty()) node.origin = g[like].origin;
  const ValueId out = g.add_value(g.unique_name(name), std::move(type));
  if (node.name.empty()) node.name = std::string(name);
  node.outputs = {out};
  g.add_node(std::move(node));
  return out;
}

Node make_node(std::string op, std::vector<ValueId> inputs, Attributes attributes, std::string domain) {
  Node n;
  n.op = std::move(op);
  n.domain = std::move(domain);
  n.inputs = std::move(inputs);
  n.attributes = std::move(attributes);
  return n;
}

ValueId add_ints(Graph& g, std::string name, std::span<const int64_t> values) {
  return g.add_constant(std::move(name), Tensor::vector_i64(values));
}

namespace {

template <class T>
void fill(Tensor& t, std::span<const double> values) {
  const auto to = t.as<T>();
  for (size_t i = 0; i < to.size(); ++i) to[i] = T(values[i]);
}

}  // namespace

Tensor float_tensor(DType dtype, Dims dims, std::span<const double> values) {
  Tensor t(dtype, std::move(dims));
  if (!t.valid() || size_t(t.count()) != values.size()) return {};
  switch (dtype) {
    case DType::f64: fill<double>(t, values); return t;
    case DType::f32: fill<float>(t, values); return t;
    case DType::f16: fill<Float16>(t, values); return t;
    case DType::bf16: fill<BFloat16>(t, values); return t;
    default: return {};
  }
}

std::vector<double> to_doubles(const Tensor& t) {
  std::vector<double> out(size_t(t.count()));
  for (size_t i = 0; i < out.size(); ++i) out[i] = t.double_at(int64_t(i));
  return out;
}

std::optional<std::vector<int64_t>> reshape_operand(const Shape& from, const Shape& to) {
  if (!same_count(from, to)) return std::nullopt;
  std::vector<int64_t> out;
  bool inferred = false;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i].is_number()) {
      // 0 would copy; and beside an empty dim -1 has no meaning.
      if (to[i].number() == 0) return std::nullopt;
      out.push_back(to[i].number());
    } else if (i < from.size() && from[i] == to[i]) {
      out.push_back(0);
    } else {
      if (inferred) return std::nullopt;
      inferred = true;
      out.push_back(-1);
    }
  }
  return out;
}

std::vector<ValueId> inline_graph(Graph& g, const Graph& body, std::span<const ValueId> inputs, NodeId site) {
  std::vector<ValueId> map(body.value_slots());
  for (size_t i = 0; i < inputs.size(); ++i) map[body.inputs()[i].index] = inputs[i];
  const std::vector<std::string> origin = g[site].origin;
  const auto here = [&](ValueId v) -> ValueId {
    if (!v || map[v.index]) return v ? map[v.index] : ValueId{};
    const Value& value = body.value(v);
    map[v.index] = value.constant ? g.add_constant(value.name, value.constant)
                                  : g.add_value(g.unique_name(value.name), value.type);
    return map[v.index];
  };
  for (const NodeId id : body.topological_order()) {
    Node copy = body[id];
    for (ValueId& v : copy.inputs) v = here(v);
    for (ValueId& v : copy.outputs) v = here(v);
    if (copy.origin.empty()) copy.origin = origin;
    g.add_node(std::move(copy));
  }
  std::vector<ValueId> out;
  for (const ValueId v : body.outputs()) out.push_back(here(v));
  return out;
}

}  // namespace pharos::passes
