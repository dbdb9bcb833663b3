// SVMRegressor and SVMClassifier, with support vectors or (without any) linear.

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/ml_common.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

enum class KernelType { Linear, Poly, Rbf, Sigmoid };

struct Machine {
  std::vector<float> coefficients, vectors, rho, prob_a, prob_b;
  KernelType kernel = KernelType::Linear;
  double gamma = 0, coef0 = 0, degree = 0;
  int64_t count = 0, features = 0;  // support vectors and their length
  ml::Transform transform = ml::Transform::None;

  double dot(std::span<const double> x, const float* v) const {
    double sum = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double d = kernel == KernelType::Rbf ? x[i] - v[i] : 0;
      sum += kernel == KernelType::Rbf ? d * d : x[i] * v[i];
    }
    switch (kernel) {
      case KernelType::Rbf: return std::exp(-gamma * sum);
      case KernelType::Poly: return std::pow(gamma * sum + coef0, degree);
      case KernelType::Sigmoid: return std::tanh(gamma * sum + coef0);
      case KernelType::Linear: break;
    }
    return sum;
  }
};

Result<KernelType> kernel_of(const Node& node) {
  const std::string k = node.attr_string("kernel_type", "LINEAR");
  if (k == "LINEAR") return KernelType::Linear;
  if (k == "POLY") return KernelType::Poly;
  if (k == "RBF") return KernelType::Rbf;
  if (k == "SIGMOID") return KernelType::Sigmoid;
  return bad_attribute(node, "kernel_type", "'" + k + "'", "LINEAR, POLY, RBF or SIGMOID");
}

Result<Machine> machine(const Node& node, int64_t vectors) {
  Machine m;
  m.coefficients = node.attr_floats("coefficients");
  m.vectors = node.attr_floats("support_vectors");
  m.rho = node.attr_floats("rho");
  m.prob_a = node.attr_floats("prob_a");
  m.prob_b = node.attr_floats("prob_b");
  m.transform = PHAROS_TRY(ml::transform_of(node));
  m.kernel = vectors > 0 ? PHAROS_TRY(kernel_of(node)) : KernelType::Linear;
  const std::vector<float> params = node.attr_floats("kernel_params");
  if (!params.empty() && params.size() != 3)
    return bad_attribute(node, "kernel_params", fmt::format("of {} elements", params.size()), "3 elements");
  if (!params.empty()) { m.gamma = params[0]; m.coef0 = params[1]; m.degree = params[2]; }
  if (m.rho.empty()) return bad_attribute(node, "rho", "missing", "a list of floats");
  m.count = vectors;
  if (vectors > 0) {
    if (m.vectors.empty() || int64_t(m.vectors.size()) % vectors != 0)
      return bad_attribute(node, "support_vectors", fmt::format("of {} elements", m.vectors.size()),
                           fmt::format("a multiple of {}", vectors));
    m.features = int64_t(m.vectors.size()) / vectors;
  }
  return m;
}

Result<void> check_features(const Node& node, const Machine& m, int64_t columns) {
  if (m.features == columns) return {};
  return bad_input(node, 0, fmt::format("of {} features", columns), fmt::format("{}, as the model", m.features));
}

Result<void> infer_features(InferContext& c, const Machine& m) {
  const Type& x = c.input(0);
  if (x.shape && x.rank() == 2 && (*x.shape)[1].is_number()) return check_features(c.node(), m, (*x.shape)[1].number());
  return {};
}

// --- SVMRegressor

Result<Machine> regressor(const Node& node) {
  const int64_t n = node.attr_int("n_supports", 0);
  if (n < 0) return bad_attribute(node, "n_supports", std::to_string(n), "0 or more");
  Machine m = PHAROS_TRY(machine(node, n));
  if (n == 0) m.features = int64_t(m.coefficients.size());
  else if (int64_t(m.coefficients.size()) < n)
    return bad_attribute(node, "coefficients", fmt::format("of {} elements", m.coefficients.size()),
                         fmt::format("{} elements", n));
  return m;
}

