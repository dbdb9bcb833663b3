#include "ops/shape_rules.h"

namespace pharos {
namespace {

// The tensor of whichever value attribute is given.
Result<Tensor> value_of(const Node& node) {
  if (const Tensor* t = node.attr_tensor("value")) return *t;
  if (const auto* v = node.attr<float>("value_float")) return Tensor::scalar_f32(*v);
  if (const auto* v = node.attr<int64_t>("value_int")) return Tensor::scalar_i64(*v);
  if (const auto* v = node.attr<std::vector<float>>("value_floats"))
    return Tensor::from<float>(DType::f32, {int64_t(v->size())}, *v);
  if (const auto* v = node.attr<std::vector<int64_t>>("value_ints")) return Tensor::vector_i64(*v);
  if (const auto* v = node.attr<std::string>("value_string"))
    return Tensor::from<std::string>(DType::string, {}, std::span(v, 1));
  if (const auto* v = node.attr<std::vector<std::string>>("value_strings"))
    return Tensor::from<std::string>(DType::string, {int64_t(v->size())}, *v);
  return bad_attribute(node, "value", "missing", "one of the value attributes");
}

Result<void> infer(InferContext& c) {
  const Tensor t = PHAROS_TRY(value_of(c.node()));
  c.set_output(0, Type::tensor(t.dtype(), t.dims()));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  c.set_output(0, PHAROS_TRY(value_of(c.node())));
  return {};
}

}  // namespace

void define_constant(OpSet& ops) {
  ops.add({.name = "Constant",
           .since = 25,
           .doc = "A tensor that is part of the model.",
           .inputs = {},
           .outputs = {{"output"}},
           .attributes = {{"value", AttrType::Tensor, false, "the tensor"},
                          {"value_float", AttrType::Float, false, "an f32 scalar"},
                          {"value_floats", AttrType::Floats, false, "a 1-D f32 tensor"},
                          {"value_int", AttrType::Int, false, "an i64 scalar"},
                          {"value_ints", AttrType::Ints, false, "a 1-D i64 tensor"},
                          {"value_string", AttrType::String, false, "a string scalar"},
                          {"value_strings", AttrType::Strings, false, "a 1-D string tensor"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
