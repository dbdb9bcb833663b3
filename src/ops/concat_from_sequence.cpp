#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  const Type& in = c.input(0);
  if (in.kind == Type::Kind::Unknown) return {};
  if (in.kind != Type::Kind::Sequence || !in.element) return bad_input(node, 0, in.text(), "a sequence");
  Type t = *in.element;
  if (t.shape) {
    const bool stack = node.attr_int("new_axis") != 0;
    const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis"), t.rank() + (stack ? 1 : 0)));
    if (stack) t.shape->insert(t.shape->begin() + axis, Dim());
    else (*t.shape)[size_t(axis)] = Dim();
  }
  c.set_output(0, std::move(t));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Sequence* s = c.input_datum(0).sequence();
  if (!s) return bad_input(node, 0, "no sequence", "a sequence");
  if (s->items.empty()) return bad_value(node, 0, "no items", "one item or more");
  const bool stack = node.attr_int("new_axis") != 0;
  const Tensor* first = s->items[0].tensor();
  if (!first) return bad_input(node, 0, "a sequence of other things", "a sequence of tensors");
  const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis"), first->rank() + (stack ? 1 : 0)));
  Dims dims = first->dims();
  if (stack) dims.insert(dims.begin() + axis, 1);
  int64_t total = 0;
  std::vector<int64_t> lengths;
  for (const Datum& d : s->items) {
    const Tensor* t = d.tensor();
    if (!t || t->dtype() != first->dtype())
      return bad_input(node, 0, "a sequence of mixed items", "tensors of one element type");
    Dims own = t->dims();
    if (stack) own.insert(own.begin() + std::min<int64_t>(axis, t->rank()), 1);
    lengths.push_back(own.size() == dims.size() ? own[size_t(axis)] : 0);
    if (own.size() == dims.size()) own[size_t(axis)] = dims[size_t(axis)];
    if (own != dims)
      return shapes_mismatch(node, fmt::format("cannot join {} and {} along axis {}", dims_text(first->dims()),
                                               dims_text(t->dims()), axis));
    if (__builtin_add_overflow(total, lengths.back(), &total))
      return too_large(node, "the result", "more than 2^63", "2^63");
  }
  dims[size_t(axis)] = total;
  Tensor out = PHAROS_TRY(c.output(0, first->dtype(), dims));
  const AxisSplit split = split_at(dims, axis);
  int64_t at = 0;
  for (size_t i = 0; i < s->items.size(); ++i) {
    const int64_t run = lengths[i] * split.inner;
    for (int64_t o = 0; o < split.outer; ++o)
      copy_run(out, o * total * split.inner + at * split.inner, *s->items[i].tensor(), o * run, run);
    at += lengths[i];
  }
  return {};
}

}  // namespace

void define_concat_from_sequence(OpSet& ops) {
  ops.add({
      .name = "ConcatFromSequence",
      .since = 11,
      .doc = "Joins the items of a sequence along an axis, or stacks them along a new one.",
      .inputs = {{.name = "input_sequence", .container = true}},
      .outputs = {{"concat_result"}},
      .attributes = {{"axis", AttrType::Int, true}, {"new_axis", AttrType::Int, false, "1: stack; default 0"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
