#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {

Result<int> inline_if(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    const Node n = g[id];  // holds the branches while the node goes
    if (!n.is("If") || !n.has_input(0)) continue;
    const Tensor* condition = g.constant(n.inputs[0]);
    if (!condition || condition->count() != 1) continue;
    const Graph* branch = n.attr_graph(condition->int_at(0) ? "then_branch" : "else_branch");
    if (!branch || branch->inputs().size() != n.captures || branch->outputs().size() < n.outputs.size()) continue;
    const std::span<const ValueId> captures(n.inputs.data() + n.formal_inputs(), n.captures);
    const std::vector<ValueId> results = inline_graph(g, *branch, captures, id);
    g.erase(id);
    for (size_t i = 0; i < n.outputs.size(); ++i) {
      const ValueId out = n.outputs[i];
      if (!out || replace_value(g, out, results[i])) continue;
      // A graph output that is a capture, a constant or given out twice: copied.
      Node copy = make_node("Identity", {results[i]});
      copy.origin = n.origin;
      copy.outputs = {out};
      g.add_node(std::move(copy));
    }
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
