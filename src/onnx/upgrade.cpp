#include "onnx/upgrade.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/graph.h"
#include "catalog/import.h"
#include "onnx/unknown/known_operators.h"

namespace pharos {
namespace {

std::string full_name(const Node& n) { return n.domain.empty() ? n.op : n.domain + "::" + n.op; }

// The entry that applies to a version older than the newest form; null where the operator did not exist.
const Older* older_form(const OpDef& def, int64_t opset) {
  const Older* best = nullptr;
  for (const Older& o : def.older)
    if (o.since <= opset && (!best || o.since > best->since)) best = &o;
  return best;
}

int first_version(const OpDef& def) {
  int first = def.since;
  for (const Older& o : def.older) first = std::min(first, o.since);
  return first;
}

Result<void> upgrade(Graph& graph, const OpDef& def, const ReadNode& read) {
  if (read.opset >= def.since && !def.rewritten) return {};
  const Older* form = older_form(def, read.opset);
  if (!form) {
    const Node& n = graph[read.id];
    return Report(diag::op_opset_unsupported, {{"op", full_name(n)}, {"node", n.name}, {"opset", std::to_string(read.opset)},
                                               {"since", std::to_string(first_version(def))}});
  }
  if (!form->rewrite) return {};
  const std::vector<std::string> origin = graph[read.id].origin;
  const size_t before = graph.node_slots();
  PHAROS_TRY(form->rewrite(graph, read.id, int(read.opset)));
  for (size_t i = before; i < graph.node_slots(); ++i)
    if (const NodeId id{uint32_t(i)}; graph.is_alive(id) && graph[id].origin.empty()) graph.node(id).origin = origin;
  return {};
}

}  // namespace

void Unknowns::add(const Node& node, int64_t opset) {
  UnknownOperator& u = found_[full_name(node)];
  u.op = full_name(node);
  u.opset = opset;
  u.nodes.push_back(node.origin.empty() ? node.name : node.origin.front());
}

std::vector<UnknownOperator> Unknowns::list() const {
  std::vector<UnknownOperator> out;
  for (const auto& [name, u] : found_) out.push_back(u);
  return out;
}

Report Unknowns::report(const OpSet& ops) const {
  std::string en, zh;
  size_t count = 0;
  for (const auto& [name, u] : found_) {
    count += u.nodes.size();
    std::string nodes;
    for (size_t i = 0; i < std::min<size_t>(u.nodes.size(), 20); ++i) nodes += fmt::format("{}'{}'", i ? ", " : "", u.nodes[i]);
    if (u.nodes.size() > 20) nodes += ", …";
    const KnownOperator about = about_operator(u.op, ops);
    en += fmt::format("{}{} ({} node{}: {}) is {}: {}", en.empty() ? "" : "; ", name, u.nodes.size(), u.nodes.size() == 1 ? "" : "s",
                      nodes, about.what.en, about.help.en);
    zh += fmt::format("{}{}（{} 个节点：{}）是{}：{}", zh.empty() ? "" : "；", name, u.nodes.size(), nodes, about.what.zh, about.help.zh);
  }
  return Report(diag::operators_unsupported, {{"kinds", std::to_string(found_.size())}, {"count", std::to_string(count)}, {"list", en}, {"list_zh", zh}});
}

Result<void> upgrade_nodes(Graph& graph, const OpSet& ops, const std::vector<ReadNode>& nodes, Unknowns& unknowns) {
  for (const ReadNode& read : nodes) {
    if (!graph.is_alive(read.id)) continue;
    const OpDef* def = ops.find(graph[read.id]);
    if (!def || (!def->evaluate && !def->rewritten)) { unknowns.add(graph[read.id], read.opset); continue; }
    PHAROS_TRY(upgrade(graph, *def, read));
  }
  for (const NodeId id : graph.nodes())
    if (const OpDef* def = ops.find(graph[id])) PHAROS_TRY(check_node(*def, graph[id], {}));
  return {};
}

}  // namespace pharos