Result<void> infer_regressor(InferContext& c) {
  PHAROS_TRY(infer_features(c, PHAROS_TRY(regressor(c.node()))));
  c.set_output(0, Type::tensor(DType::f32, ml::row_shape(c.input(0), 1)));
  return {};
}

Result<void> evaluate_regressor(EvalContext& c) {
  const Node& node = c.node();
  const Machine m = PHAROS_TRY(regressor(node));
  const Tensor& x = c.input(0);
  const ml::Matrix rows = PHAROS_TRY(ml::matrix_of(node, x.dims()));
  PHAROS_TRY(check_features(node, m, rows.columns));
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, {rows.rows, 1}));
  std::vector<double> row(static_cast<size_t>(rows.columns));
  for (int64_t r = 0; r < rows.rows; ++r) {
    ml::load_row(x, rows, r, row);
    double sum = m.rho[0];
    if (m.count == 0) sum += m.dot(row, m.coefficients.data());
    for (int64_t k = 0; k < m.count; ++k)
      sum += m.coefficients[size_t(k)] * m.dot(row, m.vectors.data() + k * m.features);
    if (node.attr_int("one_class")) sum = sum > 0 ? 1 : -1;
    ml::apply(m.transform, {&sum, 1});
    store(out, r, 1, &sum);
  }
  return {};
}

// --- SVMClassifier

struct Classifier {
  Machine machine;
  ml::ClassLabels labels;
  int64_t classes = 1;
  std::vector<int64_t> first, per_class;  // the support vectors of each class
  bool has_probabilities() const { return machine.count > 0 && !machine.prob_a.empty(); }
  int64_t scores() const { return machine.count == 0 || has_probabilities() ? classes : classes * (classes - 1) / 2; }
  bool binary() const { return machine.rho.size() == 1; }
  int64_t columns() const { return scores() == 1 && binary() && labels.size() == 2 ? 2 : scores(); }
};

Result<void> check_pairs(const Node& node, const Classifier& k) {
  const Machine& m = k.machine;
  const int64_t pairs = k.classes * (k.classes - 1) / 2;
  if (int64_t(k.per_class.size()) != k.classes)
    return bad_attribute(node, "vectors_per_class", fmt::format("of {} elements", k.per_class.size()),
                         fmt::format("{}, one per class", k.classes));
  if (k.classes < 2) return bad_attribute(node, "vectors_per_class", "of one class", "two classes or more");
  if (int64_t(m.coefficients.size()) != (k.classes - 1) * m.count)
    return bad_attribute(node, "coefficients", fmt::format("of {} elements", m.coefficients.size()),
                         fmt::format("{} elements", (k.classes - 1) * m.count));
  if (int64_t(m.rho.size()) < pairs)
    return bad_attribute(node, "rho", fmt::format("of {} elements", m.rho.size()), fmt::format("{} elements", pairs));
  if (!m.prob_a.empty() && (int64_t(m.prob_a.size()) < pairs || m.prob_a.size() != m.prob_b.size()))
    return bad_attribute(node, "prob_a", fmt::format("of {} elements", m.prob_a.size()),
                         fmt::format("{} elements, as many as prob_b", pairs));
  return {};
}

Result<Classifier> classifier(const Node& node) {
  Classifier k;
  k.labels = PHAROS_TRY(ml::class_labels(node, "classlabels_ints", "classlabels_strings"));
  k.classes = std::max<int64_t>(1, int64_t(k.labels.size()));
  k.per_class = node.attr_ints("vectors_per_class");
  int64_t vectors = 0;
  for (const int64_t n : k.per_class) {
    k.first.push_back(vectors);
    if (n < 0 || __builtin_add_overflow(vectors, n, &vectors))
      return bad_attribute(node, "vectors_per_class", std::to_string(n), "0 or more");
  }
  k.machine = PHAROS_TRY(machine(node, vectors));
  if (vectors > 0) {
    PHAROS_TRY(check_pairs(node, k));
  } else {
    if (k.machine.coefficients.empty() || int64_t(k.machine.coefficients.size()) % k.classes != 0)
      return bad_attribute(node, "coefficients", fmt::format("of {} elements", k.machine.coefficients.size()),
                           fmt::format("a multiple of {}", k.classes));
    k.machine.features = int64_t(k.machine.coefficients.size()) / k.classes;
  }
  return k;
}

