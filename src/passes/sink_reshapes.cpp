// op(Reshape(x)) = Reshape(op(x)) where op works on each row of the last axis alone and the Reshape keeps that axis.
// Exporters flatten around products (TensorFlow) and around Softmax (before opset 13); sunk, the two views meet and
// vanish, and bias, residual and activation come to stand beside the product.

#include <algorithm>

#include "passes/activation_of.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool last_axis(const Graph& g, const Node& n) {
  const int64_t axis = n.attr_int("axis", -1);
  return axis == -1 || rank_of(g, n.inputs[0]) == std::optional(int(axis) + 1);
}

// The other operand is one number for each element of a row, or one number.
bool row_operand(const Graph& g, const Node& n, ValueId x) {
  const auto other = other_operand(n, x);
  const Tensor* t = other ? g.constant(*other) : nullptr;
  return t && t->rank() <= 1;
}

bool is_product(const Node& n) { return is_builtin(n) && (n.op == "MatMul" || n.op == "Conv" || n.op == "Gemm"); }

bool is_view(const Node& n) { return n.is("Reshape") || n.is("Flatten") || n.is("Squeeze") || n.is("Unsqueeze"); }

const Node* viewed_by(const Graph& g, ValueId v) {
  const NodeId p = g.producer(v);
  return p && is_view(g[p]) ? &g[p] : nullptr;
}

enum class Reach { None, Row, Element };  // what of x an element of the result depends on

Reach reach_of(const Graph& g, const Node& n, ValueId view) {
  if (is_builtin(n) && n.op == "MatMul" && n.inputs[0] == view) {
    const Tensor* weights = g.constant(n.inputs[1]);
    // A residual has the shape of the flat result.
    return weights && weights->rank() == 2 && !n.attr_int("transA") && !n.has_input(3) ? Reach::Row : Reach::None;
  }
  if ((n.is("Softmax") || n.is("LogSoftmax")) && last_axis(g, n)) return Reach::Row;
  if ((n.is("LayerNormalization") || n.is("RMSNormalization")) && last_axis(g, n) && n.inputs[0] == view)
    return Reach::Row;
  if ((n.is("Add") || n.is("Mul") || n.is("Sub") || n.is("Div")) && row_operand(g, n, view)) return Reach::Row;
  return activation_of(g, n) ? Reach::Element : Reach::None;
}

bool rewrite(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (n.outputs.empty() || n.has_output(1)) return false;
  size_t at = 0;
  const Node* view = viewed_by(g, n.inputs[0]);
  if (!view && n.inputs.size() == 2 && (view = viewed_by(g, n.inputs[1]))) at = 1;
  if (!view) return false;
  const ValueId x = view->inputs[0], flat = n.inputs[at], y = n.outputs[0];
  const Reach reach = reach_of(g, n, flat);
  const auto from = shape_of(g, x), to = shape_of(g, flat), result = shape_of(g, y);
  if (reach == Reach::None || !from || !to || !result || from->size() < 2 || to->empty() || !same_count(*from, *to)) return false;
  const NodeId maker = g.producer(x);
  // Activations only follow their product; elsewhere a view is as good before as after.
  if (reach == Reach::Element && (!maker || !is_product(g[maker]) || !read_once(g, x) || !read_once(g, flat)))
    return false;
  if (reach == Reach::Row && !(from->back() == to->back())) return false;
  if (reach == Reach::Row && n.inputs.size() == 2 && n.op != "MatMul" && !same_shape(*to, *result)) return false;

  Shape sunk = *from;
  sunk.back() = reach == Reach::Row ? result->back() : from->back();
  const NodeId viewer = g.producer(flat);
  const auto operand = reshape_operand(sunk, *result);
  // Where the shape of the rows stays as it was, the view itself can follow.
  const bool keeps_shape = same_shape(sunk, *from);
  if (!operand && !keeps_shape) return false;
  Node moved = make_node(n.op, n.inputs, n.attributes, n.domain);
  moved.inputs[at] = x;
  moved.name = n.name;
  if (moved.has_attr("axis")) moved.attributes["axis"] = int64_t{-1};
  const std::string name = n.name;
  const ValueId row = emit(g, std::move(moved), Type::tensor(dtype_of(g, y), sunk), name + "_rows", id);
  const NodeId absorbed[] = {viewer};
  Node sunk_view = operand ? make_node("Reshape", {row, add_ints(g, name + "_shape", *operand)})
                           : make_node(g[viewer].op, g[viewer].inputs, g[viewer].attributes);
  sunk_view.inputs[0] = row;
  replace_node(g, id, std::move(sunk_view), absorbed);
  return true;
}

}  // namespace

Result<int> sink_reshapes(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order())
    if (g.is_alive(id) && !g[id].inputs.empty() && g[id].inputs[0] && rewrite(g, id)) ++rewrites;
  return rewrites;
}

}  // namespace pharos::passes
