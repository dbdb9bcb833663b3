#include <cmath>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

enum Input : size_t { Q, K, V, Mask, PastKey, PastValue, KeyLengths };

bool has_past(const Node& n) { return n.has_input(PastKey) && n.has_input(PastValue); }
// What was seen before is joined with K and V, or they are results themselves: then heads come first.
bool caches(const Node& n) { return has_past(n) || n.has_output(1) || n.has_output(2); }

std::string cache_refusal(const Graph& g, const Node& n, int rank) {
  if (n.has_input(PastKey) != n.has_input(PastValue)) return "it has only one of past_key and past_value";
  for (const size_t i : {size_t(PastKey), size_t(PastValue)})
    if (n.has_input(i) && (rank_of(g, n.inputs[i]) != std::optional(4) || dtype_of(g, n.inputs[i]) != dtype_of(g, n.inputs[Q])))
      return "its cache is of another rank or element type";
  if (rank == 3 && caches(n))
    for (const size_t i : {size_t(Q), size_t(K), size_t(V)}) {
      const auto width = dim_of(g, n.inputs[i], 2);
      if (!width || *width % n.attr_int(i == Q ? "q_num_heads" : "kv_num_heads") != 0) return "the size of a head is not known";
    }
  return "";
}

// What the fused form does not compute; empty: nothing.
std::string refusal(const Graph& g, const Node& n, const PassContext& c) {
  if (!c.takes("pharos", "Attention", dtype_of(g, n.inputs[Q]))) return "no fused form for its element type";
  if (n.has_input(KeyLengths)) return "its keys are of different lengths";
  if (n.has_output(3)) return "its scores are a result";
  if (n.attr_int("left_window_size", -1) != -1 || n.attr_int("right_window_size", -1) != -1) return "it has a window";
  if (n.attr_float("softcap") != 0) return "it has a soft cap";
  for (const size_t i : {size_t(K), size_t(V)})
    if (dtype_of(g, n.inputs[i]) != dtype_of(g, n.inputs[Q])) return "Q, K and V have different element types";
  const auto rank = rank_of(g, n.inputs[Q]);
  if (!rank || rank_of(g, n.inputs[K]) != rank || rank_of(g, n.inputs[V]) != rank)
    return "the ranks of Q, K and V differ";
  const int sequence = *rank - 2;
  const auto q = shape_of(g, n.inputs[Q]), k = shape_of(g, n.inputs[K]);
  if (n.attr_int("is_causal") && !((*q)[size_t(sequence)] == (*k)[size_t(sequence)]))
    return "it is causal with sequences of different length";
  if (*rank == 3 && (!n.attr_int("q_num_heads") || !n.attr_int("kv_num_heads")))
    return "it does not say how many heads there are";
  if (std::string why = cache_refusal(g, n, *rank); !why.empty()) return why;
  if (n.has_input(Mask)) {
    const DType t = dtype_of(g, n.inputs[Mask]);
    if (t != DType::boolean && !is_float(t)) return "its mask holds integers";
    const auto mask = shape_of(g, n.inputs[Mask]);
    if (!mask || mask->size() < 2 || mask->size() > 4) return "the rank of its mask is not known";
    // A shorter mask would be padded.
    Dim columns = (*k)[*rank == 3 ? 1 : 2];
    if (has_past(n)) columns = columns + (*shape_of(g, n.inputs[PastKey]))[2];
    if (!(mask->back() == columns) && !(mask->back() == Dim(1) && !has_past(n))) return "its mask may be shorter than the sequence";
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

// [B, S, H*D] as [B, H, S, D].
ValueId heads_first(Graph& g, ValueId x, int64_t heads, NodeId like) {
  const Shape from = *shape_of(g, x);
  const Dim size = floor_div(from[2], Dim(heads));
  const std::string name = g[like].name;
  const int64_t split[] = {0, 0, heads, size.number()};
  const ValueId apart = emit(g, make_node("Reshape", {x, add_ints(g, name + "_heads", split)}),
                             Type::tensor(dtype_of(g, x), Shape{from[0], from[1], Dim(heads), size}), name + "_split", like);
  return emit(g, make_node("Transpose", {apart}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}}),
              Type::tensor(dtype_of(g, x), Shape{from[0], Dim(heads), from[1], size}), name + "_first", like);
}

// K or V with what was seen before; output `result` of the node is that.
ValueId cached(Graph& g, const Node& n, NodeId id, ValueId x, size_t past, size_t result) {
  Shape shape = *shape_of(g, x);
  if (has_past(n)) {
    const Shape before = *shape_of(g, n.inputs[past]);
    shape[2] = before[2] + shape[2];
    x = emit(g, make_node("Concat", {n.inputs[past], x}, {{"axis", int64_t{2}}}), Type::tensor(dtype_of(g, x), shape), n.name + "_present", id);
  } else if (n.has_output(result)) {
    x = emit(g, make_node("Identity", {x}), Type::tensor(dtype_of(g, x), shape), n.name + "_present", id);
  }
  if (n.has_output(result)) replace_value(g, n.outputs[result], x);
  return x;
}

// The fused node for an Attention with a cache, on operands of rank 4.
void lower_cached(Graph& g, NodeId id, Node fused) {
  const Node n = g[id];
  const bool packed = *rank_of(g, n.inputs[Q]) == 3;
  const int64_t heads = n.attr_int("q_num_heads"), kv_heads = n.attr_int("kv_num_heads");
  ValueId q = n.inputs[Q], k = n.inputs[K], v = n.inputs[V];
  if (packed) q = heads_first(g, q, heads, id), k = heads_first(g, k, kv_heads, id), v = heads_first(g, v, kv_heads, id);
  k = cached(g, n, id, k, PastKey, 1);
  v = cached(g, n, id, v, PastValue, 2);
  fused.inputs[Q] = q, fused.inputs[K] = k, fused.inputs[V] = v;
  if (!packed) {
    fused.outputs = {n.outputs[0]};
    replace_node(g, id, std::move(fused));
    return;
  }
  const Shape qs = *shape_of(g, q), vs = *shape_of(g, v);
  const DType t = dtype_of(g, q);
  const ValueId y = emit(g, std::move(fused), Type::tensor(t, Shape{qs[0], qs[1], qs[2], vs[3]}), n.name + "_attended", id);
  const ValueId back = emit(g, make_node("Transpose", {y}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}}),
                            Type::tensor(t, Shape{qs[0], qs[2], qs[1], vs[3]}), n.name + "_back", id);
  const int64_t joined[] = {0, 0, heads * vs[3].number()};
  Node join = make_node("Reshape", {back, add_ints(g, n.name + "_joined", joined)});
  join.outputs = {n.outputs[0]};
  replace_node(g, id, std::move(join));
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
    Node fused = make_node("Attention", {n.inputs[Q], n.inputs[K], n.inputs[V]}, {{"scale", *scale}}, "pharos");
    if (n.has_input(Mask)) fused.inputs.push_back(n.inputs[Mask]);
    // With a past the last query is as far as the last key.
    if (n.attr_int("is_causal")) fused.attributes["causal"] = int64_t{has_past(n) ? 2 : 1};
    if (caches(n)) {
      lower_cached(g, id, std::move(fused));
    } else {
      if (*rank_of(g, n.inputs[Q]) == 3) {
        fused.attributes["num_heads"] = n.attr_int("q_num_heads");
        fused.attributes["kv_num_heads"] = n.attr_int("kv_num_heads");
      }
      fused.outputs = {n.outputs[0]};
      replace_node(g, id, std::move(fused));
    }
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
