#include <cmath>

#include "tactics/cpu/kernels/elementwise.h"

namespace pharos {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, size_t(Unary::count)> unary_names{
    "", "relu", "leaky_relu", "clip", "sigmoid", "tanh", "silu", "hard_swish", "hard_sigmoid", "gelu", "gelu_tanh", "elu",
    "mish", "softplus", "exp", "log", "sqrt", "neg", "abs", "erf", "reciprocal", "floor", "ceil", "round", "softsign",
    "sign", "selu", "sin", "cos"};
constexpr std::array<std::string_view, size_t(Binary::count)> binary_names{"add", "sub", "mul", "div",
                                                                           "max", "min", "pow", "prelu"};

template <class E, size_t n>
std::optional<E> find(const std::array<std::string_view, n>& names, std::string_view name) {
  for (size_t i = 0; i < n; ++i)
    if (names[i] == name) return E(i);
  return std::nullopt;
}

}  // namespace

std::optional<Unary> unary_from_name(std::string_view name) { return find<Unary>(unary_names, name); }
std::optional<Binary> binary_from_name(std::string_view name) { return find<Binary>(binary_names, name); }

bool keeps_zero(Unary op, float a, float b) {
  switch (op) {
    case Unary::Clip: return a <= 0 && b >= 0;
    case Unary::HardSigmoid: return b <= 0;
    case Unary::Sigmoid: case Unary::Softplus: case Unary::Exp: case Unary::Log: case Unary::Reciprocal: case Unary::Cos:
      return false;
    default: return true;
  }
}

std::optional<PostOp> post_op(const Node& node, Isa isa) {
  const auto op = unary_from_name(node.attr_string("activation"));
  if (!op || *op > Unary::Softplus) return std::nullopt;
  PostOp p{.op = *op};
  const bool sigmoid = *op == Unary::HardSigmoid;
  const bool clip = *op == Unary::Clip;
  p.a = node.attr_float("alpha", clip ? -INFINITY : sigmoid ? 0.2f : *op == Unary::LeakyRelu ? 0.01f : 1.0f);
  p.b = node.attr_float("beta", clip ? INFINITY : 0.5f);
  p.keeps_zero = keeps_zero(*op, p.a, p.b);
  if (*op == Unary::Relu) p.low = 0;
  else if (clip) p.low = p.a, p.high = p.b;
  else if (*op != Unary::Identity) p.heavy = elementwise_kernels(isa)[*op];
  return p;
}

}  // namespace pharos
