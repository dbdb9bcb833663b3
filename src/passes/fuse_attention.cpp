// softmax(scale * Q K^T + mask) V in its parts. The scale may be a Mul or Div on either side, before or after the
// product; masks are added, or chosen by Where. Works on [B,H,S,D]; [B,S,D] is taken as one head.

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

struct Mask {
  ValueId value;         // added, or (keep) a condition
  bool keep = false;     // true: value is a condition; where it does not hold, `hidden` replaces the score
  bool negated = false;  // the condition holds where the score is hidden
  double hidden = 0;
  double scale = 1;      // applied to the score after the mask
};

struct Match {
  ValueId q, k, v;
  bool k_swapped = false;          // k is [.., D, S]
  double scale = 1;
  std::vector<Mask> masks;         // outermost first
  NodeId root;                     // the product with V
};

struct Product2 { ValueId a, b; bool swap_b; double scale; };

// A matrix product without extras, as ONNX or as our form.
std::optional<Product2> as_product(const Node& n) {
  if (n.is("MatMul")) return Product2{n.inputs[0], n.inputs[1], false, 1};
  if (!n.is("MatMul", "pharos") || n.attr_int("transA") || n.has_input(2) || n.has_input(3)) return std::nullopt;
  if (!n.attr_string("activation").empty()) return std::nullopt;
  return Product2{n.inputs[0], n.inputs[1], n.attr_int("transB") != 0, n.attr_float("scale", 1)};
}

std::optional<WithScalar> scaled(const Graph& g, ValueId v) {
  const NodeId p = g.producer(v);
  if (!p || (!g[p].is("Mul") && !g[p].is("Div"))) return std::nullopt;
  auto s = with_scalar(g, g[p]);
  if (!s || (g[p].op == "Div" && (s->constant_first || s->c == 0))) return std::nullopt;
  if (g[p].op == "Div") s->c = 1 / s->c;
  return s;
}

bool is_score(const Graph& g, ValueId v) {
  for (int i = 0; i < 4; ++i) {
    const NodeId p = g.producer(v);
    if (!p) return false;
    if (as_product(g[p])) return true;
    if (const auto s = scaled(g, v)) v = s->x;
    else if (g[p].is("Where")) v = scalar_of(g, g[p].inputs[1]) ? g[p].inputs[2] : g[p].inputs[1];
    else return false;
  }
  return false;
}

// A step from the softmax down to the product of Q and K: takes one mask or scale. False: nothing fits.
bool step(const Graph& g, ValueId& x, Match& m) {
  if (const auto s = scaled(g, x)) {
    m.scale *= s->c;
    x = s->x;
    return true;
  }
  const Node& n = g[g.producer(x)];
  if (n.is("Add")) {
    for (const size_t i : {size_t{0}, size_t{1}}) {
      if (!is_score(g, n.inputs[i]) || !same_shape(g, n.inputs[i], x)) continue;
      m.masks.push_back({.value = n.inputs[1 - i], .scale = m.scale});
      x = n.inputs[i];
      return true;
    }
    return false;
  }
  if (!n.is("Where")) return false;
  for (const size_t i : {size_t{1}, size_t{2}}) {
    const auto hidden = scalar_of(g, n.inputs[3 - i]);
    if (!hidden || *hidden > -1e4 || !same_shape(g, n.inputs[i], x)) continue;
    m.masks.push_back({.value = n.inputs[0], .keep = true, .negated = i == 2, .hidden = *hidden, .scale = m.scale});
    x = n.inputs[i];
    return true;
  }
  return false;
}

bool swaps_last_two(std::vector<int64_t> perm) {
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return std::is_sorted(perm.begin(), perm.end());
}

std::optional<Match> find(const Graph& g, NodeId root, std::string& why) {
  const auto pv = as_product(g[root]);
  if (!pv || pv->swap_b || pv->scale != 1) return std::nullopt;
  const Node* softmax = made_by(g, pv->a, "Softmax");
  const auto rank = rank_of(g, pv->a);
  if (!softmax || !rank || (*rank != 3 && *rank != 4)) return std::nullopt;
  const int64_t axis = softmax->attr_int("axis", -1);
  if (axis != -1 && axis != *rank - 1) return std::nullopt;
  if (!read_once(g, pv->a)) { why = "its probabilities are read by others"; return std::nullopt; }
  Match m;
  m.root = root;
  m.v = pv->b;
  ValueId x = softmax->inputs[0];
  for (int i = 0; i < 8; ++i) {
    const NodeId p = g.producer(x);
    if (!p) { why = "no product of Q and K feeds the softmax"; return std::nullopt; }
    if (!read_once(g, x)) { why = fmt::format("its scores ('{}') are read by others", g[p].name); return std::nullopt; }
    if (const auto qk = as_product(g[p])) {
      m.q = qk->a;
      m.k = qk->b;
      m.k_swapped = !qk->swap_b;
      m.scale *= qk->scale;
      return m;
    }
    if (!step(g, x, m)) {
      why = fmt::format("'{}' ({}) stands between the softmax and the product", g[p].name, g[p].op);
      return std::nullopt;
    }
  }
  return std::nullopt;
}

