#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "baselines/check.h"
#include "baselines/store.h"
#include "catalog/baselines.h"
#include "catalog/command_line.h"
#include "cli/baseline/report.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

constexpr int64_t compared_runs = 20;   // the newest of an epoch
constexpr int64_t shown_runs = 50;

struct BaselineArguments {
  std::string action, store = "pharos-baselines.db", format = "text", output, label;
  std::vector<std::string> files, paired;
  SeriesKey key;
  bool accept = false, strict = false, record = false;
  double tolerance = 5, tolerance_p99 = 10, tolerance_memory = 5, floor_ms = 0.01;
  int64_t last = shown_runs;
};

int64_t now_seconds() { return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// What an option says goes before what a log tells; a file that tells nothing of its origin is a further round of the one
// before it.
Result<std::vector<Measurement>> measured(const BaselineArguments& a, const std::vector<std::string>& files) {
  const auto diagnoses = PHAROS_TRY(Doctor().examine_files(files));
  std::vector<Measurement> list = measurements_of(diagnoses);
  if (list.empty()) {
    std::string names;
    for (const std::string& f : files) names += (names.empty() ? "" : ", ") + f;
    return Report(diag::baseline_nothing_measured, {{"files", names}});
  }
  const SeriesKey* last = nullptr;
  for (Measurement& m : list) {
    if (last && m.key.model.empty() && m.key.device.empty()) m.key = *last;
    for (const auto part : {&SeriesKey::model, &SeriesKey::device, &SeriesKey::precision, &SeriesKey::shapes}) {
      if (!(a.key.*part).empty()) m.key.*part = a.key.*part;
    }
    if (m.key.model.empty()) return Report(diag::baseline_key_unknown, {{"what", "model"}, {"what_zh", "模型"}});
    if (m.key.device.empty()) return Report(diag::baseline_key_unknown, {{"what", "device"}, {"what_zh", "设备"}});
    m.label = a.label;
    last = &m.key;
  }
  return list;
}

int put_out(Cli& cli, const BaselineArguments& a, const std::string& text) {
  if (a.output.empty()) {
    cli.print(text);
    return exit_fine;
  }
  if (auto written = write_file(a.output, std::string_view(text)); !written) return cli.fail(written.error());
  return exit_fine;
}

Result<void> record_all(Cli& cli, const BaselineArguments& a, const std::vector<Measurement>& list) {
  BaselineStore store = PHAROS_TRY(BaselineStore::create_or_open(a.store));
  const std::vector<int64_t> ids = PHAROS_TRY(store.add(list, now_seconds(), a.accept));
  for (size_t i = 0; i < list.size(); ++i) {
    const Measurement& m = list[i];
    const std::string median = m.median ? fmt::format(", {} {}", m.basis, figure_text(Figure::Median, *m.median)) : std::string();
    cli.terminal().err_line(fmt::format(fmt::runtime(cli.language() == Language::Chinese ? "已记录 #{}：{}{}，{} 次查询，{} 项发现" : "recorded #{}: {}{}, {} queries, {} finding(s)"),
                                        ids[i], escape_control(key_text(m.key)), median, m.queries, m.findings.size()), Terminal::Color::Dim);
  }
  return {};
}

int record(Cli& cli, const BaselineArguments& a) {
  const auto list = measured(a, a.files);
  if (!list) return cli.fail(list.error());
  if (auto done = record_all(cli, a, *list); !done) return cli.fail(done.error());
  return exit_fine;
}

// What is not told agrees with everything.
bool agrees(const SeriesKey& now, const SeriesKey& known) {
  const auto part = [](const std::string& n, const std::string& k) { return n.empty() || n == k; };
  return now.model == known.model && now.device == known.device && part(now.precision, known.precision) && part(now.shapes, known.shapes);
}

Report not_found(const SeriesKey& key, const std::vector<Series>& all, bool ambiguous) {
  std::string near;
  int shown = 0;
  for (const bool same_model : {true, false}) {
    for (const Series& s : all) {
      if ((s.key.model == key.model) != same_model || shown == 3) continue;
      near += (shown++ ? "; " : "") + key_text(s.key);
    }
  }
  const std::string en = all.empty() ? "the store is empty" : (ambiguous ? "several would do, say --precision and --shapes: " : "the store has: ") + near;
  const std::string zh = all.empty() ? "基线库为空" : (ambiguous ? "有多个候选，请用 --precision 与 --shapes 指定：" : "库中有：") + near;
  return {diag::baseline_not_found, {{"key", key_text(key)}, {"near", en}, {"near_zh", zh}}};
}

// The series of the key; without one of this runtime the newest of another.
Result<Series> matching(const std::vector<Series>& all, const SeriesKey& key) {
  const Series* best = nullptr;
  for (const Series& s : all) {
    if (s.key == key && s.runs > 0) return s;
  }
  for (const Series& s : all) {
    if (!agrees(key, s.key) || s.runs == 0) continue;
    if (best && (best->key.precision != s.key.precision || best->key.shapes != s.key.shapes)) return not_found(key, all, true);
    const bool better = !best || (s.key.runtime == key.runtime) > (best->key.runtime == key.runtime) ||
                        ((s.key.runtime == key.runtime) == (best->key.runtime == key.runtime) && s.last_time > best->last_time);
    if (better) best = &s;
  }
  if (!best) return not_found(key, all, false);
  return *best;
}

std::vector<std::vector<Measurement>> by_key(const std::vector<Measurement>& list) {
  std::vector<std::vector<Measurement>> groups;
  for (const Measurement& m : list) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.front().key == m.key; });
    if (group == groups.end()) group = groups.insert(groups.end(), std::vector<Measurement>());
    group->push_back(m);
  }
  return groups;
}