Result<void> infer_classifier(InferContext& c) {
  const Classifier k = PHAROS_TRY(classifier(c.node()));
  PHAROS_TRY(infer_features(c, k.machine));
  const Shape shape = ml::row_shape(c.input(0), k.columns());
  c.set_output(0, Type::tensor(k.labels.dtype(), Shape{shape[0]}));
  c.set_output(1, Type::tensor(DType::f32, shape));
  return {};
}

// Each pair of classes votes: scores of the pairs and votes of the classes.
void vote(const Classifier& k, std::span<const double> row, std::vector<double>& scores, std::vector<double>& votes) {
  const Machine& m = k.machine;
  std::vector<double> kernels(static_cast<size_t>(m.count));
  for (int64_t v = 0; v < m.count; ++v) kernels[size_t(v)] = m.dot(row, m.vectors.data() + v * m.features);
  const auto part = [&](int64_t line, int64_t of) {
    double sum = 0;
    for (int64_t v = k.first[size_t(of)]; v < k.first[size_t(of)] + k.per_class[size_t(of)]; ++v)
      sum += m.coefficients[size_t(line * m.count + v)] * kernels[size_t(v)];
    return sum;
  };
  for (int64_t i = 0; i < k.classes; ++i)
    for (int64_t j = i + 1; j < k.classes; ++j) {
      const double s = m.rho[scores.size()] + part(j - 1, i) + part(i, j);
      scores.push_back(s);
      ++votes[size_t(s > 0 ? i : j)];
    }
}

// Probabilities of the classes from those of the pairs (Wu, Lin and Weng 2004, as in libsvm).
std::vector<double> couple(const Classifier& k, std::span<const double> pair_scores) {
  const size_t n = size_t(k.classes);
  std::vector<double> r(n * n, 0), q(n * n, 0), p(n, 1.0 / double(n)), qp(n);
  size_t pair = 0;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j, ++pair) {
      const double v = 1 - ml::logistic(pair_scores[pair] * k.machine.prob_a[pair] + k.machine.prob_b[pair]);
      r[i * n + j] = std::clamp(v, 1e-7, 1 - 1e-7);
      r[j * n + i] = 1 - r[i * n + j];
    }
  for (size_t t = 0; t < n; ++t)
    for (size_t j = 0; j < n; ++j) {
      if (j == t) continue;
      q[t * n + t] += r[j * n + t] * r[j * n + t];
      q[t * n + j] = -r[j * n + t] * r[t * n + j];
    }
  for (size_t round = 0; round < std::max<size_t>(100, n); ++round) {
    double total = 0, worst = 0;
    for (size_t t = 0; t < n; ++t) {
      qp[t] = 0;
      for (size_t j = 0; j < n; ++j) qp[t] += q[t * n + j] * p[j];
      total += p[t] * qp[t];
    }
    for (size_t t = 0; t < n; ++t) worst = std::max(worst, std::abs(qp[t] - total));
    if (worst < 0.005 / double(n)) break;
    for (size_t t = 0; t < n; ++t) {
      const double diff = (total - qp[t]) / q[t * n + t];
      p[t] += diff;
      total = (total + diff * (diff * q[t * n + t] + 2 * qp[t])) / (1 + diff) / (1 + diff);
      for (size_t j = 0; j < n; ++j) {
        qp[j] = (qp[j] + diff * q[t * n + j]) / (1 + diff);
        p[j] /= 1 + diff;
      }
    }
  }
  return p;
}

