#include <algorithm>
#include <cctype>
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

// What all runs of a log may keep together: a log may hold any number of runs, and every rule's lines as long as lines are.
constexpr size_t max_model_bytes = size_t{4} << 20, max_hit_bytes = size_t{8} << 20, max_short_hit_bytes = size_t{16} << 20;

struct RuleHits {
  std::vector<Hit> kept;
  int64_t count = 0;
};

// Hits of one run, by rule.
class RunHits final : public HitLookup {
 public:
  explicit RunHits(const RuleSet& rules) : rules_(&rules) {}
  // `held`: bytes that all runs hold. `again`: another trigger of the rule on the same message, which is one message still.
  // False where the hit could not be kept at all.
  bool add(size_t rule, Hit hit, size_t& held, bool again = false) {
    RuleHits& r = by_rule_[rule];
    if (held > max_short_hit_bytes && r.kept.empty()) return false;
    r.count += !again;
    hit.order = hit.line;
    if (r.kept.size() >= RuleSet::max_hits) return true;
    if (held > max_hit_bytes) {
      if (!r.kept.empty()) return true;
      shorten(hit);
    }
    held += bytes_of(hit);
    r.kept.push_back(std::move(hit));
    return true;
  }
  bool full(size_t rule) const { return of(rule).kept.size() >= RuleSet::max_hits; }
  void count_one(size_t rule) { ++by_rule_[rule].count; }
  std::span<const Hit> hits(const Diagnostic& d) const override {
    for (const auto& [rule, r] : by_rule_) {
      if (rules_->all()[rule].diagnostic == &d && r.count > 0) return r.kept;
    }
    return {};
  }
  int64_t count(const Diagnostic& d) const override {
    int64_t n = 0;
    for (const auto& [rule, r] : by_rule_) {
      if (rules_->all()[rule].diagnostic == &d) n += r.count;
    }
    return n;
  }
  const RuleHits& of(size_t rule) const {
    static const RuleHits none;
    const auto found = by_rule_.find(rule);
    return found == by_rule_.end() ? none : found->second;
  }

 private:
  static size_t bytes_of(const Hit& hit) {
    size_t n = sizeof hit + hit.text.size();
    for (const auto& [key, value] : hit.arguments) n += sizeof key * 2 + key.size() + value.size();
    for (const Evidence& e : hit.evidence) n += sizeof e + e.file.size() + e.text.size();
    return n;
  }
  static void shorten(Hit& hit) {
    constexpr size_t length = 200;
    hit.text.resize(std::min(hit.text.size(), length));
    for (auto& [key, value] : hit.arguments) value.resize(std::min(value.size(), length));
    for (Evidence& e : hit.evidence) e.text.resize(std::min(e.text.size(), length));
  }
  const RuleSet* rules_;
  std::map<size_t, RuleHits> by_rule_;  // few of the rules meet anything
};

struct Run {
  explicit Run(const RuleSet& rules) : hits(rules) {}
  LogModel model;
  RunHits hits;
};

