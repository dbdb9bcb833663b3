// Several spellings of one computation become one, so that later passes and tactics have fewer to know.

#include <algorithm>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// Padding of SAME_UPPER or SAME_LOWER as numbers; with stride 1 it does not depend on the extent.
std::optional<std::vector<int64_t>> same_pads(const Graph& g, const Node& n, const std::vector<int64_t>& kernel,
                                              bool upper) {
  const auto rank = rank_of(g, n.inputs[0]);
  if (!rank || *rank != int(kernel.size()) + 2) return std::nullopt;
  const size_t axes = kernel.size();
  const auto strides = n.attr_ints("strides", std::vector<int64_t>(axes, 1));
  const auto dilations = n.attr_ints("dilations", std::vector<int64_t>(axes, 1));
  if (strides.size() != axes || dilations.size() != axes) return std::nullopt;
  std::vector<int64_t> pads(2 * axes);
  for (size_t i = 0; i < axes; ++i) {
    const int64_t window = (kernel[i] - 1) * dilations[i] + 1;
    int64_t total = window - 1;
    if (strides[i] != 1) {
      const auto extent = dim_of(g, n.inputs[0], int(i) + 2);
      if (!extent || strides[i] < 1) return std::nullopt;
      const int64_t out = (*extent + strides[i] - 1) / strides[i];
      total = std::max<int64_t>(0, (out - 1) * strides[i] + window - *extent);
    }
    pads[i] = upper ? total / 2 : total - total / 2;
    pads[i + axes] = total - pads[i];
  }
  return pads;
}

std::optional<std::vector<int64_t>> kernel_of(const Graph& g, const Node& n) {
  if (const auto* k = n.attr<std::vector<int64_t>>("kernel_shape")) return *k;
  const auto rank = n.has_input(1) ? rank_of(g, n.inputs[1]) : std::nullopt;
  if (!rank) return std::nullopt;
  std::vector<int64_t> kernel;
  for (int i = 2; i < *rank; ++i) {
    const auto d = dim_of(g, n.inputs[1], i);
    if (!d) return std::nullopt;
    kernel.push_back(*d);
  }
  return kernel;
}

// auto_pad becomes pads.
bool write_out_pads(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("Conv") && !n.is("MaxPool") && !n.is("AveragePool") && !n.is("LpPool")) return false;
  const std::string mode = n.attr_string("auto_pad");
  if (mode.empty() || mode == "NOTSET") return false;
  const auto kernel = kernel_of(g, n);
  if (!kernel) return false;
  std::vector<int64_t> pads(kernel->size() * 2, 0);
  if (mode != "VALID") {
    const auto same = same_pads(g, n, *kernel, mode == "SAME_UPPER");
    // Rounding up the output would see the padding twice.
    if (!same || n.attr_int("ceil_mode")) return false;
    pads = *same;
  }
  auto& attributes = g.node(id).attributes;
  attributes.erase("auto_pad");
  attributes["pads"] = pads;
  return true;
}

// A mean over all spatial axes is a global pooling.
bool mean_to_pool(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("ReduceMean")) return false;
  const ValueId x = n.inputs[0];
  const DType t = dtype_of(g, x);
  const auto rank = rank_of(g, x);
  const auto axes = reduced_axes(g, n);
  // From 4-D on: over a 3-D tensor the mean of the last axis is as often a part of a layer normalisation.
  if (!rank || *rank < 4 || !axes || int(axes->size()) != *rank - 2 || (*axes)[0] != 2) return false;
  if (t != DType::f32 && t != DType::f16 && t != DType::f64) return false;
  Shape pooled = *shape_of(g, x);
  std::fill(pooled.begin() + 2, pooled.end(), Dim(1));
  Node pool = make_node("GlobalAveragePool", {x});
  if (n.attr_int("keepdims", 1)) {
    replace_node(g, id, std::move(pool));
    return true;
  }
  const auto operand = reshape_operand(pooled, {pooled[0], pooled[1]});
  if (!operand) return false;
  const std::string name = n.name;
  const ValueId y = emit(g, std::move(pool), Type::tensor(t, pooled), name + "_pooled", id);
  replace_node(g, id, make_node("Reshape", {y, add_ints(g, name + "_shape", *operand)}));
  return true;
}

