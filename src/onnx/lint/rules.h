#pragma once
// The rules of lint. Each adds what it finds.

#include "onnx/lint/lint.h"

namespace pharos::lint {

using Findings = std::vector<Report>;

// "'a', 'b', 'c' and 4 more"
std::string list_text(const std::vector<std::string>& names, int64_t count, size_t most = 8);

Result<void> check_target(const ImportedModel& model, const std::string& target, Findings& out);
void check_custom_operators(const ImportedModel& model, const OpSet& ops, Findings& out);
void check_opset(const ImportedModel& model, Findings& out);
void check_dynamic_inputs(const Graph& graph, const LintOptions& options, Findings& out);
void check_resize(const Graph& graph, Findings& out);
void check_weights(const Graph& graph, Findings& out);
void check_memory(const Graph& graph, const OpSet& ops, const LintOptions& options, Findings& out);

// Calls `visit` for the graph and every subgraph.
template <class Visit>
void for_each_graph(const Graph& graph, Visit&& visit, int depth = 0) {
  visit(graph);
  if (depth > 64) return;
  for (const NodeId id : graph.nodes())
    for (const auto& [key, a] : graph[id].attributes)
      if (const auto* sub = std::get_if<SharedGraph>(&a); sub && *sub) for_each_graph(**sub, visit, depth + 1);
}

}  // namespace pharos::lint
