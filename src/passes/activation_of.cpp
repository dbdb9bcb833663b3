#include "passes/activation_of.h"

#include <limits>

namespace pharos::passes {

std::optional<Bounds> bounds_of(const Graph& g, const Node& n) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (n.is("Relu")) return Bounds{0, infinity};
  if (!n.is("Clip")) return std::nullopt;
  Bounds b{-infinity, infinity};
  for (size_t i = 1; i <= 2; ++i) {
    if (!n.has_input(i)) continue;
    const auto c = scalar_of(g, n.inputs[i]);
    if (!c) return std::nullopt;
    (i == 1 ? b.low : b.high) = *c;
  }
  // The ends of the type bound nothing.
  if (b.low <= double(std::numeric_limits<float>::lowest())) b.low = -infinity;
  if (b.high >= double(std::numeric_limits<float>::max())) b.high = infinity;
  return b;
}

namespace {

std::optional<Activation> clip(const Bounds& b) {
  constexpr float most = std::numeric_limits<float>::max();
  if (!(b.low <= b.high)) return std::nullopt;  // also NaN
  if (b.low == 0 && b.high > most) return Activation{ActivationKind::Relu};
  return Activation{ActivationKind::Clip, b.low < -most ? -most : float(b.low), b.high > most ? most : float(b.high)};
}

}  // namespace

std::optional<Activation> activation_of(const Graph& g, const Node& n) {
  if (!n.domain.empty() || n.inputs.empty() || !is_float(dtype_of(g, n.inputs[0]))) return std::nullopt;
  using enum ActivationKind;
  if (const auto b = bounds_of(g, n)) return clip(*b);
  if (n.op == "LeakyRelu") return Activation{LeakyRelu, n.attr_float("alpha", 0.01f)};
  if (n.op == "Sigmoid") return Activation{Sigmoid};
  if (n.op == "Tanh") return Activation{Tanh};
  if (n.op == "HardSwish") return Activation{HardSwish};
  if (n.op == "HardSigmoid") return Activation{HardSigmoid, n.attr_float("alpha", 0.2f), n.attr_float("beta", 0.5f)};
  if (n.op == "Elu") return Activation{Elu, n.attr_float("alpha", 1)};
  if (n.op == "Gelu") return Activation{n.attr_string("approximate", "none") == "tanh" ? GeluTanh : Gelu};
  if (n.op == "Softplus") return Activation{Softplus};
  if (n.op == "Mish") return Activation{Mish};
  if (n.op == "Swish" && n.attr_float("alpha", 1) == 1) return Activation{Silu};
  return std::nullopt;
}

}  // namespace pharos::passes
