// Nodes whose result is their input, by operator. `same` answers: which input may stand for output 0, if any?

#include <algorithm>
#include <map>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

using Same = ValueId (*)(const Graph&, const Node&);

bool keeps_type(const Graph& g, const Node& n) { return same_type(g, n.inputs[0], n.outputs[0]); }
ValueId first_if(const Node& n, bool yes) { return yes ? n.inputs[0] : ValueId{}; }

ValueId always(const Graph&, const Node& n) { return n.inputs[0]; }
ValueId if_type_kept(const Graph& g, const Node& n) { return first_if(n, keeps_type(g, n)); }
ValueId if_single(const Graph&, const Node& n) { return first_if(n, n.inputs.size() == 1); }

ValueId dropout(const Graph& g, const Node& n) {
  const bool training = n.has_input(2) && !(g.constant(n.inputs[2]) && g.constant(n.inputs[2])->count() == 1 &&
                                            g.constant(n.inputs[2])->int_at(0) == 0);
  return first_if(n, !training);
}

// Every value of `from` is a value of `to`.
bool lossless(DType from, DType to) {
  if (from == to) return true;
  if (from == DType::f16 || from == DType::bf16) return to == DType::f32 || to == DType::f64;
  if (from == DType::f32) return to == DType::f64;
  if (from == DType::boolean) return is_integer(to) || to == DType::f16 || to == DType::f32 || to == DType::f64;
  const auto bits = [](DType t) { return dtype_bits(t); };
  if (is_integer(from) && is_integer(to)) {
    if (is_signed_integer(from) == is_signed_integer(to)) return bits(to) >= bits(from);
    return is_signed_integer(to) && bits(to) > bits(from);
  }
  if (is_integer(from) && to == DType::f32) return bits(from) <= 16;
  if (is_integer(from) && to == DType::f64) return bits(from) <= 32;
  return false;
}

// Cast to the same type, or back to the type that a lossless cast came from.
ValueId cast(const Graph& g, const Node& n) {
  const DType to = dtype_of(g, n.outputs[0]), from = dtype_of(g, n.inputs[0]);
  if (to == DType::undefined || from == DType::undefined) return {};
  if (to == from) return n.inputs[0];
  const Node* before = made_by(g, n.inputs[0], "Cast");
  if (!before || dtype_of(g, before->inputs[0]) != to) return {};
  return lossless(to, from) ? before->inputs[0] : ValueId{};
}

ValueId transpose(const Graph& g, const Node& n) {
  const auto perm = permutation(g, n);
  return first_if(n, perm && std::is_sorted(perm->begin(), perm->end()));
}

ValueId slice(const Graph& g, const Node& n) {
  if (!keeps_type(g, n)) return {};
  if (!n.has_input(4)) return n.inputs[0];
  const auto steps = ints_of(g, n.inputs[4]);
  return first_if(n, steps && std::all_of(steps->begin(), steps->end(), [](int64_t s) { return s == 1; }));
}

bool all_equal(const Graph& g, ValueId v, int64_t wanted) {
  const auto values = ints_of(g, v);
  return values && std::all_of(values->begin(), values->end(), [&](int64_t x) { return x == wanted; });
}

ValueId pad(const Graph& g, const Node& n) { return first_if(n, n.has_input(1) && all_equal(g, n.inputs[1], 0)); }
ValueId tile(const Graph& g, const Node& n) { return first_if(n, n.has_input(1) && all_equal(g, n.inputs[1], 1)); }

// x op c, where c is the neutral number on that side. The result must have the shape of x.
ValueId neutral(const Graph& g, const Node& n, double c, bool either_side) {
  const auto s = with_scalar(g, n);
  if (s && s->c == c && (either_side || !s->constant_first))
    return dtype_of(g, s->x) == dtype_of(g, n.outputs[0]) ? s->x : ValueId{};
  // A whole tensor of the neutral number, where it does not widen x.
  for (size_t i = 0; i < 2 && n.inputs.size() == 2; ++i) {
    if (i == 0 && !either_side) continue;
    const Tensor* t = g.constant(n.inputs[i]);
    if (!t || t->count() > 4096 || t->count() == 0 || !(is_float(t->dtype()) || is_integer(t->dtype()))) continue;
    bool all = true;
    for (int64_t k = 0; k < t->count() && all; ++k) all = t->double_at(k) == c;
    if (all && same_type(g, n.inputs[1 - i], n.outputs[0])) return n.inputs[1 - i];
  }
  return {};
}
ValueId add(const Graph& g, const Node& n) { return neutral(g, n, 0, true); }
ValueId sub(const Graph& g, const Node& n) { return neutral(g, n, 0, false); }
ValueId mul(const Graph& g, const Node& n) { return neutral(g, n, 1, true); }
ValueId div(const Graph& g, const Node& n) { return neutral(g, n, 1, false); }
ValueId pow(const Graph& g, const Node& n) { return neutral(g, n, 1, false); }

ValueId reduce(const Graph& g, const Node& n) {
  const auto axes = reduced_axes(g, n);
  return first_if(n, axes && axes->empty() && n.attr_int("noop_with_empty_axes") != 0);
}

ValueId pool(const Graph& g, const Node& n) {
  const auto ones = [](const std::vector<int64_t>& v, int64_t x) {
    return std::all_of(v.begin(), v.end(), [&](int64_t y) { return y == x; });
  };
  const auto kernel = n.attr_ints("kernel_shape");
  const bool unit =
      !kernel.empty() && ones(kernel, 1) && ones(n.attr_ints("strides"), 1) && ones(n.attr_ints("pads"), 0);
  return first_if(n, unit && keeps_type(g, n));
}

