#include "ops/fused/pointwise_program.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "ops/fused/activation.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr size_t longest_program = 4096;

struct Row { std::string_view name; int parameters, operands; };

// In the order of PointwiseOp.
constexpr std::array<Row, 30> rows{{
    {"add", 0, 2}, {"sub", 0, 2}, {"mul", 0, 2}, {"div", 0, 2}, {"max", 0, 2}, {"min", 0, 2}, {"pow", 0, 2}, {"relu", 0, 1},
    {"sigmoid", 0, 1}, {"tanh", 0, 1}, {"exp", 0, 1}, {"log", 0, 1}, {"sqrt", 0, 1}, {"neg", 0, 1}, {"abs", 0, 1},
    {"erf", 0, 1}, {"reciprocal", 0, 1}, {"floor", 0, 1}, {"ceil", 0, 1}, {"clip", 2, 1}, {"leaky_relu", 1, 1},
    {"hard_sigmoid", 2, 1}, {"hard_swish", 0, 1}, {"elu", 1, 1}, {"gelu", 0, 1}, {"gelu_tanh", 0, 1}, {"softplus", 0, 1},
    {"silu", 0, 1}, {"mish", 0, 1}, {"const", 1, 0},
}};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

template <class T>
bool read_number(std::string_view word, T& to) {
  const auto r = std::from_chars(word.data(), word.data() + word.size(), to);
  return r.ec == std::errc() && r.ptr == word.data() + word.size();
}

std::optional<PointwiseInstruction> read(std::string_view text, int registers) {
  const auto w = words(text);
  if (w.empty()) return std::nullopt;
  const auto op = pointwise_from_name(w[0]);
  if (!op) return std::nullopt;
  const Row& row = rows[size_t(*op)];
  if (w.size() != size_t(1 + row.parameters + row.operands)) return std::nullopt;
  PointwiseInstruction i{.op = *op};
  float* parameters[] = {&i.alpha, &i.beta};
  for (int p = 0; p < row.parameters; ++p)
    if (!read_number(w[size_t(1 + p)], *parameters[p])) return std::nullopt;
  int* operands[] = {&i.a, &i.b};
  for (int o = 0; o < row.operands; ++o)
    if (!read_number(w[size_t(1 + row.parameters + o)], *operands[o]) || *operands[o] < 0 || *operands[o] >= registers)
      return std::nullopt;
  return i;
}

template <class F>
void each(const double* a, double* out, int64_t n, F&& f) {
  for (int64_t i = 0; i < n; ++i) out[i] = f(a[i]);
}
template <class F>
void each(const double* a, const double* b, double* out, int64_t n, F&& f) {
  for (int64_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
}

void apply_activation(ActivationKind kind, const PointwiseInstruction& i, const double* a, double* out, int64_t n) {
  const Activation activation{kind, i.alpha, i.beta};
  each(a, out, n, [&](double x) { return activate(activation, x); });
}

bool nan(double x) { return x != x; }

}  // namespace

std::string_view pointwise_name(PointwiseOp op) { return rows[size_t(op)].name; }
int pointwise_operands(PointwiseOp op) { return rows[size_t(op)].operands; }
int pointwise_parameters(PointwiseOp op) { return rows[size_t(op)].parameters; }

std::optional<PointwiseOp> pointwise_from_name(std::string_view name) {
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name == name) return PointwiseOp(i);
  return std::nullopt;
}

std::string pointwise_text(const PointwiseInstruction& i) {
  std::string text(pointwise_name(i.op));
  const float parameters[] = {i.alpha, i.beta};
  for (int p = 0; p < pointwise_parameters(i.op); ++p) text += fmt::format(" {}", parameters[p]);
  const int operands[] = {i.a, i.b};
  for (int o = 0; o < pointwise_operands(i.op); ++o) text += fmt::format(" {}", operands[o]);
  return text;
}

