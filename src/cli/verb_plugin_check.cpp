#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "base/json.h"
#include "base/text.h"
#include "catalog/plugins.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/text/format.h"
#include "cli/verify/workers.h"
#include "plugins/check/kit.h"

namespace pharos {
namespace {

struct Settings {
  std::string path, cases_file, json;
  std::vector<std::string> cases;
  int64_t seed = 1;
  int jobs = 1;
  double timeout = 60;
};

struct Tally {
  int64_t passed = 0, failed = 0;
};

struct Verdicts {
  std::map<std::string, std::map<std::string, Tally>> checks;  // by operator and check
  std::map<std::string, int64_t> ran, refused;
  std::vector<std::string> failures;
  int64_t count = 0;  // of checks made
};

Result<std::vector<std::string>> lines_of(const Settings& s) {
  std::vector<std::string> lines = s.cases;
  if (s.cases_file.empty()) return lines;
  const Bytes bytes = PHAROS_TRY(read_file(s.cases_file, int64_t{16} << 20));
  std::string_view rest(reinterpret_cast<const char*>(bytes.data), bytes.size);
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) lines.emplace_back(line);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return lines;
}

std::string name_of(const PluginOperator& op) { return op.domain.empty() ? op.name : op.domain + "::" + op.name; }

// The author's cases, and guesses for operators that have none.
Result<std::vector<CheckCase>> first_cases(const Plugin& plugin, const Settings& s) {
  std::vector<CheckCase> base;
  for (const std::string& line : PHAROS_TRY(lines_of(s)))
    base.push_back(PHAROS_TRY(parse_case(plugin, line, uint64_t(s.seed))));
  for (const PluginOperator& op : plugin.operators) {
    if (std::any_of(base.begin(), base.end(), [&](const CheckCase& c) { return c.op == &op; })) continue;
    for (CheckCase& c : guess_cases(op, uint64_t(s.seed))) base.push_back(std::move(c));
  }
  return base;
}

// Of the author's cases, and of the first few guesses that the operator takes.
std::vector<CheckCase> variants(const std::vector<CheckCase>& cases, const std::vector<CaseResult>& results) {
  constexpr int most_guesses = 8;
  std::map<const PluginOperator*, int> guesses;
  std::vector<CheckCase> out;
  for (size_t i = 0; i < cases.size(); ++i) {
    const CheckCase& c = cases[i];
    if (!c.must_run && (results[i].outcome == Outcome::Unsupported || ++guesses[c.op] > most_guesses)) continue;
    for (CheckCase& v : variants_of(c)) out.push_back(std::move(v));
  }
  return out;
}

// A verdict as the result of a worker: the checks passed, one a line, in the message.
CaseResult packed(const CaseVerdict& v) {
  CaseResult r;
  r.outcome = v.kind == CaseVerdict::Kind::Failed    ? Outcome::Failed
              : v.kind == CaseVerdict::Kind::Refused ? Outcome::Unsupported
                                                     : Outcome::Passed;
  r.code = v.failed;
  for (const std::string& p : v.passed) r.message += p + "\n";
  r.message += "\n" + v.details;
  return r;
}

void count(const CheckCase& c, const CaseResult& r, Verdicts& all) {
  const std::string op = name_of(*c.op);
  auto& checks = all.checks[op];
  const size_t end = r.message.find("\n\n");
  const bool crashed = r.outcome == Outcome::Failed && r.code.starts_with("PH");
  std::string_view passed =
      crashed ? std::string_view() : std::string_view(r.message).substr(0, end == r.message.npos ? 0 : end + 1);
  std::string_view details = crashed ? std::string_view(r.message) : std::string_view(r.message);
  if (!crashed) details.remove_prefix(end == r.message.npos ? std::min<size_t>(1, details.size()) : end + 2);
  while (!passed.empty()) {
    const size_t line = passed.find('\n');
    ++checks[std::string(passed.substr(0, line))].passed;
    ++all.count;
    passed = line == passed.npos ? std::string_view() : passed.substr(line + 1);
  }
  if (r.outcome == Outcome::Unsupported) ++all.refused[op];
  else ++all.ran[op];
  if (r.outcome != Outcome::Failed) return;
  const std::string check = crashed ? "no crash" : r.code;
  ++checks[check].failed;
  ++all.count;
  all.failures.push_back(fmt::format("{} [{}]: {}", check, c.name(), details));
}

void print_report(Cli& cli, const Plugin& plugin, const Verdicts& v) {
  cli.print(fmt::format("plugin {} {}{}{}\n", plugin.name, plugin.version_text(), plugin.doc.empty() ? "" : ": ",
                        plugin.doc));
  for (const PluginOperator& op : plugin.operators) {
    const std::string name = name_of(op);
    const auto number = [&](const std::map<std::string, int64_t>& m) {
      const auto it = m.find(name);
      return it == m.end() ? 0 : it->second;
    };
    cli.print(fmt::format("\n{}: {} cases run, {} refused\n", name, number(v.ran), number(v.refused)));
    const auto checks = v.checks.find(name);
    if (checks == v.checks.end()) continue;
    Table table("lrr", {"check", "passed", "failed"});
    std::map<std::string, Tally> rest = checks->second;
    for (const std::string_view check : check_names())
      if (const auto it = rest.find(std::string(check)); it != rest.end()) {
        table.row({it->first, std::to_string(it->second.passed), std::to_string(it->second.failed)});
        rest.erase(it);
      }
    for (const auto& [check, t] : rest) table.row({check, std::to_string(t.passed), std::to_string(t.failed)});
    cli.print(table.text());
  }
  if (!v.failures.empty()) cli.print("\n");
}

std::string json_report(const Plugin& plugin, const Verdicts& v) {
  Json j(2);
  j.begin_object()
      .member("plugin", plugin.name)
      .member("version", plugin.version_text())
      .key("operators")
      .begin_array();
  for (const auto& [op, checks] : v.checks) {
    j.begin_object().member("name", op).key("checks").begin_array();
    for (const auto& [check, t] : checks)
      j.begin_object().member("name", check).member("passed", t.passed).member("failed", t.failed).end_object();
    j.end_array().end_object();
  }
  j.end_array().key("failures").begin_array();
  for (const std::string& f : v.failures) j.value(f);
  j.end_array().end_object();
  return j.text() + "\n";
}

std::vector<CaseResult> run_all(Cli& cli, const Plugin& plugin, const Settings& s, const std::vector<CheckCase>& cases,
                                Verdicts& v) {
  std::vector<CaseResult> results(cases.size());
  size_t finished = 0;
  run_in_workers(
      cases.size(), {s.jobs, s.timeout}, [&](size_t i) { return packed(check_case(plugin, cases[i])); },
      [&](size_t i, const CaseResult& r) {
        results[i] = r;
        cli.terminal().status(fmt::format("{}/{} {}", ++finished, cases.size(), cases[i].name()));
      });
  cli.terminal().status("");
  for (size_t i = 0; i < cases.size(); ++i) count(cases[i], results[i], v);
  return results;
}

int check(Cli& cli, const Settings& s) {
  const auto loaded = load_plugins(std::span(&s.path, 1));
  if (!loaded) return cli.fail(loaded.error());
  const Plugin& plugin = *loaded->front();
  OpSet ops = builtin_ops();
  if (auto added = add_plugins(*loaded, ops); !added) return cli.fail(added.error());
  const auto first = first_cases(plugin, s);
  if (!first) return cli.fail(first.error());
  Verdicts v;
  const std::vector<CaseResult> results = run_all(cli, plugin, s, *first, v);
  run_all(cli, plugin, s, variants(*first, results), v);
  for (const PluginOperator& op : plugin.operators)
    if (const std::string name = name_of(op); v.ran[name] == 0) {
      ++v.checks[name]["was run"].failed;
      ++v.count;
      v.failures.push_back(fmt::format("was run [{}]: no case was accepted; give some with --case or --cases", name));
    }
  print_report(cli, plugin, v);
  for (const std::string& f : v.failures) cli.terminal().out_line("FAILED " + escape_control(f), Terminal::Color::Red);
  if (!s.json.empty()) {
    if (auto written = write_file(s.json, json_report(plugin, v)); !written) return cli.fail(written.error());
  }
  if (!v.failures.empty())
    return cli.fail(
        {diag::plugin_check_failed,
         {{"path", s.path}, {"count", std::to_string(v.failures.size())}, {"all", std::to_string(v.count)}}});
  cli.terminal().out_line(fmt::format("\n{} checks passed", v.count), Terminal::Color::Green);
  return exit_fine;
}

}  // namespace

