#include "ops/op_errors.h"
#include "ops/op.h"

namespace pharos {
namespace {

Result<void> infer_make(InferContext& c) {
  if (c.has_input(0)) { c.set_output(0, Type::optional(c.input(0))); return {}; }
  const Type* t = c.node().attr<Type>("type");
  if (!t) return bad_attribute(c.node(), "type", "missing", "a type, where the input is left out");
  c.set_output(0, Type::optional(*t));
  return {};
}

Result<void> evaluate_make(EvalContext& c) {
  if (c.has_input(0)) {
    const Datum& d = c.input_datum(0);
    c.set_output(0, Optional{type_of(d), std::make_shared<Datum>(d)});
    return {};
  }
  const Type* t = c.node().attr<Type>("type");
  if (!t) return bad_attribute(c.node(), "type", "missing", "a type, where the input is left out");
  c.set_output(0, Optional{*t, nullptr});
  return {};
}

Result<void> infer_get(InferContext& c) {
  const Type& t = c.input(0);
  c.set_output(0, t.kind == Type::Kind::Optional && t.element ? *t.element : t);
  return {};
}

Result<void> evaluate_get(EvalContext& c) {
  const Datum& d = c.input_datum(0);
  if (d.missing()) return bad_value(c.node(), 0, "nothing", "an element");
  const Optional* o = d.optional();
  if (o && !o->value) return bad_value(c.node(), 0, "nothing", "an element");
  c.set_output(0, o ? *o->value : d);
  return {};
}

Result<void> infer_has(InferContext& c) {
  c.set_output(0, Type::tensor(DType::boolean, Shape{}));
  return {};
}

Result<void> evaluate_has(EvalContext& c) {
  Tensor out = PHAROS_TRY(c.output(0, DType::boolean, {}));
  const Datum& d = c.input_datum(0);
  const Optional* o = d.optional();
  out.as<bool>()[0] = !d.missing() && (!o || o->value);
  return {};
}

}  // namespace

void define_optional(OpSet& ops) {
  const Param input{.name = "input", .kind = Param::Kind::Optional, .container = true};
  ops.add({.name = "Optional",
           .since = 28,
           .doc = "Wraps a value as an optional, or makes an absent one of a given type.",
           .inputs = {input},
           .outputs = {{.name = "output", .container = true}},
           .attributes = {{"type", AttrType::Type, false, "of the element, where the input is left out"}},
           .infer = infer_make,
           .evaluate = evaluate_make,
           .older = {{15, nullptr}}});
  ops.add({.name = "OptionalGetElement", .since = 28, .doc = "The value of an optional; an error where it is absent.",
           .inputs = {{.name = "input", .container = true}}, .outputs = {{.name = "output", .container = true}},
           .infer = infer_get, .evaluate = evaluate_get, .older = {{15, nullptr}}});
  ops.add({.name = "OptionalHasElement",
           .since = 28,
           .doc = "Whether an optional holds a value.",
           .inputs = {input},
           .outputs = {{"output", types::boolean}},
           .infer = infer_has,
           .evaluate = evaluate_has,
           .older = {{15, nullptr}}});
}

}  // namespace pharos
