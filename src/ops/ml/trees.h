#pragma once
// Decision tree ensembles in one checked form, whatever attributes they came from.

#include <algorithm>

#include "ops/ml/ml_common.h"

namespace pharos::ml {

struct Vote { int64_t target; double weight; };

struct Ensemble {
  enum class Mode : uint8_t { Leq, Lt, Gte, Gt, Eq, Neq, Member };
  struct Branch {
    double split = 0;
    int64_t feature = 0;
    Mode mode = Mode::Leq;
    bool missing_is_true = false;
    int64_t members = -1;        // index into `sets`
    int64_t yes = 0, no = 0;     // a branch, or a leaf as ~leaf
  };
  std::vector<Branch> branches;
  std::vector<int64_t> roots;    // a branch, or a leaf as ~leaf
  std::vector<size_t> leaf_end;  // the votes of leaf i end here and start where those of leaf i-1 end
  std::vector<Vote> votes;
  std::vector<std::vector<double>> sets;  // sorted
  int64_t features = 0;          // least number of features that the branches ask for

  std::span<const Vote> leaf(int64_t i) const {
    const size_t first = i == 0 ? 0 : leaf_end[size_t(i - 1)];
    return std::span(votes).subspan(first, leaf_end[size_t(i)] - first);
  }
  // The leaf that a row of features ends at. Terminates: `check` has made sure that there is no cycle.
  int64_t walk(int64_t root, std::span<const double> row) const;
};

// Indices in range, votes for targets below `targets`, no cycles.
Result<void> check(const Node& node, const Ensemble& e, int64_t targets);

// From the attributes of TreeEnsembleClassifier ("class") and TreeEnsembleRegressor ("target").
Result<Ensemble> classic_ensemble(const Node& node, std::string_view prefix, int64_t targets);
// From those of TreeEnsemble.
Result<Ensemble> modern_ensemble(const Node& node, int64_t targets);

// Floats from `name`, or from the tensor attribute `name_as_tensor`.
std::vector<double> number_list(const Node& node, const std::string& name);

enum class Aggregate { Average, Sum, Min, Max };

// Scores of one row: `given` says for which targets there was a vote.
struct Scores {
  std::vector<double> value;
  std::vector<char> given;
};
void score_row(const Ensemble& e, Aggregate how, std::span<const double> row, Scores& scores);

// The same where it is known which leaf of each tree the row ends at: leaf_of(tree).
template <class LeafOf>
void score_leaves(const Ensemble& e, Aggregate how, LeafOf&& leaf_of, Scores& s) {
  std::fill(s.value.begin(), s.value.end(), 0.0);
  std::fill(s.given.begin(), s.given.end(), 0);
  for (size_t tree = 0; tree < e.roots.size(); ++tree)
    for (const Vote& v : e.leaf(leaf_of(tree))) {
      double& score = s.value[size_t(v.target)];
      const bool first = !s.given[size_t(v.target)];
      if (how == Aggregate::Min) score = first ? v.weight : std::min(score, v.weight);
      else if (how == Aggregate::Max) score = first ? v.weight : std::max(score, v.weight);
      else score += v.weight;
      s.given[size_t(v.target)] = 1;
    }
  if (how == Aggregate::Average && !e.roots.empty())
    for (double& v : s.value) v /= double(e.roots.size());
}

}  // namespace pharos::ml
