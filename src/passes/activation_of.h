#pragma once
// The activations that convolutions and products can apply to their results, as nodes of the graph.

#include <optional>

#include "ops/fused/activation.h"
#include "passes/match.h"

namespace pharos::passes {

// If the node applies such an activation to its input 0 and nothing else.
std::optional<Activation> activation_of(const Graph& g, const Node& n);

struct Bounds { double low, high; };
// Of Clip with constant (or no) bounds, and of Relu.
std::optional<Bounds> bounds_of(const Graph& g, const Node& n);

}  // namespace pharos::passes
