#include <algorithm>

#include "catalog/command_line.h"
#include "doctor/shared.h"
#include "reports/formats.h"

namespace pharos::doctor {
namespace {

Finding made_public(const pharos::Finding& f, size_t run, Language l) {
  const Diagnostic& d = f.report.diagnostic();
  Finding out{.code = std::string(d.code), .slug = std::string(d.slug), .category = f.category, .severity = f.severity, .role = f.role,
              .stage = f.stage, .confidence = f.confidence, .title = f.title(l), .message = f.message(l), .cause = f.cause(l),
              .remedy = f.remedy(l), .reference = std::string(f.reference()), .arguments = f.report.arguments(), .evidence = f.evidence,
              .count = f.count, .run = run};
  for (const pharos::Finding& c : f.consequences) out.consequences.push_back(made_public(c, run, l));
  return out;
}

Run made_public(const LogModel& m) {
  Run r{.first_line = m.first_line, .last_line = m.last_line, .tool = m.tool, .command = m.command, .tensorrt = m.tensorrt.text(),
        .cuda = m.cuda.text(), .driver = m.driver.text(), .device = m.device, .passed = m.passed, .build_seconds = m.build_seconds,
        .engine_mib = m.engine_mib, .errors = m.errors, .warnings = m.warnings};
  if (m.peak_gpu_mib > 0) r.peak_gpu_mib = m.peak_gpu_mib;
  if (m.peak_cpu_mib > 0) r.peak_cpu_mib = m.peak_cpu_mib;
  if (!m.performance) return r;
  if (m.performance->throughput > 0) r.throughput_qps = m.performance->throughput;
  const auto& s = m.performance->latency ? m.performance->latency : m.performance->compute;
  if (!s) return r;
  r.latency_median_ms = s->median;
  for (const auto& [percent, ms] : s->percentiles) {
    if (percent == 99) r.latency_p99_ms = ms;
  }
  return r;
}

}  // namespace

const pharos::Doctor& shared_doctor() {
  static const pharos::Doctor doctor;
  return doctor;
}

Diagnosis made_public(pharos::Diagnosis diagnosis) {
  return Diagnosis(std::make_shared<const Diagnosis::State>(Diagnosis::State{std::move(diagnosis)}));
}

Diagnosis::Diagnosis() : state_(std::make_shared<const State>()) {}
Diagnosis::Diagnosis(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Category Diagnosis::verdict() const { return state_->inner.verdict(); }

bool Diagnosis::clean() const {
  for (const RunDiagnosis& run : state_->inner.runs) {
    const auto loud = [](const pharos::Finding& f) { return f.severity <= Severity::Warning && f.role != Role::Harmless; };
    if (std::any_of(run.findings.begin(), run.findings.end(), loud)) return false;
  }
  return true;
}

std::vector<Finding> Diagnosis::findings(Language language) const {
  std::vector<Finding> out;
  for (const Placed& p : ranked({&state_->inner, 1})) out.push_back(made_public(*p.finding, p.run_number, language));
  return out;
}

std::vector<Run> Diagnosis::runs() const {
  std::vector<Run> out;
  for (const RunDiagnosis& run : state_->inner.runs) out.push_back(made_public(run.log));
  return out;
}

int64_t Diagnosis::lines() const { return state_->inner.lines; }
int64_t Diagnosis::bytes() const { return state_->inner.bytes; }
std::vector<Report> Diagnosis::remarks() const { return state_->inner.remarks; }

Result<std::string> Diagnosis::report(std::string_view format, const ReportOptions& options) const {
  return doctor::report({this, 1}, format, options);
}

Result<std::string> report(std::span<const Diagnosis> logs, std::string_view format, const ReportOptions& o) {
  const ReportFormat* known = find_report_format(format);
  if (!known) {
    std::string names;
    for (const std::string_view name : report_format_names()) names += (names.empty() ? "" : ", ") + std::string(name);
    return Report(diag::name_unknown, {{"kind", "report format"}, {"name", std::string(format)}, {"suggestion", "; there are " + names}});
  }
  std::vector<pharos::Diagnosis> inner;
  for (const Diagnosis& d : logs) inner.push_back(d.state().inner);
  return known->render(inner, {.language = o.language, .all = o.all, .color = o.color, .columns = o.columns});
}

std::vector<Format> formats() {
  std::vector<Format> out;
  for (const ReportFormat& f : report_formats()) out.push_back({f.name, f.doc});
  return out;
}

}  // namespace pharos::doctor
