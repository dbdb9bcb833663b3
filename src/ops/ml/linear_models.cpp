// LinearRegressor and LinearClassifier.

#include <algorithm>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/ml_common.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct Linear {
  std::vector<float> coefficients, intercepts;
  int64_t outputs = 1;
  ml::Transform transform = ml::Transform::None;
  int64_t features() const { return int64_t(coefficients.size()) / outputs; }
};

Result<void> read_linear(const Node& node, Linear& l) {
  l.coefficients = node.attr_floats("coefficients");
  l.intercepts = node.attr_floats("intercepts");
  l.transform = PHAROS_TRY(ml::transform_of(node));
  if (l.outputs < 1 || l.coefficients.empty() || int64_t(l.coefficients.size()) % l.outputs != 0)
    return bad_attribute(node, "coefficients", fmt::format("of {} elements", l.coefficients.size()),
                         fmt::format("a multiple of {}", l.outputs));
  if (!l.intercepts.empty() && int64_t(l.intercepts.size()) != l.outputs)
    return bad_attribute(node, "intercepts", fmt::format("of {} elements", l.intercepts.size()),
                         fmt::format("{} elements", l.outputs));
  return {};
}

Result<void> check_features(const Node& node, const Linear& l, int64_t columns) {
  if (l.features() == columns) return {};
  return bad_input(node, 0, fmt::format("of {} features", columns),
                   fmt::format("{}, as the coefficients", l.features()));
}

Result<void> infer_features(InferContext& c, const Linear& l) {
  const Type& x = c.input(0);
  if (x.shape && x.rank() == 2 && (*x.shape)[1].is_number()) return check_features(c.node(), l, (*x.shape)[1].number());
  return {};
}

void scores_of(const Linear& l, std::span<const double> row, std::span<double> scores) {
  for (size_t k = 0; k < scores.size(); ++k) {
    double sum = l.intercepts.empty() ? 0 : l.intercepts[k];
    for (size_t f = 0; f < row.size(); ++f) sum += row[f] * l.coefficients[k * row.size() + f];
    scores[k] = sum;
  }
}

// --- LinearRegressor

Result<Linear> regressor(const Node& node) {
  Linear l;
  l.outputs = node.attr_int("targets", 1);
  PHAROS_TRY(read_linear(node, l));
  return l;
}

Result<void> infer_regressor(InferContext& c) {
  const Linear l = PHAROS_TRY(regressor(c.node()));
  PHAROS_TRY(infer_features(c, l));
  c.set_output(0, Type::tensor(DType::f32, ml::row_shape(c.input(0), l.outputs)));
  return {};
}

Result<void> evaluate_regressor(EvalContext& c) {
  const Linear l = PHAROS_TRY(regressor(c.node()));
  const Tensor& x = c.input(0);
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(c.node(), x.dims()));
  PHAROS_TRY(check_features(c.node(), l, m.columns));
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, {m.rows, l.outputs}));
  std::vector<double> row(static_cast<size_t>(m.columns)), scores(static_cast<size_t>(l.outputs));
  for (int64_t r = 0; r < m.rows; ++r) {
    ml::load_row(x, m, r, row);
    scores_of(l, row, scores);
    ml::apply(l.transform, scores);
    store(out, r * l.outputs, l.outputs, scores.data());
  }
  return {};
}

// --- LinearClassifier

struct Classifier {
  Linear linear;
  ml::ClassLabels labels;
  bool second_class() const { return linear.outputs == 1 && labels.size() == 2; }  // one score for two classes
  int64_t columns() const { return second_class() ? 2 : linear.outputs; }
};

Result<Classifier> classifier(const Node& node) {
  Classifier k;
  k.labels = PHAROS_TRY(ml::class_labels(node, "classlabels_ints", "classlabels_strings"));
  // As many scores as intercepts; without these as many as labels, or one.
  const size_t intercepts = node.attr_floats("intercepts").size();
  k.linear.outputs = int64_t(intercepts > 0 ? intercepts : std::max<size_t>(1, k.labels.size()));
  PHAROS_TRY(read_linear(node, k.linear));
  return k;
}

Result<void> infer_classifier(InferContext& c) {
  const Classifier k = PHAROS_TRY(classifier(c.node()));
  PHAROS_TRY(infer_features(c, k.linear));
  const Shape shape = ml::row_shape(c.input(0), k.columns());
  c.set_output(0, Type::tensor(k.labels.dtype(), Shape{shape[0]}));
  c.set_output(1, Type::tensor(DType::f32, shape));
  return {};
}

// The class of one row; leaves the transformed scores.
int64_t decide(const Classifier& k, std::vector<double>& scores) {
  int64_t chosen = 0;
  if (k.linear.outputs == 1) chosen = scores[0] > 0;
  else chosen = std::max_element(scores.begin(), scores.end()) - scores.begin();
  if (!k.second_class()) {
    ml::apply(k.linear.transform, scores);
  } else {
    // The specification leaves open what the other class gets; this is what ONNX Runtime gives.
    const bool symmetric = k.linear.transform == ml::Transform::Logistic;
    scores = {symmetric ? -scores[0] : 1 - scores[0], scores[0]};
    if (symmetric) ml::apply(k.linear.transform, scores);
  }
  return chosen;
}

Result<void> evaluate_classifier(EvalContext& c) {
  const Classifier k = PHAROS_TRY(classifier(c.node()));
  const Tensor& x = c.input(0);
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(c.node(), x.dims()));
  PHAROS_TRY(check_features(c.node(), k.linear, m.columns));
  Tensor labels = PHAROS_TRY(c.output(0, k.labels.dtype(), {m.rows}));
  Tensor out = PHAROS_TRY(c.output(1, DType::f32, {m.rows, k.columns()}));
  std::vector<double> row(static_cast<size_t>(m.columns)), scores;
  for (int64_t r = 0; r < m.rows; ++r) {
    ml::load_row(x, m, r, row);
    scores.assign(size_t(k.linear.outputs), 0);
    scores_of(k.linear, row, scores);
    k.labels.write(labels, r, decide(k, scores));
    store(out, r * k.columns(), k.columns(), scores.data());
  }
  return {};
}

}  // namespace

void define_linear_models(OpSet& ops) {
  const AttrDef transform{"post_transform", AttrType::String, false,
                          "NONE (default), SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT"};
  ops.add({.name = "LinearRegressor", .domain = ml::domain, .since = 1, .doc = "Weighted sums of the features.",
           .inputs = {{"X", ml::numbers}}, .outputs = {{"Y", types::f32}},
           .attributes = {{"coefficients", AttrType::Floats}, {"intercepts", AttrType::Floats, false, "default 0"},
                          {"targets", AttrType::Int, false, "default 1"}, transform},
           .infer = infer_regressor, .evaluate = evaluate_regressor});
  ops.add({.name = "LinearClassifier",
           .domain = ml::domain,
           .since = 1,
           .doc = "The class with the largest weighted sum of the features, and the scores.",
           .inputs = {{"X", ml::numbers}},
           .outputs = {{"Y", ml::labels}, {"Z", types::f32}},
           .attributes = {{"coefficients", AttrType::Floats, true},
                          {"intercepts", AttrType::Floats, false, "default 0"},
                          {"classlabels_ints", AttrType::Ints},
                          {"classlabels_strings", AttrType::Strings},
                          {"multi_class", AttrType::Int, false, "no effect"},
                          transform},
           .infer = infer_classifier,
           .evaluate = evaluate_classifier});
}

}  // namespace pharos