// "ValueError: text", "tensorrt_llm.RequestError: text".
bool names_exception(std::string_view line) {
  constexpr size_t longest = 80;
  const size_t colon = line.find(": ");
  if (colon == line.npos || colon > longest) return false;
  const std::string_view name = line.substr(0, colon);
  const bool word = std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(uint8_t(c)) || c == '_' || c == '.'; });
  return word && name != "Error" && name != "Exception" && (name.ends_with("Error") || name.ends_with("Exception"));
}

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

  void event(LogEvent& e) override {
    if (collector) {
      if (collector->line(e, runs.back().model)) { note(e); return; }
      collector.reset();
    }
    for (const uint32_t literal : e.literals) take_facts(literal, e);
    note(e);
    e.stage = stage_of(e);
    if (e.own && take_own(e)) return;
    hit_rules.clear();
    for (const uint32_t literal : e.literals) {
      for (const Doctor::TriggerRef t : doctor.listeners(literal).triggers) take_hit(t, e);
    }
    if (!hit_rules.empty()) return;
    if (is_severe(e.level)) unknown(e);
    else if (e.level == Level::None) exception(e);
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
    model_bytes += m.bytes();
    if (model_bytes > max_model_bytes) {
      runs.back().model.forget_lists();
      model_bytes = max_model_bytes;
    }
    runs.emplace_back(doctor.rules());
    runs.back().model.first_line = e.lines.front().number;
  }

  void take_hit(Doctor::TriggerRef t, const LogEvent& e) {
    auto hit = doctor.rules().match(t.rule, t.trigger, e, file);
    if (!hit) return;
    const bool again = std::find(hit_rules.begin(), hit_rules.end(), t.rule) != hit_rules.end();
    if (!again) hit_rules.push_back(t.rule);
    keep_hit(t.rule, std::move(*hit), again);
  }

  void keep_hit(size_t rule, Hit hit, bool again = false) { left_out += !runs.back().hits.add(rule, std::move(hit), hit_bytes, again); }

  // A record of Pharos' own log names its diagnostic; no trigger is needed, and none must see another meaning in it.
  bool take_own(const LogEvent& e) {
    const auto rule = doctor.own_rule(e.own->code);
    if (!rule) return e.level > Level::Warning || find_diagnostic(e.own->code) != nullptr;
    Hit hit = plain_hit(e);
    hit.arguments = e.own->arguments;
    if (!e.own->layer.empty()) hit.arguments.emplace_back("layer", e.own->layer);
    keep_hit(*rule, std::move(hit));
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

  // A severe message that no rule knows. A log can hold millions of them: what will not be kept is not made.
  void unknown(const LogEvent& e) {
    const auto rule = e.level <= Level::Error ? doctor.unknown_error_rule() : doctor.unknown_warning_rule();
    if (!rule) return;
    if (runs.back().hits.full(*rule)) return runs.back().hits.count_one(*rule);
    Hit hit = plain_hit(e);
    hit.arguments.emplace_back("text", e.text.substr(0, 300));
    keep_hit(*rule, std::move(hit));
  }

  // The line behind a traceback.
  void exception(const LogEvent& e) {
    const auto rule = doctor.exception_rule();
    const auto line = std::find_if(e.lines.rbegin(), e.lines.rend(), [](const EventLine& l) { return names_exception(l.text); });
    if (!rule || line == e.lines.rend()) return;
    if (runs.back().hits.full(*rule)) return runs.back().hits.count_one(*rule);
    Hit hit = plain_hit(e);
    hit.text = line->text.substr(0, 2000);
    hit.arguments.emplace_back("text", line->text.substr(0, 300));
    hit.evidence = {{file, line->number, hit.text}};
    keep_hit(*rule, std::move(hit));
  }

  static constexpr size_t max_runs = 1000;
  size_t model_bytes = 0, hit_bytes = 0;
  int64_t left_out = 0;
  const Doctor& doctor;
  std::string file;
  std::vector<Run> runs;
  std::vector<uint32_t> hit_rules;  // by the message at hand
  std::unique_ptr<Collector> collector;
  EventBuilder events;
  LineScanner scanner;
  std::vector<Report> remarks;
  std::vector<std::string> beside;  // files that were attached
};

Examination::Examination(const Doctor& doctor, std::string file) : state_(std::make_unique<State>(doctor, std::move(file))) {}
Examination::~Examination() = default;

Result<void> Examination::read(ByteSource& source) { return state_->scanner.read(source); }

int64_t Examination::bytes() const { return state_->scanner.bytes(); }

void Examination::attach(const Export& file) {
  std::vector<Run>& runs = state_->runs;
  const auto is_measured = [](const Run& r) { return r.model.performance || !r.model.layers.empty(); };
  auto run = std::find_if(runs.rbegin(), runs.rend(), [&](const Run& r) { return is_measured(r) && !contradiction(file, r.model, state_->file); });
  if (run == runs.rend()) run = std::find_if(runs.rbegin(), runs.rend(), is_measured);
  LogModel& model = run == runs.rend() ? runs.back().model : run->model;
  if (auto doubt = contradiction(file, model, state_->file)) state_->remarks.push_back(std::move(*doubt));
  pharos::attach(file, model);
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
  if (state_->left_out > 0) d.remarks.emplace_back(diag::log_hits_left_out, Arguments{{"count", std::to_string(state_->left_out)}});
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
