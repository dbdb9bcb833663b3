// The rules of a legal graph, written out.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "catalog/graph.h"
#include "graph/graph.h"

namespace pharos {
namespace {

constexpr int max_depth = 64;
struct Pending { const Graph* graph; int depth; };

class Verifier {
 public:
  Verifier(const Graph& graph, int depth, std::vector<Pending>& pending)
      : graph_(graph), depth_(depth), pending_(pending), readers_(graph.value_slots()) {}

  Result<void> check() {
    PHAROS_TRY(check_interface());
    for (const NodeId id : graph_.nodes()) PHAROS_TRY(check_node(id));
    for (uint32_t v = 0; v < graph_.value_slots(); ++v) PHAROS_TRY(check_value({v}));
    if (const size_t sorted = graph_.topological_order().size(); sorted != graph_.node_count())
      return fail(fmt::format("{} of {} nodes lie on a cycle or behind one", graph_.node_count() - sorted,
                              graph_.node_count()));
    return {};
  }

 private:
  Report fail(const std::string& details) const {
    return Report(diag::graph_invalid, {{"graph", escape_control(graph_.name)}, {"details", escape_control(details)}});
  }
  bool in_range(ValueId v) const { return v.index < graph_.value_slots(); }

  // A value somebody may read.
  bool available(const Value& v) const { return v.is_input || v.constant || v.packed || graph_.is_alive(v.producer); }

  Result<void> check_interface() {
    std::unordered_set<uint32_t> seen;
    for (const ValueId v : graph_.inputs()) {
      if (!in_range(v)) return fail("an input has an id out of range");
      const Value& value = graph_.value(v);
      if (!seen.insert(v.index).second) return fail(fmt::format("'{}' is an input twice", value.name));
      if (!value.is_input) return fail(fmt::format("input '{}' is not marked as one", value.name));
      if (value.producer || value.constant || value.packed)
        return fail(fmt::format("input '{}' has a producer or contents too", value.name));
    }
    inputs_ = seen.size();
    for (const ValueId v : graph_.outputs()) {
      if (!in_range(v)) return fail("an output has an id out of range");
      if (!available(graph_.value(v)))
        return fail(fmt::format("output '{}' is not produced by anything", graph_.value(v).name));
    }
    return {};
  }

  Result<void> check_node(NodeId id) {
    const Node& n = graph_[id];
    if (n.op.empty()) return fail(fmt::format("node '{}' has no operator", n.name));
    if (n.name.empty()) return fail(fmt::format("a {} node has no name", n.op));
    if (!node_names_.insert(n.name).second) return fail(fmt::format("two nodes are named '{}'", n.name));
    for (size_t i = 0; i < n.inputs.size(); ++i) {
      const ValueId v = n.inputs[i];
      if (!v) continue;
      if (!in_range(v)) return fail(fmt::format("input {} of node '{}' has an id out of range", i, n.name));
      if (!available(graph_.value(v)))
        return fail(fmt::format("node '{}' reads '{}', which nothing produces", n.name, graph_.value(v).name));
      readers_[v.index].push_back(id);
    }
    for (size_t i = 0; i < n.outputs.size(); ++i) {
      const ValueId v = n.outputs[i];
      if (!v) continue;
      if (!in_range(v)) return fail(fmt::format("output {} of node '{}' has an id out of range", i, n.name));
      const Value& value = graph_.value(v);
      if (value.producer != id || value.output_index != i)
        return fail(
            fmt::format("'{}' is output {} of node '{}', but its producer says otherwise", value.name, i, n.name));
    }
    return check_subgraphs(n);
  }

  Result<void> check_subgraphs(const Node& n) {
    if (n.captures > n.inputs.size())
      return fail(fmt::format("node '{}' has {} captures but {} inputs", n.name, n.captures, n.inputs.size()));
    for (size_t i = n.formal_inputs(); i < n.inputs.size(); ++i)
      if (!n.inputs[i]) return fail(fmt::format("node '{}': capture {} is left out", n.name, i - n.formal_inputs()));
    bool any = false;
    for (const auto& [key, attribute] : n.attributes) {
      const auto* sub = std::get_if<SharedGraph>(&attribute);
      if (!sub) continue;
      any = true;
      if (!*sub) return fail(fmt::format("node '{}': subgraph '{}' is missing", n.name, key));
      if ((*sub)->inputs().size() < n.captures)
        return fail(fmt::format("node '{}': subgraph '{}' has {} inputs for {} captures", n.name, key,
                                (*sub)->inputs().size(), n.captures));
      if (depth_ + 1 > max_depth) return fail(fmt::format("subgraphs are nested more than {} levels deep", max_depth));
      pending_.push_back({sub->get(), depth_ + 1});
    }
    if (n.captures > 0 && !any) return fail(fmt::format("node '{}' has captures but no subgraph", n.name));
    return {};
  }

  Result<void> check_value(ValueId id) {
    const Value& v = graph_.value(id);
    if (v.is_input && inputs_-- == 0) return fail(fmt::format("'{}' is marked as an input but is none", v.name));
    if (v.producer) {
      if (!graph_.is_alive(v.producer)) return fail(fmt::format("the producer of '{}' was erased", v.name));
      const Node& p = graph_[v.producer];
      if (v.output_index >= p.outputs.size() || p.outputs[v.output_index] != id)
        return fail(fmt::format("'{}' names node '{}' as its producer, which does not produce it", v.name, p.name));
      if (v.constant || v.packed) return fail(fmt::format("'{}' has contents and a producer", v.name));
    }
    std::vector<NodeId> uses = v.uses;
    std::sort(uses.begin(), uses.end());
    if (uses != readers_[id.index]) return fail(fmt::format("the list of nodes that read '{}' is wrong", v.name));
    if (v.constant && (!v.constant->valid() || !fits(v.type, *v.constant)))
      return fail(fmt::format("'{}' is {}, but its contents are {}[{}]", v.name, v.type.text(),
                              dtype_name(v.constant->dtype()), dims_text(v.constant->dims())));
    if (!graph_.is_live(id)) return {};
    if (v.name.empty()) return fail("a value has no name");
    if (!value_names_.insert(v.name).second) return fail(fmt::format("two values are named '{}'", v.name));
    return {};
  }

  static bool fits(const Type& type, const Tensor& t) {
    if (type.kind == Type::Kind::Unknown) return true;
    if (!type.is_tensor() || type.dtype != t.dtype()) return false;
    const auto dims = type.dims();
    return !type.shape || (dims && *dims == t.dims());
  }

  const Graph& graph_;
  int depth_;
  std::vector<Pending>& pending_;
  std::vector<std::vector<NodeId>> readers_;  // by value, in id order
  size_t inputs_ = 0;
  std::unordered_set<std::string_view> node_names_, value_names_;
};

}  // namespace

Result<void> verify(const Graph& graph) {
  std::vector<Pending> pending{{&graph, 0}};
  std::unordered_set<const Graph*> seen;  // a subgraph may be shared; each is checked once
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    if (seen.insert(next.graph).second) PHAROS_TRY(Verifier(*next.graph, next.depth, pending).check());
  }
  return {};
}

}  // namespace pharos
