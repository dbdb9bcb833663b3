// TreeEnsemble, TreeEnsembleRegressor and TreeEnsembleClassifier.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/trees.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

using ml::Aggregate;
using ml::Ensemble;
using ml::Scores;

Result<void> check_features(const Node& node, const Ensemble& e, int64_t columns) {
  if (e.features <= columns) return {};
  return bad_input(node, 0, fmt::format("of {} features", columns),
                   fmt::format("{} or more, as the nodes ask for", e.features));
}

Result<void> infer_features(InferContext& c, const Ensemble& e) {
  const Type& x = c.input(0);
  if (x.shape && x.rank() == 2 && (*x.shape)[1].is_number()) return check_features(c.node(), e, (*x.shape)[1].number());
  return {};
}

Result<int64_t> target_count(const Node& node) {
  const int64_t n = node.attr_int("n_targets", 1);
  if (n < 1) return bad_attribute(node, "n_targets", std::to_string(n), "1 or more");
  return n;
}

// --- regression: scores of each row, base values, transform

struct Regression {
  Ensemble ensemble;
  int64_t targets = 1;
  Aggregate how = Aggregate::Sum;
  ml::Transform transform = ml::Transform::None;
  std::vector<double> base;
};

Result<void> evaluate_regression(EvalContext& c, const Regression& r, DType dtype) {
  const Tensor& x = c.input(0);
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(c.node(), x.dims()));
  PHAROS_TRY(check_features(c.node(), r.ensemble, m.columns));
  Tensor out = PHAROS_TRY(c.output(0, dtype, {m.rows, r.targets}));
  if (out.count() == 0) return {};
  Scores scores{std::vector<double>(size_t(r.targets)), std::vector<char>(size_t(r.targets))};
  std::vector<double> row(static_cast<size_t>(m.columns));
  for (int64_t i = 0; i < m.rows; ++i) {
    ml::load_row(x, m, i, row);
    ml::score_row(r.ensemble, r.how, row, scores);
    for (size_t t = 0; t < scores.value.size() && !r.base.empty(); ++t)
      scores.value[t] += r.base[r.base.size() == 1 ? 0 : t];
    ml::apply(r.transform, scores.value);
    store(out, i * r.targets, r.targets, scores.value.data());
  }
  return {};
}

// --- TreeEnsembleRegressor

