#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/cli.h"
#include "cli/model/model_options.h"
#include "cli/options.h"
#include "base/json.h"
#include "cli/verify/workers.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

struct Settings {
  std::vector<std::string> folders, plugins;
  int jobs = 1, threads = 1, level = 3;
  double timeout = 120, rtol = -1, atol = -1, scaled_atol = 0;
  std::string json, match;
  bool reference = false, against_reference = false;
};

constexpr std::string_view outcome_names[] = {"passed", "failed", "unsupported"};

std::string json_report(const std::vector<VerifyCase>& cases, const std::vector<CaseResult>& results, const int64_t (&counts)[3]) {
  Json j(2);
  j.begin_object().key("cases").begin_array();
  for (size_t i = 0; i < cases.size(); ++i) {
    const CaseResult& r = results[i];
    j.begin_object().member("name", cases[i].name).member("outcome", outcome_names[size_t(r.outcome)]);
    if (!r.code.empty()) j.member("code", r.code).member("message", r.message);
    j.member("milliseconds", r.milliseconds).member("max_abs_difference", r.max_abs).member("max_rel_difference", r.max_rel).end_object();
  }
  j.end_array();
  for (size_t k = 0; k < 3; ++k) j.member(outcome_names[k], counts[k]);
  j.end_object();
  return j.text() + "\n";
}

int run(Cli& cli, const Settings& s) {
  auto found = find_cases(s.folders);
  if (!found) return cli.fail(found.error());
  std::vector<VerifyCase> cases = std::move(*found);
  if (!s.match.empty()) std::erase_if(cases, [&](const VerifyCase& c) { return c.name.find(s.match) == c.name.npos; });
  const auto loaded = ops_with_plugins(s.plugins);
  if (!loaded) return cli.fail(loaded.error());
  const OpSet& ops = *loaded;
  const PrepareModel prepare = s.reference ? reference_runs(ops) : engine_runs(s.threads, s.level, s.plugins);
  const VerifyOptions options{s.rtol, s.atol, s.scaled_atol, s.against_reference, cli.language()};
  std::vector<CaseResult> results(cases.size());
  int64_t counts[3] = {};
  size_t finished = 0;
  run_in_workers(
      cases.size(), {s.jobs, s.timeout}, [&](size_t i) { return run_case(cases[i], ops, prepare, options); },
      [&](size_t i, const CaseResult& r) {
        results[i] = r;
        ++counts[size_t(r.outcome)];
        cli.terminal().status(fmt::format("{}/{} {}", ++finished, cases.size(), cases[i].name));
        if (r.outcome == Outcome::Failed) cli.terminal().out_line(fmt::format("FAILED {}: [{}] {}", cases[i].name, r.code, r.message), Terminal::Color::Red);
        if (r.outcome == Outcome::Unsupported) cli.terminal().out_line(fmt::format("unsupported {}: [{}] {}", cases[i].name, r.code, r.message), Terminal::Color::Yellow);
        if (r.outcome == Outcome::Passed && cli.console_threshold() >= Severity::Verbose) cli.terminal().out_line(fmt::format("passed {} ({:.2f} ms)", cases[i].name, r.milliseconds));
      });
  cli.terminal().status("");
  if (!s.json.empty()) {
    if (auto written = write_file(s.json, json_report(cases, results, counts)); !written) return cli.fail(written.error());
  }
  cli.terminal().out_line(fmt::format("{} passed, {} failed, {} unsupported", counts[0], counts[1], counts[2]),
                          counts[1] ? Terminal::Color::Red : Terminal::Color::Green);
  return counts[1] ? exit_found : exit_fine;
}

}  // namespace

void define_verb_verify(VerbSet& verbs) {
  verbs.add({.name = "verify",
             .group = VerbGroup::Check,
             .one_line = {"runs models with recorded inputs and compares with the expected outputs", "用记录的输入运行模型，并与预期输出比较"},
             .examples = "pharos verify onnx/backend/test/data/node\npharos verify models/ --jobs 2 --json result.json\npharos verify DIR --match resnet --reference",
             .define = [](Options& o) -> Runner {
               auto s = std::make_shared<Settings>();
               o.positionals("DIR", s->folders, "folders that hold model.onnx and test_data_set_N, or folders of such folders");
               o.integer("--jobs,-j", "N", s->jobs, 1, 256, "cases at a time, each in a process of its own");
               o.number("--timeout", "SECONDS", s->timeout, 0.1, 86400, "time limit of one case; a case beyond it has failed");
               o.number("--rtol", "X", s->rtol, 0, 1e6, "relative tolerance instead of the case's own");
               o.number("--atol", "X", s->atol, 0, 1e30, "absolute tolerance instead of the case's own");
               o.number("--scaled-atol", "X", s->scaled_atol, 0, 1e6, "tolerance relative to the largest value of an output, in addition");
               o.integer("--threads", "N", s->threads, 1, 1024, "threads of each case");
               o.integer("--opt-level", "N", s->level, 0, 5, "optimisation level of the engines");
               define_plugins(o, s->plugins);
               o.text("--match", "TEXT", s->match, "only cases whose name contains TEXT");
               o.text("--json", "FILE", s->json, "write all results to FILE");
               o.flag("--against-reference", s->against_reference, "also compare with the graph as imported, run with the reference operators");
               o.flag("--reference", s->reference, "run the plain graph with the reference operators, not an engine");
               return [s](Cli& cli) { return run(cli, *s); };
             }});
}

}  // namespace pharos
