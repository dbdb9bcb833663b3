// GlobalAveragePool, GlobalMaxPool and GlobalLpPool: one number per channel.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> y = x.shape;
  if (y) {
    if (y->size() < 2) return bad_input(c.node(), 0, fmt::format("of rank {}", y->size()), "rank 2 or more");
    for (size_t a = 2; a < y->size(); ++a) (*y)[a] = Dim(1);
  }
  c.set_output(0, tensor_type(x.dtype, std::move(y)));
  return {};
}

// F reduces n numbers to one.
template <class F>
Result<void> reduce_planes(EvalContext& c, F&& f) {
  const Tensor& x = c.input(0);
  if (x.rank() < 2) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 2 or more");
  Dims dims = x.dims();
  for (size_t a = 2; a < dims.size(); ++a) dims[a] = 1;
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  const int64_t n = x.count() / y.count();
  if (n == 0) return bad_input(c.node(), 0, "of shape " + dims_text(x.dims()), "spatial extents above 0");
  std::vector<double> plane(static_cast<size_t>(n));
  for (int64_t i = 0; i < y.count(); ++i) {
    load(x, i * n, n, plane.data());
    const double v = f(plane);
    store(y, i, 1, &v);
  }
  return {};
}

Result<void> evaluate_average(EvalContext& c) {
  return reduce_planes(c, [](const std::vector<double>& plane) {
    double sum = 0;
    for (const double v : plane) sum += v;
    return sum / double(plane.size());
  });
}

Result<void> evaluate_max(EvalContext& c) {
  return reduce_planes(c, [](const std::vector<double>& plane) {
    double top = -INFINITY;
    for (const double v : plane) top = v > top || v != v ? v : top;
    return top;
  });
}

Result<void> evaluate_lp(EvalContext& c) {
  const double p = double(c.node().attr_int("p", 2));
  if (p < 1) return bad_attribute(c.node(), "p", fmt::format("{}", p), "1 or more");
  return reduce_planes(c, [p](const std::vector<double>& plane) {
    double sum = 0;
    for (const double v : plane) sum += std::pow(std::abs(v), p);
    return std::pow(sum, 1 / p);
  });
}

// In opset 1, `p` was a float.
Result<void> lp_1(Graph& graph, NodeId id, int) {
  auto& attributes = graph.node(id).attributes;
  if (const auto p = attributes.find("p"); p != attributes.end())
    if (const float* v = std::get_if<float>(&p->second)) {
      if (!(*v >= 1 && *v < 1e6f) || *v != float(int64_t(*v)))
        return bad_attribute(graph[id], "p", fmt::format("{}", *v), "a whole number");
      p->second = int64_t(*v);
    }
  return {};
}

}  // namespace

void define_global_pool(OpSet& ops) {
  const TypeSet f = types::floats;
  ops.add({.name = "GlobalAveragePool", .since = 22, .doc = "Mean of each channel.", .inputs = {{"X", f}}, .outputs = {{"Y", f}},
           .infer = infer, .evaluate = evaluate_average, .older = {{1, nullptr}}});
  ops.add({.name = "GlobalMaxPool", .since = 22, .doc = "Maximum of each channel.", .inputs = {{"X", f}}, .outputs = {{"Y", f}},
           .infer = infer, .evaluate = evaluate_max, .older = {{1, nullptr}}});
  ops.add({.name = "GlobalLpPool", .since = 22, .doc = "p-norm of each channel.", .inputs = {{"X", f}}, .outputs = {{"Y", f}},
           .attributes = {{"p", AttrType::Int, false, "order of the norm, 2"}}, .infer = infer, .evaluate = evaluate_lp,
           .older = {{1, lp_1}, {2, nullptr}}});
}

}  // namespace pharos
