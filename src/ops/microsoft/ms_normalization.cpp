// com.microsoft: a residual addition with the normalisation behind it, and RMS normalisation under its older name.

#include "ops/rewriter.h"

namespace pharos {
namespace {

// (input, skip, gamma, beta?, bias?) -> (output, mean?, inverse deviation?, sum?)
Result<void> skip_layer(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(3));
  ValueId sum = r.add("Add", {r.in(0), r.in(1)});
  if (r.has(4)) sum = r.add("Add", {sum, r.in(4)});
  std::vector<ValueId> inputs{sum, r.in(2)};
  if (r.has(3)) inputs.push_back(r.in(3));
  const size_t outputs = r.used(2) ? 3 : r.used(1) ? 2 : 1;
  const auto y = r.add_many("LayerNormalization", std::move(inputs), outputs,
                            {{"axis", int64_t{-1}}, {"epsilon", r.node.attr_float("epsilon", 1e-12f)}});
  for (size_t o = 0; o < outputs; ++o) r.replace(o, y[o]);
  r.replace(3, sum);
  return r.finish();
}

// (input, skip, gamma, bias?) -> (output, -, -, sum?)
Result<void> skip_simplified(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(3));
  if (r.used(1) || r.used(2)) return unsupported_case(r.node, "mean and deviation as outputs");
  ValueId sum = r.add("Add", {r.in(0), r.in(1)});
  if (r.has(3)) sum = r.add("Add", {sum, r.in(3)});
  r.replace(3, sum);
  return r.finish(r.add("RMSNormalization", {sum, r.in(2)}, {{"axis", int64_t{-1}}, {"epsilon", r.node.attr_float("epsilon", 1e-12f)}}));
}

Result<void> simplified(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  if (r.used(1)) return unsupported_case(r.node, "the inverse deviation as output");
  return r.finish(r.add("RMSNormalization", {r.in(0), r.in(1)},
                        {{"axis", r.node.attr_int("axis", -1)}, {"epsilon", r.node.attr_float("epsilon", 1e-5f)}}));
}

}  // namespace

void define_ms_normalization(OpSet& ops) {
  const TypeSet t = types::floats;
  constexpr auto optional = Param::Kind::Optional;
  const std::vector<AttrDef> epsilon = {{"epsilon", AttrType::Float, false, "added to the variance, 1e-12"}};
  const std::vector<Param> outputs = {{"output", t}, {"mean", t, optional}, {"inv_std_var", t, optional}, {"input_skip_bias_sum", t, optional}};
  ops.add({.name = "SkipLayerNormalization", .domain = "com.microsoft", .doc = "Layer normalisation of input + skip + bias.",
           .inputs = {{"input", t}, {"skip", t}, {"gamma", t}, {"beta", t, optional}, {"bias", t, optional}}, .outputs = outputs,
           .attributes = epsilon, .older = {{1, skip_layer}}, .rewritten = true});
  ops.add({.name = "SkipSimplifiedLayerNormalization", .domain = "com.microsoft", .doc = "RMS normalisation of input + skip + bias.",
           .inputs = {{"input", t}, {"skip", t}, {"gamma", t}, {"bias", t, optional}}, .outputs = outputs,
           .attributes = epsilon, .older = {{1, skip_simplified}}, .rewritten = true});
  // Exporters write it into the standard's domain.
  ops.add({.name = "SimplifiedLayerNormalization", .doc = "RMS normalisation.", .inputs = {{"X", t}, {"scale", t}},
           .outputs = {{"Y", t}, {"inv_std_var", t, optional}},
           .attributes = {{"axis", AttrType::Int, false, "-1"}, {"epsilon", AttrType::Float, false, "1e-5"}},
           .older = {{1, simplified}}, .rewritten = true});
}

}  // namespace pharos
