// JSON: one document over all logs; docs/schema/doctor.schema.json.

#include <algorithm>

#include "base/json.h"
#include "reports/formats.h"
#include "reports/json_facts.h"
#include "reports/json_finding.h"

namespace pharos {
namespace {

constexpr int schema_version = 1;  // grows when a member changes its meaning or goes; new members do not count

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
  j.key("summary")
      .begin_object()
      .member("files", logs.size())
      .member("runs", runs)
      .member("lines", lines)
      .member("bytes", bytes);
  j.member("error_messages", errors).member("warning_messages", warnings).key("findings").begin_object();
  for (const Severity s :
       {Severity::InternalError, Severity::Error, Severity::Warning, Severity::Info, Severity::Verbose}) {
    j.member(severity_name(s), std::count_if(findings.begin(), findings.end(),
                                             [s](const Placed& p) { return p.finding->severity == s; }));
  }
  j.end_object().end_object();
}

void write_files(Json& j, Diagnoses logs, Language l) {
  j.key("files").begin_array();
  for (const Diagnosis& d : logs) {
    j.begin_object()
        .member("name", d.files.front())
        .member("verdict", category_name(d.verdict()))
        .member("lines", d.lines);
    j.member("bytes", d.bytes).member("runs", d.runs.size()).key("exports").begin_array();
    for (size_t i = 1; i < d.files.size(); ++i) j.value(d.files[i]);
    j.end_array().key("remarks").begin_array();
    for (const Report& r : d.remarks)
      j.begin_object().member("code", r.code()).member("message", printable(r.message(l))).end_object();
    j.end_array().end_object();
  }
  j.end_array();
}

void write_gate(Json& j, Diagnoses logs, const ReportOptions& o) {
  j.key("gate");
  if (o.gate.empty()) {
    j.null();
    return;
  }
  j.begin_object().member("passed", gate_passed(o.gate)).key("files").begin_array();
  for (size_t i = 0; i < o.gate.size(); ++i) {
    j.begin_object();
    write_gate_members(j, logs[i], o.gate[i], o.language);
    j.end_object();
  }
  j.end_array().end_object();
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
  for (const Placed& p : findings) {
    j.begin_object();
    write_finding_members(j, *p.finding, p.run_number, o.language);
    j.end_object();
  }
  j.end_array();
  write_files(j, logs, o.language);
  j.key("runs").begin_array();
  for (const Diagnosis& d : logs) {
    for (const RunDiagnosis& r : d.runs) write_run(j, d, r);
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

}  // namespace pharos
