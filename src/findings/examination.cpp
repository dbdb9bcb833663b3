#include <algorithm>
#include <map>

#include "catalog/catalog.h"
#include "catalog/doctor.h"
#include "dialects/event_builder.h"
#include "exports/export.h"
#include "findings/correlate.h"
#include "findings/doctor.h"
#include "logs/line_scanner.h"

namespace pharos {
namespace {

struct RuleHits {
  std::vector<Hit> kept;
  int64_t count = 0;
};

// Hits of one run, by rule.
class RunHits final : public HitLookup {
 public:
  explicit RunHits(const RuleSet& rules) : rules_(&rules), by_rule_(rules.all().size()) {}
  void add(size_t rule, Hit hit) {
    RuleHits& r = by_rule_[rule];
    ++r.count;
    hit.order = hit.line;
    if (r.kept.size() < RuleSet::max_hits) r.kept.push_back(std::move(hit));
  }
  std::span<const Hit> hits(const Diagnostic& d) const override {
    for (size_t i = 0; i < by_rule_.size(); ++i) {
      if (rules_->all()[i].diagnostic == &d && by_rule_[i].count > 0) return by_rule_[i].kept;
    }
    return {};
  }
  int64_t count(const Diagnostic& d) const override {
    int64_t n = 0;
    for (size_t i = 0; i < by_rule_.size(); ++i) {
      if (rules_->all()[i].diagnostic == &d) n += by_rule_[i].count;
    }
    return n;
  }
  const RuleHits& of(size_t rule) const { return by_rule_[rule]; }

 private:
  const RuleSet* rules_;
  std::vector<RuleHits> by_rule_;
};

struct Run {
  explicit Run(const RuleSet& rules) : hits(rules) {}
  LogModel model;
  RunHits hits;
};

// What a judge took from the facts has no file yet.
void name_file(Finding& f, const std::string& file) {
  for (Evidence& e : f.evidence) {
    if (e.file.empty()) e.file = file;
  }
}

RunDiagnosis judged(const Run& run, const RuleSet& rules, const std::string& file) {
  std::vector<Judged> all;
  for (size_t i = 0; i < rules.all().size(); ++i) {
    const Rule& rule = rules.all()[i];
    const RuleHits& h = run.hits.of(i);
    if (h.count == 0 && (rule.own_record || !rule.triggers.empty())) continue;
    const JudgeContext context{rule, h.kept, h.count, run.model, run.hits};
    std::optional<Finding> found = rule.judge ? rule.judge(context) : std::optional<Finding>(context.finding());
    if (!found) continue;
    name_file(*found, file);
    all.push_back({std::move(*found), &rule, h.kept.empty() ? INT64_MAX : h.kept.front().order});
  }
  return {run.model, correlate(std::move(all))};
}

}  // namespace

struct Examination::State final : EventReceiver {
  State(const Doctor& d, std::string f)
      : doctor(d), file(std::move(f)), events(d.dialects(), *this), scanner(d.prefilter(), events) {
    runs.emplace_back(d.rules());
  }

  bool wants_every_line() const override { return collector != nullptr; }

  bool starts_table(const LogEvent& head) const override {
    for (const uint32_t literal : head.literals) {
      for (const uint32_t f : doctor.listeners(literal).facts) {
        if (doctor.facts().all()[f].collect && doctor.facts().matches(f, head)) return true;
      }
    }
    return false;
  }

  void event(const LogEvent& original) override {
    if (collector) {
      if (collector->line(original, runs.back().model)) { note(original); return; }
      collector.reset();
    }
    LogEvent e = original;
    for (const uint32_t literal : e.literals) take_facts(literal, e);
    note(e);
    e.stage = stage_of(e);
    if (e.own && take_own(e)) return;
    bool known = false;
    for (const uint32_t literal : e.literals) {
      for (const Doctor::TriggerRef t : doctor.listeners(literal).triggers) known |= take_hit(t, e);
    }
    if (!known && is_severe(e.level)) unknown(e);
  }

  void note(const LogEvent& e) {
    LogModel& m = runs.back().model;
    m.last_line = e.lines.back().number;
    if (!e.dialect.empty()) ++m.dialects[std::string(e.dialect)];
    m.errors += e.level <= Level::Error;
    m.warnings += e.level == Level::Warning;
    if (e.time) {
      if (!m.first_time) m.first_time = e.time;
      m.last_time = e.time;
    }
  }

  void take_facts(uint32_t literal, const LogEvent& e) {
    for (const uint32_t f : doctor.listeners(literal).facts) {
      const Fact& fact = doctor.facts().all()[f];
      if (fact.starts_run && doctor.facts().matches(f, e) && (!fact.run_is_over || fact.run_is_over(runs.back().model))) start_run(e);
      if (auto started = doctor.facts().apply(f, e, runs.back().model)) collector = std::move(started);
    }
  }

