#include <fmt/format.h>
#include <map>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

constexpr size_t residual_input = 3;

bool is_product(const Node& n) { return n.is("Conv", "pharos") || n.is("MatMul", "pharos"); }

// Why the operand `y` of the Add cannot take the other one; empty: it can. "-": it is no convolution or product.
std::string refusal(const Graph& g, ValueId y, ValueId other, ValueId sum) {
  const NodeId p = g.producer(y);
  if (!p || !is_product(g[p])) return "-";
  if (!g[p].attr_string("activation").empty())
    return fmt::format("'{}' applies {} before it", g[p].name, g[p].attr_string("activation"));
  if (g[p].has_input(residual_input)) return "-";
  if (g.is_output(y)) return fmt::format("the result of '{}' is also a graph output", g[p].name);
  if (!read_once(g, y)) return fmt::format("the result of '{}' is read by {} nodes", g[p].name, g.value(y).uses.size());
  if (!same_type(g, y, other) || !same_type(g, y, sum)) return "its operands have different shapes";
  return "";
}

}  // namespace

Result<int> fuse_residual(Graph& g, PassContext& c) {
  int rewrites = 0;
  const auto order = g.topological_order();
  std::map<NodeId, size_t> position;
  for (size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
  for (const NodeId id : order) {
    if (!g.is_alive(id) || !g[id].is("Add") || g[id].inputs[0] == g[id].inputs[1]) continue;
    const ValueId sum = g[id].outputs[0];
    // Where both operands could take the other, the later one does: its residual is ready by then.
    std::vector<ValueId> operands{g[id].inputs[0], g[id].inputs[1]};
    const auto when = [&](ValueId v) {
      const auto p = position.find(g.producer(v));
      return p == position.end() ? size_t{0} : p->second;
    };
    if (when(operands[1]) > when(operands[0])) std::swap(operands[0], operands[1]);
    std::string why = "-";
    for (const size_t i : {size_t{0}, size_t{1}}) {
      const ValueId y = operands[i], other = operands[1 - i];
      const std::string reason = refusal(g, y, other, sum);
      if (!reason.empty()) {
        if (why == "-") why = reason;
        continue;
      }
      const NodeId p = g.producer(y);
      g.set_input(p, residual_input, other);
      why = "";
      if (bypass(g, id, y)) ++rewrites;
      else g.set_input(p, residual_input, {});
      break;
    }
    if (!why.empty() && why != "-") c.note(g, id, "not joined with the node before it: " + why);
  }
  return rewrites;
}

}  // namespace pharos::passes
