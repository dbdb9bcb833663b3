#include "ops/ml/tree_models.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos::ml {
namespace {

Result<int64_t> target_count(const Node& node) {
  const int64_t n = node.attr_int("n_targets", 1);
  if (n < 1) return bad_attribute(node, "n_targets", std::to_string(n), "1 or more");
  return n;
}

Result<Regression> regressor(const Node& node) {
  Regression r;
  r.targets = PHAROS_TRY(target_count(node));
  r.ensemble = PHAROS_TRY(classic_ensemble(node, "target", r.targets));
  r.transform = PHAROS_TRY(transform_of(node));
  r.base = number_list(node, "base_values");
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

Result<Regression> modern(const Node& node) {
  Regression r;
  r.targets = PHAROS_TRY(target_count(node));
  r.ensemble = PHAROS_TRY(modern_ensemble(node, r.targets));
  const int64_t how = node.attr_int("aggregate_function", 1), transform = node.attr_int("post_transform", 0);
  if (how < 0 || how > 3) return bad_attribute(node, "aggregate_function", std::to_string(how), "0 to 3");
  if (transform < 0 || transform > 4) return bad_attribute(node, "post_transform", std::to_string(transform), "0 to 4");
  r.how = Aggregate(how);
  r.transform = Transform(transform);
  return r;
}

// One score decides between two classes: the other class gets its complement (of a probability) or its negative.
int64_t decide_one_sided(const Classifier& k, Scores& s) {
  double score = s.value.size() > 1 && s.given[1] ? s.value[1] : s.value[0];
  if (!k.base.empty()) score += k.base.back();
  const bool yes = float(score) > (k.positive ? 0.5f : 0.0f);  // in the precision of the result
  const bool logistic = k.transform == Transform::Logistic;
  s.value = {k.positive && !logistic ? 1 - score : -score, score};
  if (logistic) ml::apply(k.transform, s.value);
  if (k.transform == Transform::Probit) s.value.assign(2, probit(score));
  return yes;
}

int64_t decide_many(const Classifier& k, Scores& s) {
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

}  // namespace

Result<Regression> read_regression(const Node& node) { return node.op == "TreeEnsemble" ? modern(node) : regressor(node); }

void finish(const Regression& r, std::vector<double>& scores) {
  for (size_t t = 0; t < scores.size() && !r.base.empty(); ++t) scores[t] += r.base[r.base.size() == 1 ? 0 : t];
  ml::apply(r.transform, scores);
}

Result<Classifier> read_classifier(const Node& node) {
  Classifier k;
  k.labels = PHAROS_TRY(class_labels(node, "classlabels_int64s", "classlabels_strings"));
  k.classes = int64_t(k.labels.size());
  if (k.classes == 0)
    return bad_attribute(node, "classlabels_int64s", "missing", "classlabels_int64s or classlabels_strings");
  k.ensemble = PHAROS_TRY(classic_ensemble(node, "class", k.classes));
  k.transform = PHAROS_TRY(transform_of(node));
  k.base = number_list(node, "base_values");
  if (!k.base.empty() && k.base.size() != 1 && int64_t(k.base.size()) != k.classes)
    return bad_attribute(node, "base_values", fmt::format("of {} elements", k.base.size()),
                         fmt::format("{} elements", k.classes));
  const auto& votes = k.ensemble.votes;
  k.one_sided = k.classes <= 2 &&
                std::all_of(votes.begin(), votes.end(), [&](const auto& v) { return v.target == votes[0].target; });
  k.positive = std::all_of(votes.begin(), votes.end(), [](const auto& v) { return v.weight >= 0; });
  return k;
}

int64_t decide(const Classifier& k, Scores& s) { return k.one_sided ? decide_one_sided(k, s) : decide_many(k, s); }

}  // namespace pharos::ml
