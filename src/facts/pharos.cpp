// Pharos' own logs and what its verbs print: stages, sizes, skipped tactics, the tables of 'pharos bench'.

#include <cmath>

#include "facts/fact.h"

namespace pharos {
namespace {

std::string_view argument(const LogEvent& e, std::string_view name) {
  if (!e.own) return {};
  for (const auto& [key, value] : e.own->arguments) {
    if (key == name) return value;
  }
  return {};
}

Stage stage_named(std::string_view name) {
  for (Stage s = Stage::Parse; s <= Stage::Verify; s = Stage(uint8_t(s) + 1)) {
    if (name == stage_name(s)) return s;
  }
  return Stage::None;
}

bool built(const LogModel& m) { return m.tool.starts_with("pharos") && !m.stages.empty() && m.stages.back().stage == Stage::Serialize; }
bool built_without_banner(const LogModel& m) { return built(m) && m.command.empty(); }

// "serialize finished in 35.8 ms: 14151328 bytes, 14096020 bytes of weights"
void stage_finished(const FactMatch& f, LogModel& m) {
  const LogEvent& e = f.event;
  const Stage stage = stage_named(argument(e, "stage"));
  if (stage == Stage::None) return;
  if (m.tool.empty()) m.tool = "pharos";
  m.started = true;
  const int64_t line = e.lines.front().number;
  const double seconds = number_of(argument(e, "ms")) / 1000;
  if (!m.stages.empty() && m.stages.back().stage == stage && !m.stages.back().seconds) {  // a banner had begun it
    m.stages.back().seconds = seconds;
    m.stages.back().last_line = line;
  } else {
    keep(m.stages, StageSpan{.stage = stage, .first_line = line, .last_line = line, .end = e.time, .seconds = seconds});
  }
  m.stage = stage == Stage::Serialize ? Stage::Load : Stage(uint8_t(stage) + 1);
  if (stage != Stage::Serialize) return;
  m.engine_mib = number_of(argument(e, "details")) / (1024 * 1024);
  double total = 0;
  for (const StageSpan& s : m.stages) total += s.seconds.value_or(0);
  if (!m.build_seconds) m.build_seconds = total;
}

void tactic_skipped(const FactMatch& f, LogModel& m) {
  SkippedTactics& s = m.skipped;
  if (s.count++ == 0) { s.first_line = f.event.lines.front().number; s.example = f.event.text.substr(0, 300); }
  s.largest_request = std::max(s.largest_request, number_of(argument(f.event, "requested")));
  const double available = number_of(argument(f.event, "available"));
  if (available > 0) s.smallest_available = s.smallest_available > 0 ? std::min(s.smallest_available, available) : available;
}

std::vector<std::string_view> cells(std::string_view row) {
  std::vector<std::string_view> out;
  for (size_t i = 0; i < row.size();) {
    if (row[i] == ' ') { ++i; continue; }
    const size_t end = std::min(row.find("  ", i), row.size());
    out.push_back(row.substr(i, end - i));
    i = end;
  }
  return out;
}

// Behind "327 runs in 200.4 ms, 2 thread(s), 532.00 KiB of memory besides weights": the rate, the table of times, and with
// --profile the table of layers.
class BenchTables final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    constexpr int most = 100'000;
    if (++seen_ > most) return false;
    const std::vector<std::string_view> row = cells(e.text);
    if (row.empty()) return !in_layers_;
    if (in_layers_) return layer(row, e, m);
    if (row.front() == "avg ms") { in_layers_ = true; m.layers.clear(); m.profile_line = e.lines.front().number; return true; }
    if (e.text.starts_with("throughput ")) { m.performance->throughput = number_of(std::string_view(e.text).substr(11)); return true; }
    if (row.front() == "ms") { names_.assign(row.begin() + 1, row.end()); return true; }
    if (row.front() == "compute") return times(row, e, m.performance->compute);
    if (row.front() == "enqueue") return times(row, e, m.performance->enqueue);
    return false;
  }

 private:
  bool times(const std::vector<std::string_view>& row, const LogEvent& e, std::optional<Statistic>& out) const {
    if (row.size() != names_.size() + 1) return false;
    Statistic s{.line = e.lines.front().number};
    for (size_t i = 0; i < names_.size(); ++i) {
      const double ms = number_of(row[i + 1]);
      if (names_[i] == "min") s.min = ms;
      else if (names_[i] == "mean") s.mean = ms;
      else if (names_[i] == "median") s.median = ms;
      else if (names_[i] == "max") s.max = ms;
      else if (names_[i].starts_with("p")) s.percentiles.emplace_back(number_of(std::string_view(names_[i]).substr(1)), ms);
    }
    out = s;
    return true;
  }

  // average, median, share, layer, tactic, ONNX nodes
  static bool layer(const std::vector<std::string_view>& row, const LogEvent& e, LogModel& m) {
    if (row.size() < 5 || !row[2].ends_with(" %")) return false;
    LayerTime l{.name = std::string(row[3].substr(0, max_fact_text)), .average_ms = number_of(row[0]), .median_ms = number_of(row[1]), .percent = number_of(row[2]),
                .line = e.lines.front().number, .row = e.lines.front().text.substr(0, 400)};
    l.total_ms = l.average_ms;  // of one run
    keep(m.layers, std::move(l));
    return true;
  }

  int seen_ = 0;
  bool in_layers_ = false;
  std::vector<std::string> names_;
};

std::unique_ptr<Collector> bench(const FactMatch& f, LogModel& m) {
  if (m.tool.empty()) m.tool = "pharos";
  m.stage = Stage::Run;
  m.performance = Performance{.line = f.event.lines.front().number};
  m.memory_totals["Execution context"] = bytes_of(f[1]);
  m.profile_iterations = int64_t(number_of(f[0]));
  return std::make_unique<BenchTables>();
}

}  // namespace

void define_pharos(FactSet& facts) {
  for (const std::string_view literal : {"] [PH4105]", "stage-finished"}) {  // text, JSON
    facts.add({.name = "pharos-stage", .literal = literal, .pattern = R"(^\[PH4105\] parse )", .starts_run = true, .run_is_over = built_without_banner});
    facts.add({.name = "pharos-stage", .literal = literal, .pattern = R"(^\[PH4105\])", .take = stage_finished});
  }
  for (const std::string_view literal : {"] [PH4104]", "tactic-skipped-workspace"}) {
    facts.add({.name = "pharos-tactic-skipped", .literal = literal, .pattern = R"(^\[PH4104\])", .take = tactic_skipped});
  }
  facts.add({.name = "pharos-version", .literal = "Pharos version: ", .pattern = R"(Pharos version: (\d[\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.pharos = std::string(f[0]); m.settings["Pharos version"] = m.pharos; }});
  for (const std::string_view literal : {"(peak of one context, predicted)", "（单个上下文峰值，预测）"}) {
    facts.add({.name = "pharos-activations", .literal = literal, .pattern = R"(([\d.]+ ?[KMGT]?i?B?) (?:\(|（))",
               .take = [](const FactMatch& f, LogModel& m) { m.memory_totals["Total Activation Memory"] = bytes_of(f[0]); }});
  }
  facts.add({.name = "pharos-bench", .literal = "of memory besides weights", .pattern = R"(^(\d+) runs in .*, ([\d.]+ ?[KMGT]?i?B) of memory)", .collect = bench});
}

}  // namespace pharos
