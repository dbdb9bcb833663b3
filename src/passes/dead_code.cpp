#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool unread(const Graph& g, ValueId v) { return !v || (g.value(v).uses.empty() && !g.is_output(v)); }

// Optional outputs that nobody reads need not be computed (the mask of Dropout, the indices of MaxPool).
int drop_outputs(Graph& g, const OpSet& ops, NodeId id) {
  const OpDef* def = ops.find(g[id]);
  if (!def) return 0;
  int dropped = 0;
  for (size_t i = 1; i < g[id].outputs.size() && i < def->outputs.size(); ++i) {
    const ValueId v = g[id].outputs[i];
    if (!v || !unread(g, v) || def->outputs[i].kind != Param::Kind::Optional) continue;
    g.set_output(id, i, {});
    ++dropped;
  }
  return dropped;
}

}  // namespace

Result<int> dead_code(Graph& g, PassContext& c) {
  int rewrites = 0;
  const auto order = g.topological_order();
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    const Node& n = g[*id];
    if (!n.outputs.empty() &&
        std::all_of(n.outputs.begin(), n.outputs.end(), [&](ValueId v) { return unread(g, v); })) {
      g.erase(*id);
      ++rewrites;
    } else {
      rewrites += drop_outputs(g, c.ops, *id);
    }
  }
  return rewrites;
}

}  // namespace pharos::passes
