#include "tactics/cpu/program.h"

#include <cmath>

#include "ops/fused/pointwise_program.h"
#include "tactics/cpu/common.h"

namespace pharos::cpu {
namespace {

// Operators that are one unary function of the program, with the attributes that give its parameters.
struct UnaryOp {
  std::string_view op, function, first = "", second = "";
  float first_default = 0, second_default = 0;
};
constexpr UnaryOp unary_ops[] = {
    {"Relu", "relu"}, {"LeakyRelu", "leaky_relu", "alpha", "", 0.01f}, {"Sigmoid", "sigmoid"}, {"Tanh", "tanh"},
    {"HardSwish", "hard_swish"}, {"HardSigmoid", "hard_sigmoid", "alpha", "beta", 0.2f, 0.5f},
    {"Elu", "elu", "alpha", "", 1.0f}, {"Selu", "selu", "alpha", "gamma", 1.67326319217681884765625f, 1.05070102214813232421875f},
    {"Mish", "mish"}, {"Softplus", "softplus"}, {"Softsign", "softsign"}, {"Exp", "exp"}, {"Log", "log"}, {"Sqrt", "sqrt"},
    {"Neg", "neg"}, {"Abs", "abs"}, {"Erf", "erf"}, {"Reciprocal", "reciprocal"}, {"Floor", "floor"}, {"Ceil", "ceil"},
    {"Round", "round"}, {"Sign", "sign"}, {"Sin", "sin"}, {"Cos", "cos"},
};
struct BinaryOp { std::string_view op, function; };
constexpr BinaryOp binary_ops[] = {{"Add", "add"}, {"Sub", "sub"}, {"Mul", "mul"}, {"Div", "div"}, {"Max", "max"},
                                   {"Min", "min"}, {"Pow", "pow"}, {"PRelu", "prelu"}, {"Sum", "add"}};

std::optional<Program> parse(const Node& node) {
  const Result<PointwiseProgram> source = pointwise_program(node);
  if (!source) return std::nullopt;
  Program program{.inputs = source->inputs};
  for (int i = 0; i < source->inputs; ++i) program.sources.push_back(size_t(i));
  for (const PointwiseInstruction& from : source->code) {
    Instruction i{.kind = Instruction::Kind::Constant, .a = from.alpha, .b = from.beta, .x = from.a, .y = from.b};
    if (const auto u = unary_from_name(pointwise_name(from.op))) i.kind = Instruction::Kind::Unary, i.unary = *u;
    else if (const auto b = binary_from_name(pointwise_name(from.op))) i.kind = Instruction::Kind::Binary, i.binary = *b;
    else if (from.op != PointwiseOp::Const) return std::nullopt;
    program.code.push_back(i);
  }
  return program;
}

std::optional<Program> clip(const Problem& p) {
  Instruction i{.kind = Instruction::Kind::Unary, .unary = Unary::Clip, .a = -INFINITY, .b = INFINITY};
  for (size_t bound = 1; bound <= 2; ++bound) {
    if (!p.has_input(bound)) continue;
    if (!is_constant(p, bound)) return std::nullopt;
    (bound == 1 ? i.a : i.b) = float(p.constants[bound]->double_at(0));
  }
  return Program{1, {0}, {i}};
}

Instruction unary(Unary op, float a = 0, float b = 0) {
  return {.kind = Instruction::Kind::Unary, .unary = op, .a = a, .b = b, .x = 0};
}

}  // namespace

std::optional<Program> program_of(const Problem& p) {
  const Node& node = *p.node;
  if (node.is("Pointwise", "pharos")) return parse(node);
  if (!node.domain.empty() || p.inputs.empty()) return std::nullopt;
  if (node.op == "Clip") return clip(p);
  if (node.op == "Gelu") {
    const bool tanh = node.attr_string("approximate", "none") == "tanh";
    return Program{1, {0}, {unary(tanh ? Unary::GeluTanh : Unary::Gelu)}};
  }
  for (const UnaryOp& u : unary_ops)
    if (u.op == node.op) {
      const float a = u.first.empty() ? 0 : node.attr_float(u.first, u.first_default);
      const float b = u.second.empty() ? 0 : node.attr_float(u.second, u.second_default);
      return Program{1, {0}, {unary(*unary_from_name(u.function), a, b)}};
    }
  for (const BinaryOp& b : binary_ops)
    if (b.op == node.op) {
      Program program{.inputs = int(p.inputs.size())};
      for (int i = 0; i < program.inputs; ++i) program.sources.push_back(size_t(i));
      for (int i = 1; i < program.inputs; ++i)
        program.code.push_back({.kind = Instruction::Kind::Binary, .binary = *binary_from_name(b.function),
                                .x = i == 1 ? 0 : program.inputs + i - 2, .y = i});
      return program;
    }
  return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> program_ops() {
  std::vector<std::pair<std::string_view, std::string_view>> ops{{"pharos", "Pointwise"}, {"", "Clip"}, {"", "Gelu"}};
  for (const UnaryOp& u : unary_ops) ops.emplace_back("", u.op);
  for (const BinaryOp& b : binary_ops) ops.emplace_back("", b.op);
  return ops;
}

}  // namespace pharos::cpu