// The class of one row; leaves the transformed scores.
int64_t decide(const Classifier& k, std::vector<double>& scores, std::span<const double> votes) {
  const std::span<const double> by = votes.empty() ? std::span<const double>(scores) : votes;
  int64_t best = std::max_element(by.begin(), by.end()) - by.begin();
  if (k.binary() && k.labels.size() != 2) best = by[size_t(best)] > 0;
  if (scores.size() == 1 && k.columns() == 2) scores = {-scores[0], scores[0]};
  ml::apply(k.machine.transform, scores);
  return best;
}

Result<void> evaluate_classifier(EvalContext& c) {
  const Node& node = c.node();
  const Classifier k = PHAROS_TRY(classifier(node));
  const Tensor& x = c.input(0);
  const ml::Matrix rows = PHAROS_TRY(ml::matrix_of(node, x.dims()));
  PHAROS_TRY(check_features(node, k.machine, rows.columns));
  Tensor labels = PHAROS_TRY(c.output(0, k.labels.dtype(), {rows.rows}));
  Tensor out = PHAROS_TRY(c.output(1, DType::f32, {rows.rows, k.columns()}));
  std::vector<double> row(static_cast<size_t>(rows.columns)), scores, votes;
  for (int64_t r = 0; r < rows.rows; ++r) {
    ml::load_row(x, rows, r, row);
    scores.clear();
    votes.assign(k.machine.count > 0 ? size_t(k.classes) : 0, 0);
    if (k.machine.count > 0) vote(k, row, scores, votes);
    else
      for (int64_t j = 0; j < k.classes; ++j)
        scores.push_back(k.machine.rho[0] + k.machine.dot(row, k.machine.coefficients.data() + j * k.machine.features));
    if (k.has_probabilities()) scores = couple(k, scores);
    k.labels.write(labels, r, decide(k, scores, votes));
    store(out, r * k.columns(), k.columns(), scores.data());
  }
  return {};
}

}  // namespace

void define_support_vectors(OpSet& ops) {
  const AttrDef transform{"post_transform", AttrType::String, false,
                          "NONE (default), SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT"};
  const AttrDef kernel{"kernel_type", AttrType::String, false, "LINEAR (default), POLY, RBF or SIGMOID"};
  const AttrDef params{"kernel_params", AttrType::Floats, false, "gamma, coef0, degree"};
  ops.add({.name = "SVMRegressor",
           .domain = ml::domain,
           .since = 1,
           .doc = "Regression with support vectors, or linear where there are none.",
           .inputs = {{"X", ml::numbers}},
           .outputs = {{"Y", types::f32}},
           .attributes = {{"coefficients", AttrType::Floats},
                          params,
                          kernel,
                          {"n_supports", AttrType::Int, false, "default 0"},
                          {"one_class", AttrType::Int, false, "1: the sign only"},
                          transform,
                          {"rho", AttrType::Floats},
                          {"support_vectors", AttrType::Floats}},
           .infer = infer_regressor,
           .evaluate = evaluate_regressor});
  ops.add({.name = "SVMClassifier",
           .domain = ml::domain,
           .since = 1,
           .doc = "Classification with support vectors, or linear where there are none.",
           .inputs = {{"X", ml::numbers}},
           .outputs = {{"Y", ml::labels}, {"Z", types::f32}},
           .attributes = {{"classlabels_ints", AttrType::Ints},
                          {"classlabels_strings", AttrType::Strings},
                          {"coefficients", AttrType::Floats},
                          params,
                          kernel,
                          transform,
                          {"prob_a", AttrType::Floats},
                          {"prob_b", AttrType::Floats},
                          {"rho", AttrType::Floats},
                          {"support_vectors", AttrType::Floats},
                          {"vectors_per_class", AttrType::Ints}},
           .infer = infer_classifier,
           .evaluate = evaluate_classifier});
}

}  // namespace pharos
