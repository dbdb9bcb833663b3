#include <numeric>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (x.shape) {
    const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank()));
    const auto k = c.shape_value(1);
    Dim& d = (out = x.shape)->at(size_t(axis));
    const Dim count = k && k->size() == 1 ? k->front() : Dim();
    if (count.is_number() && (count.number() < 0 || (d.is_number() && count.number() > d.number())))
      return bad_value(c.node(), 1, count.text(), fmt::format("0 to {}, the length of the axis", d.text()));
    d = count;
  }
  c.set_output(0, tensor_type(x.dtype, out));
  c.set_output(1, tensor_type(DType::i64, std::move(out)));
  return {};
}

// Largest first; equal elements by place. NaN counts as the largest.
template <class W>
bool before(W a, W b, int64_t at_a, int64_t at_b, bool largest) {
  const bool nan_a = a != a, nan_b = b != b;
  if (nan_a || nan_b) return nan_a == nan_b ? at_a < at_b : nan_a == largest;
  return a != b ? (a > b) == largest : at_a < at_b;
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &count = c.input(1);
  if (count.count() != 1) return bad_input(c.node(), 1, "of shape " + dims_text(count.dims()), "one element");
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank()));
  const bool largest = c.node().attr_int("largest", 1) != 0;
  const AxisSplit s = split_at(x.dims(), axis);
  const int64_t k = count.int_at(0);
  if (k < 0 || k > s.length)
    return bad_value(c.node(), 1, std::to_string(k), fmt::format("0 to {}, the length of the axis", s.length));
  Dims dims = x.dims();
  dims[size_t(axis)] = k;
  Tensor values = PHAROS_TRY(c.output(0, x.dtype(), dims)), places = PHAROS_TRY(c.output(1, DType::i64, dims));
  if (values.count() == 0) return {};
  with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    const std::vector<W> v = to_vector<W>(x);
    const auto out = places.as<int64_t>();
    std::vector<int64_t> order(static_cast<size_t>(s.length));
    for (int64_t line = 0; line < s.outer * s.inner; ++line) {
      const int64_t start = line / s.inner * s.length * s.inner + line % s.inner;
      const int64_t target = line / s.inner * k * s.inner + line % s.inner;
      std::iota(order.begin(), order.end(), int64_t{0});
      std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
        return before(v[size_t(start + a * s.inner)], v[size_t(start + b * s.inner)], a, b, largest);
      });
      for (int64_t i = 0; i < k; ++i) {
        out[size_t(target + i * s.inner)] = order[size_t(i)];
        copy_run(values, target + i * s.inner, x, start + order[size_t(i)] * s.inner, 1);
      }
    }
  });
  return {};
}

Result<void> k_to_input(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "k", 1);
  return {};
}

}  // namespace

void define_top_k(OpSet& ops) {
  ops.add({.name = "TopK",
           .since = 24,
           .doc = "The k largest or smallest elements along an axis, and where they are.",
           .inputs = {{"X", types::numeric}, {"K", types::i64}},
           .outputs = {{"Values", types::numeric}, {"Indices", types::i64}},
           .attributes = {{"axis", AttrType::Int, false, "-1"},
                          {"largest", AttrType::Int, false, "1: the largest (default), 0: the smallest"},
                          {"sorted", AttrType::Int, false, "0 allows any order; the result is always sorted"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, k_to_input}, {10, nullptr}}});
}

}  // namespace pharos
