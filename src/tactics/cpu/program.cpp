#include "tactics/cpu/program.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "tactics/cpu/common.h"

namespace pharos {
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

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> list;
  while (!text.empty()) {
    const size_t from = text.find_first_not_of(' ');
    if (from == std::string_view::npos) break;
    const size_t to = std::min(text.find(' ', from), text.size());
    list.push_back(text.substr(from, to - from));
    text.remove_prefix(to);
  }
  return list;
}

std::optional<float> number(std::string_view word) {
  const std::string text(word);
  char* end = nullptr;
  const float v = std::strtof(text.c_str(), &end);
  return end == text.c_str() + text.size() && !text.empty() ? std::optional(v) : std::nullopt;
}

std::optional<int> reg(std::string_view word, size_t known) {
  int v = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), v);
  if (error != std::errc() || end != word.data() + word.size() || v < 0 || size_t(v) >= known) return std::nullopt;
  return v;
}

std::optional<Instruction> instruction(std::string_view line, size_t known) {
  const auto w = words(line);
  if (w.size() < 2) return std::nullopt;
  Instruction i{};
  if (w[0] == "const") {
    const auto v = number(w[1]);
    if (!v) return std::nullopt;
    i.kind = Instruction::Kind::Constant, i.a = *v;
    return i;
  }
  if (const auto binary = binary_from_name(w[0]); binary && w.size() == 3) {
    const auto x = reg(w[1], known), y = reg(w[2], known);
    if (!x || !y) return std::nullopt;
    i.kind = Instruction::Kind::Binary, i.binary = *binary, i.x = *x, i.y = *y;
    return i;
  }
  const auto unary = unary_from_name(w[0]);
  if (!unary || w.size() > 4) return std::nullopt;
  i.kind = Instruction::Kind::Unary, i.unary = *unary;
  const auto x = reg(w.back(), known);
  if (!x) return std::nullopt;
  i.x = *x;
  const bool takes_two = *unary == Unary::Clip || *unary == Unary::HardSigmoid || *unary == Unary::Selu;
  const bool takes_one = *unary == Unary::LeakyRelu || *unary == Unary::Elu;
  if (w.size() != size_t(2 + (takes_two ? 2 : takes_one ? 1 : 0))) return std::nullopt;
  if (w.size() > 2) {
    const auto a = number(w[1]);
    if (!a) return std::nullopt;
    i.a = *a;
  }
  if (w.size() > 3) {
    const auto b = number(w[2]);
    if (!b) return std::nullopt;
    i.b = *b;
  }
  return i;
}

std::optional<Program> parse(const Node& node) {
  Program program;
  program.inputs = int(node.inputs.size());
  for (size_t i = 0; i < node.inputs.size(); ++i) program.sources.push_back(i);
  const auto* lines = node.attr<std::vector<std::string>>("program");
  if (!lines) return std::nullopt;
  for (const std::string& line : *lines) {
    const auto i = instruction(line, size_t(program.inputs) + program.code.size());
    if (!i) return std::nullopt;
    program.code.push_back(*i);
  }
  return program;
}

std::optional<Program> clip(const Problem& p) {
  Instruction i{.kind = Instruction::Kind::Unary, .unary = Unary::Clip, .a = -INFINITY, .b = INFINITY};
  for (size_t bound = 1; bound <= 2; ++bound) {
    if (!p.has_input(bound)) continue;
    if (!cpu::is_constant(p, bound)) return std::nullopt;
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

}  // namespace pharos
