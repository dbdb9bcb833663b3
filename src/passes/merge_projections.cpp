// Products of one input with several constant matrices become one product with the matrices side by side. Worth it
// where the single products are too small to fill the machine; costs a Split, so only at high levels of optimisation.

#include <algorithm>
#include <map>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

constexpr int64_t max_columns = 4096;  // of one matrix: beyond that there is nothing to gain

bool mergeable(const Graph& g, const Node& n) {
  if (!n.is("MatMul", "pharos") || n.attributes.size() != size_t(n.has_attr("scale")) || n.has_input(3)) return false;
  const Tensor* w = g.constant(n.inputs[1]);
  if (!w || w->rank() != 2 || w->dtype() != DType::f32 || w->dim(1) > max_columns) return false;
  return n.attr_float("scale", 1) == 1 && (!n.has_input(2) || g.constant(n.inputs[2])) &&
         rank_of(g, n.outputs[0]).has_value();
}

Tensor side_by_side(const Graph& g, std::span<const NodeId> group, int64_t columns) {
  const int64_t rows = g.constant(g[group[0]].inputs[1])->dim(0);
  Tensor out(DType::f32, {rows, columns});
  if (!out.valid()) return out;
  int64_t at = 0;
  for (const NodeId id : group) {
    const Tensor& w = *g.constant(g[id].inputs[1]);
    for (int64_t r = 0; r < rows; ++r)
      std::copy_n(w.as<float>().data() + r * w.dim(1), w.dim(1), out.as<float>().data() + r * columns + at);
    at += w.dim(1);
  }
  return out;
}

bool merge(Graph& g, std::span<const NodeId> group) {
  const Node first = g[group[0]];
  std::vector<int64_t> sizes;
  std::vector<double> bias;
  bool any_bias = false;
  int64_t columns = 0;
  for (const NodeId id : group) {
    const Tensor& w = *g.constant(g[id].inputs[1]);
    if (w.dim(0) != g.constant(first.inputs[1])->dim(0)) return false;
    sizes.push_back(w.dim(1));
    columns += w.dim(1);
    any_bias = any_bias || g[id].has_input(2);
    const std::vector<double> own =
        g[id].has_input(2) ? to_doubles(*g.constant(g[id].inputs[2])) : std::vector<double>(size_t(w.dim(1)), 0);
    bias.insert(bias.end(), own.begin(), own.end());
  }
  Tensor weights = side_by_side(g, group, columns);
  if (!weights.valid() || int64_t(bias.size()) != columns) return false;
  Node joint =
      make_node("MatMul", {first.inputs[0], g.add_constant(first.name + "_weights", std::move(weights))}, {}, "pharos");
  if (any_bias) joint.inputs.push_back(g.add_constant(first.name + "_bias", float_tensor(DType::f32, {columns}, bias)));
  Type type = g.value(first.outputs[0]).type;
  type.shape->back() = Dim(columns);
  const ValueId y = emit(g, std::move(joint), type, first.name + "_joint", group[0]);
  Node cut =
      make_node("Split", {y, add_ints(g, first.name + "_sizes", sizes)}, {{"axis", int64_t(type.shape->size()) - 1}});
  for (const NodeId id : group) {
    g.merge_origin(g.producer(y), id);
    cut.outputs.push_back(g[id].outputs[0]);
  }
  cut.name = first.name + "_split";
  cut.origin = g[g.producer(y)].origin;
  for (const NodeId id : group) g.erase(id);
  g.add_node(std::move(cut));
  return true;
}

}  // namespace

Result<int> merge_projections(Graph& g, PassContext&) {
  std::map<ValueId, std::vector<NodeId>> by_input;
  for (const NodeId id : g.topological_order())
    if (mergeable(g, g[id])) by_input[g[id].inputs[0]].push_back(id);
  int rewrites = 0;
  for (const auto& [input, group] : by_input)
    if (group.size() > 1 && merge(g, group)) ++rewrites;
  return rewrites;
}

}  // namespace pharos::passes
