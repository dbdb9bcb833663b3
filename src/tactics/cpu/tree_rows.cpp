// Decision tree ensembles: the attributes are read once, and rows are scored on all threads.

#include <array>
#include <cmath>

#include "ops/ml/tree_models.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

bool is_classifier(const Node& n) { return n.op == "TreeEnsembleClassifier"; }

// Scores of one row, kept by each thread so that runs do not allocate.
struct Memory {
  ml::Scores scores;
  std::vector<double> row;
  std::vector<int32_t> leaves;
};
Memory& memory_of_thread() {
  thread_local Memory memory;
  return memory;
}

Support supports(const Problem& p, const Device&) {
  if (p.inputs.size() != 1 || !p.inputs[0].is_concrete()) return unsupported("shapes depend on data");
  const auto m = ml::matrix_of(*p.node, p.in(0));
  if (!m) return unsupported("not rows of features");
  for (const Type& t : p.outputs)
    if (t.kind != Type::Kind::Unknown && (!t.is_concrete() || dtype_size(t.dtype) == 0)) return unsupported("labels are strings");
  if (is_classifier(*p.node)) {
    const auto k = ml::read_classifier(*p.node);
    if (!k || k->ensemble.features > m->columns) return unsupported("the attributes do not fit");
    if (p.outputs.size() != 2 || p.outputs[0].kind == Type::Kind::Unknown || p.outputs[1].kind == Type::Kind::Unknown) return unsupported("an output is left out");
    return supported();
  }
  const auto r = ml::read_regression(*p.node);
  if (!r || r->ensemble.features > m->columns) return unsupported("the attributes do not fit");
  if (p.outputs[0].dtype != DType::f32 && p.outputs[0].dtype != DType::f64) return unsupported("no result in f32 or f64");
  return supported();
}

void write_row(Tensor& to, int64_t at, std::span<const double> values) {
  if (to.dtype() == DType::f64) std::copy(values.begin(), values.end(), to.as<double>().begin() + at);
  else std::transform(values.begin(), values.end(), to.as<float>().begin() + at, [](double v) { return float(v); });
}

// Trees of comparisons x <= split in f32, as nearly all are: 16 bytes a node, and many rows go down a tree together.
class FloatTrees {
 public:
  static constexpr int64_t block = 64;  // rows whose features stay in the first-level cache
  static bool fits(const ml::Ensemble& e) {
    if (e.branches.size() >= INT32_MAX || e.leaf_end.size() >= INT32_MAX || e.features >= INT32_MAX) return false;
    return std::ranges::all_of(e.branches, [](const ml::Ensemble::Branch& b) {
      const bool is_lt = b.mode == ml::Ensemble::Mode::Lt;
      return (b.mode == ml::Ensemble::Mode::Leq || (is_lt && b.split > -INFINITY)) && !b.missing_is_true && double(float(b.split)) == b.split;
    });
  }
  explicit FloatTrees(const ml::Ensemble& e) : roots_(e.roots.begin(), e.roots.end()) {
    // What is below a split is at most the number before it.
    for (const ml::Ensemble::Branch& b : e.branches)
      nodes_.push_back({b.mode == ml::Ensemble::Mode::Lt ? std::nextafter(float(b.split), -INFINITY) : float(b.split), int32_t(b.feature), {int32_t(b.no), int32_t(b.yes)}});
  }

  // leaves[tree * count + i]: where row i of `count`, `columns` apart, ends in each tree. A way down waits for memory at every step:
  // others go on meanwhile, those of other rows or, where there is one row, of other trees.
  void walk(const float* rows, int64_t columns, int64_t count, int32_t* leaves) const {
    const int64_t all = int64_t(roots_.size()) * count;
    for (int64_t i = 0; i < all; i += abreast) {
      const int64_t n = std::min(abreast, all - i);
      const float* row[abreast];
      int32_t at[abreast];
      for (int64_t r = 0; r < n; ++r) row[r] = rows + (i + r) % count * columns, at[r] = roots_[size_t((i + r) / count)];
      for (bool any = true; any;) {
        any = false;
        for (int64_t r = 0; r < n; ++r) {
          if (at[r] < 0) continue;
          const Node& node = nodes_[size_t(at[r])];
          at[r] = node.next[row[r][node.feature] <= node.split];
          any = any || at[r] >= 0;
        }
      }
      for (int64_t r = 0; r < n; ++r) leaves[i + r] = ~at[r];
    }
  }

