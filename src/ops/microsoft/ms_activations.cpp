// com.microsoft: Gelu and its relatives.

#include "ops/rewriter.h"

namespace pharos {
namespace {

Result<void> gelu(Graph& graph, NodeId id, const char* approximate) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  const ValueId x = r.has(1) ? r.add("Add", {r.in(0), r.in(1)}) : r.in(0);
  return r.finish(r.add("Gelu", {x}, {{"approximate", std::string(approximate)}}));
}

Result<void> exact(Graph& graph, NodeId id, int) { return gelu(graph, id, "none"); }
Result<void> with_tanh(Graph& graph, NodeId id, int) { return gelu(graph, id, "tanh"); }

Result<void> quick(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  return r.finish(r.add("Swish", {r.in(0)}, {{"alpha", r.node.attr_float("alpha", 1.702f)}}));
}

}  // namespace

void define_ms_activations(OpSet& ops) {
  const TypeSet t = types::floats;
  const auto define = [&](std::string_view name, std::string_view doc, std::vector<Param> inputs, RewriteFn rewrite) {
    ops.add({.name = name, .domain = "com.microsoft", .doc = doc, .inputs = std::move(inputs), .outputs = {{"Y", t}},
             .attributes = {{"alpha", AttrType::Float, false, "QuickGelu: factor inside the sigmoid, 1.702"}},
             .older = {{1, rewrite}}, .rewritten = true});
  };
  define("Gelu", "x times the normal distribution function of x.", {{"X", t}}, exact);
  define("BiasGelu", "Gelu of A + B.", {{"A", t}, {"B", t}}, exact);
  define("FastGelu", "Gelu of X + bias by tanh.", {{"X", t}, {"bias", t, Param::Kind::Optional}}, with_tanh);
  define("QuickGelu", "x * sigmoid(alpha*x).", {{"X", t}}, quick);
}

}  // namespace pharos
