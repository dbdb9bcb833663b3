#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/doctor/child.h"
#include "cli/doctor/follow.h"
#include "cli/doctor/init.h"
#include "cli/doctor/metrics.h"
#include "cli/doctor/migrate.h"
#include "cli/options.h"
#include "findings/doctor.h"
#include "policy/policy.h"
#include "reports/formats.h"

namespace pharos {
namespace {

struct Settings {
  std::vector<std::string> files, command;
  std::string format = "text", output, fail_on, policy, metrics, migrate_to, migrate_command;
  bool all = false, follow = false, force = false;
};

int64_t today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()).time_since_epoch().count();
}

Result<Policy> policy_of(const Settings& s) {
  Policy policy;
  if (!s.policy.empty()) policy = PHAROS_TRY(read_policy(s.policy));
  if (s.fail_on == "error") policy.fail_on = FailOn::Error;
  if (s.fail_on == "warning") policy.fail_on = FailOn::Warning;
  return policy;
}

// The report where it was asked for, then what the gate says (on stderr: a report may be a document).
int conclude(Cli& cli, const Settings& s, const std::vector<Diagnosis>& diagnoses, const Policy& policy) {
  const ReportFormat* format = find_report_format(s.format);
  const bool to_stderr = !s.command.empty() && s.output.empty();  // the command's own output has stdout
  std::vector<Verdict> verdicts;
  for (const Diagnosis& d : diagnoses) verdicts.push_back(judge(d, policy, today()));
  ReportOptions options{.language = cli.language(), .all = s.all};
  if (!s.policy.empty() || !s.fail_on.empty()) options.gate = verdicts;
  if (s.output.empty()) {
    options.color = cli.terminal().colored(to_stderr);
    options.columns = cli.terminal().columns(to_stderr);
  }
  const std::string text = format->render(diagnoses, options);
  if (!s.output.empty()) {
    if (auto written = write_file(s.output, std::string_view(text)); !written) return cli.fail(written.error());
  } else if (to_stderr) {
    std::fwrite(text.data(), 1, text.size(), stderr);
  } else {
    cli.print(text);
  }
  bool passed = true;
  for (const Verdict& verdict : verdicts) {
    for (const Report& w : verdict.waived) cli.log().say(w, Stage::None);
    for (const Report& r : verdict.reasons) cli.log().say(r, Stage::None);
    passed &= verdict.passed();
  }
  return passed ? exit_fine : exit_found;
}

int examine(Cli& cli, const Settings& s, const Policy& policy) {
  const Doctor doctor;
  std::vector<Report> unreadable;
  std::vector<Diagnosis> diagnoses = doctor.examine_files(s.files, unreadable);
  int status = exit_fine;
  for (const Report& fault : unreadable) status = cli.fail(fault);
  if (diagnoses.empty()) return status;
  // The document tells it too: a gate that one file never reached has not passed.
  auto& remarks = diagnoses.front().remarks;
  remarks.insert(remarks.end(), unreadable.begin(), unreadable.end());
  const int gate = conclude(cli, s, diagnoses, policy);
  return status != exit_fine ? status : gate;
}

// The command's own failure is the more important answer.
int examine_command(Cli& cli, const Settings& s, const Policy& policy) {
  const Doctor doctor;
  Examination examination(doctor, s.command[0]);
  const auto status = run_child(s.command, [&](std::string_view lines) {
    const auto source = memory_source(lines);
    (void)examination.read(*source);  // memory does not fail
  });
  if (!status) return cli.fail(status.error());
  const int gate = conclude(cli, s, {examination.finish()}, policy);
  return *status != 0 ? *status : gate;
}

std::atomic<bool> stop_following{false};

// Each finding once, when it comes up.
class Announcer {
 public:
  // To standard error where standard output gets a document.
  Announcer(Cli& cli, bool to_error) : cli_(cli), to_error_(to_error) {}
  void announce(const Diagnosis& d) {
    for (const RunDiagnosis& run : d.runs) {
      for (const Finding& f : run.findings) one(f, run.log.first_line);
    }
  }

 private:
  void one(const Finding& f, int64_t run) {
    const std::string place = f.evidence.empty() ? std::string() : fmt::format("{}:{}", f.evidence[0].file, f.evidence[0].line);
    if (told_.insert(fmt::format("{}/{}", run, f.report.code())).second) {
      const auto color = f.severity <= Severity::Error ? Terminal::Color::Red : f.severity == Severity::Warning ? Terminal::Color::Yellow : Terminal::Color::Dim;
      const std::string line = fmt::format("{} {} [{}] {}", place, severity_name(f.severity), f.report.code(), escape_control(f.message(cli_.language())));
      if (to_error_) cli_.terminal().err_line(line, color);
      else cli_.terminal().out_line(line, color);
    }
    for (const Finding& c : f.consequences) one(c, run);
  }
  Cli& cli_;
  bool to_error_;
  std::set<std::string> told_;
};

