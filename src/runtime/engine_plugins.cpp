// Engines and the plugins that they need.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "catalog/plugins.h"
#include "plugins/plugin.h"
#include "runtime/engine_impl.h"

namespace pharos {
namespace {

std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& i : items) out += (out.empty() ? "" : ", ") + i;
  return out;
}

Result<void> check_use(const PluginUse& use, std::span<const PluginPtr> given) {
  const auto it = std::find_if(given.begin(), given.end(), [&](const PluginPtr& p) { return p->name == use.name; });
  if (it == given.end()) {
    std::string names;
    for (const PluginPtr& p : given) names += (names.empty() ? "" : ", ") + p->name + " " + p->version_text();
    return Report(diag::engine_plugin_missing, {{"plugin", use.name},
                                                {"version", use.version},
                                                {"operators", list(use.operators)},
                                                {"given", names.empty() ? "none" : names}});
  }
  if (version_fits(use.version, (*it)->version_text())) return {};
  return Report(
      diag::engine_plugin_version,
      {{"plugin", use.name}, {"version", use.version}, {"path", (*it)->path}, {"here", (*it)->version_text()}});
}

using Uses = std::map<std::string, PluginUse>;
void collect(const Graph& graph, const OpSet& ops, int depth, Uses& uses) {
  for (const NodeId id : graph.nodes()) {
    const Node& n = graph[id];
    if (const OpDef* def = ops.find(n); def && def->custom) {
      PluginUse& use = uses[def->custom->plugin()];
      use.name = def->custom->plugin();
      use.version = def->custom->version();
      std::string op = n.domain.empty() ? n.op : n.domain + "::" + n.op;
      if (std::find(use.operators.begin(), use.operators.end(), op) == use.operators.end())
        use.operators.push_back(std::move(op));
    }
    if (depth > 64) continue;
    for (const auto& [key, a] : n.attributes)
      if (const auto* sub = std::get_if<SharedGraph>(&a); sub && *sub) collect(**sub, ops, depth + 1, uses);
  }
}

}  // namespace

Result<void> Engine::Impl::add_plugins(std::span<const std::string> paths) {
  const std::vector<PluginPtr> given = PHAROS_TRY(load_plugins(paths));
  for (const PluginUse& use : plan.plugins) PHAROS_TRY(check_use(use, given));
  return pharos::add_plugins(given, ops, &tactics);
}

std::vector<PluginUse> plugins_used(const Graph& graph, const OpSet& ops) {
  Uses uses;
  collect(graph, ops, 0, uses);
  std::vector<PluginUse> out;
  for (auto& [name, use] : uses) {
    std::sort(use.operators.begin(), use.operators.end());
    out.push_back(std::move(use));
  }
  return out;
}

}  // namespace pharos
