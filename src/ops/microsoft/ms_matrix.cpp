// com.microsoft: matrix products with something fused.

#include <fmt/format.h>

#include "ops/rewriter.h"

namespace pharos {
namespace {

void copy_attribute(const Node& from, std::string_view name, Attributes& to, std::string_view as) {
  if (const auto it = from.attributes.find(name); it != from.attributes.end()) to[std::string(as)] = it->second;
}

Result<void> fused_gemm(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  Attributes gemm, activation;
  for (const char* name : {"alpha", "beta", "transA", "transB"}) copy_attribute(r.node, name, gemm, name);
  std::vector<ValueId> inputs{r.in(0), r.in(1)};
  if (r.has(2)) inputs.push_back(r.in(2));
  const ValueId y = r.add("Gemm", std::move(inputs), std::move(gemm));
  const std::string name = r.node.attr_string("activation");
  if (name.empty()) return r.finish(y);
  copy_attribute(r.node, "activation_alpha", activation, "alpha");
  copy_attribute(r.node, "activation_beta", activation, "beta");
  for (const char* known : {"Relu", "LeakyRelu", "Sigmoid", "Tanh", "Elu", "HardSigmoid", "Selu", "Softplus", "Softsign", "ThresholdedRelu"})
    if (name == known) return r.finish(r.add(known, {y}, std::move(activation)));
  return bad_attribute(r.node, "activation", "'" + name + "'", "the name of an activation operator");
}

Result<void> fused_matmul(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  if (r.node.attr_int("transBatchA", 0) != 0 || r.node.attr_int("transBatchB", 0) != 0)
    return unsupported_case(r.node, "transposed batch axes (transBatchA, transBatchB)");
  Attributes attributes;
  for (const char* name : {"transA", "transB"}) copy_attribute(r.node, name, attributes, name);
  copy_attribute(r.node, "alpha", attributes, "scale");
  return r.finish(r.add("MatMul", {r.in(0), r.in(1)}, std::move(attributes), "pharos"));
}

}  // namespace

void define_ms_matrix(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "FusedGemm", .domain = "com.microsoft", .doc = "Gemm and an activation.",
           .inputs = {{"A", t}, {"B", t}, {"C", t, Param::Kind::Optional}}, .outputs = {{"Y", t}},
           .attributes = {{"activation", AttrType::String, false, "name of an operator"},
                          {"activation_alpha", AttrType::Float, false, "its alpha"},
                          {"activation_beta", AttrType::Float, false, "its beta"},
                          {"alpha", AttrType::Float, false, "factor of the product, 1"},
                          {"beta", AttrType::Float, false, "factor of C, 1"},
                          {"transA", AttrType::Int, false, "1: A is transposed"},
                          {"transB", AttrType::Int, false, "1: B is transposed"}},
           .older = {{1, fused_gemm}}, .rewritten = true});
  ops.add({.name = "FusedMatMul", .domain = "com.microsoft", .doc = "alpha * op(A) op(B).", .inputs = {{"A", t}, {"B", t}},
           .outputs = {{"Y", t}},
           .attributes = {{"alpha", AttrType::Float, false, "factor of the product, 1"},
                          {"transA", AttrType::Int, false, "1: the last two axes of A are swapped"},
                          {"transB", AttrType::Int, false, "1: the last two axes of B are swapped"},
                          {"transBatchA", AttrType::Int, false, "0"},
                          {"transBatchB", AttrType::Int, false, "0"}},
           .older = {{1, fused_matmul}}, .rewritten = true});
}

}  // namespace pharos
