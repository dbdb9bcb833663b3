// The operators that make and take apart sequences item by item.

#include <fmt/format.h>

#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<const Sequence*> sequence_input(EvalContext& c, size_t i = 0) {
  const Sequence* s = c.input_datum(i).sequence();
  if (!s) return bad_input(c.node(), i, "no sequence", "a sequence");
  return s;
}

Result<void> check_sequence(const Node& node, const Type& t, size_t i = 0) {
  if (t.kind == Type::Kind::Unknown || t.kind == Type::Kind::Sequence) return {};
  return bad_input(node, i, t.text(), "a sequence");
}

Type item_type(const Type& sequence) {
  return sequence.kind == Type::Kind::Sequence && sequence.element ? *sequence.element : Type{};
}

// Sequences hold tensors of one element type and any shape.
Type without_shape(Type t) {
  if (t.is_tensor()) t.shape.reset();
  return t;
}

// The position in input `i`, counted from the back where negative; `last` is the largest one allowed.
Result<int64_t> position(EvalContext& c, size_t i, int64_t size, int64_t last) {
  const Tensor& t = c.input(i);
  if (t.count() != 1) return bad_input(c.node(), i, "of shape " + dims_text(t.dims()), "one element");
  const int64_t p = t.int_at(0);
  if (p < -size || p > last) return index_out_of_range(c.node(), i, p, -size, last);
  return p < 0 ? p + size : p;
}

Result<void> same_element(const Node& node, const Sequence& s, const Tensor& t) {
  if (s.element.is_tensor() && s.element.dtype != DType::undefined && s.element.dtype != t.dtype())
    return bad_input(node, 1, fmt::format("of element type {}", dtype_name(t.dtype())),
                     std::string(dtype_name(s.element.dtype)));
  return {};
}

// --- SequenceAt

Result<void> infer_at(InferContext& c) {
  PHAROS_TRY(check_sequence(c.node(), c.input(0)));
  c.set_output(0, item_type(c.input(0)));
  return {};
}

Result<void> evaluate_at(EvalContext& c) {
  const Sequence* s = PHAROS_TRY(sequence_input(c));
  const int64_t n = int64_t(s->items.size());
  c.set_output(0, s->items[size_t(PHAROS_TRY(position(c, 1, n, n - 1)))]);
  return {};
}

// --- SequenceConstruct

Result<void> infer_construct(InferContext& c) {
  Type element = c.input(0);
  for (size_t i = 1; i < c.node().inputs.size(); ++i) {
    const Type& t = c.input(i);
    if (t.is_tensor() && element.is_tensor() && t.dtype != element.dtype)
      return bad_input(c.node(), i, t.text(), fmt::format("element type {}", dtype_name(element.dtype)));
    const bool same = t.is_tensor() && element.is_tensor() && t.text() == element.text();
    if (!same) element = without_shape(std::move(element));
  }
  c.set_output(0, Type::sequence(element));
  return {};
}

Result<void> evaluate_construct(EvalContext& c) {
  Sequence s;
  for (size_t i = 0; i < c.node().inputs.size(); ++i) {
    const Tensor& t = c.input(i);
    if (i == 0) s.element = Type::tensor(t.dtype());
    else if (t.dtype() != s.element.dtype)
      return bad_input(c.node(), i, std::string(dtype_name(t.dtype())), std::string(dtype_name(s.element.dtype)));
    s.items.push_back(t);
  }
  c.set_output(0, std::move(s));
  return {};
}

// --- SequenceEmpty

Result<DType> empty_dtype(const Node& node) {
  const int64_t t = node.attr_int("dtype", int64_t(DType::f32));
  if (t < 1 || t >= dtype_count) return bad_attribute(node, "dtype", std::to_string(t), "an element type");
  return DType(t);
}

Result<void> infer_empty(InferContext& c) {
  c.set_output(0, Type::sequence(Type::tensor(PHAROS_TRY(empty_dtype(c.node())))));
  return {};
}

Result<void> evaluate_empty(EvalContext& c) {
  c.set_output(0, Sequence{Type::tensor(PHAROS_TRY(empty_dtype(c.node()))), {}});
  return {};
}

