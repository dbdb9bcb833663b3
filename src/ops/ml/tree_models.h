#pragma once
// Tree ensembles with what turns votes into results, read from a node once: by inference, reference and tactics alike.

#include "ops/ml/trees.h"

namespace pharos::ml {

struct Regression {
  Ensemble ensemble;
  int64_t targets = 1;
  Aggregate how = Aggregate::Sum;
  Transform transform = Transform::None;
  std::vector<double> base;
};
Result<Regression> read_regression(const Node& node);  // of TreeEnsembleRegressor or TreeEnsemble
// Base values and transform, after the votes of a row.
void finish(const Regression& r, std::vector<double>& scores);

struct Classifier {
  Ensemble ensemble;
  ClassLabels labels;
  std::vector<double> base;
  Transform transform = Transform::None;
  int64_t classes = 0;
  bool one_sided = false;     // two classes, but all votes are for one of them
  bool positive = true;       // no vote is negative: scores are probabilities
  int64_t columns() const { return std::max<int64_t>(2, classes); }  // of the scores
};
Result<Classifier> read_classifier(const Node& node);
// Turns the votes of a row into scores; returns the class number.
int64_t decide(const Classifier& k, Scores& s);

}  // namespace pharos::ml
