// A joint projection [B,S,3*H*D] viewed as [B,S,3,H,D], transposed to [3,B,H,S,D] and taken apart becomes a Split of
// the last axis with one view and transpose for each part: then attention can read the parts as they are.

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// Which part a reader of the transposed projection takes, as [B,H,S,D].
struct Reader { NodeId node; int64_t part; ValueId result; };

std::optional<std::vector<Reader>> readers_of(const Graph& g, ValueId v, int64_t parts) {
  std::vector<Reader> out;
  for (const NodeId id : g.value(v).uses) {
    const Node& n = g[id];
    if (n.is("Gather") && n.inputs[0] == v && n.attr_int("axis") == 0 && rank_of(g, n.inputs[1]) == std::optional(0)) {
      const auto index = ints_of(g, n.inputs[1]);
      if (!index) return std::nullopt;
      out.push_back({id, (*index)[0] < 0 ? (*index)[0] + parts : (*index)[0], n.outputs[0]});
    } else if (n.is("Split") && n.inputs[0] == v && n.attr_int("axis") == 0 && int64_t(n.outputs.size()) == parts) {
      // Each piece is [1,B,H,S,D]; its only reader drops the first axis.
      for (size_t i = 0; i < n.outputs.size(); ++i) {
        if (dim_of(g, n.outputs[i], 0) != std::optional<int64_t>(1)) return std::nullopt;
        const NodeId squeeze = g.sole_consumer(n.outputs[i]);
        if (!squeeze || (!g[squeeze].is("Squeeze") && !g[squeeze].is("Reshape"))) return std::nullopt;
        const ValueId y = g[squeeze].outputs[0];
        const auto before = shape_of(g, n.outputs[i]), after = shape_of(g, y);
        if (!before || !after || !same_shape(Shape(before->begin() + 1, before->end()), *after)) return std::nullopt;
        out.push_back({squeeze, int64_t(i), y});
      }
    } else {
      return std::nullopt;
    }
  }
  return out;
}

bool rewrite(Graph& g, NodeId id) {
  const Node transpose = g[id];
  const auto perm = permutation(g, transpose);
  if (!perm || *perm != std::vector<int64_t>{2, 0, 3, 1, 4} || g.is_output(transpose.outputs[0])) return false;
  const Node* view = made_by(g, transpose.inputs[0], "Reshape");
  const auto five = shape_of(g, transpose.inputs[0]);
  if (!view || !five || !(*five)[2].is_number() || !(*five)[3].is_number() || !(*five)[4].is_number()) return false;
  const int64_t parts = (*five)[2].number(), heads = (*five)[3].number(), depth = (*five)[4].number();
  const ValueId x = view->inputs[0];
  const auto own = shape_of(g, x);
  const Shape joint{(*five)[0], (*five)[1], Dim(parts * heads * depth)};
  if (!own || !same_shape(*own, joint) || !same_count(*own, *five) || parts < 1 || parts > 16) return false;
  const auto readers = readers_of(g, transpose.outputs[0], parts);
  const Shape piece{joint[0], joint[1], Dim(heads * depth)}, split{joint[0], joint[1], Dim(heads), Dim(depth)};
  const auto operand = reshape_operand(piece, split);
  if (!readers || readers->empty() || !operand) return false;
  for (const Reader& r : *readers)
    if (r.part < 0 || r.part >= parts) return false;

  const DType t = dtype_of(g, x);
  Node cut = make_node("Split", {x}, {{"axis", int64_t{2}}, {"num_outputs", parts}});
  std::vector<ValueId> pieces;
  for (int64_t i = 0; i < parts; ++i)
    pieces.push_back(g.add_value(g.unique_name(transpose.name + "_part"), Type::tensor(t, piece)));
  cut.outputs = pieces;
  cut.name = transpose.name + "_split";
  cut.origin = transpose.origin;
  g.add_node(std::move(cut));
  const ValueId shape = add_ints(g, transpose.name + "_heads", *operand);
  for (const Reader& r : *readers) {
    const ValueId viewed = emit(g, make_node("Reshape", {pieces[size_t(r.part)], shape}), Type::tensor(t, split),
                                transpose.name + "_view", id);
    replace_node(g, r.node, make_node("Transpose", {viewed}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}}));
  }
  erase_if_dead(g, transpose.outputs[0]);
  return true;
}

}  // namespace

Result<int> split_qkv(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order())
    if (g.is_alive(id) && g[id].is("Transpose") && rewrite(g, id)) ++rewrites;
  return rewrites;
}

}  // namespace pharos::passes
