#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <set>

#include "catalog/graph.h"
#include "ops/infer.h"
#include "ops/interpret.h"
#include "passes/differential.h"
#include "passes/pipeline.h"
#include "passes/unknown_dims.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;
bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

Result<void> check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (find_pass(name)) continue;
    const auto best = std::min_element(
        all_passes().begin(), all_passes().end(),
        [&](const PassDef& a, const PassDef& b) { return edit_distance(name, a.name) < edit_distance(name, b.name); });
    return Report(diag::pass_unknown, {{"name", name}, {"suggestion", std::string(best->name)}});
  }
  return {};
}

class Driver {
 public:
  Driver(Graph& graph, const OpSet& ops, const PipelineOptions& options)
      : graph_(graph),
        options_(options),
        context_{.ops = ops,
                 .log = options.log,
                 .limits = options.limits,
                 .level = options.level,
                 .notes = {},
                 .simplify_nested = {}} {
    context_.simplify_nested = [this](Graph& g, PassContext& c) { return simplify_nested(g, c); };
    for (const PassDef& p : all_passes()) report_.passes.push_back({std::string(p.name), 0, 0});
    notes_.resize(report_.passes.size());
    idle_at_.assign(report_.passes.size(), -1);
  }

  Result<PipelineReport> run();

 private:
  bool enabled(const PassDef& p) const {
    if (!options_.only.empty()) return contains(options_.only, p.name);
    return p.level <= options_.level && !contains(options_.disabled, p.name);
  }
  Result<void> prepare_differential();
  Result<void> run_stage(PassStage stage);
  Result<int> run_pass(size_t index);
  Result<void> check_graph(const PassDef& pass);
  void keep_notes(size_t index);
  Result<int> simplify_nested(Graph& g, PassContext& c);
  void finish();

  Graph& graph_;
  const PipelineOptions& options_;
  PassContext context_;
  PipelineReport report_;
  std::vector<std::vector<PassNote>> notes_;  // by pass: of its last run
  std::vector<int> idle_at_;                  // by pass: version of the graph at which it found nothing to do
  int version_ = 0;
  std::vector<Datum> inputs_, expected_;      // of the differential check
  double tolerance_ = 0;
};

Result<PipelineReport> Driver::run() {
  PHAROS_TRY(check_names(options_.disabled));
  PHAROS_TRY(check_names(options_.only));
  PHAROS_TRY(passes::name_unknown_dims(graph_, context_.ops, options_.limits));
  if (options_.differential) PHAROS_TRY(prepare_differential());
  for (const PassStage stage : {PassStage::Simplify, PassStage::Fuse, PassStage::Lower, PassStage::Finish})
    PHAROS_TRY(run_stage(stage));
  finish();
  passes::forget_names(graph_);
  graph_.compact();
  return std::move(report_);
}

Result<void> Driver::prepare_differential() {
  inputs_ = PHAROS_TRY(random_inputs(graph_, 1));
  auto expected = interpret(graph_, context_.ops, inputs_, {.limits = options_.limits, .observe = {}});
  // A model that the reference does not run on made-up inputs cannot be compared.
  if (expected) expected_ = std::move(*expected);
  report_.compared = !expected_.empty();
  tolerance_ = tolerance_of(graph_);
  return {};
}

Result<void> Driver::run_stage(PassStage stage) {
  std::string_view last;
  for (int round = 0; round < options_.max_rounds; ++round) {
    ++report_.rounds;
    int changed = 0;
    for (size_t i = 0; i < all_passes().size(); ++i) {
      const PassDef& pass = all_passes()[i];
      if (pass.stage > stage || !enabled(pass) || idle_at_[i] == version_) continue;
      if (options_.cancelled && options_.cancelled())
        return Report(diag::passes_cancelled, {{"pass", std::string(pass.name)}});
      const int rewrites = PHAROS_TRY(run_pass(i));
      changed += rewrites;
      if (rewrites) last = pass.name;
    }
    if (!changed) return {};
  }
  context_.log.report(diag::pass_rounds_exceeded,
                      {{"rounds", std::to_string(options_.max_rounds)}, {"pass", std::string(last)}});
  return {};
}

