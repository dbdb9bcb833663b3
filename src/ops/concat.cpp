#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Report unequal(const Node& node, size_t input, const std::string& shape, const std::string& others) {
  return shapes_mismatch(node, fmt::format("input {} [{}] does not fit [{}] outside the axis", input, shape, others));
}

// Contents of small integer inputs, one after the other.
void join_shape_values(InferContext& c) {
  Shape all;
  for (size_t i = 0; i < c.node().inputs.size(); ++i) {
    const auto value = c.shape_value(i);
    if (value) {
      all.insert(all.end(), value->begin(), value->end());
    } else {
      const auto n = known_length(c, i);
      if (!n || *n > 64) return;
      all.insert(all.end(), size_t(*n), Dim());
    }
  }
  c.set_shape_value(0, std::move(all));
}

Result<void> infer(InferContext& c) {
  const size_t n = c.node().inputs.size();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, n));
  std::optional<Shape> out;
  bool all_known = true;
  for (size_t i = 0; i < n; ++i) {
    const auto& in = c.input(i).shape;
    if (!in) { all_known = false; continue; }
    const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), int(in->size())));
    if (!out) { out = in; continue; }
    if (out->size() != in->size()) return unequal(c.node(), i, shape_text(*in), shape_text(*out));
    for (size_t d = 0; d < in->size(); ++d) {
      Dim &o = (*out)[d];
      const Dim& x = (*in)[d];
      if (int(d) == axis) o = o + x;
      else if (o.is_number() && x.is_number() && !(o == x))
        return unequal(c.node(), i, shape_text(*in), shape_text(*out));
      else if (!o.is_number() && !x.is_unknown() && (o.is_unknown() || x.is_number())) o = x;
    }
  }
  if (out && !all_known) {
    const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), int(out->size())));
    (*out)[size_t(axis)] = Dim();
  }
  const bool one_dim = out && out->size() == 1;
  c.set_output(0, tensor_type(t, std::move(out)));
  if (one_dim && (t == DType::i64 || t == DType::i32)) join_shape_values(c);
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const size_t n = c.node().inputs.size();
  PHAROS_TRY(check_same_dtype(c, 0, n));
  const Tensor& first = c.input(0);
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), first.rank()));
  Dims dims = first.dims();
  Dim total(0);
  for (size_t i = 0; i < n; ++i) {
    const Dims& in = c.input(i).dims();
    bool fits = in.size() == dims.size();
    for (size_t d = 0; fits && d < in.size(); ++d) fits = int(d) == axis || in[d] == dims[d];
    if (!fits) return unequal(c.node(), i, dims_text(in), dims_text(first.dims()));
    total = total + Dim(in[size_t(axis)]);
  }
  const Shape length{total};
  dims[size_t(axis)] = PHAROS_TRY(concrete_dims(c.node(), length)).front();
  Tensor y = PHAROS_TRY(c.output(0, first.dtype(), dims));
  const AxisSplit to = split_at(dims, axis);
  int64_t at = 0;
  for (size_t i = 0; i < n; ++i) {
    const Tensor& x = c.input(i);
    const int64_t run = x.dim(axis) * to.inner;
    for (int64_t o = 0; run > 0 && o < to.outer; ++o) copy_run(y, o * to.length * to.inner + at, x, o * run, run);
    at += run;
  }
  return {};
}

// Before opset 4 the axis was 1 where it was missing.
Result<void> default_axis(Graph& graph, NodeId node, int) {
  graph.node(node).attributes.try_emplace("axis", int64_t{1});
  return {};
}

}  // namespace

void define_concat(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Concat",
           .since = 13,
           .doc = "Joins tensors along an axis.",
           .inputs = {{"inputs", t, Param::Kind::Variadic}},
           .outputs = {{"concat_result", t}},
           .attributes = {{"axis", AttrType::Int, true, "negative: from the end"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, default_axis}, {4, nullptr}}});
}

}  // namespace pharos
