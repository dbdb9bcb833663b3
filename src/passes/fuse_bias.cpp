// product + bias, with one number per column. (The bias of a convolution is constant: fuse-affine.)

#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// The operand as a vector over the last axis of `y`; none where it is something else.
ValueId as_vector(Graph& g, ValueId operand, ValueId y) {
  const auto shape = shape_of(g, y), own = shape_of(g, operand);
  if (!shape || !own) return {};
  const int rank = int(shape->size());
  const auto columns = shape->back().maybe_number();
  if (const Tensor* t = g.constant(operand)) {
    const auto v = columns ? per_channel(*t, rank, rank - 1, *columns) : std::nullopt;
    if (!v) return {};
    if (t->dims() == Dims{*columns}) return operand;
    Tensor flat = float_tensor(t->dtype(), {*columns}, *v);
    return flat.valid() ? g.add_constant(g.value(operand).name, std::move(flat)) : ValueId{};
  }
  return own->size() == 1 && (*own)[0] == shape->back() ? operand : ValueId{};
}

bool rewrite(Graph& g, NodeId id) {
  const ValueId y = g[id].outputs[0];
  const NodeId add = g.sole_consumer(y);
  if (!add || !g[add].is("Add") || !same_type(g, y, g[add].outputs[0])) return false;
  const auto operand = other_operand(g[add], y);
  const ValueId bias = operand ? as_vector(g, *operand, y) : ValueId{};
  if (!bias || dtype_of(g, bias) != dtype_of(g, y)) return false;
  g.set_input(id, 2, bias);
  if (!bypass(g, add, y)) {
    g.set_input(id, 2, {});
    return false;
  }
  return true;
}

}  // namespace

Result<int> fuse_bias(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id)) continue;
    const Node& n = g[id];
    if (!n.is("MatMul", "pharos") || n.has_input(2) || !n.attr_string("activation").empty()) continue;
    if (rewrite(g, id)) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
