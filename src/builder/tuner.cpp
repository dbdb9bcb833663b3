#include "builder/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "builder/candidates.h"
#include "builder/explain.h"
#include "builder/layout.h"
#include "builder/machine_peak.h"
#include "builder/pbqp.h"
#include "builder/reorders.h"
#include "catalog/build.h"
#include "catalog/timing_cache.h"
#include "runtime/shape_plan.h"

namespace pharos {
namespace {

// What a run must be faster by for a MiB of weights more: they take memory, and time when the engine is loaded.
constexpr double ms_per_mib = 0.02;

// What a node may do: one entry per distinct layout, with the best way found for it.
struct Alternative {
  Formats formats;
  double milliseconds = 0;
  int candidate = -1;  // index into the node's candidates; -1: view or reference
};

struct NodeTuning {
  NodeId id;
  std::vector<Timed> candidates;
  std::vector<Alternative> alternatives;
  std::string plain_way = "reference";  // what candidate -1 stands for
  double expected_ms = 0;               // of measuring
};

class Tuner {
 public:
  Tuner(Graph& graph, TunerContext& c)
      : graph_(graph), c_(c), measurer_(c.device, c.options, c.cache, c.deadline, c.log), reorders_(c.tactics, c.device, measurer_) {}

  Result<Tuned> run() {
    for (const NodeId id : graph_.topological_order()) find(id);
    PHAROS_TRY(check_cached());
    PHAROS_TRY(measure_all());
    for (NodeTuning& t : tuned_) PHAROS_TRY(make_alternatives(t));
    if (c_.options.roofline) result_.peak = machine_peak(c_.device, c_.cache);
    const std::vector<size_t> chosen = choose();
    if (cancelled()) return Report(diag::build_cancelled, {{"stage", "tune"}});
    apply(chosen);
    report_budget();
    result_.timed = measurer_.timed();
    result_.from_cache = measurer_.from_cache();
    return std::move(result_);
  }

 private:
  bool cancelled() const { return c_.options.progress && c_.options.progress->cancelled(); }
  Problem problem_of(NodeId id) const { return make_problem(graph_, graph_[id], c_.types[0]); }

  void find(NodeId id) {
    const Node& node = graph_[id];
    NodeTuning t;
    t.id = id;
    const bool tunable = !c_.options.reference_only &&
                         std::all_of(c_.types.begin(), c_.types.end(), [&](const auto& types) { return is_tunable(node, types); });
    if (is_view(node)) t.plain_way = "view";
    else if (const OpDef* op = c_.ops.find(node); op && op->custom && !c_.options.reference_only) t.plain_way = op->custom->tactic();
    if (tunable && t.plain_way != "view") t.candidates = find_candidates(graph_, node, c_);
    if (!t.candidates.empty()) t.expected_ms = measurer_.expected_ms(problem_of(id), t.candidates);
    tuned_.push_back(std::move(t));
  }

  Result<void> check_cached() const {
    if (!c_.options.require_cached_times) return {};
    for (const NodeTuning& t : tuned_)
      for (const Timed& c : t.candidates) {
        if (!c.why_not.empty()) continue;
        const std::string key = timing_key(problem_of(t.id), c);
        if (c_.cache.find(key)) continue;
        return Report(diag::timing_cache_incomplete, {{"layer", graph_[t.id].name}, {"tactic", std::string(c.tactic->name)},
                                                      {"reason", c_.cache.why_missing(key)}});
      }
    return {};
  }

  // Equal problems are measured once: the cache answers for the others.
  Result<void> measure_all() {
    std::vector<NodeTuning*> order;
    std::map<std::string, int> count;
    for (NodeTuning& t : tuned_) {
      if (t.candidates.empty()) continue;
      order.push_back(&t);
      if (++count[problem_key(problem_of(t.id))] > 1) t.expected_ms = 0;
    }
    double rest = 0;
    for (const NodeTuning* t : order) rest += t->expected_ms;
    // Under a budget the layers that matter most go first; otherwise in the graph's order.
    if (c_.options.budget_seconds > 0)
      std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->expected_ms > b->expected_ms; });
    ProgressMonitor* progress = c_.options.progress;
    if (progress) progress->stage_started(Stage::Tune, int64_t(order.size()));
    const auto start = Measurer::Clock::now();
    double done = 0;
    int64_t step = 0;
    for (NodeTuning* t : order) {
      if (cancelled()) return Report(diag::build_cancelled, {{"stage", "tune"}});
      measurer_.measure(problem_of(t->id), graph_[t->id].name, t->candidates);
      done += t->expected_ms, rest -= t->expected_ms;
      if (!progress) continue;
      // The estimates are off by a factor that the past tells.
      const double spent = std::chrono::duration<double, std::milli>(Measurer::Clock::now() - start).count();
      progress->remaining(Stage::Tune, std::max(0.0, done > 0 ? rest * spent / done : rest));
      progress->step_done(Stage::Tune, ++step);
    }
    return {};
  }