Result<Regression> regressor(const Node& node) {
  Regression r;
  r.targets = PHAROS_TRY(target_count(node));
  r.ensemble = PHAROS_TRY(ml::classic_ensemble(node, "target", r.targets));
  r.transform = PHAROS_TRY(ml::transform_of(node));
  r.base = ml::number_list(node, "base_values");
  if (!r.base.empty() && r.base.size() != 1 && int64_t(r.base.size()) != r.targets)
    return bad_attribute(node, "base_values", fmt::format("of {} elements", r.base.size()),
                         fmt::format("{} elements", r.targets));
  const std::string how = node.attr_string("aggregate_function", "SUM");
  constexpr std::string_view names[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  const auto* it = std::find(std::begin(names), std::end(names), how);
  if (it == std::end(names))
    return bad_attribute(node, "aggregate_function", "'" + how + "'", "AVERAGE, SUM, MIN or MAX");
  r.how = Aggregate(it - std::begin(names));
  return r;
}

Result<void> infer_regressor(InferContext& c) {
  const Regression r = PHAROS_TRY(regressor(c.node()));
  PHAROS_TRY(infer_features(c, r.ensemble));
  c.set_output(0, Type::tensor(DType::f32, ml::row_shape(c.input(0), r.targets)));
  return {};
}

Result<void> evaluate_regressor(EvalContext& c) {
  return evaluate_regression(c, PHAROS_TRY(regressor(c.node())), DType::f32);
}

// --- TreeEnsemble

Result<Regression> modern(const Node& node) {
  Regression r;
  r.targets = PHAROS_TRY(target_count(node));
  r.ensemble = PHAROS_TRY(ml::modern_ensemble(node, r.targets));
  const int64_t how = node.attr_int("aggregate_function", 1), transform = node.attr_int("post_transform", 0);
  if (how < 0 || how > 3) return bad_attribute(node, "aggregate_function", std::to_string(how), "0 to 3");
  if (transform < 0 || transform > 4) return bad_attribute(node, "post_transform", std::to_string(transform), "0 to 4");
  r.how = Aggregate(how);
  r.transform = ml::Transform(transform);
  return r;
}

Result<void> infer_modern(InferContext& c) {
  const Regression r = PHAROS_TRY(modern(c.node()));
  PHAROS_TRY(infer_features(c, r.ensemble));
  c.set_output(0, Type::tensor(c.input(0).dtype, ml::row_shape(c.input(0), r.targets)));
  return {};
}

Result<void> evaluate_modern(EvalContext& c) {
  return evaluate_regression(c, PHAROS_TRY(modern(c.node())), c.input(0).dtype());
}

// --- TreeEnsembleClassifier

struct Classifier {
  Ensemble ensemble;
  ml::ClassLabels labels;
  std::vector<double> base;
  ml::Transform transform = ml::Transform::None;
  int64_t classes = 0;
  bool one_sided = false;     // two classes, but all votes are for one of them
  bool positive = true;       // no vote is negative: scores are probabilities
};

Result<Classifier> classifier(const Node& node) {
  Classifier k;
  k.labels = PHAROS_TRY(ml::class_labels(node, "classlabels_int64s", "classlabels_strings"));
  k.classes = int64_t(k.labels.size());
  if (k.classes == 0)
    return bad_attribute(node, "classlabels_int64s", "missing", "classlabels_int64s or classlabels_strings");
  k.ensemble = PHAROS_TRY(ml::classic_ensemble(node, "class", k.classes));
  k.transform = PHAROS_TRY(ml::transform_of(node));
  k.base = ml::number_list(node, "base_values");
  if (!k.base.empty() && k.base.size() != 1 && int64_t(k.base.size()) != k.classes)
    return bad_attribute(node, "base_values", fmt::format("of {} elements", k.base.size()),
                         fmt::format("{} elements", k.classes));
  const auto& votes = k.ensemble.votes;
  k.one_sided = k.classes <= 2 &&
                std::all_of(votes.begin(), votes.end(), [&](const auto& v) { return v.target == votes[0].target; });
  k.positive = std::all_of(votes.begin(), votes.end(), [](const auto& v) { return v.weight >= 0; });
  return k;
}

int64_t score_columns(const Classifier& k) { return std::max<int64_t>(2, k.classes); }

Result<void> infer_classifier(InferContext& c) {
  const Classifier k = PHAROS_TRY(classifier(c.node()));
  PHAROS_TRY(infer_features(c, k.ensemble));
  const Shape shape = ml::row_shape(c.input(0), score_columns(k));
  c.set_output(0, Type::tensor(k.labels.dtype(), Shape{shape[0]}));
  c.set_output(1, Type::tensor(DType::f32,
                               k.one_sided && k.transform == ml::Transform::Probit ? Shape{shape[0], Dim()} : shape));
  return {};
}

// One score decides between two classes: the other class gets its complement (of a probability) or its negative.
int64_t decide_one_sided(const Classifier& k, Scores& s) {
  double score = s.value.size() > 1 && s.given[1] ? s.value[1] : s.value[0];
  if (!k.base.empty()) score += k.base.back();
  const bool yes = float(score) > (k.positive ? 0.5f : 0.0f);  // in the precision of the result
  const bool logistic = k.transform == ml::Transform::Logistic;
  s.value = {k.positive && !logistic ? 1 - score : -score, score};
  if (logistic) ml::apply(k.transform, s.value);
  if (k.transform == ml::Transform::Probit) s.value.assign(2, ml::probit(score));
  return yes;
}

int64_t decide(const Classifier& k, Scores& s) {
  for (size_t t = 0; t < s.value.size() && !k.base.empty(); ++t) {
    s.value[t] += k.base[k.base.size() == 1 ? 0 : t];
    s.given[t] = 1;
  }
  // A class without any vote is no candidate.
  int64_t best = -1;
  for (size_t t = 0; t < s.value.size(); ++t)
    if (s.given[t] && (best < 0 || s.value[t] > s.value[size_t(best)])) best = int64_t(t);
  ml::apply(k.transform, s.value);
  return std::max<int64_t>(best, 0);
}

Result<void> evaluate_classifier(EvalContext& c) {
  const Node& node = c.node();
  const Classifier k = PHAROS_TRY(classifier(node));
  const Tensor& x = c.input(0);
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(node, x.dims()));
  PHAROS_TRY(check_features(node, k.ensemble, m.columns));
  Tensor labels = PHAROS_TRY(c.output(0, k.labels.dtype(), {m.rows}));
  Tensor out = PHAROS_TRY(c.output(1, DType::f32, {m.rows, score_columns(k)}));
  Scores scores;
  std::vector<double> row(static_cast<size_t>(m.columns));
  for (int64_t i = 0; i < m.rows; ++i) {
    scores.value.assign(size_t(k.classes), 0);
    scores.given.assign(size_t(k.classes), 0);
    ml::load_row(x, m, i, row);
    ml::score_row(k.ensemble, Aggregate::Sum, row, scores);
    k.labels.write(labels, i, k.one_sided ? decide_one_sided(k, scores) : decide(k, scores));
    store(out, i * score_columns(k), int64_t(scores.value.size()), scores.value.data());
  }
  return {};
}

