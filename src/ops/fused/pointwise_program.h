#pragma once
// The program of a pharos::Pointwise node: a list of elementwise instructions over registers.

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace pharos {

enum class PointwiseOp : uint8_t {
  Add, Sub, Mul, Div, Max, Min, Pow, Relu, Sigmoid, Tanh, Exp, Log, Sqrt, Neg, Abs, Erf, Reciprocal, Floor, Ceil,
  Clip, LeakyRelu, HardSigmoid, HardSwish, Elu, Gelu, GeluTanh, Softplus, Silu, Mish, Const
};

struct PointwiseInstruction {
  PointwiseOp op = PointwiseOp::Const;
  int a = -1, b = -1;            // registers; -1 where the operation has no such operand
  float alpha = 0, beta = 0;     // parameters (Clip: lowest, highest; Const: the value)
};

struct PointwiseProgram {
  int inputs = 0;  // registers 0 … inputs-1; instruction i writes register inputs + i
  std::vector<PointwiseInstruction> code;
};

std::string_view pointwise_name(PointwiseOp op);  // "add", "leaky_relu", …
std::optional<PointwiseOp> pointwise_from_name(std::string_view name);
int pointwise_operands(PointwiseOp op);    // registers read: 0 to 2
int pointwise_parameters(PointwiseOp op);  // numbers before the registers: 0 to 2
std::string pointwise_text(const PointwiseInstruction& i);  // "clip 0 6 r": what the attribute holds

// Reads and checks the attribute `program` of a node.
Result<PointwiseProgram> pointwise_program(const Node& node);

// One instruction on n elements; `a` and `b` are its operands (null where it has none); `out` may be one of them.
void pointwise_apply(const PointwiseInstruction& i, const double* a, const double* b, double* out, int64_t n);

}  // namespace pharos