void define_verb_plugin_check(VerbSet& verbs) {
  verbs.add({.name = "plugin-check",
             .group = VerbGroup::Check,
             .one_line = {"tests a plugin with operators of its own", "测试自定义算子插件"},
             .examples = "pharos plugin-check librows.so\n"
                         "pharos plugin-check librows.so --case 'com.example::TopRows f32[6,4] f32[6] | k=3'\n"
                         "pharos plugin-check librows.so --cases cases.txt --json report.json",
             .define = [](Options& o) -> Runner {
               auto s = std::make_shared<Settings>();
               o.positional("FILE", s->path, "a shared library made with pharos/plugin.h");
               o.texts("--case", "LINE", s->cases, "a case that has to run: OPERATOR INPUT... [| ATTRIBUTE=VALUE...]");
               o.text("--cases", "FILE", s->cases_file, "such cases, one a line; '#' begins a comment");
               o.integer("--seed", "N", s->seed, 0, INT64_MAX, "of the inputs' contents");
               o.integer("--jobs,-j", "N", s->jobs, 1, 256, "cases at a time, each in a process of its own");
               o.number("--timeout", "SECONDS", s->timeout, 0.1, 86400,
                        "time limit of one case; a case beyond it has failed");
               o.text("--json", "FILE", s->json, "write the report to FILE");
               return [s](Cli& cli) { return check(cli, *s); };
             }});
}

}  // namespace pharos
