#include "passes/match.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pharos::passes {

DType dtype_of(const Graph& g, ValueId v) {
  return v && g.value(v).type.is_tensor() ? g.value(v).type.dtype : DType::undefined;
}

std::optional<int> rank_of(const Graph& g, ValueId v) {
  if (!v || !g.value(v).type.is_tensor() || !g.value(v).type.has_rank()) return std::nullopt;
  return g.value(v).type.rank();
}

std::optional<int64_t> dim_of(const Graph& g, ValueId v, int axis) {
  const auto rank = rank_of(g, v);
  if (!rank) return std::nullopt;
  if (axis < 0) axis += *rank;
  if (axis < 0 || axis >= *rank) return std::nullopt;
  return (*g.value(v).type.shape)[size_t(axis)].maybe_number();
}

std::optional<Shape> shape_of(const Graph& g, ValueId v) {
  if (!rank_of(g, v)) return std::nullopt;
  return g.value(v).type.shape;
}

bool same_shape(const Shape& a, const Shape& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const Dim& x, const Dim& y) { return x == y; });
}

bool same_shape(const Graph& g, ValueId a, ValueId b) {
  if (!rank_of(g, a) || !rank_of(g, b)) return false;
  // A value always has its own shape, even where that is not known.
  return a == b || same_shape(*g.value(a).type.shape, *g.value(b).type.shape);
}

bool same_count(const Shape& a, const Shape& b) { return product(a) == product(b); }

bool same_type(const Graph& g, ValueId a, ValueId b) {
  return dtype_of(g, a) != DType::undefined && dtype_of(g, a) == dtype_of(g, b) && same_shape(g, a, b);
}

const Node* made_by(const Graph& g, ValueId v, std::string_view op, std::string_view domain) {
  const NodeId p = g.producer(v);
  return p && g[p].is(op, domain) ? &g[p] : nullptr;
}

bool read_once(const Graph& g, ValueId v) { return v && g.value(v).uses.size() == 1 && !g.is_output(v); }

ValueId behind_casts(const Graph& g, ValueId v) {
  for (int i = 0; i < 8; ++i) {
    const NodeId p = g.producer(v);
    if (!p) return v;
    const Node& n = g[p];
    const bool cast = n.is("Cast") && is_float(dtype_of(g, v)) && is_float(dtype_of(g, n.inputs[0]));
    if (!cast && !n.is("Identity")) return v;
    v = n.inputs[0];
  }
  return v;
}

bool is_scalar_like(const Tensor& t) { return t.valid() && t.count() == 1 && t.dtype() != DType::string; }

std::optional<double> scalar_of(const Graph& g, ValueId v) {
  for (int i = 0; v && i < 8; ++i) {
    if (const Tensor* t = g.constant(v)) {
      const bool number = is_float(t->dtype()) || is_integer(t->dtype());
      return number && is_scalar_like(*t) ? std::optional(t->double_at(0)) : std::nullopt;
    }
    const NodeId p = g.producer(v);
    if (!p) return std::nullopt;
    const Node& n = g[p];
    if (!n.is("Identity") && !n.is("Reshape") && !n.is("Squeeze") && !n.is("Unsqueeze") && !n.is("Flatten"))
      return std::nullopt;
    v = n.inputs[0];
  }
  return std::nullopt;
}

std::optional<std::vector<int64_t>> ints_of(const Graph& g, ValueId v) {
  const Tensor* t = g.constant(v);
  if (!t || !is_integer(t->dtype())) return std::nullopt;
  return t->to_ints();
}

double tolerance_for(DType t) {
  if (t == DType::f16) return 1e-3;
  if (t == DType::bf16) return 8e-3;
  return 1e-5;
}

bool near(double value, double expected, double tolerance) {
  return std::abs(value - expected) <= tolerance * std::max(1e-30, std::abs(expected));
}

std::optional<WithScalar> with_scalar(const Graph& g, const Node& n) {
  if (n.inputs.size() != 2 || !n.inputs[0] || !n.inputs[1]) return std::nullopt;
  for (const size_t at : {size_t{1}, size_t{0}}) {
    const auto c = scalar_of(g, n.inputs[at]);
    if (!c) continue;
    const ValueId x = n.inputs[1 - at];
    const auto c_rank = rank_of(g, n.inputs[at]), x_rank = rank_of(g, x);
    if (!c_rank || (*c_rank > 0 && (!x_rank || *c_rank > *x_rank))) continue;
    return WithScalar{x, *c, at == 0};
  }
  return std::nullopt;
}

std::optional<ValueId> other_operand(const Node& n, ValueId v) {
  if (n.inputs.size() != 2) return std::nullopt;
  if (n.inputs[0] == v) return n.inputs[1];
  if (n.inputs[1] == v) return n.inputs[0];
  return std::nullopt;
}

