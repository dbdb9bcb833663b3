// pharos::Conv: convolution, bias, addend and activation in one.

#include "ops/conv_reference.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  PHAROS_TRY(activation_of(c.node()));
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 4));
  auto shape = PHAROS_TRY(infer_conv_shape(c.node(), c.input(0), c.input(1), 0, 1));
  Type y = tensor_type(t, std::move(shape));
  if (c.input(3).is_tensor()) {
    Type z = c.input(3);
    z.format = Format::Plain;
    auto both = merge(y, z);
    if (!both) return shapes_mismatch(c.node(), "the addend is " + z.text() + ", the result " + y.text());
    y = std::move(*both);
  }
  c.set_output(0, std::move(y));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 4));
  return evaluate_conv(c, PHAROS_TRY(activation_of(c.node())), 3);
}

}  // namespace

void define_fused_conv(OpSet& ops) {
  ops.add({.name = "Conv",
           .domain = "pharos",
           .doc = "activation(Conv(X, W) + B + Z); Z has the shape of the result.",
           .inputs = {{"X", types::floats}, {"W", types::floats}, {"B", types::floats, Param::Kind::Optional},
                      {"Z", types::floats, Param::Kind::Optional}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"activation", AttrType::String, false, "name of the activation, none"},
                          {"alpha", AttrType::Float, false, "its first parameter"},
                          {"beta", AttrType::Float, false, "its second parameter"},
                          {"dilations", AttrType::Ints, false, "1 per spatial axis"},
                          {"group", AttrType::Int, false, "1"},
                          {"kernel_shape", AttrType::Ints, false, "that of W"},
                          {"pads", AttrType::Ints, false, "before and after each spatial axis, 0"},
                          {"strides", AttrType::Ints, false, "1 per spatial axis"}},
           .infer = infer,
           .evaluate = evaluate,
           .free_attributes = true});
}

}  // namespace pharos