CheckOptions check_options(const BaselineArguments& a) {
  return {.tolerance = a.tolerance / 100, .tolerance_p99 = a.tolerance_p99 / 100, .tolerance_memory = a.tolerance_memory / 100, .floor_ms = a.floor_ms};
}

Result<Checked> check_paired(const BaselineArguments& a, const std::vector<Measurement>& now) {
  const std::vector<Measurement> before = PHAROS_TRY(measured(a, a.paired));
  if (before.size() != now.size()) return Report(diag::baseline_pairs_uneven, {{"now", std::to_string(now.size())}, {"before", std::to_string(before.size())}});
  Checked c{.key = now.front().key, .baseline_key = before.front().key, .paired = true, .result = check_against(before, now, true, check_options(a))};
  for (const Measurement& m : before) c.baseline.push_back({.measurement = m});
  return c;
}

Result<Checked> check_stored(const BaselineArguments& a, const BaselineStore& store, const std::vector<Measurement>& now) {
  const std::vector<Series> all = PHAROS_TRY(store.series());
  const Series series = PHAROS_TRY(matching(all, now.front().key));
  Checked c{.key = now.front().key, .baseline_key = series.key, .baseline = PHAROS_TRY(store.runs(series.id, series.epoch, compared_runs))};
  std::vector<Measurement> before;
  for (const RecordedRun& r : c.baseline) before.push_back(r.measurement);
  c.result = check_against(before, now, false, check_options(a));
  return c;
}

Result<std::vector<Checked>> check_all(const BaselineArguments& a, const std::vector<Measurement>& list) {
  std::vector<Checked> all;
  if (!a.paired.empty()) {
    all.push_back(PHAROS_TRY(check_paired(a, list)));
  } else {
    const BaselineStore store = PHAROS_TRY(BaselineStore::open(a.store));
    for (const auto& group : by_key(list)) all.push_back(PHAROS_TRY(check_stored(a, store, group)));
  }
  for (Checked& c : all) explain(c, a.strict);
  return all;
}

int check(Cli& cli, const BaselineArguments& a) {
  const auto list = measured(a, a.files);
  if (!list) return cli.fail(list.error());
  const auto all = check_all(a, *list);
  if (!all) return cli.fail(all.error());
  const std::string text = a.format == "json" ? check_json(*all, cli.language()) : check_text(*all, cli.language(), a.output.empty() && cli.terminal().colored(false));
  if (const int code = put_out(cli, a, text); code != exit_fine) return code;
  bool passed = true, decided = true;
  for (const Checked& c : *all) {
    for (const Report& r : c.remarks) cli.log().say(r, Stage::None);
    for (const Report& r : c.reasons) cli.log().say(r, Stage::None);
    passed &= c.reasons.empty();
    decided &= !c.result.undecided();
  }
  if (!passed) return exit_found;
  if (a.record && decided) {
    if (auto done = record_all(cli, a, *list); !done) return cli.fail(done.error());
  }
  return exit_fine;
}

