// LayerNormalization and RMSNormalization in their parts:
//   (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + bias       (PyTorch; also with reciprocals)
//   x * inv + (bias - mean(x) * inv),  inv = rsqrt(var + epsilon) * scale      (TensorFlow)
//   x / sqrt(mean(x^2) + epsilon) * scale                                      (RMS)
// Casts between floating-point types may stand between the parts.

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

struct Norm { ValueId x; int axis = 0; double epsilon = 0; bool centered = false; };

// The axis at which a mean over trailing axes starts.
std::optional<int> trailing_mean(const Graph& g, const Node& n) {
  if (!n.is("ReduceMean") || n.attr_int("keepdims", 1) == 0) return std::nullopt;
  const auto axes = reduced_axes(g, n);
  const auto rank = rank_of(g, n.inputs[0]);
  if (!axes || axes->empty() || axes->back() != *rank - 1) return std::nullopt;
  for (size_t i = 1; i < axes->size(); ++i)
    if ((*axes)[i] != (*axes)[i - 1] + 1) return std::nullopt;
  return int(axes->front());
}

const Node* node_behind_casts(const Graph& g, ValueId v) {
  const NodeId p = g.producer(behind_casts(g, v));
  return p ? &g[p] : nullptr;
}

// a, if v = sqrt(a)
ValueId sqrt_argument(const Graph& g, ValueId v) {
  const Node* n = node_behind_casts(g, v);
  if (!n) return {};
  if (n->is("Sqrt")) return n->inputs[0];
  return n->is("Pow") && scalar_of(g, n->inputs[1]) == std::optional(0.5) ? n->inputs[0] : ValueId{};
}

// a, if v = 1 / sqrt(a)
ValueId rsqrt_argument(const Graph& g, ValueId v) {
  const Node* n = node_behind_casts(g, v);
  if (!n) return {};
  if (n->is("Reciprocal")) return sqrt_argument(g, n->inputs[0]);
  if (n->is("Div") && scalar_of(g, n->inputs[0]) == std::optional(1.0)) return sqrt_argument(g, n->inputs[1]);
  return n->is("Pow") && scalar_of(g, n->inputs[1]) == std::optional(-0.5) ? n->inputs[0] : ValueId{};
}

// What is squared, averaged over trailing axes and shifted by epsilon in `v`.
struct Variance { ValueId base; int axis; double epsilon; };
std::optional<Variance> variance_of(const Graph& g, ValueId v) {
  const auto sum = sum_with_scalar(g, behind_casts(g, v));
  if (!sum || sum->c < 0 || sum->c > 1) return std::nullopt;
  const Node* mean = node_behind_casts(g, sum->x);
  const auto axis = mean ? trailing_mean(g, *mean) : std::nullopt;
  const Node* square = axis ? node_behind_casts(g, mean->inputs[0]) : nullptr;
  if (!square) return std::nullopt;
  const bool is_square =
      (square->is("Mul") && behind_casts(g, square->inputs[0]) == behind_casts(g, square->inputs[1])) ||
      (square->is("Pow") && scalar_of(g, square->inputs[1]) == std::optional(2.0));
  if (!is_square) return std::nullopt;
  return Variance{behind_casts(g, square->inputs[0]), *axis, sum->c};
}

// x and the axis, if v = x - mean(x)
std::optional<Norm> centered(const Graph& g, ValueId v) {
  const Node* sub = made_by(g, v, "Sub");
  const Node* mean = sub ? node_behind_casts(g, sub->inputs[1]) : nullptr;
  const auto axis = mean ? trailing_mean(g, *mean) : std::nullopt;
  if (!axis || behind_casts(g, mean->inputs[0]) != behind_casts(g, sub->inputs[0])) return std::nullopt;
  return Norm{sub->inputs[0], *axis, 0, true};
}

// numerator / sqrt(radicand)
std::optional<Norm> quotient(const Graph& g, ValueId numerator, ValueId radicand) {
  const auto var = radicand ? variance_of(g, radicand) : std::nullopt;
  const ValueId base = behind_casts(g, numerator);
  if (!var || var->base != base) return std::nullopt;
  auto c = centered(g, base);
  if (c && c->axis == var->axis) {
    c->epsilon = var->epsilon;
    return c;
  }
  return Norm{numerator, var->axis, var->epsilon, false};
}

std::optional<Norm> normalization(const Graph& g, const Node& n) {
  if (n.is("Div")) return quotient(g, n.inputs[0], sqrt_argument(g, n.inputs[1]));
  if (!n.is("Mul")) return std::nullopt;
  for (const size_t i : {size_t{0}, size_t{1}})
    if (auto q = quotient(g, n.inputs[i], rsqrt_argument(g, n.inputs[1 - i]))) return q;
  return std::nullopt;
}

// Extents that are normalised, where they are numbers.
std::optional<Dims> normalized_dims(const Graph& g, const Norm& norm) {
  const auto shape = shape_of(g, norm.x);
  if (!shape) return std::nullopt;
  return concrete(Shape(shape->begin() + norm.axis, shape->end()));
}

// Whether the operand broadcasts along the normalised axes only; as a value of exactly their shape.
ValueId parameter(Graph& g, ValueId v, const Norm& norm) {
  const auto dims = normalized_dims(g, norm);
  if (const Tensor* t = g.constant(v)) {
    Dims own = t->dims();
    while (!own.empty() && own.front() == 1 && (!dims || own != *dims)) own.erase(own.begin());
    const int rank = *rank_of(g, norm.x);
    if (t->rank() > rank) return {};
    if (t->count() == 1 && dims && element_count(*dims).value_or(0) <= (1 << 20) &&
        dtype_of(g, v) == dtype_of(g, norm.x)) {
      const std::vector<double> filled(size_t(*element_count(*dims)), t->double_at(0));
      return g.add_constant(g.value(v).name, float_tensor(t->dtype(), *dims, filled));
    }
    if (dims ? own != *dims : int(own.size()) != rank - norm.axis) return {};
    return own == t->dims() ? v : g.add_constant(g.value(v).name, t->reshaped(own));
  }
  const auto shape = shape_of(g, v);
  const auto x = shape_of(g, norm.x);
  if (!shape || !x || !same_shape(*shape, Shape(x->begin() + norm.axis, x->end()))) return {};
  return v;
}

