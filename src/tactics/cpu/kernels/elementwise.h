#pragma once
// Elementwise kernels over contiguous floats, one function per operation: what Pointwise programs, single elementwise
// operators and the activations of fused operators are made of.

#include <array>
#include <optional>
#include <string_view>

#include "tactics/tactic.h"

namespace pharos::cpu {

enum class Unary : uint8_t {  // the first ones in the order of ActivationKind
  Identity, Relu, LeakyRelu, Clip, Sigmoid, Tanh, Silu, HardSwish, HardSigmoid, Gelu, GeluTanh, Elu, Mish, Softplus,
  Exp, Log, Sqrt, Neg, Abs, Erf, Reciprocal, Floor, Ceil, Round, Softsign, Sign, Selu, Sin, Cos, count
};
enum class Binary : uint8_t { Add, Sub, Mul, Div, Max, Min, Pow, PRelu, count };

// Of a program or an activation ("hard_sigmoid"); "" is Identity.
std::optional<Unary> unary_from_name(std::string_view name);
std::optional<Binary> binary_from_name(std::string_view name);
// f(0) == 0 for these parameters: padding lanes of blocked layouts stay zero.
bool keeps_zero(Unary op, float a, float b);

// y may be x. `a`, `b`: parameters of LeakyRelu, Elu (alpha), Clip (low, high), HardSigmoid (alpha, beta), Selu (alpha, gamma).
using UnaryFn = void (*)(const float* x, float* y, int64_t n, float a, float b);
using BinaryFn = void (*)(const float* x, const float* y, float* z, int64_t n);  // z may be x or y

using ScalarFn = void (*)(const float* x, float s, float* z, int64_t n);        // one operand is one number

struct ElementwiseKernels {
  std::array<UnaryFn, size_t(Unary::count)> unary;
  std::array<BinaryFn, size_t(Binary::count)> binary;
  std::array<ScalarFn, size_t(Binary::count)> scalar_second, scalar_first;  // nullptr for Pow
  UnaryFn operator[](Unary op) const { return unary[size_t(op)]; }
  BinaryFn operator[](Binary op) const { return binary[size_t(op)]; }
};
const ElementwiseKernels& elementwise_kernels(Isa isa);

// The epilogue of a fused operator: a clamp that register tiles apply by themselves (none, relu, clip), or a function
// applied to the finished tile.
struct PostOp {
  Unary op = Unary::Identity;
  float a = 0, b = 0;
  float low = -__builtin_inff(), high = __builtin_inff();
  UnaryFn heavy = nullptr;  // not expressible as a clamp
  bool keeps_zero = true;
  void rows(float* c, int64_t rows, int64_t columns, int64_t stride) const {
    if (heavy)
      for (int64_t r = 0; r < rows; ++r) heavy(c + r * stride, c + r * stride, columns, a, b);
  }
};
// From the attributes `activation`, `alpha`, `beta` of a fused operator; nothing where the name is unknown.
std::optional<PostOp> post_op(const Node& node, Isa isa);

}  // namespace pharos::cpu
