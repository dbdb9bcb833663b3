#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  c.set_output(0, c.input(0));
  if (auto value = c.shape_value(0)) c.set_shape_value(0, std::move(*value));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  c.set_output(0, c.input_datum(0));
  return {};
}

}  // namespace

void define_identity(OpSet& ops) {
  ops.add({.name = "Identity",
           .since = 25,
           .doc = "Returns its input, which may also be a sequence or an optional.",
           .inputs = {{"input", types::any, Param::Kind::Single, true}},
           .outputs = {{"output", types::any, Param::Kind::Single, true}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
