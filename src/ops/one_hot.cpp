#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<int> axis_of(const Node& node, int rank) { return checked_axis(node, node.attr_int("axis", -1), rank + 1); }

Result<void> infer(InferContext& c) {
  const Type &indices = c.input(0), &values = c.input(2);
  std::optional<Shape> out;
  if (indices.shape) {
    const int axis = PHAROS_TRY(axis_of(c.node(), indices.rank()));
    Dim depth;
    if (const Tensor* t = c.constant(1)) {
      if (t->count() == 1) depth = Dim(is_float(t->dtype()) ? int64_t(std::min(t->double_at(0), 9e18)) : t->int_at(0));
    } else if (const auto value = c.shape_value(1); value && value->size() == 1) {
      depth = value->front();
    }
    if (depth.is_number() && depth.number() < 0) return bad_value(c.node(), 1, std::to_string(depth.number()), "a depth of 0 or more");
    out = *indices.shape;
    out->insert(out->begin() + axis, depth);
  }
  c.set_output(0, tensor_type(values.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &indices = c.input(0), &values = c.input(2);
  if (c.input(1).count() != 1) return bad_input(c.node(), 1, "of shape " + dims_text(c.input(1).dims()), "one element");
  if (values.count() != 2) return bad_input(c.node(), 2, "of shape " + dims_text(values.dims()), "two elements");
  const int64_t depth = load_as<int64_t>(c.input(1), 0);
  if (depth < 0) return bad_value(c.node(), 1, std::to_string(depth), "a depth of 0 or more");
  const int axis = PHAROS_TRY(axis_of(c.node(), indices.rank()));
  Dims dims = indices.dims();
  dims.insert(dims.begin() + axis, depth);
  Tensor y = PHAROS_TRY(c.output(0, values.dtype(), dims));
  if (y.count() == 0) return {};
  fill(y, values, 0);
  const AxisSplit s = split_at(dims, axis);
  for (int64_t i = 0; i < indices.count(); ++i) {
    int64_t hot = load_as<int64_t>(indices, i);
    if (hot < -depth || hot >= depth) continue;  // all off
    if (hot < 0) hot += depth;
    copy_run(y, (i / s.inner * depth + hot) * s.inner + i % s.inner, values, 1, 1);
  }
  return {};
}

}  // namespace

void define_one_hot(OpSet& ops) {
  const TypeSet values = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "OneHot",
           .since = 28,
           .doc = "Turns each index into a vector with one element switched on.",
           .inputs = {{"indices", types::numeric}, {"depth", types::numeric}, {"values", values}},
           .outputs = {{"output", values}},
           .attributes = {{"axis", AttrType::Int, false, "where the new axis goes (-1)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
