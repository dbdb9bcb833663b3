// Reshape, Flatten, Squeeze and Unsqueeze only rename the elements: each becomes a Reshape with a constant operand
// where that can be written, and reads what the first of a chain reads.

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool renames(const Node& n) { return n.is("Reshape") || n.is("Flatten") || n.is("Squeeze") || n.is("Unsqueeze"); }

// One that may fail when its operands are known stays, so that it does fail.
bool cannot_fail(const Graph& g, const Node& n) {
  const auto from = shape_of(g, n.inputs[0]), to = shape_of(g, n.outputs[0]);
  return from && to && same_count(*from, *to);
}

// Only the first reshape knows how `0` and `-1` in its operand were meant: types do.
ValueId start_of_chain(const Graph& g, const Node& n) {
  ValueId x = n.inputs[0];
  for (int i = 0; i < 64; ++i) {
    const NodeId p = g.producer(x);
    if (!p || !((renames(g[p]) && cannot_fail(g, g[p])) || g[p].is("Identity"))) break;
    x = g[p].inputs[0];
  }
  return x;
}

bool rewrite(Graph& g, NodeId id, ValueId x) {
  const Node& n = g[id];
  const auto from = shape_of(g, x), to = shape_of(g, n.outputs[0]);
  if (!from || !to) return false;
  const auto operand = reshape_operand(*from, *to);
  if (!operand) return false;
  const bool constant = n.is("Reshape") && g.constant(n.inputs[1]);
  if (x == n.inputs[0] && constant) return false;  // as good as it gets
  std::vector<NodeId> absorbed;
  for (ValueId v = n.inputs[0]; v != x; v = g[g.producer(v)].inputs[0])
    absorbed.insert(absorbed.begin(), g.producer(v));
  const ValueId shape = add_ints(g, n.name + "_shape", *operand);
  replace_node(g, id, make_node("Reshape", {x, shape}), absorbed);
  return true;
}

}  // namespace

Result<int> fuse_reshapes(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !renames(g[id]) || !g[id].has_input(0)) continue;
    const ValueId x = start_of_chain(g, g[id]), direct = g[id].inputs[0];
    if (rewrite(g, id, x) || (x != direct && rewrite(g, id, direct))) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
