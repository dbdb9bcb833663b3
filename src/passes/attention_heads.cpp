// Attention on [B,H,S,D] between transposes that separate and join the heads becomes attention on [B,S,H*D].

#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

bool is_heads_transpose(const Graph& g, const Node* n) {
  const auto perm = n ? permutation(g, *n) : std::nullopt;
  return perm && *perm == std::vector<int64_t>{0, 2, 1, 3};
}

// A projection whose heads were separated: x viewed as [B,S,H,D], then transposed.
struct Heads { ValueId x; Shape joined; int64_t heads = 0; };

std::optional<Heads> separated(const Graph& g, ValueId v) {
  const Node* transpose = made_by(g, v, "Transpose");
  if (!is_heads_transpose(g, transpose)) return std::nullopt;
  const ValueId split = transpose->inputs[0];
  const Node* reshape = made_by(g, split, "Reshape");
  const auto shape = shape_of(g, split);
  if (!reshape || !shape || shape->size() != 4 || !(*shape)[2].is_number() || !(*shape)[3].is_number())
    return std::nullopt;
  Heads h{reshape->inputs[0], {(*shape)[0], (*shape)[1], (*shape)[2] * (*shape)[3]}, (*shape)[2].number()};
  const auto own = shape_of(g, h.x);
  if (!own || !same_count(*own, *shape) || (!same_shape(*own, h.joined) && !reshape_operand(*own, h.joined))) return std::nullopt;
  return h;
}

// x with the heads side by side; free, as only the dims change.
ValueId joined(Graph& g, const Heads& h, NodeId like) {
  const Shape own = *shape_of(g, h.x);
  if (same_shape(own, h.joined)) return h.x;
  const ValueId operand = add_ints(g, "joined_shape", *reshape_operand(own, h.joined));
  return emit(g, make_node("Reshape", {h.x, operand}), Type::tensor(dtype_of(g, h.x), h.joined), "joined", like);
}

std::string rewrite(Graph& g, NodeId id) {
  const Node n = g[id];
  const NodeId back = g.sole_consumer(n.outputs[0]);
  if (!back || !g[back].is("Transpose") || !is_heads_transpose(g, &g[back])) return "its result is not transposed back";
  std::optional<Heads> parts[3];
  for (size_t i = 0; i < 3; ++i) {
    parts[i] = separated(g, n.inputs[i]);
    if (!parts[i]) return fmt::format("input {} is no transposed projection", i);
  }
  const ValueId y = g[back].outputs[0];
  const auto wide = shape_of(g, y);
  if (!wide || wide->size() != 4) return "the shape of its result is not known";
  const Shape result{(*wide)[0], (*wide)[1], (*wide)[2] * (*wide)[3]};
  const auto operand = reshape_operand(result, *wide);
  if (!operand || !result[2].is_number()) return "the shape of its result is not known";

  Node fused = make_node("Attention", {}, n.attributes, "pharos");
  for (const auto& part : parts) fused.inputs.push_back(joined(g, *part, id));
  if (n.has_input(3)) fused.inputs.push_back(n.inputs[3]);
  fused.attributes["num_heads"] = parts[0]->heads;
  fused.attributes["kv_num_heads"] = parts[1]->heads;
  fused.name = n.name;
  fused.origin = n.origin;
  const std::string name = n.name;
  const DType t = dtype_of(g, y);
  const ValueId attended = emit(g, std::move(fused), Type::tensor(t, result), name + "_joined", id);
  const NodeId absorbed[] = {id};
  replace_node(g, back, make_node("Reshape", {attended, add_ints(g, name + "_heads", *operand)}), absorbed);
  return "";
}

}  // namespace

Result<int> attention_heads(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !g[id].is("Attention", "pharos") || g[id].has_attr("num_heads")) continue;
    if (rank_of(g, g[id].inputs[0]) != std::optional(4)) continue;
    const std::string why = rewrite(g, id);
    if (why.empty()) ++rewrites;
    else c.note(g, id, "the heads stay separated: " + why);
  }
  return rewrites;
}

}  // namespace pharos::passes
