#include "ops/conv_reference.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  auto shape = PHAROS_TRY(infer_conv_shape(c.node(), c.input(0), c.input(1), 0, 1));
  if (shape && c.input(2).has_rank())
    if (const auto bias = c.input(2).dims(); bias && (*shape)[1].is_number())
      PHAROS_TRY(check_conv_bias(c.node(), 2, *bias, (*shape)[1].number()));
  c.set_output(0, tensor_type(t, std::move(shape)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  return evaluate_conv(c, {}, SIZE_MAX);
}

}  // namespace

void define_conv(OpSet& ops) {
  ops.add({.name = "Conv",
           .since = 22,
           .doc = "Convolution over any number of spatial axes, with groups and dilations.",
           .inputs = {{"X", types::floats}, {"W", types::floats}, {"B", types::floats, Param::Kind::Optional}},
           .outputs = {{"Y", types::floats}},
           .attributes = conv_attributes(),
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
