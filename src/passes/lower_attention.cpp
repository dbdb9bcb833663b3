#include <cmath>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// What the fused form does not compute; empty: nothing.
std::string refusal(const Graph& g, const Node& n, const PassContext& c) {
  if (!c.takes("pharos", "Attention", dtype_of(g, n.inputs[0]))) return "no fused form for its element type";
  for (size_t i = 4; i < n.inputs.size(); ++i)
    if (n.has_input(i)) return "it has a key-value cache";
  for (size_t i = 1; i < n.outputs.size(); ++i)
    if (n.has_output(i)) return "it has more than one output";
  if (n.attr_float("softcap") != 0) return "it has a soft cap";
  for (size_t i = 1; i < 3; ++i)
    if (dtype_of(g, n.inputs[i]) != dtype_of(g, n.inputs[0])) return "Q, K and V have different element types";
  const auto rank = rank_of(g, n.inputs[0]);
  if (!rank || rank_of(g, n.inputs[1]) != rank || rank_of(g, n.inputs[2]) != rank)
    return "the ranks of Q, K and V differ";
  const int sequence = *rank - 2;
  const auto q = shape_of(g, n.inputs[0]), k = shape_of(g, n.inputs[1]);
  if (n.attr_int("is_causal") && !((*q)[size_t(sequence)] == (*k)[size_t(sequence)]))
    return "it is causal with sequences of different length";
  if (*rank == 4 && !((*q)[1] == (*k)[1])) return "K and V have fewer heads than Q";
  if (*rank == 3 && (!n.attr_int("q_num_heads") || !n.attr_int("kv_num_heads")))
    return "it does not say how many heads there are";
  if (n.has_input(3)) {
    const auto mask = shape_of(g, n.inputs[3]);
    if (!mask || mask->size() < 2 || mask->size() > 4) return "the rank of its mask is not known";
    // A shorter mask would be padded.
    const Dim& columns = (*k)[*rank == 3 ? 1 : 2];
    if (!(mask->back() == columns) && !(mask->back() == Dim(1))) return "its mask may be shorter than the sequence";
  }
  return "";
}

// 1 / sqrt(head size), unless given.
std::optional<float> scale_of(const Graph& g, const Node& n) {
  if (const auto* s = n.attr<float>("scale")) return *s;
  const auto depth = dim_of(g, n.inputs[0], -1);
  const int64_t heads = *rank_of(g, n.inputs[0]) == 3 ? n.attr_int("q_num_heads") : 1;
  if (!depth || heads < 1 || *depth < heads) return std::nullopt;
  return float(1 / std::sqrt(double(*depth / heads)));
}

}  // namespace

Result<int> lower_attention(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    const Node n = g[id];
    if (!n.is("Attention") || n.inputs.size() < 3) continue;
    std::string why = refusal(g, n, c);
    const auto scale = why.empty() ? scale_of(g, n) : std::nullopt;
    if (why.empty() && !scale) why = "the size of a head is not known";
    if (!why.empty()) {
      c.note(g, id, "not computed as fused attention: " + why);
      continue;
    }
    Node fused = make_node("Attention", {n.inputs[0], n.inputs[1], n.inputs[2]}, {{"scale", *scale}}, "pharos");
    if (n.has_input(3)) fused.inputs.push_back(n.inputs[3]);
    if (n.attr_int("is_causal")) fused.attributes["causal"] = int64_t{1};
    if (*rank_of(g, n.inputs[0]) == 3) {
      fused.attributes["num_heads"] = n.attr_int("q_num_heads");
      fused.attributes["kv_num_heads"] = n.attr_int("kv_num_heads");
    }
    fused.outputs = {n.outputs[0]};
    replace_node(g, id, std::move(fused));
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