  Result<void> make_alternatives(NodeTuning& t) {
    const bool any = std::any_of(t.candidates.begin(), t.candidates.end(), [](const Timed& c) { return c.why_not.empty() && c.measured; });
    for (int i = 0; i < int(t.candidates.size()); ++i)
      if (!any || t.candidates[size_t(i)].measured) offer(t, t.candidates[size_t(i)], i);  // what is known beats what is guessed
    if (!t.alternatives.empty()) return {};
    const Node& node = graph_[t.id];
    const OpDef* op = c_.ops.find(node);
    if (!op || !op->evaluate) return Report(diag::no_tactic, {{"layer", node.name}, {"op", node.op}, {"details", reasons(t)}});
    t.alternatives.push_back({plain(node), 0, -1});
    return {};
  }

  static Formats plain(const Node& n) {
    return {std::vector<Format>(n.inputs.size(), Format::Plain), std::vector<Format>(n.outputs.size(), Format::Plain)};
  }

  static std::string reasons(const NodeTuning& t) {
    std::string out;
    for (const Timed& c : t.candidates) out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", c.tactic->name, c.why_not);
    return out.empty() ? "no tactic is made for it" : out;
  }

  static void offer(NodeTuning& t, const Timed& c, int index) {
    if (!c.why_not.empty()) return;
    const double cost = c.milliseconds * c.tactic->handicap + double(c.more_weights) / (1 << 20) * ms_per_mib;
    for (Alternative& a : t.alternatives)
      if (a.formats == c.formats) {
        // Within 2 % the first by name stays, so that noise does not change engines.
        if (cost < 0.98 * a.milliseconds) { a.milliseconds = cost; a.candidate = index; }
        return;
      }
    t.alternatives.push_back({c.formats, cost, index});
  }

  double reorder_ms(ValueId v, Format from, Format to) { return reorders_.milliseconds(c_.types[0][v.index], from, to); }