ValueId ones(Graph& g, const Norm& norm) {
  const auto dims = normalized_dims(g, norm);
  const auto count = dims ? element_count(*dims) : std::nullopt;
  if (!count || *count > (1 << 20)) return {};
  const std::vector<double> filled(size_t(*count), 1);
  return g.add_constant("scale", float_tensor(dtype_of(g, norm.x), *dims, filled));
}

// The only reader of v, if it is such a node.
NodeId follow(const Graph& g, ValueId v, std::string_view op) {
  const NodeId id = g.sole_consumer(v);
  return id && g[id].is(op) ? id : NodeId{};
}

bool is_cast_to(const Graph& g, NodeId id, DType t) {
  return id && g[id].is("Cast") && dtype_of(g, g[id].outputs[0]) == t;
}

bool replace(Graph& g, NodeId root, const Norm& norm, ValueId scale, ValueId bias, const PassContext& c) {
  const std::string op = norm.centered ? "LayerNormalization" : "RMSNormalization";
  const DType t = dtype_of(g, norm.x);
  if (!c.takes("", op, t) || dtype_of(g, g[root].outputs[0]) != t) return false;
  // Scale and bias have the normalised extents, so the result has the shape of x, known or not.
  // Counted from the end, so that it stays right whatever becomes of the rank.
  Node n = make_node(op, {norm.x, scale},
                     {{"axis", int64_t(norm.axis - *rank_of(g, norm.x))}, {"epsilon", float(norm.epsilon)}});
  if (bias) n.inputs.push_back(bias);
  const auto absorbed = between(g, root, {norm.x, scale, bias});
  replace_node(g, root, std::move(n), absorbed);
  return true;
}

// From the quotient onwards: a cast back, the scale, the bias.
bool from_quotient(Graph& g, NodeId id, const PassContext& c) {
  const auto norm = normalization(g, g[id]);
  if (!norm) return false;
  const DType t = dtype_of(g, norm->x);
  NodeId root = id;
  const auto pass_cast = [&] {
    if (dtype_of(g, g[root].outputs[0]) == t) return;
    if (const NodeId cast = g.sole_consumer(g[root].outputs[0]); is_cast_to(g, cast, t)) root = cast;
  };
  pass_cast();
  const auto take = [&](std::string_view op) -> ValueId {
    const NodeId next = follow(g, g[root].outputs[0], op);
    if (!next) return {};
    const ValueId p = parameter(g, *other_operand(g[next], g[root].outputs[0]), *norm);
    if (!p || dtype_of(g, p) != t) return {};
    root = next;
    return p;
  };
  ValueId scale = take("Mul");
  const ValueId bias = scale && norm->centered ? take("Add") : ValueId{};
  if (!scale) scale = ones(g, *norm);
  return scale && replace(g, root, *norm, scale, bias, c);
}

// inv = rsqrt(radicand) * scale; the scale may be missing.
struct Inverse { ValueId radicand, scale; };
std::optional<Inverse> inverse_of(const Graph& g, ValueId v) {
  if (const ValueId r = rsqrt_argument(g, v)) return Inverse{r, {}};
  const Node* m = made_by(g, v, "Mul");
  if (!m) return std::nullopt;
  for (const size_t i : {size_t{0}, size_t{1}})
    if (const ValueId r = rsqrt_argument(g, m->inputs[i])) return Inverse{r, m->inputs[1 - i]};
  return std::nullopt;
}

// x * inv + (bias - mean * inv)
bool tensorflow(Graph& g, NodeId id, const PassContext& c) {
  const Node& n = g[id];
  if (!n.is("Add")) return false;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const Node *product = made_by(g, n.inputs[i], "Mul"), *rest = made_by(g, n.inputs[1 - i], "Sub");
    const Node* shift = product && rest ? made_by(g, rest->inputs[1], "Mul") : nullptr;
    if (!shift) continue;
    for (const size_t k : {size_t{0}, size_t{1}}) {
      const ValueId x = product->inputs[k], inv = product->inputs[1 - k];
      const auto inverse = inverse_of(g, inv);
      const auto mean_value = other_operand(*shift, inv);
      const Node* mean = inverse && mean_value ? node_behind_casts(g, *mean_value) : nullptr;
      const auto axis = mean ? trailing_mean(g, *mean) : std::nullopt;
      const auto var = axis && mean->inputs[0] == x ? variance_of(g, inverse->radicand) : std::nullopt;
      const auto inner = var ? centered(g, var->base) : std::nullopt;
      if (!inner || inner->x != x || inner->axis != *axis || var->axis != *axis) continue;
      const Norm norm{x, *axis, var->epsilon, true};
      const ValueId scale = inverse->scale ? parameter(g, inverse->scale, norm) : ones(g, norm);
      const ValueId bias = parameter(g, rest->inputs[0], norm);
      if (scale && bias && replace(g, id, norm, scale, bias, c)) return true;
    }
  }
  return false;
}

}  // namespace

Result<int> fuse_layernorm(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order())
    if (g.is_alive(id) && !g[id].outputs.empty() && (from_quotient(g, id, c) || tensorflow(g, id, c))) ++rewrites;
  return rewrites;
}

}  // namespace pharos::passes