Result<int> Driver::run_pass(size_t index) {
  const PassDef& pass = all_passes()[index];
  if (options_.before_pass) options_.before_pass(graph_, pass.name);
  const auto start = Clock::now();
  context_.notes.clear();
  const int rewrites = PHAROS_TRY(pass.run(graph_, context_));
  keep_notes(index);
  if (rewrites) {
    ++version_;
    PHAROS_TRY(check_graph(pass));
    if (options_.after_pass) options_.after_pass(graph_, pass.name, rewrites);
  } else {
    idle_at_[index] = version_;
  }
  report_.passes[index].rewrites += rewrites;
  report_.passes[index].milliseconds += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  return rewrites;
}

// The notes of a pass are those of its last run, and those on nodes that another pass has since written in another way:
// a batch norm that was not folded becomes a Mul and an Add, and the reason why would be lost with it.
void Driver::keep_notes(size_t index) {
  std::vector<PassNote> notes = std::move(context_.notes);
  for (PassNote& old : notes_[index]) {
    const bool same_node = graph_.is_alive(old.node) && graph_[old.node].name == old.name;
    const auto renewed = [&](const PassNote& n) { return n.name == old.name; };
    if (!same_node && std::none_of(notes.begin(), notes.end(), renewed)) notes.push_back(std::move(old));
  }
  notes_[index] = std::move(notes);
}

Result<void> Driver::check_graph(const PassDef& pass) {
  const auto broken = [&](const Diagnostic& d, std::string details) {
    return Report(d, {{"pass", std::string(pass.name)}, {"details", std::move(details)}});
  };
  if (auto r = verify(graph_); !r) return broken(diag::pass_broke_graph, r.error().text());
  if (auto r = infer_types(graph_, context_.ops, {.limits = options_.limits}); !r)
    return broken(diag::pass_broke_graph, r.error().text());
  if (expected_.empty()) return {};
  auto actual = interpret(graph_, context_.ops, inputs_, {.limits = options_.limits, .observe = {}});
  if (!actual) return broken(diag::pass_changed_results, actual.error().text());
  const Difference d = compare_results(*actual, expected_, tolerance_);
  if (d.found) return broken(diag::pass_changed_results, d.details);
  return {};
}

Result<int> Driver::simplify_nested(Graph& g, PassContext& c) {
  int total = 0;
  // Where the types of a body cannot be inferred on their own, its passes see less, but they still run.
  for (int round = 0; round < options_.max_rounds; ++round) {
    int changed = 0;
    for (const PassDef& pass : all_passes()) {
      if (!pass.nested && pass.run != find_pass("simplify-subgraphs")->run) continue;
      if (!enabled(pass)) continue;
      const int rewrites = PHAROS_TRY(pass.run(g, c));
      changed += rewrites;
      if (rewrites) (void)infer_types(g, c.ops, {.limits = c.limits}).has_value();
    }
    total += changed;
    if (!changed) break;
  }
  return total;
}

void Driver::finish() {
  const Log log = context_.log;
  // A node that was fused after all is no node of its own any more: its name is gone.
  std::set<std::string_view> names;
  for (const NodeId id : graph_.nodes()) names.insert(graph_[id].name);
  for (size_t i = 0; i < notes_.size(); ++i)
    for (PassNote& n : notes_[i]) {
      if (!names.contains(n.name)) continue;
      log.report(diag::pass_not_applied,
                 {{"pass", std::string(all_passes()[i].name)}, {"op", n.op}, {"node", n.name}, {"why", n.why}}, n.name);
      report_.notes.push_back(std::move(n));
    }
  for (const PassTiming& t : report_.passes)
    if (t.rewrites)
      log.report(diag::pass_summary, {{"pass", t.name}, {"rewrites", std::to_string(t.rewrites)},
                                      {"milliseconds", fmt::format("{:.1f}", t.milliseconds)}});
  if (context_.dequantized_weights)
    log.report(diag::weights_dequantized, {{"count", std::to_string(context_.dequantized_weights)},
                                           {"bytes", std::to_string(context_.dequantized_bytes)}});
}

}  // namespace

Result<PipelineReport> run_pipeline(Graph& graph, const OpSet& ops, const PipelineOptions& options) {
  return Driver(graph, ops, options).run();
}

}  // namespace pharos
