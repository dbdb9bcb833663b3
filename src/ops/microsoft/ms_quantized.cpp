// com.microsoft: operators on quantised tensors, as dequantising, computing and quantising.

#include "ops/rewriter.h"

namespace pharos {
namespace {

ValueId dequantized(Rewriter& r, size_t first) {
  std::vector<ValueId> in{r.in(first), r.in(first + 1)};
  if (r.has(first + 2)) in.push_back(r.in(first + 2));
  return r.add("DequantizeLinear", std::move(in));
}

Result<void> quantized(Rewriter& r, ValueId y, size_t scale, size_t data) {
  if (!r.has(scale)) return bad_input(r.node, scale, "left out", "the scale of the result");
  if (r.has(scale + 1)) return r.finish(r.add("QuantizeLinear", {y, r.in(scale), r.in(scale + 1)}));
  // Without a zero point the result has the type of the data and its zero point is 0.
  const int8_t zero = 0;
  const ValueId none = r.like(data, Tensor::from<int8_t>(DType::i8, {}, std::span(&zero, 1)));
  return r.finish(r.add("QuantizeLinear", {y, r.in(scale), none}));
}

// (A, scale, zero, B, scale, zero, scale of C, zero of C)
Result<void> binary(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  if (!r.has(3) || !r.has(4)) return bad_input(r.node, 3, "left out", "a tensor");
  const ValueId a = dequantized(r, 0), b = dequantized(r, 3);
  return quantized(r, r.add(r.node.op == "QLinearAdd" ? "Add" : "Mul", {a, b}), 6, 0);
}

// (X, scale, zero, scale of Y, zero of Y)
Result<void> unary(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  const ValueId x = dequantized(r, 0);
  if (r.node.attr_int("channels_last", 0) != 0) return unsupported_case(r.node, "channels as the last axis");
  ValueId y;
  if (r.node.op == "QLinearSigmoid") y = r.add("Sigmoid", {x});
  else if (r.node.op == "QLinearLeakyRelu") y = r.add("LeakyRelu", {x}, {{"alpha", r.node.attr_float("alpha", 0.01f)}});
  else if (r.node.op == "QLinearGlobalAveragePool") y = r.add("GlobalAveragePool", {x});
  else {
    Attributes attributes = r.node.attributes;
    attributes.erase("channels_last");
    y = r.add("AveragePool", {x}, std::move(attributes));
  }
  return quantized(r, y, 3, 0);
}

}  // namespace

void define_ms_quantized(OpSet& ops) {
  const TypeSet q{DType::i8, DType::u8}, f = types::f32;
  constexpr auto optional = Param::Kind::Optional;
  for (const std::string_view name : {"QLinearAdd", "QLinearMul"})
    ops.add({.name = name, .domain = "com.microsoft", .doc = "Arithmetic of quantised tensors.",
             .inputs = {{"A", q}, {"A_scale", f}, {"A_zero_point", q, optional}, {"B", q}, {"B_scale", f}, {"B_zero_point", q, optional},
                        {"C_scale", f}, {"C_zero_point", q, optional}},
             .outputs = {{"C", q}}, .older = {{1, binary}}, .rewritten = true});
  for (const std::string_view name : {"QLinearSigmoid", "QLinearLeakyRelu", "QLinearGlobalAveragePool", "QLinearAveragePool"})
    ops.add({.name = name, .domain = "com.microsoft", .doc = "The operator on a quantised tensor.",
             .inputs = {{"X", q}, {"X_scale", f}, {"X_zero_point", q, optional}, {"Y_scale", f}, {"Y_zero_point", q, optional}},
             .outputs = {{"Y", q}}, .older = {{1, unary}}, .rewritten = true, .free_attributes = true});
}

}  // namespace pharos