 private:
  static constexpr int64_t abreast = 8;
  struct Node { float split; int32_t feature, next[2]; };
  std::vector<int32_t> roots_;
  std::vector<Node> nodes_;
};

// Calls each(row, scores) for all rows, on all threads; the scores hold `targets` sums of votes.
class RowScores {
 public:
  RowScores(const Problem& p, const ml::Ensemble& e, ml::Aggregate how, int64_t targets, const ml::Matrix& m) : how_(how), targets_(targets), m_(m) {
    if (p.inputs[0].dtype == DType::f32 && FloatTrees::fits(e)) trees_.emplace(e);
  }

  template <class Each>
  void run(const ml::Ensemble& e, const Tensor& x, const Threads& threads, Each&& each) const {
    const int64_t count = int64_t(e.roots.size()), block = trees_ ? FloatTrees::block : 1;
    threads.for_each(ceil_div(m_.rows, block), [&](int64_t first, int64_t last) {
      Memory& memory = memory_of_thread();
      memory.row.resize(size_t(m_.columns)), memory.leaves.resize(size_t(count * block));
      for (int64_t b = first; b < last; ++b) {
        const int64_t i0 = b * block, n = std::min(block, m_.rows - i0);
        if (trees_) walk(x, i0, n, memory);
        for (int64_t i = 0; i < n; ++i) {
          memory.scores.value.assign(size_t(targets_), 0), memory.scores.given.assign(size_t(targets_), 0);
          if (trees_) {
            ml::score_leaves(e, how_, [&](size_t tree) { return memory.leaves[tree * size_t(n) + size_t(i)]; }, memory.scores);
          } else {
            ml::load_row(x, m_, i0, memory.row);
            ml::score_row(e, how_, memory.row, memory.scores);
          }
          each(i0 + i, memory.scores);
        }
      }
    }, std::max<int64_t>(1, 2048 / std::max<int64_t>(1, count * block)));
  }

 private:
  void walk(const Tensor& x, int64_t i0, int64_t n, Memory& memory) const {
    trees_->walk(static_cast<const float*>(x.data()) + i0 * m_.columns, m_.columns, n, memory.leaves.data());
  }

  ml::Aggregate how_;
  int64_t targets_;
  ml::Matrix m_;
  std::optional<FloatTrees> trees_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const ml::Matrix m = *ml::matrix_of(*p.node, p.in(0));
  if (!is_classifier(*p.node)) {
    ml::Regression r = *ml::read_regression(*p.node);
    RowScores rows(p, r.ensemble, r.how, r.targets, m);
    return make_kernel([r = std::move(r), rows = std::move(rows)](const KernelArgs& a, const Threads& threads) {
      rows.run(r.ensemble, *a.inputs[0], threads, [&](int64_t i, ml::Scores& s) {
        ml::finish(r, s.value);
        write_row(*a.outputs[0], i * r.targets, s.value);
      });
    });
  }
  ml::Classifier k = *ml::read_classifier(*p.node);
  RowScores rows(p, k.ensemble, ml::Aggregate::Sum, k.classes, m);
  return make_kernel([k = std::move(k), rows = std::move(rows)](const KernelArgs& a, const Threads& threads) {
    rows.run(k.ensemble, *a.inputs[0], threads, [&](int64_t i, ml::Scores& s) {
      k.labels.write(*a.outputs[0], i, ml::decide(k, s));
      write_row(*a.outputs[1], i * k.columns(), s.value);
    });
  });
}

}  // namespace

void define_tree_rows(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.trees.rows",
      .doc = "Decision tree ensembles with attributes read once: rows go down a tree abreast, on all threads.",
      .ops = {{"ai.onnx.ml", "TreeEnsembleClassifier"}, {"ai.onnx.ml", "TreeEnsembleRegressor"}, {"ai.onnx.ml", "TreeEnsemble"}},
      .supports = supports,
      .prepare = prepare,
  });
}

}  // namespace pharos
