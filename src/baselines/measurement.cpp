#include "baselines/measurement.h"

#include <algorithm>

#include "exports/export.h"

namespace pharos {
namespace {

std::string stem_of(const std::string& path) {
  const size_t slash = path.find_last_of("/\\");
  const std::string name = slash == path.npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  return dot == name.npos || dot == 0 ? name : name.substr(0, dot);
}

std::string first_of(const LogModel& m, std::initializer_list<const char*> options) {
  for (const char* o : options) {
    if (std::string v = m.option(o); !v.empty()) return v;
  }
  return "";
}

std::string model_of(const LogModel& m) {
  std::string path = first_of(m, {"--onnx", "--loadEngine", "--saveEngine", "--model", "--deploy"});
  if (path.empty()) path = m.onnx.file;
  return stem_of(path);
}

std::string precision_of(const LogModel& m) {
  if (const auto told = m.settings.find("Precision"); told != m.settings.end() && !m.option_given("--loadEngine")) return told->second;
  if (m.option_given("--stronglyTyped")) return "Strongly Typed";
  if (m.option_given("--best")) return "best";
  std::string out;
  for (const auto& [option, name] : {std::pair("--fp16", "FP16"), {"--bf16", "BF16"}, {"--fp8", "FP8"}, {"--int8", "INT8"}, {"--int4", "INT4"}}) {
    if (m.option_given(option)) out += std::string("+") + name;
  }
  if (!out.empty()) return "FP32" + out;
  return m.option_given("--onnx") ? "FP32" : "";
}

SeriesKey key_of(const LogModel& m) {
  SeriesKey key{.model = model_of(m), .device = m.device, .runtime = {}, .precision = precision_of(m), .shapes = first_of(m, {"--shapes", "--optShapes"})};
  const auto setting = [&](const char* name) {
    const auto found = m.settings.find(name);
    return found == m.settings.end() ? std::string() : found->second;
  };
  if (key.shapes.empty()) key.shapes = setting("Input shapes");
  if (const std::string threads = setting("Threads"); !threads.empty()) key.device += " (" + threads + (threads == "1" ? " thread)" : " threads)");
  if (!m.pharos.empty()) key.runtime = "Pharos " + m.pharos;
  else if (m.tensorrt.known()) key.runtime = "TensorRT " + m.tensorrt.text();
  return key;
}

std::optional<double> above_zero(double v) { return v > 0 ? std::optional(v) : std::nullopt; }

void take(Measurement& out, const Statistic& s, std::string basis) {
  out.basis = std::move(basis);
  out.median = above_zero(s.median);
  out.mean = above_zero(s.mean);
  out.longest = above_zero(s.max);
  for (const auto& [q, value] : s.percentiles) {
    if (q == 90) out.p90 = above_zero(value);
    if (q == 95) out.p95 = above_zero(value);
    if (q == 99) out.p99 = above_zero(value);
  }
}

void take_times(Measurement& out, const LogModel& m) {
  if (!m.performance) return;
  const Performance& p = *m.performance;
  if (p.latency && p.latency->median > 0) take(out, *p.latency, "latency");
  else if (p.compute && p.compute->median > 0) take(out, *p.compute, "compute");
  out.throughput = above_zero(p.throughput);
  if (p.throughput > 0 && p.walltime_s) out.queries = int64_t(p.throughput * *p.walltime_s + 0.5);
  if (!m.times) return;
  const std::vector<double>& all = out.basis == "latency" && !m.times->latency.empty() ? m.times->latency : m.times->compute;
  take(out, statistic_of(all), out.basis.empty() ? "compute" : out.basis);  // the figures of the very queries that are kept
  out.queries = int64_t(all.size());
  const size_t step = std::max<size_t>(1, (all.size() + max_kept_samples - 1) / max_kept_samples);
  for (size_t i = 0; i < all.size(); i += step) out.samples.push_back(all[i]);
}

void take_findings(std::vector<KnownFinding>& into, const std::vector<Finding>& findings) {
  for (const Finding& f : findings) {
    if (f.severity <= Severity::Warning && f.role != Role::Harmless && f.role != Role::Note) {
      into.push_back({std::string(f.report.code()), std::string(severity_name(f.severity)), f.message(Language::English), f.count});
    }
    take_findings(into, f.consequences);
  }
}

Measurement measurement_of(const Diagnosis& d, const RunDiagnosis& run) {
  const LogModel& m = run.log;
  Measurement out{.key = key_of(m), .sources = d.files};
  take_times(out, m);
  out.peak_gpu_mib = above_zero(m.peak_gpu_mib);
  out.peak_cpu_mib = above_zero(m.peak_cpu_mib);
  if (m.engine_mib) out.engine_mib = above_zero(*m.engine_mib);
  if (m.build_seconds) out.build_seconds = above_zero(*m.build_seconds);
  out.has_log = !m.dialects.empty() || !m.command.empty();
  take_findings(out.findings, run.findings);
  return out;
}

}  // namespace

std::string key_text(const SeriesKey& k) {
  std::string out = k.model.empty() ? "?" : k.model;
  if (!k.device.empty()) out += " on " + k.device;
  for (const std::string* part : {&k.precision, &k.shapes, &k.runtime}) {
    if (!part->empty()) out += ", " + *part;
  }
  return out;
}

std::vector<Measurement> measurements_of(const std::vector<Diagnosis>& diagnoses) {
  std::vector<Measurement> out;
  for (const Diagnosis& d : diagnoses) {
    const size_t before = out.size();
    for (const RunDiagnosis& run : d.runs) {
      Measurement m = measurement_of(d, run);
      if (m.median) out.push_back(std::move(m));
    }
    if (out.size() > before || d.runs.empty()) continue;
    Measurement last = measurement_of(d, d.runs.back());
    const bool tells = last.peak_gpu_mib || last.peak_cpu_mib || last.engine_mib || last.build_seconds || !last.findings.empty();
    if (tells && last.has_log) out.push_back(std::move(last));
  }
  return out;
}

}  // namespace pharos
