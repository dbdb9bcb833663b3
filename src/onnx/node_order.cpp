#include "onnx/node_order.h"

#include <functional>
#include <queue>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "catalog/import.h"

namespace pharos {
namespace {

using Names = std::unordered_set<std::string_view>;

bool is_constant(const onnx::NodeProto& n) {
  return n.op_type() == "Constant" && proto::domain_of(n.domain()).empty() && n.output_size() == 1;
}

bool has_subgraphs(const onnx::NodeProto& n) {
  for (const auto& a : n.attribute())
    if (a.has_g() || a.graphs_size() > 0) return true;
  return false;
}

// Names that a graph reads and does not define itself. The depth was limited when the file was scanned.
void free_names(const onnx::GraphProto& g, Names& out) {
  Names read, defined;
  for (const auto& v : g.input()) defined.insert(v.name());
  for (const auto& t : g.initializer()) defined.insert(t.name());
  for (const auto& t : g.sparse_initializer()) defined.insert(t.values().name());
  for (const auto& n : g.node()) {
    for (const auto& i : n.input()) read.insert(i);
    for (const auto& o : n.output()) defined.insert(o);
    for (const auto& a : n.attribute()) {
      if (a.has_g()) free_names(a.g(), read);
      for (const auto& sub : a.graphs()) free_names(sub, read);
    }
  }
  for (const auto& v : g.output()) read.insert(v.name());
  for (const auto name : read)
    if (!name.empty() && !defined.contains(name)) out.insert(name);
}

Names names_read(const onnx::NodeProto& n) {
  Names out;
  for (const auto& i : n.input())
    if (!i.empty()) out.insert(i);
  if (has_subgraphs(n))
    for (const auto& a : n.attribute()) {
      if (a.has_g()) free_names(a.g(), out);
      for (const auto& sub : a.graphs()) free_names(sub, out);
    }
  return out;
}

Report cyclic(const NodeList& nodes, const std::vector<int>& waiting, std::string_view graph) {
  std::string list;
  int count = 0;
  for (int i = 0; i < nodes.size(); ++i) {
    if (waiting[size_t(i)] == 0) continue;
    if (++count <= 8) list += fmt::format("{}'{}'", count > 1 ? ", " : "", node_label(nodes[i], i));
  }
  if (count > 8) list += fmt::format(" and {} more", count - 8);
  return Report(diag::graph_cyclic, {{"graph", std::string(graph)}, {"count", std::to_string(count)}, {"nodes", list}});
}

}  // namespace

std::string node_label(const onnx::NodeProto& node, int index) {
  return node.name().empty() ? fmt::format("{}_{}", node.op_type(), index) : node.name();
}

Result<NodeOrder> order_nodes(const NodeList& nodes, std::string_view graph) {
  NodeOrder out;
  std::unordered_map<std::string_view, int> producer;
  std::vector<char> replaced(size_t(nodes.size()), 0);
  for (int i = 0; i < nodes.size(); ++i)
    for (const auto& o : nodes[i].output()) {
      if (o.empty()) continue;
      const auto [it, fresh] = producer.emplace(o, i);
      if (fresh || !is_constant(nodes[i]) || !is_constant(nodes[it->second])) continue;
      replaced[size_t(it->second)] = 1;
      out.superseded.push_back(std::exchange(it->second, i));
    }
  std::vector<std::pair<int, int>> edges;  // producer, reader
  bool sorted = true;
  for (int i = 0; i < nodes.size(); ++i)
    for (const auto name : names_read(nodes[i]))
      if (const auto p = producer.find(name); p != producer.end()) {
        edges.emplace_back(p->second, i);
        sorted &= p->second < i;
      }
  if (sorted) {
    for (int i = 0; i < nodes.size(); ++i)
      if (!replaced[size_t(i)]) out.nodes.push_back(i);
    return out;
  }
  std::vector<int> waiting(size_t(nodes.size()), 0);
  std::vector<std::vector<int>> readers(size_t(nodes.size()));
  for (const auto& [from, to] : edges) {
    readers[size_t(from)].push_back(to);
    ++waiting[size_t(to)];
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;  // the order of the file decides ties
  for (int i = 0; i < nodes.size(); ++i)
    if (waiting[size_t(i)] == 0) ready.push(i);
  int visited = 0;
  while (!ready.empty()) {
    const int n = ready.top();
    ready.pop();
    ++visited;
    if (!replaced[size_t(n)]) out.nodes.push_back(n);
    for (const int r : readers[size_t(n)])
      if (--waiting[size_t(r)] == 0) ready.push(r);
  }
  if (visited < nodes.size()) return cyclic(nodes, waiting, graph);
  return out;
}

}  // namespace pharos