int watch(Cli& cli, const Settings& s, const Policy& policy) {
  std::unique_ptr<MetricsServer> server;
  if (!s.metrics.empty()) {
    auto started = MetricsServer::start(s.metrics);
    if (!started) return cli.fail(started.error());
    server = std::move(*started);
    cli.terminal().err_line(fmt::format("metrics: port {}, /metrics", server->port()), Terminal::Color::Dim);
  }
  stop_following = false;
  std::signal(SIGINT, [](int) { stop_following = true; });
  std::signal(SIGTERM, [](int) { stop_following = true; });
  Announcer announcer(cli, s.format != "text" && s.output.empty());
  const Doctor doctor;
  const auto changed = [&](const Diagnosis& d) {
    announcer.announce(d);
    if (server) server->publish(metrics_text(d));
  };
  changed(Diagnosis{});
  auto diagnosis = follow(doctor, {.path = s.files[0], .changed = changed, .stop = &stop_following});
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (!diagnosis) return cli.fail(diagnosis.error());
  changed(*diagnosis);
  return conclude(cli, s, {std::move(*diagnosis)}, policy);
}

int usage(Cli& cli, std::string option, std::string actual, std::string expected) {
  return cli.fail({diag::option_value_invalid, {{"option", std::move(option)}, {"actual", std::move(actual)}, {"expected", std::move(expected)}}});
}

int doctor(Cli& cli, const Settings& s) {
  if (s.files == std::vector<std::string>{"init"} && s.command.empty()) return doctor_init(cli, s.output, s.force);
  if (!s.migrate_to.empty()) {
    if (s.files.empty() && s.migrate_command.empty()) return cli.fail({diag::argument_missing, {{"verb", "doctor"}, {"what", "FILE"}}});
    return doctor_migrate(cli, s.migrate_to == "10" ? 10 : 11, s.migrate_command, s.files);
  }
  if (!s.migrate_command.empty()) return usage(cli, "--command", s.migrate_command, "--migrate-to beside it");
  const auto policy = policy_of(s);
  if (!policy) return cli.fail(policy.error());
  if (!s.metrics.empty() && !s.follow) return usage(cli, "--metrics", s.metrics, "--follow beside it");
  if (!s.command.empty()) {
    if (!s.files.empty()) return usage(cli, "--", s.command[0], "either files or a command, not both");
    return examine_command(cli, s, *policy);
  }
  if (s.files.empty()) return cli.fail({diag::argument_missing, {{"verb", "doctor"}, {"what", "FILE"}}});
  if (!s.follow) return examine(cli, s, *policy);
  if (s.files.size() != 1) return usage(cli, "--follow", fmt::format("{} files", s.files.size()), "one log at a time");
  return watch(cli, s, *policy);
}

Runner define(Options& o) {
  auto s = std::make_shared<Settings>();
  o.positionals("FILE", s->files, "logs, plain or compressed, and the JSON exports beside them (times, profile, layers, bench), one report over all; - is standard input; 'init' writes a policy and a CI snippet", false);
  o.rest("COMMAND...", s->command, "runs the command, passes its output through, then reports; exits as the command did where that failed");
  o.choice("--format", report_format_names(), s->format, "how to report");
  o.text("--output,-o", "FILE", s->output, "write the report to FILE");
  o.flag("--all", s->all, "notes and harmless messages in full, with all evidence");
  o.group("Gate");
  o.choice("--fail-on", {"error", "warning"}, s->fail_on, "exit with 1 where a finding of this severity or above is left");
  o.text("--policy", "FILE", s->policy, "exit with 1 where the policy does not hold: codes, budgets, waivers");
  o.group("Watching");
  o.flag("--follow", s->follow, "go on reading a growing log, over rotation; tells new findings as they come, until interrupted");
  o.text("--metrics", "[ADDRESS:]PORT", s->metrics, "with --follow: Prometheus metrics at /metrics, on 127.0.0.1 unless ADDRESS says otherwise");
  o.group("Migration");
  o.choice("--migrate-to", {"10", "11"}, s->migrate_to, "instead of a report: what to change in the trtexec command of the log for this TensorRT");
  o.text("--command", "TEXT", s->migrate_command, "with --migrate-to: the command line itself");
  o.group("Init");
  o.flag("--force", s->force, "'init' overwrites what is there");
  return [s](Cli& cli) { return doctor(cli, *s); };
}

}  // namespace

void define_verb_doctor(VerbSet& verbs) {
  verbs.add({.name = "doctor",
             .group = VerbGroup::Check,
             .one_line = {"reads logs of TensorRT and Pharos: names the cause, shows the line, tells the remedy", "阅读 TensorRT 与 Pharos 日志：指出原因、证据行与处理方法"},
             .examples = "pharos doctor build.log\ntrtexec --onnx=model.onnx --verbose 2>&1 | pharos doctor -\npharos doctor -- trtexec --onnx=model.onnx --fp16\n"
                         "pharos doctor build.log --format sarif -o build.sarif --fail-on warning\npharos doctor init && pharos doctor build.log --policy pharos-policy.toml\n"
                         "pharos doctor --follow /var/log/triton.log --metrics 9464\n"
                         "pharos doctor --migrate-to 11 --command 'trtexec --onnx=model.onnx --fp16 --workspace=4096'",
             .define = define,
             .data_on_stdout = true});
}

}  // namespace pharos
