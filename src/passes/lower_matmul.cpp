// MatMul and Gemm become pharos::MatMul, which also takes over transposes of its operands and scaling by a number.

#include <algorithm>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool is_ours(const Node& n) { return n.is("MatMul", "pharos"); }

bool lower_plain(Graph& g, NodeId id, const PassContext& c) {
  const Node& n = g[id];
  if (!n.is("MatMul") || !c.takes("pharos", "MatMul", dtype_of(g, n.inputs[0]))) return false;
  // Vectors have rules of their own; the fused form knows only matrices.
  if (rank_of(g, n.inputs[0]).value_or(0) < 2 || rank_of(g, n.inputs[1]).value_or(0) < 2) return false;
  g.node(id).domain = "pharos";
  return true;
}

Tensor times(const Tensor& t, double factor) {
  std::vector<double> values = to_doubles(t);
  for (double& v : values) v *= factor;
  return float_tensor(t.dtype(), t.dims(), values);
}

// beta * C as bias (one number per column), as residual (the whole matrix), or as a value to be added afterwards.
struct Addend { ValueId bias = {}, residual = {}, rest = {}; bool possible = true; };

Addend addend_of(Graph& g, const Node& n) {
  const double beta = n.attr_float("beta", 1);
  if (!n.has_input(2) || beta == 0) return {};
  const ValueId c = n.inputs[2], y = n.outputs[0];
  if (const Tensor* t = g.constant(c)) {
    const auto columns = dim_of(g, y, 1);
    const auto v = columns ? per_channel(*t, 2, 1, *columns) : std::nullopt;
    const Tensor scaled = times(*t, beta);
    if (!scaled.valid()) return {.possible = false};
    if (v) {
      return {.bias = g.add_constant(g.value(c).name,
                                     float_tensor(t->dtype(), {*columns}, *per_channel(scaled, 2, 1, *columns)))};
    }
    const ValueId whole = beta == 1 ? c : g.add_constant(g.value(c).name, scaled);
    return same_shape(g, c, y) ? Addend{.residual = whole} : Addend{.rest = whole};
  }
  if (beta != 1) return {.possible = false};
  const auto shape = shape_of(g, c), out = shape_of(g, y);
  if (shape && out && shape->size() == 1 && (*shape)[0] == (*out)[1] && !((*shape)[0] == Dim(1))) return {.bias = c};
  return same_shape(g, c, y) ? Addend{.residual = c} : Addend{.rest = c};
}

bool lower_gemm(Graph& g, NodeId id, PassContext& c) {
  const Node n = g[id];
  if (!n.is("Gemm") || !c.takes("pharos", "MatMul", dtype_of(g, n.inputs[0])) || !rank_of(g, n.outputs[0]))
    return false;
  const Addend add = addend_of(g, n);
  if (!add.possible) {
    c.note(g, id, "kept as Gemm: beta scales a C that is not constant");
    return false;
  }
  Node fused = make_node("MatMul", {n.inputs[0], n.inputs[1]}, {}, "pharos");
  for (const char* t : {"transA", "transB"})
    if (n.attr_int(t)) fused.attributes[t] = int64_t{1};
  if (n.attr_float("alpha", 1) != 1) fused.attributes["scale"] = n.attr_float("alpha", 1);
  if (add.bias || add.residual) fused.inputs.push_back(add.bias);
  if (add.residual) fused.inputs.push_back(add.residual);
  if (!add.rest) {
    replace_node(g, id, std::move(fused));
    return true;
  }
  const ValueId product = emit(g, std::move(fused), g.value(n.outputs[0]).type, n.name + "_product", id);
  replace_node(g, id, make_node("Add", {product, add.rest}));
  return true;
}

// Transposing the last two axes of an operand costs nothing inside the product.
bool absorb_transpose(Graph& g, NodeId id) {
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ValueId v = g[id].inputs[i];
    const NodeId t = g.producer(v);
    if (!t || !g[t].is("Transpose")) continue;
    auto perm = permutation(g, g[t]);
    if (!perm || perm->size() < 2) continue;
    std::swap((*perm)[perm->size() - 1], (*perm)[perm->size() - 2]);
    if (!std::is_sorted(perm->begin(), perm->end())) continue;
    const char* key = i == 0 ? "transA" : "transB";
    auto& attributes = g.node(id).attributes;
    if (g[id].attr_int(key)) attributes.erase(key);
    else attributes[key] = int64_t{1};
    g.merge_origin(id, t);
    g.set_input(id, i, g[t].inputs[0]);
    erase_if_dead(g, v);
    return true;
  }
  return false;
}

std::optional<WithScalar> scaling(const Graph& g, NodeId id) {
  if (!id || (!g[id].is("Mul") && !g[id].is("Div"))) return std::nullopt;
  auto s = with_scalar(g, g[id]);
  if (!s || (g[id].op == "Div" && (s->constant_first || s->c == 0))) return std::nullopt;
  if (g[id].op == "Div") s->c = 1 / s->c;
  return s;
}

void multiply_scale(Graph& g, NodeId id, double factor) {
  g.node(id).attributes["scale"] = float(g[id].attr_float("scale", 1) * factor);
}

// A factor before or after the product; constant weights take it themselves (fuse-affine).
bool absorb_scale(Graph& g, NodeId id) {
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ValueId v = g[id].inputs[i];
    const auto s = read_once(g, v) ? scaling(g, g.producer(v)) : std::nullopt;
    if (!s || !same_type(g, s->x, v)) continue;
    multiply_scale(g, id, s->c);
    g.merge_origin(id, g.producer(v));
    g.set_input(id, i, s->x);
    erase_if_dead(g, v);
    return true;
  }
  const ValueId y = g[id].outputs[0];
  const NodeId next = g.sole_consumer(y);
  const auto s = scaling(g, next);
  if (!s || s->x != y || !g[id].attr_string("activation").empty() || g[id].has_input(2) || g[id].has_input(3))
    return false;
  multiply_scale(g, id, s->c);
  return bypass(g, next, y);
}

}  // namespace

Result<int> lower_matmul(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id)) continue;
    if (lower_plain(g, id, c) || lower_gemm(g, id, c)) { ++rewrites; continue; }
    if (!is_ours(g[id])) continue;
    while (absorb_transpose(g, id) || absorb_scale(g, id)) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
