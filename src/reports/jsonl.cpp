// JSON lines: a record for each finding, best first, one for each run, and one for the gate's answer about each log.

#include "reports/formats.h"
#include "reports/json_facts.h"
#include "reports/json_finding.h"

namespace pharos {
namespace {

class Lines {
 public:
  template <class Members>
  void record(std::string_view kind, Members members) {
    Json j;
    j.begin_object().member("record", kind);
    members(j);
    j.end_object();
    text_ += j.text() + "\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

void write_latency(Json& j, const LogModel& m) {
  const Statistic* s = m.latency();
  value_or_null(j, "latency_median_ms", s ? std::optional(s->median) : std::nullopt);
  value_or_null(j, "latency_p99_ms", s ? s->percentile(99) : std::nullopt);
}

}  // namespace

std::string jsonl_report(Diagnoses logs, const ReportOptions& o) {
  Lines lines;
  for (const Placed& p : ranked(logs)) {
    lines.record("finding", [&](Json& j) { write_finding_members(j, *p.finding, p.run_number, o.language); });
  }
  size_t number = 0;
  for (const Diagnosis& d : logs) {
    for (const RunDiagnosis& r : d.runs) {
      lines.record("run", [&](Json& j) {
        j.member("run", number++).member("findings", r.findings.size());
        write_run_head(j, d, r);
        write_latency(j, r.log);
      });
    }
  }
  for (size_t i = 0; i < o.gate.size(); ++i) {
    lines.record("gate", [&](Json& j) { write_gate_members(j, logs[i], o.gate[i], o.language); });
  }
  return std::move(lines).text();
}

}  // namespace pharos