Product product_of(const Graph& g, ValueId v, size_t max_factors) {
  Product out;
  std::vector<ValueId> open{v};
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    const NodeId p = g.producer(at);
    const bool inner = p && (at == v || read_once(g, at)) && out.nodes.size() < 8 &&
                       out.factors.size() + open.size() < max_factors;
    if (inner && g[p].is("Neg")) {
      out.c = -out.c;
      out.nodes.push_back(p);
      open.push_back(g[p].inputs[0]);
    } else if (inner && (g[p].is("Mul") || g[p].is("Div"))) {
      const Node& n = g[p];
      const auto s = with_scalar(g, n);
      if (s && n.op == "Div" && (s->constant_first || s->c == 0)) { out.factors.push_back(at); continue; }
      if (!s && n.op == "Div") { out.factors.push_back(at); continue; }
      out.nodes.push_back(p);
      if (s) {
        out.c = n.op == "Mul" ? out.c * s->c : out.c / s->c;
        open.push_back(s->x);
      } else {
        open.push_back(n.inputs[1]);
        open.push_back(n.inputs[0]);
      }
    } else {
      out.factors.push_back(at);
    }
  }
  return out;
}

std::optional<WithScalar> sum_with_scalar(const Graph& g, ValueId v) {
  if (const Node* n = made_by(g, v, "Add")) return with_scalar(g, *n);
  if (const Node* n = made_by(g, v, "Sub")) {
    auto s = with_scalar(g, *n);
    if (!s || s->constant_first) return std::nullopt;
    s->c = -s->c;
    return s;
  }
  return std::nullopt;
}

bool is_power(const Graph& g, ValueId v, ValueId x, int n) {
  if (n == 1) return v == x;
  if (const Node* p = made_by(g, v, "Pow"); p && p->inputs[0] == x) {
    const auto e = scalar_of(g, p->inputs[1]);
    return e && *e == n;
  }
  const Node* m = made_by(g, v, "Mul");
  if (!m) return false;
  // x * x^(n-1), x^(n-1) * x and, for 4 and more, other splits are not written by exporters.
  return (m->inputs[0] == x && is_power(g, m->inputs[1], x, n - 1)) ||
         (m->inputs[1] == x && is_power(g, m->inputs[0], x, n - 1));
}

std::optional<std::vector<int64_t>> reduced_axes(const Graph& g, const Node& n) {
  const auto rank = rank_of(g, n.inputs.empty() ? ValueId{} : n.inputs[0]);
  if (!rank) return std::nullopt;
  std::vector<int64_t> axes = n.attr_ints("axes");
  if (n.has_input(1)) {
    const auto given = ints_of(g, n.inputs[1]);
    if (!given) return std::nullopt;
    axes = *given;
  }
  if (axes.empty() && n.attr_int("noop_with_empty_axes") == 0) {
    axes.resize(size_t(*rank));
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (int64_t& a : axes) {
    if (a < 0) a += *rank;
    if (a < 0 || a >= *rank) return std::nullopt;
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

std::optional<std::vector<int64_t>> permutation(const Graph& g, const Node& n) {
  const auto* given = n.attr<std::vector<int64_t>>("perm");
  const auto rank = rank_of(g, n.inputs[0]);
  std::vector<int64_t> perm;
  if (given && !given->empty()) perm = *given;
  else if (rank) for (int i = *rank - 1; i >= 0; --i) perm.push_back(i);
  else return std::nullopt;
  if (rank && perm.size() != size_t(*rank)) return std::nullopt;
  std::vector<int64_t> sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != int64_t(i)) return std::nullopt;
  return perm;
}

std::vector<NodeId> between(const Graph& g, NodeId root, std::initializer_list<ValueId> stops) {
  std::vector<NodeId> found, open{root};
  while (!open.empty() && found.size() < 32) {
    const NodeId at = open.back();
    open.pop_back();
    for (const ValueId v : g[at].inputs) {
      const NodeId p = g.producer(v);
      if (!p || std::find(stops.begin(), stops.end(), v) != stops.end()) continue;
      if (p == root || std::find(found.begin(), found.end(), p) != found.end()) continue;
      found.push_back(p);
      open.push_back(p);
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::optional<std::vector<double>> per_channel(const Tensor& t, int rank, int axis, int64_t count) {
  if (t.rank() > rank || !(is_float(t.dtype()) || is_integer(t.dtype()))) return std::nullopt;
  if (t.count() == 1) return std::vector<double>(size_t(count), t.double_at(0));
  if (t.count() != count) return std::nullopt;
  const int at = axis - (rank - t.rank());
  if (at < 0 || t.dim(at) != count) return std::nullopt;
  std::vector<double> out(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out[size_t(i)] = t.double_at(i);
  return out;
}

}  // namespace pharos::passes
