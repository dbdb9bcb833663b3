#include "ops/fused/activation.h"
#include "tactics/cpu/kernels/elementwise.h"

namespace pharos::cpu {
namespace {

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
  const Result<Activation> activation = activation_of(node);
  if (!activation) return std::nullopt;
  static_assert(int(Unary::Softplus) == int(ActivationKind::Softplus), "the first functions are the activations");
  PostOp p{.op = Unary(activation->kind), .a = activation->alpha, .b = activation->beta};
  p.keeps_zero = keeps_zero(p.op, p.a, p.b);
  if (p.op == Unary::Relu) p.low = 0;
  else if (p.op == Unary::Clip) p.low = p.a, p.high = p.b;
  else if (p.op != Unary::Identity) p.heavy = elementwise_kernels(isa)[p.op];
  return p;
}

}  // namespace pharos::cpu