void strip_scales(const Graph& g, ValueId& v, double& scale) {
  while (const auto s = scaled(g, v)) {
    scale *= s->c;
    v = s->x;
  }
}

// K with the sequence before the depth. Transposes on the way are undone or joined.
ValueId straighten_k(Graph& g, const Match& m) {
  if (!m.k_swapped) return m.k;
  std::vector<int64_t> perm(size_t(*rank_of(g, m.k)));
  for (size_t i = 0; i < perm.size(); ++i) perm[i] = int64_t(i);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  ValueId from = m.k;
  if (const Node* t = made_by(g, m.k, "Transpose"))
    if (const auto before = permutation(g, *t)) {
      if (swaps_last_two(*before)) return t->inputs[0];
      std::vector<int64_t> joined;
      for (const int64_t p : perm) joined.push_back((*before)[size_t(p)]);
      perm = joined;
      from = t->inputs[0];
    }
  const auto shape = shape_of(g, from);
  Type type = Type::tensor(dtype_of(g, from));
  if (shape) {
    Shape s;
    for (const int64_t p : perm) s.push_back((*shape)[size_t(p)]);
    type.shape = s;
  }
  return emit(g, make_node("Transpose", {from}, {{"perm", perm}}), type, "key", m.root);
}

ValueId float_scalar(Graph& g, DType t, double v) { return g.add_constant("number", float_tensor(t, {}, {&v, 1})); }

Type broadcast_type(const Graph& g, DType t, ValueId a, ValueId b) {
  const auto sa = shape_of(g, a), sb = b ? shape_of(g, b) : Shape{};
  const auto s = sa && sb ? broadcast(*sa, *sb) : std::nullopt;
  Type type = Type::tensor(t);
  type.shape = s;
  return type;
}

// All masks as one value, from the innermost out: a condition (keep) or something to add.
ValueId combine_masks(Graph& g, const Match& m, DType t) {
  ValueId mask;
  bool condition = false;
  for (auto at = m.masks.rbegin(); at != m.masks.rend(); ++at) {
    ValueId v = at->value;
    if (at->keep && at->negated) v = emit(g, make_node("Not", {v}), g.value(v).type, "keep", m.root);
    if (!at->keep && at->scale != 1)
      v = emit(g, make_node("Mul", {v, float_scalar(g, t, at->scale)}), g.value(v).type, "mask", m.root);
    const double hidden = at->hidden * at->scale;
    const auto choose = [&](ValueId keep, ValueId then, double otherwise) {
      return emit(g, make_node("Where", {keep, then, float_scalar(g, t, otherwise)}), broadcast_type(g, t, keep, then),
                  "mask", m.root);
    };
    if (!mask) {
      condition = at->keep && std::isinf(hidden);
      mask = at->keep && !condition ? choose(v, float_scalar(g, t, 0), hidden) : v;
    } else if (at->keep && condition && std::isinf(hidden)) {
      mask = emit(g, make_node("And", {mask, v}), broadcast_type(g, DType::boolean, mask, v), "keep", m.root);
    } else {
      if (condition) mask = choose(mask, float_scalar(g, t, 0), -INFINITY);
      condition = false;
      mask = at->keep ? choose(v, mask, hidden)
                      : emit(g, make_node("Add", {mask, v}), broadcast_type(g, t, mask, v), "mask", m.root);
    }
  }
  return mask;
}

// Whether a constant condition shows something in each row.
bool shows_each_row(const Tensor& t, bool negated) {
  const int64_t width = t.rank() ? t.dim(t.rank() - 1) : 1;
  if (t.dtype() != DType::boolean || width == 0) return false;
  for (int64_t row = 0; row < t.count(); row += width) {
    bool any = false;
    for (int64_t i = 0; i < width && !any; ++i) any = (t.int_at(row + i) != 0) != negated;
    if (!any) return false;
  }
  return true;
}

// A row in which everything is hidden becomes uniform when scores are replaced by a number; adding the number gives the
// same only if it swallows every score. Minus infinity gives no result either way.
bool adds_like_replacing(const Graph& g, const Mask& m) {
  if (m.hidden < -1e30) return true;
  const Tensor* t = g.constant(m.value);
  return t && shows_each_row(*t, m.negated);
}