  std::vector<size_t> choose() {
    Pbqp problem;
    std::map<NodeId, size_t> variable;
    for (const NodeTuning& t : tuned_) {
      std::vector<double> costs;
      for (const Alternative& a : t.alternatives) costs.push_back(a.milliseconds + border_cost(graph_[t.id], a.formats));
      variable[t.id] = problem.add_variable(std::move(costs));
    }
    for (size_t n = 0; n < tuned_.size(); ++n) {
      const Node& node = graph_[tuned_[n].id];
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const ValueId v = node.inputs[i];
        const NodeId producer = graph_.producer(v);
        if (!producer) continue;
        add_edge(problem, variable[producer], n, v, i);
      }
    }
    return problem.solve();
  }

  // Layout changes at graph inputs and outputs.
  double border_cost(const Node& node, const Formats& f) {
    double ms = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId v = node.inputs[i];
      if (v && !graph_.producer(v) && !graph_.value(v).constant) ms += reorder_ms(v, Format::Plain, f.inputs[i]);
    }
    for (size_t o = 0; o < node.outputs.size(); ++o)
      if (node.outputs[o] && graph_.is_output(node.outputs[o])) ms += reorder_ms(node.outputs[o], f.outputs[o], Format::Plain);
    return ms;
  }

  void add_edge(Pbqp& problem, size_t producer, size_t consumer, ValueId v, size_t input) {
    const auto& from = tuned_[producer].alternatives;
    const auto& to = tuned_[consumer].alternatives;
    std::vector<double> costs;
    bool any = false;
    for (const Alternative& a : from)
      for (const Alternative& b : to) {
        costs.push_back(reorder_ms(v, a.formats.outputs[graph_.value(v).output_index], b.formats.inputs[input]));
        any |= costs.back() != 0;
      }
    if (any && producer != consumer) problem.add_edge(producer, consumer, std::move(costs));
  }

  void apply(const std::vector<size_t>& chosen) {
    std::map<NodeId, Formats> formats;
    std::map<std::string, Choice> by_name;  // ids change when the graph is compacted
    for (size_t n = 0; n < tuned_.size(); ++n) {
      const NodeTuning& t = tuned_[n];
      const Alternative& a = t.alternatives[chosen[n]];
      formats[t.id] = a.formats;
      Choice choice;
      choice.tactic = t.plain_way;
      choice.formats = a.formats;
      if (a.candidate >= 0) choice = choice_of(t.candidates[size_t(a.candidate)]);
      by_name[graph_[t.id].name] = std::move(choice);
      keep(explain_layer(problem_of(t.id), t.candidates, a.candidate, t.plain_way, result_.peak));
      report(t, a);
    }
    for (const NodeId id : apply_layouts(graph_, formats)) by_name[graph_[id].name] = reorder_choice(id);
    graph_.compact();
    result_.choices.resize(graph_.node_slots());
    for (const NodeId id : graph_.nodes()) result_.choices[id.index] = by_name[graph_[id].name];
  }

  static Choice choice_of(const Timed& c) {
    return {.tactic = std::string(c.tactic->name), .config = c.config, .formats = c.formats, .packed = {}, .workspace = c.workspace,
            .tuned_ms = c.milliseconds};
  }

  Choice reorder_choice(NodeId id) {
    const Node& node = graph_[id];
    const Type& from = graph_.value(node.inputs[0]).type;
    const Type& to = graph_.value(node.outputs[0]).type;
    Type concrete = from;
    // Symbolic types have no dims of their own: those of the shapes timed at are found by the value it stems from.
    if (!concrete.is_concrete() && node.inputs[0].index < c_.types[0].size()) concrete = c_.types[0][node.inputs[0].index];
    const auto best = reorders_.best(concrete, from.format, to.format);
    if (!best) return {.tactic = "reference", .config = {}, .formats = {{from.format}, {to.format}}, .packed = {}};
    Problem p{.node = &node, .inputs = {concrete}, .outputs = {concrete}, .constants = {nullptr}};
    p.inputs[0].format = from.format, p.outputs[0].format = to.format;
    keep(explain_layer(p, std::span(&*best, 1), 0, "", result_.peak));
    return choice_of(*best);
  }

  void keep(LayerTuning layer) {
    result_.predicted_ms += layer.ms;
    result_.layers.push_back(std::move(layer));
  }

  void report(const NodeTuning& t, const Alternative& a) const {
    const Node& node = graph_[t.id];
    if (a.candidate < 0) return;
    const Timed& won = t.candidates[size_t(a.candidate)];
    if (c_.log.wants(Severity::Verbose))
      c_.log.report(diag::tactic_chosen, {{"layer", node.name}, {"op", node.op}, {"tactic", std::string(won.tactic->name)}, {"config", won.config},
                    {"formats", formats_text(won.formats)}, {"ms", fmt::format("{:.4f}", won.milliseconds)},
                    {"count", std::to_string(t.candidates.size())}}, node.name);
    // Of the tactics that the workspace forbids, the best one that would have been faster.
    const Timed* missed = nullptr;
    for (const Timed& c : t.candidates)
      if (c.over_workspace && c.milliseconds < (missed ? missed->milliseconds : won.milliseconds)) missed = &c;
    if (!missed) return;
    const double lost = won.milliseconds - missed->milliseconds;
    c_.log.report(diag::tactic_skipped_workspace, {{"layer", node.name}, {"tactic", std::string(missed->tactic->name)},
                  {"requested", std::to_string(missed->workspace)}, {"available", std::to_string(c_.options.workspace_bytes)},
                  {"cost", fmt::format("{:.3f}", lost)}, {"share", fmt::format("{:.0f}", 100 * lost / missed->milliseconds)},
                  {"chosen", std::string(won.tactic->name)}}, node.name);
  }

  void report_budget() const {
    if (c_.options.budget_seconds <= 0 || !measurer_.level_measures()) return;
    int64_t whole = 0, part = 0, none = 0;
    double guessed = 0;
    for (const NodeTuning& t : tuned_) {
      const auto open = [](const Timed& c) { return c.why_not.empty() && !c.measured; };
      const auto known = [](const Timed& c) { return c.why_not.empty() && c.measured; };
      const bool any_open = std::any_of(t.candidates.begin(), t.candidates.end(), open);
      const bool any_known = std::any_of(t.candidates.begin(), t.candidates.end(), known);
      if (!any_open) { whole += any_known; continue; }
      ++(any_known ? part : none);
    }
    if (part + none == 0) return;
    for (const LayerTuning& l : result_.layers)
      for (const CandidateInfo& c : l.candidates)
        if (c.chosen && !c.measured) guessed += l.ms;
    c_.log.report(diag::budget_spent, {{"budget", fmt::format("{:g}", c_.options.budget_seconds)}, {"whole", std::to_string(whole)},
                  {"part", std::to_string(part)}, {"none", std::to_string(none)},
                  {"share", fmt::format("{:.0f}", result_.predicted_ms > 0 ? 100 * guessed / result_.predicted_ms : 0.0)}});
  }

  Graph& graph_;
  TunerContext& c_;
  Measurer measurer_;
  Reorders reorders_;
  std::vector<NodeTuning> tuned_;
  Tuned result_;
};

}  // namespace

Result<Tuned> tune(Graph& graph, TunerContext& context) { return Tuner(graph, context).run(); }

}  // namespace pharos
