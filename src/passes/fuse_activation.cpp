#include <fmt/format.h>

#include "passes/activation_of.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool is_product(const Node& n) { return n.is("Conv", "pharos") || n.is("MatMul", "pharos"); }

// Only the parameters that the function has, so that equal problems look equal.
void apply(Node& n, const Activation& a) {
  set_activation(n, a);
  using enum ActivationKind;
  const bool two = a.kind == Clip || a.kind == HardSigmoid;
  if (!two) n.attributes.erase("beta");
  if (!two && a.kind != LeakyRelu && a.kind != Elu) n.attributes.erase("alpha");
}

// Max pooling and a function that never falls may change places: the product before the pooling then applies it.
bool swap_with_pooling(Graph& g, NodeId id, const Activation& a) {
  const ValueId x = g[id].inputs[0];
  const NodeId pool = g.producer(x);
  using enum ActivationKind;
  const bool rises = a.kind == Relu || a.kind == Clip || (a.kind == LeakyRelu && a.alpha >= 0);
  if (!rises || !pool || (!g[pool].is("MaxPool") && !g[pool].is("GlobalMaxPool")) || g[pool].has_output(1) ||
      !read_once(g, x))
    return false;
  const ValueId y = g[pool].inputs[0];
  const NodeId p = g.producer(y);
  if (!p || !is_product(g[p]) || !g[p].attr_string("activation").empty() || !read_once(g, y)) return false;
  if (!bypass(g, id, x)) return false;
  apply(g.node(p), a);
  return true;
}

}  // namespace

Result<int> fuse_activation(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || g[id].inputs.empty()) continue;
    const ValueId x = g[id].inputs[0];
    const NodeId p = g.producer(x);
    const auto a = activation_of(g, g[id]);
    if (a && swap_with_pooling(g, id, *a)) { ++rewrites; continue; }
    if (!a || !p || !is_product(g[p]) || !g[p].attr_string("activation").empty()) continue;
    if (!read_once(g, x)) {
      c.note(g, id,
             fmt::format(
                 "not joined with {} '{}': its result is {}", g[p].op, g[p].name,
                 g.is_output(x) ? "also a graph output" : fmt::format("read by {} nodes", g.value(x).uses.size())));
      continue;
    }
    if (!bypass(g, id, x)) continue;
    apply(g.node(p), *a);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
