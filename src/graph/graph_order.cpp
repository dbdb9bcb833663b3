// Order and renumbering of a graph.

#include <algorithm>

#include "graph/graph.h"

namespace pharos {
namespace {

enum class Mark : uint8_t { New, Open, Good, Cyclic };
struct Frame { NodeId node; size_t next_input; };

// Depth first in id order: a node comes right after what it still needs, and a graph whose ids are in order keeps them.
// A node on a cycle, or behind one, is left out.
class Sorter {
 public:
  explicit Sorter(const Graph& graph) : graph_(graph), marks_(graph.node_slots(), Mark::New) {}

  std::vector<NodeId> sorted() {
    order_.reserve(graph_.node_count());
    for (uint32_t i = 0; i < graph_.node_slots(); ++i)
      if (graph_.is_alive({i}) && marks_[i] == Mark::New) visit({i});
    return std::move(order_);
  }

 private:
  void visit(NodeId root) {
    open(root);
    while (!stack_.empty()) {
      Frame& top = stack_.back();
      const Node& n = graph_[top.node];
      if (top.next_input == n.inputs.size()) { close(top.node); continue; }
      const ValueId v = n.inputs[top.next_input++];
      const NodeId p = v.index < graph_.value_slots() ? graph_.producer(v) : NodeId{};
      if (!graph_.is_alive(p)) continue;
      if (marks_[p.index] == Mark::New) open(p);
      else if (marks_[p.index] != Mark::Good) blocked_[top.node.index] = 1;
    }
  }
  void open(NodeId id) {
    if (blocked_.empty()) blocked_.assign(graph_.node_slots(), 0);
    marks_[id.index] = Mark::Open;
    stack_.push_back({id, 0});
  }
  void close(NodeId id) {
    stack_.pop_back();
    const bool good = !blocked_[id.index];
    marks_[id.index] = good ? Mark::Good : Mark::Cyclic;
    if (good) order_.push_back(id);
    else if (!stack_.empty()) blocked_[stack_.back().node.index] = 1;
  }

  const Graph& graph_;
  std::vector<Mark> marks_;
  std::vector<char> blocked_;
  std::vector<Frame> stack_;
  std::vector<NodeId> order_;
};

}  // namespace

std::vector<NodeId> Graph::topological_order() const { return Sorter(*this).sorted(); }

void Graph::compact() {
  std::vector<NodeId> order = topological_order();
  if (order.size() < live_nodes_) {  // keep what is on a cycle: verify() will speak about it
    std::vector<char> placed(nodes_.size(), 0);
    for (const NodeId id : order) placed[id.index] = 1;
    for (const NodeId id : nodes())
      if (!placed[id.index]) order.push_back(id);
  }
  std::vector<uint32_t> place(values_.size(), UINT32_MAX);
  std::vector<Value> values;
  const auto moved = [&](ValueId v) {
    if (!v) return v;
    if (place[v.index] == UINT32_MAX) {
      place[v.index] = uint32_t(values.size());
      values.push_back(std::move(values_[v.index]));
      values.back().uses.clear();
      values.back().producer = {};
    }
    return ValueId{place[v.index]};
  };
  for (ValueId& v : inputs_) v = moved(v);
  std::vector<Node> nodes;
  nodes.reserve(order.size());
  for (const NodeId id : order) {
    nodes.push_back(std::move(nodes_[id.index]));
    for (ValueId& v : nodes.back().inputs) v = moved(v);
    for (ValueId& v : nodes.back().outputs) v = moved(v);
  }
  for (ValueId& v : outputs_) v = moved(v);
  values_ = std::move(values);
  nodes_ = std::move(nodes);
  alive_.assign(nodes_.size(), 1);
  for (uint32_t i = 0; i < nodes_.size(); ++i) link({i});
  value_names_.clear();
  node_names_.clear();
  for (const Value& v : values_) value_names_.emplace(v.name, 1);
  for (const Node& n : nodes_) node_names_.emplace(n.name, 1);
  for (const Value& v : values_) note(value_names_, v.name);
  for (const Node& n : nodes_) note(node_names_, n.name);
  count_outputs();
}

}  // namespace pharos
