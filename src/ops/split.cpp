#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Length along the axis of every output.
Result<Shape> lengths(const Node& node, const Dim& total, const std::optional<Shape>& sizes) {
  const size_t outputs = node.outputs.size();
  if (sizes) {
    if (sizes->size() != outputs)
      return bad_value(node, 1, fmt::format("{} sizes", sizes->size()),
                       fmt::format("one for each of {} outputs", outputs));
    Dim sum(0);
    bool numbers = total.is_number();
    for (const Dim& s : *sizes) {
      numbers = numbers && s.is_number();
      if (s.is_number() && s.number() < 0) return bad_value(node, 1, std::to_string(s.number()), "sizes of 0 or more");
      sum = sum + s;
    }
    if (numbers && !(sum == total))  // also where the sum overflows
      return shapes_mismatch(node, fmt::format("sizes add up to {}, the axis has {}", sum.text(), total.text()));
    return *sizes;
  }
  const int64_t parts = node.attr_int("num_outputs", int64_t(outputs));
  if (parts != int64_t(outputs))
    return bad_attribute(node, "num_outputs", std::to_string(parts), fmt::format("{}, the number of outputs", outputs));
  const Dim part = ceil_div(total, Dim(parts));
  Shape out(outputs, part);
  if (total.is_number()) {
    int64_t left = total.number();
    for (Dim& d : out) {
      d = Dim(std::min(part.number(), left));
      left -= d.number();
    }
  } else {
    out.back() = total - part * Dim(parts - 1);
  }
  return out;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const size_t outputs = c.node().outputs.size();
  if (outputs == 0) return {};
  if (!x.shape) {
    for (size_t i = 0; i < outputs; ++i) c.set_output(i, Type::tensor(x.dtype));
    return {};
  }
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), x.rank()));
  std::optional<Shape> sizes = c.shape_value(1);
  if (c.has_input(1) && !sizes) sizes = Shape(outputs);
  const Shape length = PHAROS_TRY(lengths(c.node(), (*x.shape)[size_t(axis)], sizes));
  const auto value = x.rank() == 1 ? c.shape_value(0) : std::nullopt;
  size_t at = 0;
  for (size_t i = 0; i < outputs; ++i) {
    Shape out = *x.shape;
    out[size_t(axis)] = length[i];
    c.set_output(i, Type::tensor(x.dtype, std::move(out)));
    if (!value || !length[i].is_number() || at + size_t(length[i].number()) > value->size()) continue;
    const size_t end = at + size_t(length[i].number());
    c.set_shape_value(i, Shape(value->begin() + int64_t(at), value->begin() + int64_t(end)));
    at = end;
  }
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  if (c.node().outputs.empty()) return {};
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), x.rank()));
  std::optional<Shape> sizes;
  if (c.has_input(1)) sizes = shape_of(c.input(1).to_ints());
  const Dims length = PHAROS_TRY(concrete_dims(c.node(), PHAROS_TRY(lengths(c.node(), Dim(x.dim(axis)), sizes))));
  const AxisSplit from = split_at(x.dims(), axis);
  int64_t at = 0;
  for (size_t i = 0; i < length.size(); ++i) {
    Dims dims = x.dims();
    dims[size_t(axis)] = length[i];
    const int64_t run = length[i] * from.inner;
    if (c.has_output(i)) {
      Tensor y = PHAROS_TRY(c.output(i, x.dtype(), dims));
      for (int64_t o = 0; run > 0 && o < from.outer; ++o)
        copy_run(y, o * run, x, o * from.length * from.inner + at, run);
    }
    at += run;
  }
  return {};
}

// Before opset 13 the sizes were an attribute; before 18 equal parts were implied by the number of outputs.
Result<void> sizes_to_input(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "split", 1);
  return {};
}

}  // namespace

void define_split(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Split",
           .since = 18,
           .doc = "Cuts a tensor along an axis into parts of given or equal sizes.",
           .inputs = {{"input", t}, {"split", types::i64, Param::Kind::Optional}},
           .outputs = {{"outputs", t, Param::Kind::Variadic}},
           .attributes = {{"axis", AttrType::Int, false, "0"},
                          {"num_outputs", AttrType::Int, false, "number of equal parts; the last may be smaller"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, sizes_to_input}, {13, nullptr}}});
}

}  // namespace pharos