std::vector<AttrDef> classic_attributes(std::string_view votes_treeids, std::string_view votes_nodeids,
                                        std::string_view votes_ids, std::string_view votes_weights,
                                        std::string_view weights_tensor) {
  return {{"nodes_treeids", AttrType::Ints},
          {"nodes_nodeids", AttrType::Ints},
          {"nodes_featureids", AttrType::Ints},
          {"nodes_modes", AttrType::Strings},
          {"nodes_values", AttrType::Floats},
          {"nodes_values_as_tensor", AttrType::Tensor},
          {"nodes_truenodeids", AttrType::Ints},
          {"nodes_falsenodeids", AttrType::Ints},
          {"nodes_missing_value_tracks_true", AttrType::Ints},
          {"nodes_hitrates", AttrType::Floats},
          {"nodes_hitrates_as_tensor", AttrType::Tensor},
          {votes_treeids, AttrType::Ints},
          {votes_nodeids, AttrType::Ints},
          {votes_ids, AttrType::Ints},
          {votes_weights, AttrType::Floats},
          {weights_tensor, AttrType::Tensor},
          {"base_values", AttrType::Floats},
          {"base_values_as_tensor", AttrType::Tensor},
          {"post_transform", AttrType::String, false, "NONE (default), SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT"}};
}

}  // namespace

void define_tree_ensembles(OpSet& ops) {
  const TypeSet floats{DType::f32, DType::f64, DType::f16};
  ops.add(
      {.name = "TreeEnsemble",
       .domain = ml::domain,
       .since = 5,
       .doc = "Sums (or averages, …) the leaves that decision trees reach for each row.",
       .inputs = {{"X", floats}},
       .outputs = {{"Y", floats}},
       .attributes = {{"tree_roots", AttrType::Ints, true},
                      {"nodes_featureids", AttrType::Ints, true},
                      {"nodes_modes", AttrType::Tensor, true},
                      {"nodes_splits", AttrType::Tensor, true},
                      {"nodes_truenodeids", AttrType::Ints, true},
                      {"nodes_falsenodeids", AttrType::Ints, true},
                      {"nodes_trueleafs", AttrType::Ints, true},
                      {"nodes_falseleafs", AttrType::Ints, true},
                      {"nodes_missing_value_tracks_true", AttrType::Ints},
                      {"nodes_hitrates", AttrType::Tensor},
                      {"membership_values", AttrType::Tensor},
                      {"leaf_targetids", AttrType::Ints, true},
                      {"leaf_weights", AttrType::Tensor, true},
                      {"n_targets", AttrType::Int},
                      {"aggregate_function", AttrType::Int, false, "0 average, 1 sum (default), 2 minimum, 3 maximum"},
                      {"post_transform", AttrType::Int, false,
                       "0 none (default), 1 softmax, 2 logistic, 3 softmax zero, 4 probit"}},
       .infer = infer_modern,
       .evaluate = evaluate_modern});
  auto attributes = classic_attributes("target_treeids", "target_nodeids", "target_ids", "target_weights",
                                       "target_weights_as_tensor");
  attributes.push_back({"n_targets", AttrType::Int});
  attributes.push_back({"aggregate_function", AttrType::String, false, "AVERAGE, SUM (default), MIN or MAX"});
  ops.add({.name = "TreeEnsembleRegressor", .domain = ml::domain, .since = 5, .doc = "Regression with decision trees.",
           .inputs = {{"X", ml::numbers}}, .outputs = {{"Y", types::f32}}, .attributes = attributes,
           .infer = infer_regressor, .evaluate = evaluate_regressor, .older = {{1, nullptr}}});
  attributes =
      classic_attributes("class_treeids", "class_nodeids", "class_ids", "class_weights", "class_weights_as_tensor");
  attributes.push_back({"classlabels_int64s", AttrType::Ints});
  attributes.push_back({"classlabels_strings", AttrType::Strings});
  ops.add({.name = "TreeEnsembleClassifier",
           .domain = ml::domain,
           .since = 5,
           .doc = "Classification with decision trees: labels and scores.",
           .inputs = {{"X", ml::numbers}},
           .outputs = {{"Y", ml::labels}, {"Z", types::f32}},
           .attributes = attributes,
           .infer = infer_classifier,
           .evaluate = evaluate_classifier,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
