// TreeEnsemble, TreeEnsembleRegressor and TreeEnsembleClassifier.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/tree_models.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

using ml::Aggregate;
using ml::Classifier;
using ml::Ensemble;
using ml::Regression;
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

// --- regression: scores of each row, base values, transform

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
    ml::finish(r, scores.value);
    store(out, i * r.targets, r.targets, scores.value.data());
  }
  return {};
}

// --- TreeEnsembleRegressor

Result<void> infer_regressor(InferContext& c) {
  const Regression r = PHAROS_TRY(ml::read_regression(c.node()));
  PHAROS_TRY(infer_features(c, r.ensemble));
  c.set_output(0, Type::tensor(DType::f32, ml::row_shape(c.input(0), r.targets)));
  return {};
}

Result<void> evaluate_regressor(EvalContext& c) {
  return evaluate_regression(c, PHAROS_TRY(ml::read_regression(c.node())), DType::f32);
}

// --- TreeEnsemble

Result<void> infer_modern(InferContext& c) {
  const Regression r = PHAROS_TRY(ml::read_regression(c.node()));
  PHAROS_TRY(infer_features(c, r.ensemble));
  c.set_output(0, Type::tensor(c.input(0).dtype, ml::row_shape(c.input(0), r.targets)));
  return {};
}

Result<void> evaluate_modern(EvalContext& c) {
  return evaluate_regression(c, PHAROS_TRY(ml::read_regression(c.node())), c.input(0).dtype());
}

// --- TreeEnsembleClassifier

Result<void> infer_classifier(InferContext& c) {
  const Classifier k = PHAROS_TRY(ml::read_classifier(c.node()));
  PHAROS_TRY(infer_features(c, k.ensemble));
  const Shape shape = ml::row_shape(c.input(0), k.columns());
  c.set_output(0, Type::tensor(k.labels.dtype(), Shape{shape[0]}));
  c.set_output(1, Type::tensor(DType::f32,
                               k.one_sided && k.transform == ml::Transform::Probit ? Shape{shape[0], Dim()} : shape));
  return {};
}

Result<void> evaluate_classifier(EvalContext& c) {
  const Node& node = c.node();
  const Classifier k = PHAROS_TRY(ml::read_classifier(node));
  const Tensor& x = c.input(0);
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(node, x.dims()));
  PHAROS_TRY(check_features(node, k.ensemble, m.columns));
  Tensor labels = PHAROS_TRY(c.output(0, k.labels.dtype(), {m.rows}));
  Tensor out = PHAROS_TRY(c.output(1, DType::f32, {m.rows, k.columns()}));
  Scores scores;
  std::vector<double> row(static_cast<size_t>(m.columns));
  for (int64_t i = 0; i < m.rows; ++i) {
    scores.value.assign(size_t(k.classes), 0);
    scores.given.assign(size_t(k.classes), 0);
    ml::load_row(x, m, i, row);
    ml::score_row(k.ensemble, Aggregate::Sum, row, scores);
    k.labels.write(labels, i, ml::decide(k, scores));
    store(out, i * k.columns(), int64_t(scores.value.size()), scores.value.data());
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