Result<PointwiseProgram> pointwise_program(const Node& node) {
  PointwiseProgram program{.inputs = int(node.formal_inputs())};
  const auto* lines = node.attr<std::vector<std::string>>("program");
  if (!lines || lines->empty() || lines->size() > longest_program)
    return bad_attribute(node, "program", fmt::format("{} instructions", lines ? lines->size() : 0),
                         fmt::format("1 to {}", longest_program));
  for (const std::string& line : *lines) {
    const auto i = read(line, program.inputs + int(program.code.size()));
    if (!i) return bad_attribute(node, "program", "'" + line + "'", "an operation and registers that are written before");
    program.code.push_back(*i);
  }
  return program;
}

void pointwise_apply(const PointwiseInstruction& i, const double* a, const double* b, double* out, int64_t n) {
  using K = ActivationKind;
  switch (i.op) {
    case PointwiseOp::Add: return each(a, b, out, n, [](double x, double y) { return x + y; });
    case PointwiseOp::Sub: return each(a, b, out, n, [](double x, double y) { return x - y; });
    case PointwiseOp::Mul: return each(a, b, out, n, [](double x, double y) { return x * y; });
    case PointwiseOp::Div: return each(a, b, out, n, [](double x, double y) { return x / y; });
    case PointwiseOp::Max: return each(a, b, out, n, [](double x, double y) { return nan(x) || x > y ? x : y; });
    case PointwiseOp::Min: return each(a, b, out, n, [](double x, double y) { return nan(x) || x < y ? x : y; });
    case PointwiseOp::Pow: return each(a, b, out, n, [](double x, double y) { return std::pow(x, y); });
    case PointwiseOp::Exp: return each(a, out, n, [](double x) { return std::exp(x); });
    case PointwiseOp::Log: return each(a, out, n, [](double x) { return std::log(x); });
    case PointwiseOp::Sqrt: return each(a, out, n, [](double x) { return std::sqrt(x); });
    case PointwiseOp::Neg: return each(a, out, n, [](double x) { return -x; });
    case PointwiseOp::Abs: return each(a, out, n, [](double x) { return std::abs(x); });
    case PointwiseOp::Erf: return each(a, out, n, [](double x) { return std::erf(x); });
    case PointwiseOp::Reciprocal: return each(a, out, n, [](double x) { return 1 / x; });
    case PointwiseOp::Floor: return each(a, out, n, [](double x) { return std::floor(x); });
    case PointwiseOp::Ceil: return each(a, out, n, [](double x) { return std::ceil(x); });
    case PointwiseOp::Relu: return apply_activation(K::Relu, i, a, out, n);
    case PointwiseOp::Sigmoid: return apply_activation(K::Sigmoid, i, a, out, n);
    case PointwiseOp::Tanh: return apply_activation(K::Tanh, i, a, out, n);
    case PointwiseOp::Clip: return apply_activation(K::Clip, i, a, out, n);
    case PointwiseOp::LeakyRelu: return apply_activation(K::LeakyRelu, i, a, out, n);
    case PointwiseOp::HardSigmoid: return apply_activation(K::HardSigmoid, i, a, out, n);
    case PointwiseOp::HardSwish: return apply_activation(K::HardSwish, i, a, out, n);
    case PointwiseOp::Elu: return apply_activation(K::Elu, i, a, out, n);
    case PointwiseOp::Gelu: return apply_activation(K::Gelu, i, a, out, n);
    case PointwiseOp::GeluTanh: return apply_activation(K::GeluTanh, i, a, out, n);
    case PointwiseOp::Softplus: return apply_activation(K::Softplus, i, a, out, n);
    case PointwiseOp::Silu: return apply_activation(K::Silu, i, a, out, n);
    case PointwiseOp::Mish: return apply_activation(K::Mish, i, a, out, n);
    case PointwiseOp::Const: std::fill_n(out, n, double(i.alpha)); return;
  }
}

}  // namespace pharos