// A pooling whose window is the whole image is a global one.
bool pool_to_global(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("AveragePool")) return false;
  const auto kernel = n.attr_ints("kernel_shape");
  const auto pads = n.attr_ints("pads"), dilations = n.attr_ints("dilations");
  const std::string mode = n.attr_string("auto_pad", "NOTSET");
  if (kernel.empty() || (mode != "NOTSET" && mode != "VALID")) return false;
  if (std::any_of(pads.begin(), pads.end(), [](int64_t p) { return p != 0; })) return false;
  if (std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; })) return false;
  for (size_t i = 0; i < kernel.size(); ++i)
    if (dim_of(g, n.inputs[0], int(i) + 2) != std::optional(kernel[i])) return false;
  replace_node(g, id, make_node("GlobalAveragePool", {n.inputs[0]}));
  return true;
}

bool cast_like(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("CastLike")) return false;
  const DType to = dtype_of(g, n.inputs[1]);
  if (to == DType::undefined || n.has_attr("saturate")) return false;
  replace_node(g, id, make_node("Cast", {n.inputs[0]}, {{"to", int64_t(to)}}));
  return true;
}

bool sum_of_two(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("Sum") || n.inputs.size() != 2) return false;
  replace_node(g, id, make_node("Add", n.inputs));
  return true;
}

bool prelu(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("PRelu") || !is_float(dtype_of(g, n.inputs[0]))) return false;
  const auto slope = scalar_of(g, n.inputs[1]);
  if (!slope || !same_type(g, n.inputs[0], n.outputs[0])) return false;
  replace_node(g, id, make_node("LeakyRelu", {n.inputs[0]}, {{"alpha", float(*slope)}}));
  return true;
}

bool broadcasts(const Node& n) {
  static constexpr std::string_view ops[] = {
      "Add", "Sub", "Mul", "Div", "Where", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or"};
  return n.domain.empty() && std::find(std::begin(ops), std::end(ops), n.op) != std::end(ops);
}

// Whether an Expand is known to succeed, and to which shape.
bool cannot_fail(const Graph& g, const Node& expand) {
  const auto from = shape_of(g, expand.inputs[0]), to = shape_of(g, expand.outputs[0]);
  if (!from || !to || from->size() > to->size()) return false;
  const size_t ahead = to->size() - from->size();
  for (size_t d = 0; d < to->size(); ++d) {
    const Dim& wide = (*to)[d];
    if (wide.is_unknown() || (d >= ahead && !((*from)[d - ahead] == wide) && !((*from)[d - ahead] == Dim(1)))) return false;
  }
  return true;
}

// An Expand before an operator that broadcasts by itself is not needed, where another operand has the full shape.
bool drop_expand(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!broadcasts(n)) return false;
  for (size_t i = 0; i < n.inputs.size(); ++i) {
    const Node* expand = made_by(g, n.inputs[i], "Expand");
    if (!expand || !cannot_fail(g, *expand)) continue;
    const ValueId x = expand->inputs[0], wide = n.inputs[i];
    bool full = false;
    for (size_t k = 0; k < n.inputs.size(); ++k) full = full || (k != i && same_shape(g, n.inputs[k], n.outputs[0]));
    if (!full || !rank_of(g, x)) continue;
    g.set_input(id, i, x);
    erase_if_dead(g, wide);
    return true;
  }
  return false;
}

}  // namespace

Result<int> canonicalize(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || g[id].inputs.empty() || !g[id].inputs[0] || g[id].outputs.empty() || !g[id].outputs[0])
      continue;
    if (write_out_pads(g, id) || mean_to_pool(g, id) || pool_to_global(g, id) || cast_like(g, id) ||
        sum_of_two(g, id) || prelu(g, id) || drop_expand(g, id))
      ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
