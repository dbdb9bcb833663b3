// Gelu in its parts. As products: 0.5 * x * (1 + erf(x / sqrt(2))), in any order and grouping, and
// 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).

#include <cmath>
#include <numbers>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

constexpr double sqrt_2_over_pi = 0.7978845608028654;
constexpr double cubic = 0.044715;

// v = c * x, for a given c
bool is_multiple(const Graph& g, ValueId v, ValueId x, double c, double tolerance) {
  const Product p = product_of(g, v, 2);
  return p.factors.size() == 1 && p.factors[0] == x && near(p.c, c, tolerance);
}

// The factors of v are c and x, n times
bool is_scaled_power(const Graph& g, ValueId v, ValueId x, int n, double c, double tolerance) {
  const Product p = product_of(g, v);
  if (!near(p.c, c, tolerance)) return false;
  int power = 0;
  for (const ValueId f : p.factors) {
    int k = 1;
    while (k <= n && !is_power(g, f, x, k)) ++k;
    power += k;
  }
  return power == n;
}

// u = sqrt(2 / pi) * (x + 0.044715 x^3), or with x taken out: sqrt(2 / pi) * x * (1 + 0.044715 x^2)
bool is_tanh_argument(const Graph& g, ValueId u, ValueId x, double tolerance) {
  const Product p = product_of(g, u);
  if (!near(p.c, sqrt_2_over_pi, tolerance)) return false;
  if (p.factors.size() == 1) {
    const Node* sum = made_by(g, p.factors[0], "Add");
    const auto rest = sum ? other_operand(*sum, x) : std::nullopt;
    return rest && is_scaled_power(g, *rest, x, 3, cubic, tolerance);
  }
  if (p.factors.size() != 2) return false;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    if (p.factors[i] != x) continue;
    const auto sum = sum_with_scalar(g, p.factors[1 - i]);
    if (sum && near(sum->c, 1, tolerance) && is_scaled_power(g, sum->x, x, 2, cubic, tolerance)) return true;
  }
  return false;
}

// Which Gelu of x the factor 1 + f(x) makes; empty: none.
std::string approximation(const Graph& g, ValueId factor, ValueId x, double tolerance) {
  const auto sum = sum_with_scalar(g, factor);
  if (!sum || !near(sum->c, 1, tolerance)) return "";
  if (const Node* erf = made_by(g, sum->x, "Erf"))
    return is_multiple(g, erf->inputs[0], x, std::numbers::sqrt2 / 2, tolerance) ? "none" : "";
  if (const Node* tanh = made_by(g, sum->x, "Tanh"))
    return is_tanh_argument(g, tanh->inputs[0], x, tolerance) ? "tanh" : "";
  return "";
}

bool rewrite(Graph& g, NodeId id, const PassContext& c) {
  const Node& n = g[id];
  if (!n.is("Mul") && !n.is("Div")) return false;
  const DType t = dtype_of(g, n.outputs[0]);
  if (!is_float(t) || !c.takes("", "Gelu", t)) return false;
  const double tolerance = std::max(1e-4, tolerance_for(t));
  const Product p = product_of(g, n.outputs[0], 3);
  if (p.factors.size() != 2 || !near(p.c, 0.5, tolerance)) return false;
  for (const size_t i : {size_t{0}, size_t{1}}) {
    const ValueId x = p.factors[i];
    const std::string which = approximation(g, p.factors[1 - i], x, tolerance);
    if (which.empty() || !same_type(g, x, n.outputs[0])) continue;
    const auto absorbed = between(g, id, {x});
    replace_node(g, id, make_node("Gelu", {x}, {{"approximate", which}}), absorbed);
    return true;
  }
  return false;
}

}  // namespace

Result<int> fuse_gelu(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order())
    if (g.is_alive(id) && rewrite(g, id, c)) ++rewrites;
  return rewrites;
}

}  // namespace pharos::passes
