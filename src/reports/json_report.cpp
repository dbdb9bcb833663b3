// JSON: one document over all logs, or one finding a line.

#include <algorithm>

#include "base/json.h"
#include "reports/formats.h"
#include "reports/json_facts.h"

namespace pharos {
namespace {

constexpr int schema_version = 1;  // grows when a member changes its meaning or goes; new members do not count

void write_finding(Json& j, const Finding& f, size_t run, Language l) {
  const Diagnostic& d = f.report.diagnostic();
  j.begin_object();
  j.member("code", d.code).member("slug", d.slug).member("category", category_name(f.category));
  j.member("severity", severity_name(f.severity)).member("role", role_name(f.role)).member("confidence", f.confidence);
  j.member("phase", phase_name(f.stage)).member("stage", f.stage == Stage::None ? "" : stage_name(f.stage)).member("run", run).member("count", f.count);
  j.member("title", f.title(l)).member("message", f.message(l)).member("cause", f.cause(l));
  j.key("remedy").begin_array();
  for (const std::string& step : f.remedy(l)) j.value(step);
  j.end_array().key("arguments").begin_object();
  for (size_t i = 0; i < f.report.arguments().size(); ++i) {
    const auto& [name, value] = f.report.arguments()[i];
    const auto same = [&](const auto& other) { return other.first == name; };
    // The first of a name counts, as in messages; JSON allows each name once.
    if (std::none_of(f.report.arguments().begin(), f.report.arguments().begin() + ptrdiff_t(i), same)) j.member(name, value);
  }
  j.end_object().key("evidence").begin_array();
  for (const Evidence& e : f.evidence) j.begin_object().member("file", e.file).member("line", e.line).member("text", e.text).end_object();
  j.end_array().key("consequences").begin_array();
  for (const Finding& c : f.consequences) write_finding(j, c, run, l);
  j.end_array().member("reference", f.reference()).end_object();
}

void write_summary(Json& j, Diagnoses logs, const std::vector<Placed>& findings) {
  int64_t lines = 0, bytes = 0, errors = 0, warnings = 0;
  size_t runs = 0;
  for (const Diagnosis& d : logs) {
    lines += d.lines;
    bytes += d.bytes;
    runs += d.runs.size();
    for (const RunDiagnosis& r : d.runs) {
      errors += r.log.errors;
      warnings += r.log.warnings;
    }
  }
  j.key("summary").begin_object().member("files", logs.size()).member("runs", runs).member("lines", lines).member("bytes", bytes);
  j.member("error_messages", errors).member("warning_messages", warnings).key("findings").begin_object();
  for (const Severity s : {Severity::InternalError, Severity::Error, Severity::Warning, Severity::Info, Severity::Verbose}) {
    j.member(severity_name(s), std::count_if(findings.begin(), findings.end(), [s](const Placed& p) { return p.finding->severity == s; }));
  }
  j.end_object().end_object();
}

void write_files(Json& j, Diagnoses logs, Language l) {
  j.key("files").begin_array();
  for (const Diagnosis& d : logs) {
    j.begin_object().member("name", d.files.front()).member("verdict", category_name(d.verdict())).member("lines", d.lines);
    j.member("bytes", d.bytes).member("runs", d.runs.size()).key("remarks").begin_array();
    for (const Report& r : d.remarks) j.begin_object().member("code", r.code()).member("message", r.message(l)).end_object();
    j.end_array().end_object();
  }
  j.end_array();
}

void write_gate_lines(Json& j, std::string_view name, Diagnoses logs, std::span<const Verdict> gate, std::vector<Report> Verdict::*lines, Language l) {
  j.key(name).begin_array();
  for (size_t i = 0; i < gate.size(); ++i) {
    for (const Report& r : gate[i].*lines) j.begin_object().member("file", logs[i].files.front()).member("code", r.code()).member("message", r.message(l)).end_object();
  }
  j.end_array();
}

void write_gate(Json& j, Diagnoses logs, const ReportOptions& o) {
  j.key("gate");
  if (o.gate.empty()) { j.null(); return; }
  j.begin_object().member("passed", gate_passed(o.gate));
  write_gate_lines(j, "reasons", logs, o.gate, &Verdict::reasons, o.language);
  write_gate_lines(j, "waived", logs, o.gate, &Verdict::waived, o.language);
  j.end_object();
}

}  // namespace

std::string json_report(Diagnoses logs, const ReportOptions& o) {
  const std::vector<Placed> findings = ranked(logs);
  Json j(2);
  j.begin_object().member("schema_version", schema_version);
  j.key("tool").begin_object().member("name", "pharos doctor").member("version", PHAROS_VERSION).end_object();
  j.member("verdict", category_name(verdict_of(logs)));
  write_gate(j, logs, o);
  write_summary(j, logs, findings);
  j.key("findings").begin_array();
  for (const Placed& p : findings) write_finding(j, *p.finding, p.run_number, o.language);
  j.end_array();
  write_files(j, logs, o.language);
  j.key("runs").begin_array();
  for (const Diagnosis& d : logs) {
    for (const RunDiagnosis& r : d.runs) write_run(j, d, r);
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

std::string jsonl_report(Diagnoses logs, const ReportOptions& o) {
  std::string out;
  for (const Placed& p : ranked(logs)) {
    Json j;
    write_finding(j, *p.finding, p.run_number, o.language);
    out += j.text() + "\n";
  }
  return out;
}

}  // namespace pharos
