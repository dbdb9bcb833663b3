#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// Why not; empty: done.
std::string rewrite(Graph& g, NodeId id, NodeId add, const PassContext& c) {
  const Node norm = g[id], sum = g[add];
  const auto rank = rank_of(g, norm.inputs[0]);
  const int64_t axis = norm.attr_int("axis", -1);
  if (!rank || (axis != -1 && axis != *rank - 1)) return "it normalises more than the last axis";
  if (norm.has_output(1) || norm.has_output(2)) return "its mean or deviation is read";
  if (rank_of(g, norm.inputs[1]) != std::optional(1)) return "its scale is not a vector";
  if (!same_type(g, sum.inputs[0], sum.inputs[1]))
    return fmt::format("the operands of '{}' have different shapes", sum.name);
  if (!c.takes("pharos", "SkipLayerNormalization", dtype_of(g, sum.inputs[0])))
    return fmt::format("no fused form for {}", dtype_name(dtype_of(g, sum.inputs[0])));
  const ValueId total = sum.outputs[0];
  const bool sum_needed = !read_once(g, total);
  // Another reader of the sum might compute the parameters: then the fused node would depend on itself.
  if (sum_needed && (g.producer(norm.inputs[1]) || (norm.has_input(2) && g.producer(norm.inputs[2]))))
    return "its scale or bias is computed";

  Node fused = make_node("SkipLayerNormalization", {sum.inputs[0], sum.inputs[1], norm.inputs[1]},
                         {{"epsilon", norm.attr_float("epsilon", 1e-5f)}}, "pharos");
  if (norm.has_input(2)) fused.inputs.push_back(norm.inputs[2]);
  fused.outputs = {norm.outputs[0]};
  fused.origin = sum.origin;
  if (sum_needed) {
    // The node now computes the sum as well; every other reader keeps reading the same value.
    g.set_output(add, 0, {});
    fused.outputs.push_back(total);
    for (const std::string& o : norm.origin) fused.origin.push_back(o);
    fused.name = norm.name;
    g.erase(id);
    g.erase(add);
    g.add_node(std::move(fused));
    return "";
  }
  const NodeId absorbed[] = {add};
  replace_node(g, id, std::move(fused), absorbed);
  return "";
}

}  // namespace

Result<int> fuse_skip_layernorm(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !g[id].is("LayerNormalization")) continue;
    const NodeId add = g.producer(g[id].inputs[0]);
    if (!add || !g[add].is("Add")) continue;
    const std::string why = rewrite(g, id, add, c);
    if (why.empty()) ++rewrites;
    else c.note(g, id, fmt::format("not joined with Add '{}': {}", g[add].name, why));
  }
  return rewrites;
}

}  // namespace pharos::passes
