// For machines; the schema is docs/schema/baseline.schema.json.

#include <algorithm>

#include "base/json.h"
#include "cli/baseline/report.h"

namespace pharos {
namespace {

void write(Json& j, std::string_view name, const std::optional<double>& v) {
  j.key(name);
  if (v) j.value(*v);
  else j.null();
}

void write(Json& j, std::string_view name, const SeriesKey& k) {
  j.key(name).begin_object().member("model", k.model).member("device", k.device).member("runtime", k.runtime).member("precision", k.precision).member("shapes", k.shapes).end_object();
}

void write(Json& j, std::string_view name, const std::vector<KnownFinding>& findings) {
  j.key(name).begin_array();
  for (const KnownFinding& f : findings) j.begin_object().member("code", f.code).member("severity", f.severity).member("message", f.message).member("count", f.count).end_object();
  j.end_array();
}

void write(Json& j, std::string_view name, const std::vector<Report>& reports, Language l) {
  j.key(name).begin_array();
  for (const Report& r : reports) j.begin_object().member("code", r.code()).member("message", r.message(l)).end_object();
  j.end_array();
}

void write(Json& j, const CheckRow& r) {
  j.begin_object().member("figure", figure_name(r.figure)).member("standing", standing_name(r.standing)).member("baseline", r.before).member("now", r.now);
  j.member("change", r.change).member("tolerance", r.tolerance).key("interval");
  if (!r.interval) {
    j.null();
  } else {
    const Change& c = *r.interval;
    j.begin_object().member("low", c.low).member("high", c.high).member("level", 0.95).member("kind", interval_kind_name(c.kind));
    j.member("baseline_observations", c.before).member("observations", c.now).end_object();
  }
  j.end_object();
}

void write(Json& j, const RecordedRun& r) {
  const Measurement& m = r.measurement;
  j.begin_object().member("id", r.id).member("time", r.time).member("epoch", r.epoch).member("label", m.label).member("basis", m.basis).member("queries", m.queries);
  for (const auto& [name, value] : {std::pair("median_ms", m.median), {"mean_ms", m.mean}, {"p90_ms", m.p90}, {"p95_ms", m.p95}, {"p99_ms", m.p99}, {"longest_ms", m.longest},
                                    {"throughput_qps", m.throughput}, {"peak_gpu_mib", m.peak_gpu_mib}, {"peak_cpu_mib", m.peak_cpu_mib}, {"engine_mib", m.engine_mib},
                                    {"build_seconds", m.build_seconds}}) {
    write(j, name, value);
  }
  j.member("log", m.has_log).member("kept_samples", m.samples.size()).key("sources").begin_array();
  for (const std::string& s : m.sources) j.value(s);
  j.end_array();
  write(j, "findings", m.findings);
  j.end_object();
}

}  // namespace

std::string check_json(std::span<const Checked> all, Language language) {
  CheckVerdict worst = CheckVerdict::Pass;
  for (const Checked& c : all) worst = std::max(worst, verdict_of(c));
  Json j(2);
  j.begin_object().member("schema", "urn:pharos:schema:baseline:1").member("verdict", verdict_name(worst)).key("checks").begin_array();
  for (const Checked& c : all) {
    j.begin_object().member("verdict", verdict_name(verdict_of(c)));
    write(j, "key", c.key);
    write(j, "baseline_key", c.baseline_key);
    j.member("paired", c.paired).member("baseline_runs", c.result.runs_before).member("runs", c.result.runs_now);
    j.member("baseline_queries", c.result.queries_before).member("queries", c.result.queries_now).key("baseline_ids").begin_array();
    for (const RecordedRun& r : c.baseline) {
      if (r.id > 0) j.value(r.id);
    }
    j.end_array().key("figures").begin_array();
    for (const CheckRow& r : c.result.rows) write(j, r);
    j.end_array();
    write(j, "new_findings", c.result.new_findings);
    write(j, "gone_findings", c.result.gone_findings);
    write(j, "reasons", c.reasons, language);
    write(j, "remarks", c.remarks, language);
    j.end_object();
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

std::string show_json(std::span<const Shown> all) {
  Json j(2);
  j.begin_object().member("schema", "urn:pharos:schema:baseline:1").key("series").begin_array();
  for (const Shown& s : all) {
    j.begin_object();
    write(j, "key", s.series.key);
    j.member("runs_in_all", s.series.runs).key("runs").begin_array();
    for (const RecordedRun& r : s.runs) write(j, r);
    j.end_array().end_object();
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

}  // namespace pharos
