#include "ops/fused/activation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ops/op_errors.h"

namespace pharos {
namespace {

struct Row {
  std::string_view name;
  float alpha, beta;  // where the node names none
};

// In the order of ActivationKind.
constexpr std::array<Row, 14> rows{{{"", 0, 0},
                                    {"relu", 0, 0},
                                    {"leaky_relu", 0.01f, 0},
                                    {"clip", -INFINITY, INFINITY},
                                    {"sigmoid", 0, 0},
                                    {"tanh", 0, 0},
                                    {"silu", 0, 0},
                                    {"hard_swish", 0, 0},
                                    {"hard_sigmoid", 0.2f, 0.5f},
                                    {"gelu", 0, 0},
                                    {"gelu_tanh", 0, 0},
                                    {"elu", 1, 0},
                                    {"mish", 0, 0},
                                    {"softplus", 0, 0}}};

double sigmoid(double x) { return x >= 0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
// Keeps NaN.
double between(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

}  // namespace

std::string_view activation_name(ActivationKind kind) { return rows[size_t(kind)].name; }

std::optional<ActivationKind> activation_from_name(std::string_view name) {
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name == name) return ActivationKind(i);
  return std::nullopt;
}

Result<Activation> activation_of(const Node& node) {
  const std::string name = node.attr_string("activation");
  const auto kind = activation_from_name(name);
  if (!kind) return bad_attribute(node, "activation", "'" + name + "'", "the name of an activation function");
  const Row& row = rows[size_t(*kind)];
  return Activation{*kind, node.attr_float("alpha", row.alpha), node.attr_float("beta", row.beta)};
}

void set_activation(Node& node, const Activation& activation) {
  node.attributes["activation"] = std::string(activation_name(activation.kind));
  node.attributes["alpha"] = activation.alpha;
  node.attributes["beta"] = activation.beta;
}

double activate(const Activation& a, double x) {
  switch (a.kind) {
    case ActivationKind::None: return x;
    case ActivationKind::Relu: return x < 0 ? 0 : x;
    case ActivationKind::LeakyRelu: return x < 0 ? a.alpha * x : x;
    case ActivationKind::Clip: return between(x, a.alpha, a.beta);
    case ActivationKind::Sigmoid: return sigmoid(x);
    case ActivationKind::Tanh: return std::tanh(x);
    case ActivationKind::Silu: return x * sigmoid(x);
    case ActivationKind::HardSwish: return x * between(x / 6.0 + 0.5, 0, 1);
    case ActivationKind::HardSigmoid: return between(a.alpha * x + a.beta, 0, 1);
    case ActivationKind::Gelu: return 0.5 * x * (1.0 + std::erf(x * 0.7071067811865476));
    case ActivationKind::GeluTanh: return 0.5 * x * (1.0 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    case ActivationKind::Elu: return x < 0 ? a.alpha * std::expm1(x) : x;
    case ActivationKind::Mish: return x * std::tanh(softplus(x));
    case ActivationKind::Softplus: return softplus(x);
  }
  return x;
}

void activate(const Activation& a, double* x, int64_t n) {
  if (!a) return;
  for (int64_t i = 0; i < n; ++i) x[i] = activate(a, x[i]);
}

}  // namespace pharos
