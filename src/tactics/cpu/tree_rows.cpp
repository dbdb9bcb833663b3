// Decision tree ensembles: the attributes are read once, and rows are scored on all threads.

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

Result<std::unique_ptr<Kernel>> prepare_regression(const Problem& p, const ml::Matrix& m) {
  return make_kernel([r = *ml::read_regression(*p.node), m](const KernelArgs& a, const Threads& threads) {
    const int64_t grain = std::max<int64_t>(1, 2048 / std::max<int64_t>(1, int64_t(r.ensemble.roots.size())));
    threads.for_each(m.rows, [&](int64_t first, int64_t last) {
      Memory& memory = memory_of_thread();
      memory.row.resize(size_t(m.columns));
      for (int64_t i = first; i < last; ++i) {
        memory.scores.value.resize(size_t(r.targets)), memory.scores.given.resize(size_t(r.targets));
        ml::load_row(*a.inputs[0], m, i, memory.row);
        ml::score_row(r.ensemble, r.how, memory.row, memory.scores);
        ml::finish(r, memory.scores.value);
        write_row(*a.outputs[0], i * r.targets, memory.scores.value);
      }
    }, grain);
  });
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const ml::Matrix m = *ml::matrix_of(*p.node, p.in(0));
  if (!is_classifier(*p.node)) return prepare_regression(p, m);
  return make_kernel([k = *ml::read_classifier(*p.node), m](const KernelArgs& a, const Threads& threads) {
    const int64_t grain = std::max<int64_t>(1, 2048 / std::max<int64_t>(1, int64_t(k.ensemble.roots.size())));
    threads.for_each(m.rows, [&](int64_t first, int64_t last) {
      Memory& memory = memory_of_thread();
      memory.row.resize(size_t(m.columns));
      for (int64_t i = first; i < last; ++i) {
        memory.scores.value.assign(size_t(k.classes), 0), memory.scores.given.assign(size_t(k.classes), 0);
        ml::load_row(*a.inputs[0], m, i, memory.row);
        ml::score_row(k.ensemble, ml::Aggregate::Sum, memory.row, memory.scores);
        k.labels.write(*a.outputs[0], i, ml::decide(k, memory.scores));
        write_row(*a.outputs[1], i * k.columns(), memory.scores.value);
      }
    }, grain);
  });
}

}  // namespace

void define_tree_rows(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.trees.rows",
      .doc = "Decision tree ensembles with attributes read once, rows on all threads.",
      .ops = {{"ai.onnx.ml", "TreeEnsembleClassifier"}, {"ai.onnx.ml", "TreeEnsembleRegressor"}, {"ai.onnx.ml", "TreeEnsemble"}},
      .supports = supports,
      .prepare = prepare,
  });
}

}  // namespace pharos