// Whether a constant mask hides exactly what comes later in the sequence.
bool is_causal(const Graph& g, const Match& m) {
  if (m.masks.size() != 1 || m.masks[0].negated) return false;
  const Tensor* t = g.constant(m.masks[0].value);
  if (!t || t->rank() < 2 || t->dim(t->rank() - 1) != t->dim(t->rank() - 2) || t->count() == 0) return false;
  const int64_t n = t->dim(t->rank() - 1);
  if (n < 2 || t->count() != n * n || (t->dtype() != DType::boolean && !is_float(t->dtype()))) return false;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      const double v = m.masks[0].keep ? double(t->int_at(i * n + j)) : t->double_at(i * n + j);
      const bool shown = m.masks[0].keep ? v != 0 : v == 0;
      if (shown != (j <= i) || (!m.masks[0].keep && !shown && v > -1e4)) return false;
    }
  return true;
}

// [B,S,D] as [B,1,S,D], and masks likewise.
ValueId with_head(Graph& g, ValueId v, NodeId like) {
  Type type = g.value(v).type;
  if (type.shape) type.shape->insert(type.shape->begin() + 1, Dim(1));
  const int64_t axis[] = {1};
  return emit(g, make_node("Unsqueeze", {v, add_ints(g, "axes", axis)}), type, "head", like);
}

bool dims_fit(const Graph& g, ValueId a, ValueId b, int axis) {
  const auto sa = shape_of(g, a), sb = shape_of(g, b);
  return sa && sb && sa->size() == sb->size() && (*sa)[size_t(axis)] == (*sb)[size_t(axis)];
}

std::string check(const Graph& g, const Match& m, const PassContext& c) {
  const auto rank = rank_of(g, m.q);
  const DType t = dtype_of(g, m.q);
  if (!rank || rank_of(g, m.k) != rank || rank_of(g, m.v) != rank) return "Q, K and V have different ranks";
  if (!c.takes("pharos", "Attention", t)) return fmt::format("no fused form for {}", dtype_name(t));
  for (int axis = 0; axis < *rank - 2; ++axis)
    if (!dims_fit(g, m.q, m.k, axis) || !dims_fit(g, m.q, m.v, axis))
      return "batch or heads of Q, K and V are not known to be equal";
  for (const Mask& mask : m.masks) {
    const auto r = rank_of(g, mask.value);
    if (!r || *r > *rank) return "the rank of its mask is not known";
    if (!mask.keep && dtype_of(g, mask.value) != t) return "its mask has another element type";
    if (mask.keep && !adds_like_replacing(g, mask))
      return fmt::format("a row hidden in full would change: scores are replaced by {}", mask.hidden);
  }
  return "";
}

void rewrite(Graph& g, Match m) {
  const DType t = dtype_of(g, m.q);
  const NodeId root = m.root;
  const bool three = *rank_of(g, m.q) == 3;
  const bool causal = is_causal(g, m);
  const ValueId k = straighten_k(g, m);
  ValueId mask = causal ? ValueId{} : combine_masks(g, m, t);
  std::vector<ValueId> inputs{m.q, k, m.v};
  if (three) {
    for (ValueId& v : inputs) v = with_head(g, v, root);
    if (mask && rank_of(g, mask) == std::optional(3)) mask = with_head(g, mask, root);
  }
  if (mask) inputs.push_back(mask);
  Attributes attributes{{"scale", float(m.scale)}};
  if (causal) attributes["causal"] = int64_t{1};
  Node fused = make_node("Attention", inputs, std::move(attributes), "pharos");
  const auto absorbed = between(g, root, {m.q, m.k, m.v, k, m.masks.empty() ? ValueId{} : m.masks[0].value,
                                          m.masks.size() < 2 ? ValueId{} : m.masks[1].value});
  if (!three) {
    replace_node(g, root, std::move(fused), absorbed);
    return;
  }
  Type type = g.value(g[root].outputs[0]).type;
  if (type.shape) type.shape->insert(type.shape->begin() + 1, Dim(1));
  fused.name = g[root].name + "_attention";
  const ValueId y = emit(g, std::move(fused), type, g[root].name + "_attention", root);
  const int64_t axis[] = {1};
  for (const NodeId a : absorbed) g.merge_origin(g.producer(y), a);
  replace_node(g, root, make_node("Squeeze", {y, add_ints(g, "axes", axis)}));
}

}  // namespace

Result<int> fuse_attention(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !is_builtin(g[id]) || g[id].op != "MatMul") continue;
    std::string why;
    auto m = find(g, id, why);
    if (m) {
      strip_scales(g, m->q, m->scale);
      strip_scales(g, m->k, m->scale);
      // A scale may also stand before the transpose of K.
      if (const Node* t = m->k_swapped ? made_by(g, m->k, "Transpose") : nullptr)
        if (const auto s = scaled(g, t->inputs[0]))
          if (const auto perm = permutation(g, *t); perm && swaps_last_two(*perm)) {
            m->scale *= s->c;
            m->k = s->x;
            m->k_swapped = false;
          }
      why = check(g, *m, c);
    }
    if (m && why.empty()) {
      rewrite(g, std::move(*m));
      ++rewrites;
    } else if (!why.empty()) {
      c.note(g, id, "not part of a fused attention: " + why);
    }
  }
  return rewrites;
}

}  // namespace pharos::passes