// --- SequenceErase, SequenceInsert

Result<void> infer_erase(InferContext& c) {
  PHAROS_TRY(check_sequence(c.node(), c.input(0)));
  c.set_output(0, c.input(0));
  return {};
}

Result<void> evaluate_erase(EvalContext& c) {
  Sequence s = *PHAROS_TRY(sequence_input(c));
  const int64_t n = int64_t(s.items.size());
  if (n == 0) return bad_value(c.node(), 0, "no items", "one item or more");
  const int64_t at = c.has_input(1) ? PHAROS_TRY(position(c, 1, n, n - 1)) : n - 1;
  s.items.erase(s.items.begin() + at);
  c.set_output(0, std::move(s));
  return {};
}

Result<void> infer_insert(InferContext& c) {
  PHAROS_TRY(check_sequence(c.node(), c.input(0)));
  const Type element = item_type(c.input(0)), &item = c.input(1);
  if (element.is_tensor() && item.is_tensor() && element.dtype != item.dtype)
    return bad_input(c.node(), 1, item.text(), element.text());
  c.set_output(0, Type::sequence(without_shape(element.is_tensor() ? element : item)));
  return {};
}

Result<void> evaluate_insert(EvalContext& c) {
  Sequence s = *PHAROS_TRY(sequence_input(c));
  const Tensor& t = c.input(1);
  PHAROS_TRY(same_element(c.node(), s, t));
  const int64_t n = int64_t(s.items.size());
  const int64_t at = c.has_input(2) ? PHAROS_TRY(position(c, 2, n, n)) : n;
  s.items.insert(s.items.begin() + at, Datum(t));
  c.set_output(0, std::move(s));
  return {};
}

// --- SequenceLength

Result<void> infer_length(InferContext& c) {
  PHAROS_TRY(check_sequence(c.node(), c.input(0)));
  c.set_output(0, Type::tensor(DType::i64, Shape{}));
  return {};
}

Result<void> evaluate_length(EvalContext& c) {
  Tensor out = PHAROS_TRY(c.output(0, DType::i64, {}));
  out.as<int64_t>()[0] = int64_t(PHAROS_TRY(sequence_input(c))->items.size());
  return {};
}

}  // namespace

void define_sequence(OpSet& ops) {
  const Param sequence{.name = "input_sequence", .container = true};
  const Param result{.name = "output_sequence", .container = true};
  const Param place{"position", types::indices, Param::Kind::Optional};
  ops.add({.name = "SequenceAt", .since = 11, .doc = "The item of a sequence at a position.",
           .inputs = {sequence, {"position", types::indices}}, .outputs = {{.name = "tensor", .container = true}},
           .infer = infer_at, .evaluate = evaluate_at});
  ops.add({.name = "SequenceConstruct", .since = 11, .doc = "A sequence of the given tensors.",
           .inputs = {{.name = "inputs", .kind = Param::Kind::Variadic}}, .outputs = {result},
           .infer = infer_construct, .evaluate = evaluate_construct});
  ops.add({.name = "SequenceEmpty", .since = 11, .doc = "A sequence without items.", .outputs = {result},
           .attributes = {{"dtype", AttrType::Int, false, "element type of the items; default float"}},
           .infer = infer_empty, .evaluate = evaluate_empty});
  ops.add({.name = "SequenceErase", .since = 11, .doc = "A sequence without one of its items (by default the last).",
           .inputs = {sequence, place}, .outputs = {result}, .infer = infer_erase, .evaluate = evaluate_erase});
  ops.add({.name = "SequenceInsert",
           .since = 11,
           .doc = "A sequence with one more item (by default at the end).",
           .inputs = {sequence, {"tensor"}, place},
           .outputs = {result},
           .infer = infer_insert,
           .evaluate = evaluate_insert});
  ops.add({.name = "SequenceLength", .since = 11, .doc = "The number of items of a sequence.", .inputs = {sequence},
           .outputs = {{"length", types::i64}}, .infer = infer_length, .evaluate = evaluate_length});
}

}  // namespace pharos
