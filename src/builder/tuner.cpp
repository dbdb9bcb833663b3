#include "builder/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "builder/candidates.h"
#include "builder/layout.h"
#include "builder/pbqp.h"
#include "catalog/build.h"
#include "runtime/shape_plan.h"

namespace pharos {
namespace {

constexpr double impossible = 1e12;  // ms; infinities would make NaN in sums

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
};

class Tuner {
 public:
  Tuner(Graph& graph, TunerContext& c) : graph_(graph), c_(c) {}

  Result<Tuned> run() {
    const auto order = graph_.topological_order();
    if (c_.options.progress) c_.options.progress->stage_started(Stage::Tune, int64_t(order.size()));
    int64_t done = 0;
    for (const NodeId id : order) {
      if (c_.options.progress && c_.options.progress->cancelled()) return Report(diag::build_cancelled, {{"stage", "tune"}});
      PHAROS_TRY(find_alternatives(id));
      if (c_.options.progress) c_.options.progress->step_done(Stage::Tune, ++done);
    }
    const std::vector<size_t> chosen = choose();
    return apply(chosen);
  }

 private:
  Result<void> find_alternatives(NodeId id) {
    const Node& node = graph_[id];
    NodeTuning t;
    t.id = id;
    const bool tunable = !c_.options.reference_only &&
                         std::all_of(c_.types.begin(), c_.types.end(), [&](const auto& types) { return is_tunable(node, types); });
    if (is_view(node)) t.plain_way = "view";
    else if (tunable) t.candidates = find_candidates(graph_, node, c_);
    measure(node, t);
    for (int i = 0; i < int(t.candidates.size()); ++i) offer(t, t.candidates[size_t(i)], i);
    if (t.alternatives.empty()) {
      const OpDef* op = c_.ops.find(node);
      if (!op || !op->evaluate)
        return Report(diag::no_tactic, {{"layer", node.name}, {"op", node.op}, {"details", reasons(t)}});
      t.alternatives.push_back({plain(node), 0, -1});
    }
    tuned_.push_back(std::move(t));
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

  // Fills times from the cache, or by running. At level 0 nothing is timed: the order of names decides.
  void measure(const Node& node, NodeTuning& t) {
    const Problem problem = make_problem(graph_, node, c_.types[0]);
    std::vector<Timed*> open;
    std::vector<std::string> keys;
    for (Timed& c : t.candidates) {
      if (!c.why_not.empty()) continue;
      std::string key = timing_key(problem, c, c_.device);
      if (const double* ms = c_.cache.find(key)) { c.milliseconds = *ms; ++result_.from_cache; continue; }
      if (c_.options.optimization_level == 0) continue;
      open.push_back(&c);
      keys.push_back(std::move(key));
    }
    if (open.empty()) return;
    std::vector<Timed> batch;
    for (Timed* c : open) batch.push_back(*c);
    time_candidates(problem, batch, c_.device, timer());
    for (size_t i = 0; i < open.size(); ++i) {
      *open[i] = batch[i];
      if (batch[i].why_not.empty()) c_.cache.put(keys[i], batch[i].milliseconds);
      if (batch[i].why_not.empty()) open[i]->milliseconds = *c_.cache.find(keys[i]);
      ++result_.timed;
    }
  }

  TimerOptions timer() const {
    TimerOptions o;
    o.rounds = c_.options.timing_iterations > 0 ? c_.options.timing_iterations : 3 + 2 * c_.options.optimization_level;
    return o;
  }

  static void offer(NodeTuning& t, const Timed& c, int index) {
    if (!c.why_not.empty()) return;
    const double cost = c.milliseconds * c.tactic->handicap;
    for (Alternative& a : t.alternatives)
      if (a.formats == c.formats) {
        // Within 2 % the first by name stays, so that noise does not change engines.
        if (cost < 0.98 * a.milliseconds) { a.milliseconds = cost; a.candidate = index; }
        return;
      }
    t.alternatives.push_back({c.formats, cost, index});
  }

  // Time to bring a value from one layout to another.
  double reorder_ms(ValueId v, Format from, Format to) {
    if (from == to) return 0;
    const Type& t = c_.types[0][v.index];
    if (!t.is_concrete()) return impossible;
    const auto key = std::tuple(t.text(), from, to);
    if (const auto it = reorders_.find(key); it != reorders_.end()) return it->second;
    const auto best = best_reorder(t, from, to);
    return reorders_[key] = best ? best->milliseconds : impossible;
  }

  std::optional<Timed> best_reorder(Type t, Format from, Format to) {
    Node node;
    node.domain = "pharos";
    node.op = "Reorder";
    node.name = "reorder";
    node.inputs = {ValueId{0}};
    node.outputs = {ValueId{0}};
    node.attributes["to"] = std::string(format_name(to));
    Problem p;
    p.node = &node;
    t.format = from;
    p.inputs = {t};
    t.format = to;
    p.outputs = {t};
    p.constants = {nullptr};
    std::vector<Timed> candidates;
    for (const TacticDef* tactic : c_.tactics.candidates(node)) {
      if (tactic->supports && !tactic->supports(p, c_.device)) continue;
      for (const Config& config : tactic->configs ? tactic->configs(p, c_.device) : std::vector<Config>{""}) {
        Timed c;
        c.tactic = tactic;
        c.config = config;
        c.formats = {{from}, {to}};
        if (tactic->workspace) c.workspace = int64_t(tactic->workspace(p, config, c_.device));
        candidates.push_back(std::move(c));
      }
    }
    std::vector<Timed> open;
    for (Timed& c : candidates) {
      if (const double* ms = c_.cache.find(timing_key(p, c, c_.device))) c.milliseconds = *ms;
      else open.push_back(c);
    }
    if (c_.options.optimization_level > 0 && !open.empty()) {
      time_candidates(p, open, c_.device, timer());
      for (const Timed& o : open)
        for (Timed& c : candidates)
          if (c.tactic == o.tactic && c.config == o.config) {
            c = o;
            if (c.why_not.empty()) c_.cache.put(timing_key(p, c, c_.device), c.milliseconds);
          }
    }
    std::optional<Timed> best;
    for (const Timed& c : candidates)
      if (c.why_not.empty() && (!best || c.milliseconds < 0.98 * best->milliseconds)) best = c;
    return best;
  }

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

  Result<Tuned> apply(const std::vector<size_t>& chosen) {
    std::map<NodeId, Formats> formats;
    std::map<std::string, Choice> by_name;  // ids change when the graph is compacted
    for (size_t n = 0; n < tuned_.size(); ++n) {
      const NodeTuning& t = tuned_[n];
      const Alternative& a = t.alternatives[chosen[n]];
      formats[t.id] = a.formats;
      Choice choice;
      choice.tactic = t.plain_way;
      choice.formats = a.formats;
      if (a.candidate >= 0) {
        const Timed& c = t.candidates[size_t(a.candidate)];
        choice.tactic = c.tactic->name;
        choice.config = c.config;
        choice.tuned_ms = c.milliseconds;
        choice.workspace = c.workspace;
      }
      explain(t, a);
      by_name[graph_[t.id].name] = std::move(choice);
    }
    for (const NodeId id : apply_layouts(graph_, formats)) by_name[graph_[id].name] = reorder_choice(id);
    graph_.compact();
    result_.choices.resize(graph_.node_slots());
    for (const NodeId id : graph_.nodes()) result_.choices[id.index] = by_name[graph_[id].name];
    return std::move(result_);
  }

  Choice reorder_choice(NodeId id) {
    const Type& from = graph_.value(graph_[id].inputs[0]).type;
    const Type& to = graph_.value(graph_[id].outputs[0]).type;
    Choice choice;
    choice.tactic = "reference";
    choice.formats = {{from.format}, {to.format}};
    Type concrete = from;
    // Symbolic types have no dims of their own: those of the shapes timed at are found by the value it stems from.
    if (!concrete.is_concrete() && graph_[id].inputs[0].index < c_.types[0].size()) concrete = c_.types[0][graph_[id].inputs[0].index];
    if (!concrete.is_concrete()) return choice;
    if (const auto best = best_reorder(concrete, from.format, to.format)) {
      choice.tactic = best->tactic->name;
      choice.config = best->config;
      choice.tuned_ms = best->milliseconds;
      choice.workspace = best->workspace;
    }
    return choice;
  }

  void explain(const NodeTuning& t, const Alternative& a) {
    LayerTuning layer{graph_[t.id].name, graph_[t.id].op, {}};
    for (int i = 0; i < int(t.candidates.size()); ++i) {
      const Timed& c = t.candidates[size_t(i)];
      layer.candidates.push_back({std::string(c.tactic->name), c.config, formats_text(c.formats), c.milliseconds, c.why_not, i == a.candidate});
    }
    if (a.candidate >= 0 && c_.log.wants(Severity::Verbose)) {
      const Timed& c = t.candidates[size_t(a.candidate)];
      c_.log.report(diag::tactic_chosen, {{"layer", layer.layer}, {"op", layer.op}, {"tactic", std::string(c.tactic->name)}, {"config", c.config},
                    {"formats", formats_text(c.formats)}, {"ms", fmt::format("{:.4f}", c.milliseconds)},
                    {"count", std::to_string(t.candidates.size())}}, layer.layer);
    }
    result_.layers.push_back(std::move(layer));
  }

  Graph& graph_;
  TunerContext& c_;
  std::vector<NodeTuning> tuned_;
  std::map<std::tuple<std::string, Format, Format>, double> reorders_;
  Tuned result_;
};

}  // namespace

Result<Tuned> tune(Graph& graph, TunerContext& context) { return Tuner(graph, context).run(); }

}  // namespace pharos