int show(Cli& cli, const BaselineArguments& a) {
  const auto store = BaselineStore::open(a.store);
  if (!store) return cli.fail(store.error());
  const auto series = store->series();
  if (!series) return cli.fail(series.error());
  std::vector<Shown> all;
  for (const Series& s : *series) {
    const bool wanted = a.files.empty() || std::find(a.files.begin(), a.files.end(), s.key.model) != a.files.end();
    if (!wanted || (!a.key.device.empty() && s.key.device != a.key.device)) continue;
    auto runs = store->runs(s.id, 0, a.last);
    if (!runs) return cli.fail(runs.error());
    all.push_back({s, std::move(*runs)});
  }
  return put_out(cli, a, a.format == "json" ? show_json(all) : a.format == "html" ? show_html(all, cli.language()) : show_text(all, cli.language()));
}

int baseline(Cli& cli, const BaselineArguments& a) {
  if (a.action == "show") return show(cli, a);
  if (a.action != "record" && a.action != "check") {
    return cli.fail({diag::option_value_invalid, {{"option", "ACTION"}, {"actual", a.action}, {"expected", "record, check or show"}}});
  }
  if (a.files.empty()) return cli.fail({diag::argument_missing, {{"verb", "baseline " + a.action}, {"what", "FILE"}}});
  if (a.format == "html") return cli.fail({diag::option_value_invalid, {{"option", "--format"}, {"actual", "html"}, {"expected", "text or json with " + a.action}}});
  return a.action == "record" ? record(cli, a) : check(cli, a);
}

Runner define(Options& o) {
  auto a = std::make_shared<BaselineArguments>();
  o.positional("ACTION", a->action, "record: keeps measurements; check: compares with what was kept, exits with 1 where it is worse; show: table and trend");
  o.positionals("FILE", a->files, "record, check: logs and the JSON exports beside them, of TensorRT or Pharos, also of several runs; show: only these models", false);
  o.text("--store", "FILE", a->store, "the SQLite file with the baselines");
  o.choice("--format", {"text", "json", "html"}, a->format, "how to report; html: the trend, with show");
  o.text("--output,-o", "FILE", a->output, "write the report to FILE");
  o.group("What was measured (where the files do not tell, or other words are wanted)");
  o.text("--model", "NAME", a->key.model, "the model");
  o.text("--device", "NAME", a->key.device, "the device");
  o.text("--precision", "TEXT", a->key.precision, "the precision");
  o.text("--shapes", "TEXT", a->key.shapes, "the shapes");
  o.group("Record");
  o.text("--label", "TEXT", a->label, "a commit or a build, shown in the trend");
  o.flag("--accept", a->accept, "later checks compare with this run and those after it; earlier ones stay in the trend");
  o.group("Check");
  o.number("--tolerance", "PERCENT", a->tolerance, 0, 1000, "a change of the median latency up to this is none");
  o.number("--tolerance-p99", "PERCENT", a->tolerance_p99, 0, 1000, "the same for p99");
  o.number("--tolerance-memory", "PERCENT", a->tolerance_memory, 0, 1000, "the same for memory and the size of the engine");
  o.number("--floor", "MS", a->floor_ms, 0, 1e6, "a change of less time than this is none");
  o.texts("--paired", "FILE", a->paired, "compare with these runs instead of the store: the i-th was measured beside the i-th FILE, so that drift of the machine cancels");
  o.flag("--strict", a->strict, "fail also where the measurements are too few or too scattered to say");
  o.flag("--record", a->record, "record the measurements where they pass");
  o.group("Show");
  o.integer("--last", "N", a->last, 1, 1'000'000, "the newest N runs of each series");
  return [a](Cli& cli) { return baseline(cli, *a); };
}

}  // namespace

void define_verb_baseline(VerbSet& verbs) {
  verbs.add({.name = "baseline",
             .group = VerbGroup::Check,
             .one_line = {"keeps latency, memory and findings of good runs and checks later ones against them", "保存良好运行的延迟、内存与发现，并据此检查后续运行"},
             .examples = "pharos baseline record build.log times.json --label v1.4\n"
                         "pharos baseline check new.log new_times.json --tolerance 3\n"
                         "pharos baseline check new1.json new2.json new3.json --paired old1.json --paired old2.json --paired old3.json --model resnet50 --device A10\n"
                         "pharos baseline show resnet50\n"
                         "pharos baseline show --format html -o trend.html",
             .define = define,
             .data_on_stdout = true});
}

}  // namespace pharos
