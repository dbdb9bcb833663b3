#pragma once
// The activation function that a fused operator applies last. Attributes of such nodes: `activation` (a name below, "" for
// none), `alpha`, `beta`.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

namespace pharos {

enum class ActivationKind : uint8_t {
  None, Relu, LeakyRelu, Clip, Sigmoid, Tanh, Silu, HardSwish, HardSigmoid, Gelu, GeluTanh, Elu, Mish, Softplus
};

struct Activation {
  ActivationKind kind = ActivationKind::None;
  float alpha = 0, beta = 0;  // LeakyRelu, Elu: alpha; Clip: min, max; HardSigmoid: slope, offset
  explicit operator bool() const { return kind != ActivationKind::None; }
  friend bool operator==(const Activation&, const Activation&) = default;
};

std::string_view activation_name(ActivationKind kind);  // "" for None, "relu", "leaky_relu", …
std::optional<ActivationKind> activation_from_name(std::string_view name);
// Reads the three attributes; fails on an unknown name. Parameters left out take ONNX's defaults.
Result<Activation> activation_of(const Node& node);
void set_activation(Node& node, const Activation& activation);

// The reference functions.
double activate(const Activation& activation, double x);
void activate(const Activation& activation, double* x, int64_t n);

}  // namespace pharos
