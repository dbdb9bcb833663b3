#include "graph/graph.h"

#include <algorithm>
#include <charconv>

namespace pharos {
namespace {

// "conv_12" as stem "conv" and number 12.
std::optional<std::pair<std::string_view, int>> numbered(std::string_view name) {
  const size_t line = name.rfind('_');
  if (line == std::string_view::npos || line == 0 || line + 1 == name.size() || name.size() - line > 9)
    return std::nullopt;
  int n = 0;
  const auto [end, error] = std::from_chars(name.data() + line + 1, name.data() + name.size(), n);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return std::pair(name.substr(0, line), n);
}

}  // namespace

// Names made outside by `unique_name` advance the counter of their stem too, so that no stem is searched twice.
void Graph::note(Names& names, const std::string& name) {
  if (const auto parts = numbered(name))
    if (const auto stem = names.find(parts->first); stem != names.end() && stem->second <= parts->second)
      stem->second = parts->second + 1;
}

std::string Graph::claim(Names& names, std::string_view stem) {
  std::string name(stem);
  if (const auto taken = names.find(stem); taken != names.end()) {
    do name = std::string(stem) + "_" + std::to_string(taken->second++); while (names.contains(name));
  } else {
    note(names, name);
  }
  names.emplace(name, 1);
  return name;
}

void Graph::release(Names& names, const std::string& name) {
  if (const auto it = names.find(name); it != names.end()) names.erase(it);
}

std::string Graph::unique_name(std::string_view stem) const {
  std::string name(stem);
  const auto v = value_names_.find(stem), n = node_names_.find(stem);
  if (v == value_names_.end() && n == node_names_.end()) return name;
  int next = std::max(v == value_names_.end() ? 1 : v->second, n == node_names_.end() ? 1 : n->second);
  do name = std::string(stem) + "_" + std::to_string(next++);
  while (value_names_.contains(name) || node_names_.contains(name));
  return name;
}

ValueId Graph::new_value(std::string_view name, Type type) {
  const ValueId id{uint32_t(values_.size())};
  Value v;
  v.name = claim(value_names_, name.empty() ? "v" : name);
  v.type = std::move(type);
  values_.push_back(std::move(v));
  return id;
}

ValueId Graph::add_input(std::string name, Type type) {
  const ValueId id = new_value(name, std::move(type));
  values_[id.index].is_input = true;
  inputs_.push_back(id);
  return id;
}

ValueId Graph::add_constant(std::string name, Tensor tensor) {
  return add_constant(std::move(name), std::make_shared<const Tensor>(std::move(tensor)));
}

ValueId Graph::add_constant(std::string name, std::shared_ptr<const Tensor> tensor) {
  const ValueId id = new_value(name, Type::tensor(tensor->dtype(), tensor->dims()));
  values_[id.index].constant = std::move(tensor);
  return id;
}

ValueId Graph::add_value(std::string name, Type type) { return new_value(name, std::move(type)); }

ValueId Graph::find_value(std::string_view name) const {
  if (!value_names_.contains(name)) return {};
  for (uint32_t v = 0; v < values_.size(); ++v)
    if (values_[v].name == name) return {v};
  return {};
}

void Graph::rename(ValueId id, std::string name) {
  Value& v = value(id);
  if (v.name == name) return;
  release(value_names_, v.name);
  v.name = claim(value_names_, name);
}

void Graph::set_inputs(std::vector<ValueId> inputs) {
  for (const ValueId v : inputs_) value(v).is_input = false;
  inputs_ = std::move(inputs);
  for (const ValueId v : inputs_) value(v).is_input = true;
}

void Graph::set_outputs(std::vector<ValueId> outputs) {
  outputs_ = std::move(outputs);
  count_outputs();
}

void Graph::count_outputs() {
  output_uses_.assign(values_.size(), 0);
  for (const ValueId v : outputs_)
    if (v.index < output_uses_.size()) ++output_uses_[v.index];
}

bool Graph::is_output(ValueId id) const { return id.index < output_uses_.size() && output_uses_[id.index] > 0; }

bool Graph::is_live(ValueId id) const {
  if (!id || id.index >= values_.size()) return false;
  const Value& v = values_[id.index];
  return v.is_input || v.producer || !v.uses.empty() || is_output(id);
}

NodeId Graph::add_node(Node node) {
  const NodeId id{uint32_t(nodes_.size())};
  node.name = claim(node_names_, node.name.empty() ? node.op : node.name);
  nodes_.push_back(std::move(node));
  alive_.push_back(1);
  ++live_nodes_;
  link(id);
  return id;
}

ValueId Graph::add(std::string op, std::vector<ValueId> inputs, Attributes attributes, std::string name,
                   std::vector<std::string> origin, std::string domain) {
  const ValueId out = add_value(name.empty() ? op : name);
  Node n;
  n.domain = std::move(domain);
  n.op = std::move(op);
  n.name = std::move(name);
  n.inputs = std::move(inputs);
  n.outputs = {out};
  n.attributes = std::move(attributes);
  n.origin = std::move(origin);
  add_node(std::move(n));
  return out;
}

void Graph::link(NodeId id) {
  const Node& n = nodes_[id.index];
  for (const ValueId v : n.inputs)
    if (v) value(v).uses.push_back(id);
  for (size_t i = 0; i < n.outputs.size(); ++i)
    if (n.outputs[i]) {
      value(n.outputs[i]).producer = id;
      value(n.outputs[i]).output_index = uint32_t(i);
    }
}

// From the back: dead code goes away in reverse order, so the newest use is the likeliest.
void Graph::unlink_use(ValueId v, NodeId user) {
  if (!v) return;
  auto& uses = value(v).uses;
  const auto it = std::find(uses.rbegin(), uses.rend(), user);
  if (it != uses.rend()) uses.erase(std::next(it).base());
}

std::vector<NodeId> Graph::nodes() const {
  std::vector<NodeId> out;
  out.reserve(live_nodes_);
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    if (alive_[i]) out.push_back({i});
  return out;
}

void Graph::set_input(NodeId id, size_t i, ValueId v) {
  Node& n = nodes_[id.index];
  // Captures stay last: new formal inputs go before them.
  if (i >= n.formal_inputs()) n.inputs.insert(n.inputs.end() - n.captures, i + 1 - n.formal_inputs(), ValueId{});
  unlink_use(n.inputs[i], id);
  n.inputs[i] = v;
  if (v) value(v).uses.push_back(id);
}

void Graph::set_output(NodeId id, size_t i, ValueId v) {
  Node& n = nodes_[id.index];
  if (i >= n.outputs.size()) n.outputs.resize(i + 1);
  if (const ValueId old = n.outputs[i]; old && value(old).producer == id) value(old).producer = {};
  n.outputs[i] = v;
  if (!v) return;
  value(v).producer = id;
  value(v).output_index = uint32_t(i);
}

void Graph::replace_uses(ValueId from, ValueId to) {
  if (!from || !to || from == to) return;
  Value& source = value(from);
  std::vector<NodeId> users = std::move(source.uses);
  source.uses.clear();
  for (const NodeId user : users) {
    // A node that reads the value twice is listed twice: the first visit changes all positions.
    for (ValueId& input : nodes_[user.index].inputs)
      if (input == from) input = to;
    value(to).uses.push_back(user);
  }
  if (!is_output(from)) return;
  const ValueId output = output_in_place_of(from, to);
  for (ValueId& v : outputs_)
    if (v == from) v = output;
  count_outputs();
}

ValueId Graph::output_in_place_of(ValueId from, ValueId to) {
  const std::string name = value(from).name;
  if (value(to).is_input || is_output(to)) {
    Node n;
    n.op = "Identity";
    n.inputs = {to};
    rename(from, unique_name(name));
    n.outputs = {new_value(name, value(from).type)};
    const ValueId output = n.outputs[0];
    add_node(std::move(n));
    return output;
  }
  const std::string other = value(to).name;
  release(value_names_, name);
  release(value_names_, other);
  value(to).name = claim(value_names_, name);
  value(from).name = claim(value_names_, other);
  return to;
}

void Graph::erase(NodeId id) {
  if (!is_alive(id)) return;
  Node& n = nodes_[id.index];
  for (const ValueId v : n.inputs) unlink_use(v, id);
  for (const ValueId v : n.outputs)
    if (v && value(v).producer == id) value(v).producer = {};
  release(node_names_, n.name);
  n = Node{};  // lets go of constants and subgraphs
  alive_[id.index] = 0;
  --live_nodes_;
}

void Graph::merge_origin(NodeId into, NodeId from) {
  std::vector<std::string>& to = nodes_[into.index].origin;
  for (const std::string& o : nodes_[from.index].origin)
    if (std::find(to.begin(), to.end(), o) == to.end()) to.push_back(o);
}

NodeId Graph::sole_producer(ValueId v, std::string_view op, std::string_view domain) const {
  if (!v || value(v).uses.size() != 1 || is_output(v)) return {};
  const NodeId p = value(v).producer;
  return p && nodes_[p.index].is(op, domain) ? p : NodeId{};
}

NodeId Graph::sole_consumer(ValueId v) const {
  return v && value(v).uses.size() == 1 && !is_output(v) ? value(v).uses[0] : NodeId{};
}

}  // namespace pharos