ValueId resize(const Graph& g, const Node& n) {
  if (!keeps_type(g, n) || n.attr_string("coordinate_transformation_mode") == "tf_crop_and_resize") return {};
  if (n.has_input(3)) return n.inputs[0];
  const Tensor* scales = n.has_input(2) ? g.constant(n.inputs[2]) : nullptr;
  if (!scales || !is_float(scales->dtype())) return {};
  for (int64_t i = 0; i < scales->count(); ++i)
    if (scales->double_at(i) != 1) return {};
  return n.inputs[0];
}

ValueId clip(const Graph&, const Node& n) { return first_if(n, !n.has_input(1) && !n.has_input(2)); }
ValueId split(const Graph&, const Node& n) { return first_if(n, n.outputs.size() == 1); }
ValueId unit_block(const Graph&, const Node& n) { return first_if(n, n.attr_int("blocksize") == 1); }

// f(f(x)) = x
ValueId involution(const Graph& g, const Node& n) {
  const Node* before = made_by(g, n.inputs[0], n.op, n.domain);
  return before ? before->inputs[0] : ValueId{};
}
// f(f(x)) = f(x)
ValueId idempotent(const Graph& g, const Node& n) {
  return first_if(n, made_by(g, n.inputs[0], n.op, n.domain) != nullptr);
}

ValueId where(const Graph& g, const Node& n) {
  const Tensor* condition = g.constant(n.inputs[0]);
  if (!condition || condition->dtype() != DType::boolean || condition->count() == 0 || condition->count() > 4096)
    return {};
  const bool first = condition->int_at(0) != 0;
  for (int64_t i = 1; i < condition->count(); ++i)
    if ((condition->int_at(i) != 0) != first) return {};
  const ValueId chosen = n.inputs[first ? 1 : 2];
  return same_type(g, chosen, n.outputs[0]) ? chosen : ValueId{};
}

Same find(const Node& n) {
  static constexpr std::pair<std::string_view, Same> table[] = {{"Identity", always},
                                                                {"Dropout", dropout},
                                                                {"Cast", cast},
                                                                {"CastLike", cast},
                                                                {"Reshape", if_type_kept},
                                                                {"Flatten", if_type_kept},
                                                                {"Squeeze", if_type_kept},
                                                                {"Expand", if_type_kept},
                                                                {"Transpose", transpose},
                                                                {"Slice", slice},
                                                                {"Pad", pad},
                                                                {"Tile", tile},
                                                                {"Concat", if_single},
                                                                {"Sum", if_single},
                                                                {"Max", if_single},
                                                                {"Min", if_single},
                                                                {"Mean", if_single},
                                                                {"Add", add},
                                                                {"Sub", sub},
                                                                {"Mul", mul},
                                                                {"Div", div},
                                                                {"Pow", pow},
                                                                {"ReduceSum", reduce},
                                                                {"ReduceMean", reduce},
                                                                {"ReduceMax", reduce},
                                                                {"ReduceMin", reduce},
                                                                {"ReduceProd", reduce},
                                                                {"MaxPool", pool},
                                                                {"AveragePool", pool},
                                                                {"Resize", resize},
                                                                {"Clip", clip},
                                                                {"Split", split},
                                                                {"DepthToSpace", unit_block},
                                                                {"SpaceToDepth", unit_block},
                                                                {"Neg", involution},
                                                                {"Not", involution},
                                                                {"Relu", idempotent},
                                                                {"Abs", idempotent},
                                                                {"Ceil", idempotent},
                                                                {"Floor", idempotent},
                                                                {"Round", idempotent},
                                                                {"Sign", idempotent},
                                                                {"Where", where}};
  const auto at =
      std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return entry.first == n.op; });
  return at == std::end(table) ? nullptr : at->second;
}

// Cast(Cast(x)) without the first, where that loses nothing.
bool merge_casts(Graph& g, NodeId id) {
  const Node& n = g[id];
  const Node* before = n.is("Cast") ? made_by(g, n.inputs[0], "Cast") : nullptr;
  if (!before || !lossless(dtype_of(g, before->inputs[0]), dtype_of(g, n.inputs[0]))) return false;
  if (dtype_of(g, before->inputs[0]) == DType::undefined) return false;
  const ValueId x = before->inputs[0], middle = n.inputs[0];
  g.merge_origin(id, g.producer(middle));
  g.set_input(id, 0, x);
  erase_if_dead(g, middle);
  return true;
}

// Concat leaves out operands that are known to be empty along its axis.
bool drop_empty_operands(Graph& g, NodeId id) {
  const Node& n = g[id];
  if (!n.is("Concat") || n.inputs.size() < 2) return false;
  std::vector<ValueId> kept;
  for (const ValueId v : n.inputs)
    if (dim_of(g, v, int(n.attr_int("axis"))) != std::optional<int64_t>(0)) kept.push_back(v);
  if (kept.empty() || kept.size() == n.inputs.size()) return false;
  Node fresh = make_node("Concat", std::move(kept), n.attributes);
  replace_node(g, id, std::move(fresh));
  return true;
}

}  // namespace

Result<int> remove_no_ops(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id)) continue;
    const Node& n = g[id];
    if (!n.domain.empty() || n.inputs.empty() || !n.inputs[0] || n.outputs.empty() || !n.outputs[0]) continue;
    if (const Same same = find(n)) {
      const ValueId x = same(g, n);
      if (x && bypass(g, id, x)) { ++rewrites; continue; }
    }
    if (merge_casts(g, id) || drop_empty_operands(g, id)) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