  // What stands before the first banner belongs to the run that it announces.
  void start_run(const LogEvent& e) {
    const LogModel& m = runs.back().model;
    const bool fresh = !m.started && m.command.empty() && !m.passed;
    if (fresh) return;
    if (runs.size() >= max_runs) return;
    runs.emplace_back(doctor.rules());
    runs.back().model.first_line = e.lines.front().number;
  }

  bool take_hit(Doctor::TriggerRef t, const LogEvent& e) {
    auto hit = doctor.rules().match(t.rule, t.trigger, e, file);
    if (!hit) return false;
    runs.back().hits.add(t.rule, std::move(*hit));
    return true;
  }

  // A record of Pharos' own log names its diagnostic; no trigger is needed, and none must see another meaning in it.
  bool take_own(const LogEvent& e) {
    const auto rule = doctor.own_rule(e.own->code);
    if (!rule) return e.level > Level::Warning || find_diagnostic(e.own->code) != nullptr;
    Hit hit = plain_hit(e);
    hit.arguments = e.own->arguments;
    if (!e.own->layer.empty()) hit.arguments.emplace_back("layer", e.own->layer);
    runs.back().hits.add(*rule, std::move(hit));
    return true;
  }

  // JSON records tell it; a code tells whose it is; else what was printed before.
  Stage stage_of(const LogEvent& e) const {
    if (e.own && e.own->stage != Stage::None) return e.own->stage;
    const Diagnostic* d = e.own ? find_diagnostic(e.own->code) : nullptr;
    switch (d ? d->layer : Layer::General) {
      case Layer::Import: return Stage::Parse;
      case Layer::Graph: return Stage::Optimize;
      case Layer::Precision: return Stage::Precision;
      case Layer::Tactics: return Stage::Tune;
      case Layer::Engine: return Stage::Load;
      case Layer::Runtime: return Stage::Run;
      default: return runs.back().model.stage;
    }
  }

  Hit plain_hit(const LogEvent& e) const {
    Hit hit{.level = e.level, .stage = e.stage, .line = e.lines.front().number, .time = e.time, .text = e.text.substr(0, 2000)};
    for (size_t k = 0; k < std::min<size_t>(e.lines.size(), 3); ++k) hit.evidence.push_back({file, e.lines[k].number, e.lines[k].text.substr(0, 2000)});
    return hit;
  }

  // A severe message that no rule knows: rules without triggers of their own may take it up by level.
  void unknown(const LogEvent& e) {
    const auto& rules = doctor.rules().all();
    for (size_t i = 0; i < rules.size(); ++i) {
      const Diagnostic* wanted = e.level <= Level::Error ? &diag::log_unknown_error : &diag::log_unknown_warning;
      if (rules[i].diagnostic != wanted) continue;
      Hit hit = plain_hit(e);
      hit.arguments.emplace_back("text", e.text.substr(0, 300));
      runs.back().hits.add(i, std::move(hit));
    }
  }

  static constexpr size_t max_runs = 1000;
  const Doctor& doctor;
  std::string file;
  std::vector<Run> runs;
  std::unique_ptr<Collector> collector;
  EventBuilder events;
  LineScanner scanner;
  std::vector<Report> remarks;
  std::vector<std::string> beside;  // files that were attached
};

Examination::Examination(const Doctor& doctor, std::string file) : state_(std::make_unique<State>(doctor, std::move(file))) {}
Examination::~Examination() = default;

Result<void> Examination::read(ByteSource& source) { return state_->scanner.read(source); }

int64_t Examination::lines() const { return state_->scanner.lines(); }

void Examination::attach(const Export& file) {
  std::vector<Run>& runs = state_->runs;
  const auto measured = std::find_if(runs.rbegin(), runs.rend(), [](const Run& r) { return r.model.performance || !r.model.layers.empty(); });
  pharos::attach(file, measured == runs.rend() ? runs.back().model : measured->model);
  state_->beside.push_back(file.path);
}

Diagnosis Examination::diagnosis() const {
  Diagnosis d{.files = {state_->file}, .lines = state_->scanner.lines(), .bytes = state_->scanner.bytes()};
  for (const Run& run : state_->runs) d.runs.push_back(judged(run, state_->doctor.rules(), state_->file));
  d.files.insert(d.files.end(), state_->beside.begin(), state_->beside.end());
  d.remarks = state_->remarks;
  if (state_->scanner.cut_lines() > 0) {
    d.remarks.emplace_back(diag::log_line_cut, Arguments{{"count", std::to_string(state_->scanner.cut_lines())},
                                                         {"limit", std::to_string(LineScanner::max_line)}});
  }
  return d;
}

void Examination::settle() { state_->events.finish(); }

Diagnosis Examination::finish() {
  state_->scanner.finish();
  state_->events.finish();
  for (Run& run : state_->runs) run.model.last_line = std::max(run.model.last_line, run.model.first_line);
  return diagnosis();
}

}  // namespace pharos
