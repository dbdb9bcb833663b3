#include "ops/rnn_params.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

struct Row { std::string_view name; bool has_alpha, has_beta; double alpha, beta; };

// In the order of RnnActivation.
constexpr std::array<Row, 11> rows{{{"relu", false, false, 0, 0},
                                    {"tanh", false, false, 0, 0},
                                    {"sigmoid", false, false, 0, 0},
                                    {"affine", true, true, 1, 0},
                                    {"leakyrelu", true, false, 0.01, 0},
                                    {"thresholdedrelu", true, false, 1, 0},
                                    {"scaledtanh", true, true, 1, 1},
                                    {"hardsigmoid", true, true, 0.2, 0.5},
                                    {"elu", true, false, 1, 0},
                                    {"softsign", false, false, 0, 0},
                                    {"softplus", false, false, 0, 0}}};

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::vector<std::string> default_names(const RnnParams& p) {
  std::vector<std::string> each{"Tanh"};
  if (p.kind == RnnKind::Gru) each = {"Sigmoid", "Tanh"};
  if (p.kind == RnnKind::Lstm) each = {"Sigmoid", "Tanh", "Tanh"};
  std::vector<std::string> all = each;
  if (p.directions == 2) all.insert(all.end(), each.begin(), each.end());
  return all;
}

// Parameters are listed for those functions only that take them, in order.
Result<void> read_functions(const Node& node, RnnParams& p) {
  const auto* given = node.attr<std::vector<std::string>>("activations");
  const std::vector<std::string> names = given && !given->empty() ? *given : default_names(p);
  const size_t wanted = size_t(p.directions * p.functions_each());
  // RNN's default lists two functions also for one direction.
  if (names.size() < wanted || (names.size() > wanted && p.kind != RnnKind::Rnn))
    return bad_attribute(node, "activations", fmt::format("{} names", names.size()), fmt::format("{} names", wanted));
  const auto alphas = node.attr_floats("activation_alpha"), betas = node.attr_floats("activation_beta");
  size_t alpha = 0, beta = 0;
  for (size_t i = 0; i < wanted; ++i) {
    const std::string name = lower(names[i]);
    const auto row = std::ranges::find(rows, name, &Row::name);
    if (row == rows.end()) return bad_attribute(node, "activations", "'" + names[i] + "'", "the name of an activation function");
    RnnFunction f{RnnActivation(row - rows.begin()), row->alpha, row->beta};
    if (row->has_alpha && alpha < alphas.size()) f.alpha = alphas[alpha++];
    if (row->has_beta && beta < betas.size()) f.beta = betas[beta++];
    p.functions.push_back(f);
  }
  return {};
}

Result<void> read_direction(const Node& node, RnnParams& p) {
  const std::string direction = node.attr_string("direction", "forward");
  if (direction == "bidirectional") p.directions = 2;
  else if (direction == "reverse") p.first_reverse = true;
  else if (direction != "forward")
    return bad_attribute(node, "direction", "'" + direction + "'", "'forward', 'reverse' or 'bidirectional'");
  return {};
}

Result<void> check_dims(const Node& node, size_t input, std::span<const int64_t> dims, const Dims& expected) {
  if (std::ranges::equal(dims, expected)) return {};
  return bad_input(node, input, "of shape " + dims_text(dims), "shape " + dims_text(expected));
}

}  // namespace

double RnnFunction::operator()(double x) const {
  switch (kind) {
    case RnnActivation::Relu: return x < 0 ? 0 : x;
    case RnnActivation::Tanh: return std::tanh(x);
    case RnnActivation::Sigmoid: return 1 / (1 + std::exp(-x));
    case RnnActivation::Affine: return alpha * x + beta;
    case RnnActivation::LeakyRelu: return x < 0 ? alpha * x : x;
    case RnnActivation::ThresholdedRelu: return x > alpha ? x : 0;
    case RnnActivation::ScaledTanh: return alpha * std::tanh(beta * x);
    case RnnActivation::HardSigmoid: return std::clamp(alpha * x + beta, 0.0, 1.0);
    case RnnActivation::Elu: return x < 0 ? alpha * std::expm1(x) : x;
    case RnnActivation::Softsign: return x / (1 + std::abs(x));
    case RnnActivation::Softplus: return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }
  return x;
}

Result<RnnParams> rnn_attributes(const Node& node) {
  RnnParams p;
  p.kind = node.op == "LSTM" ? RnnKind::Lstm : node.op == "GRU" ? RnnKind::Gru : RnnKind::Rnn;
  p.gates = p.kind == RnnKind::Lstm ? 4 : p.kind == RnnKind::Gru ? 3 : 1;
  PHAROS_TRY(read_direction(node, p));
  PHAROS_TRY(read_functions(node, p));
  p.hidden = node.attr_int("hidden_size", 0);
  if (p.hidden < 0) return bad_attribute(node, "hidden_size", std::to_string(p.hidden), "1 or more");
  p.batch_first = node.attr_int("layout", 0) != 0;
  p.linear_before_reset = node.attr_int("linear_before_reset", 0) != 0;
  p.input_forget = node.attr_int("input_forget", 0) != 0;
  p.clip = node.attr_float("clip", 0);
  if (!(p.clip >= 0)) return bad_attribute(node, "clip", fmt::format("{}", p.clip), "0 or more");
  return p;
}

Result<RnnParams> rnn_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w, std::span<const int64_t> r) {
  RnnParams p = PHAROS_TRY(rnn_attributes(node));
  const std::span<const int64_t> all[] = {x, w, r};
  for (size_t i = 0; i < 3; ++i)
    if (all[i].size() != 3) return bad_input(node, i, fmt::format("of rank {}", all[i].size()), "rank 3");
  if (p.hidden != 0 && p.hidden != r[2]) return bad_attribute(node, "hidden_size", std::to_string(p.hidden), fmt::format("that of R, {}", r[2]));
  p.length = x[p.batch_first ? 1 : 0];
  p.batch = x[p.batch_first ? 0 : 1];
  p.input = x[2];
  p.hidden = r[2];
  int64_t rows_wanted = 0;
  if (__builtin_mul_overflow(p.hidden, int64_t(p.gates), &rows_wanted)) return too_large(node, "R", "more than 2^63 rows", "2^63");
  PHAROS_TRY(check_dims(node, 1, w, {p.directions, rows_wanted, p.input}));
  PHAROS_TRY(check_dims(node, 2, r, {p.directions, rows_wanted, p.hidden}));
  return p;
}

}  // namespace pharos
