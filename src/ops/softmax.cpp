// Softmax, LogSoftmax and Hardmax.

#include <cmath>

#include "ops/dispatch.h"
#include "ops/early_types.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (x.shape) PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank()));
  return infer_same(c);
}

// One line of elements `step` apart.
using LineFn = void (*)(double* x, int64_t n, int64_t step);

double top_of(const double* x, int64_t n, int64_t step) {
  double top = -INFINITY;
  for (int64_t i = 0; i < n; ++i)
    if (const double v = x[i * step]; v > top || v != v) top = v;
  return top;
}

void softmax(double* x, int64_t n, int64_t step) {
  const double top = top_of(x, n, step);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += x[i * step] = std::exp(x[i * step] - top);
  for (int64_t i = 0; i < n; ++i) x[i * step] /= sum;
}

void log_softmax(double* x, int64_t n, int64_t step) {
  const double top = top_of(x, n, step);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(x[i * step] - top);
  const double shift = top + std::log(sum);
  for (int64_t i = 0; i < n; ++i) x[i * step] -= shift;
}

void hardmax(double* x, int64_t n, int64_t step) {
  int64_t best = 0;
  for (int64_t i = 1; i < n; ++i)
    if (x[i * step] > x[best * step]) best = i;
  for (int64_t i = 0; i < n; ++i) x[i * step] = i == best;
}

template <LineFn line>
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (x.count() == 0) return {};
  const AxisSplit s = split_at(x.dims(), axis);
  std::vector<double> block(size_t(s.length * s.inner));
  for (int64_t o = 0; o < s.outer; ++o) {
    load(x, o * s.length * s.inner, s.length * s.inner, block.data());
    for (int64_t i = 0; i < s.inner; ++i) line(block.data() + i, s.length, s.inner);
    store(y, o * s.length * s.inner, s.length * s.inner, block.data());
  }
  return {};
}

// Before opset 13 the axis (1 by default) cut the tensor into a matrix, whose rows were normalised.
Result<void> rows_of_matrix(Graph& graph, NodeId id, int) {
  const Node n = graph[id];
  const int64_t axis = n.attr_int("axis", 1);
  if (!n.has_input(0) || !n.has_output(0)) return {};  // reported when the node is checked
  const ValueId x = n.inputs[0];
  graph.node(id).attributes.insert_or_assign("axis", int64_t{-1});
  const auto rank = early_rank(graph, x);
  if (axis == -1 || (rank && (axis < 0 ? axis + *rank : axis) == *rank - 1)) return {};
  const ValueId matrix = graph.add("Flatten", {x}, {{"axis", axis}}, n.name + "_rows", n.origin);
  const ValueId shape = graph.add("Shape", {x}, {}, n.name + "_shape", n.origin);
  const ValueId result = n.outputs[0], rows = graph.add_value(n.name + "_of_rows");
  graph.set_input(id, 0, matrix);
  graph.set_output(id, 0, ValueId{});
  graph.set_output(id, 0, rows);
  Node back;
  back.op = "Reshape";
  back.name = n.name + "_back";
  back.inputs = {rows, shape};
  back.outputs = {result};
  back.attributes = {{"allowzero", int64_t{1}}};
  back.origin = n.origin;
  graph.add_node(std::move(back));
  return {};
}

void define(OpSet& ops, std::string_view name, EvalFn evaluate, std::string_view doc) {
  ops.add({.name = name,
           .since = 13,
           .doc = doc,
           .inputs = {{"input", types::floats}},
           .outputs = {{"output", types::floats}},
           .attributes = {{"axis", AttrType::Int, false, "-1"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, rows_of_matrix}}});
}

}  // namespace

void define_softmax(OpSet& ops) {
  define(ops, "Softmax", evaluate<softmax>, "Turns the elements along an axis into a probability distribution.");
  define(ops, "LogSoftmax", evaluate<log_softmax>, "Logarithm of Softmax.");
  define(ops, "Hardmax", evaluate<hardmax>, "1 at the first largest element along an axis, 0 elsewhere.");
}

}  // namespace pharos
