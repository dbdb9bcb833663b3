#include <algorithm>

#include "base/stats.h"
#include "exports/export.h"
#include "facts/fact.h"

namespace pharos {
namespace {

constexpr double usual_warm_up_ms = 200;  // trtexec's --warmUp

TimeSamples timed_only(const TimeSamples& t, const LogModel& m) {
  const bool old = m.tensorrt.known() && m.tensorrt < Version{8, 5, 0};
  if (!t.warm_up_included && !old) return t;
  const std::string told = m.option("--warmUp");
  return t.after(told.empty() ? usual_warm_up_ms : number_of(told));
}

void fill(std::optional<Statistic>& into, const std::vector<double>& samples) {
  if (!into && !samples.empty()) into = statistic_of(samples);
}

void attach_times(const Export& file, const TimeSamples& all, LogModel& m) {
  auto t = std::make_shared<const TimeSamples>(timed_only(all, m));
  if (!m.performance) {
    m.performance = Performance{};
    m.performance_file = file.path;
  }
  Performance& p = *m.performance;
  fill(p.latency, t->latency);
  fill(p.compute, t->compute);
  fill(p.enqueue, t->enqueue);
  fill(p.h2d, t->h2d);
  fill(p.d2h, t->d2h);
  if (!p.cov_percent) p.cov_percent = 100 * stats_of(t->compute).variation;
  if (p.throughput == 0 && t->wall_ms > 0) p.throughput = 1000 * double(t->size()) / t->wall_ms;
  if (!p.walltime_s && t->wall_ms > 0) p.walltime_s = t->wall_ms / 1000;
  m.times = std::move(t);
  m.times_file = file.path;
}

void attach_layers(const std::vector<LayerTime>& layers, int64_t iterations, const std::string& path, LogModel& m) {
  m.layers.assign(layers.begin(), layers.begin() + std::ptrdiff_t(std::min(layers.size(), max_facts)));
  m.profile_iterations = iterations;
  m.profile_line = m.layers.empty() ? 0 : m.layers.front().line;
  m.layers_file = path;
}

void attach_bench(const Export& file, const BenchSummary& b, LogModel& m) {
  if (m.tool.empty()) m.tool = "pharos bench";
  m.pharos = b.version;
  if (m.device.empty()) m.device = b.device.empty() ? b.isa : b.device;
  if (m.onnx.file.empty()) m.onnx.file = b.model;
  if (b.threads > 0) m.settings.emplace("Threads", std::to_string(b.threads));
  if (!b.shapes.empty()) m.settings.emplace("Input shapes", b.shapes);
  if (b.load_ms > 0 && !m.load_seconds) m.load_seconds = b.load_ms / 1000;
  m.peak_cpu_mib = std::max(m.peak_cpu_mib, double(b.peak_rss_bytes) / (1 << 20));
  if (!m.performance) {
    m.performance = Performance{.throughput = b.throughput_qps};
    m.performance_file = file.path;
  }
  Performance& p = *m.performance;
  if (!p.compute) p.compute = b.compute;
  if (!p.latency) p.latency = b.compute;  // nothing is copied: what it computes is what a caller waits
  if (!p.walltime_s && b.duration_ms > 0) p.walltime_s = b.duration_ms / 1000;
  if (!b.compute_samples.empty()) {
    auto t = std::make_shared<TimeSamples>();
    t->compute = b.compute_samples;
    t->latency = b.compute_samples;
    t->wall_ms = b.duration_ms;
    p.cov_percent = 100 * stats_of(t->compute).variation;
    m.times = std::move(t);
    m.times_file = file.path;
  }
  if (b.layers.empty()) return;
  attach_layers(b.layers, 0, file.path, m);
  if (!m.engine_layers.empty()) return;
  m.engine_layers = b.engine_layers;
  m.engine_layers_file = file.path;
}

}  // namespace

void attach(const Export& file, LogModel& m) {
  if (const auto* t = file.as<TimeSamples>()) attach_times(file, *t, m);
  if (const auto* p = file.as<ProfileTable>()) attach_layers(p->layers, p->iterations, file.path, m);
  if (const auto* b = file.as<BenchSummary>()) attach_bench(file, *b, m);
  if (const auto* l = file.as<LayerInformation>()) {
    m.engine_layers = l->layers;
    m.engine_layers_file = file.path;
  }
}

}  // namespace pharos
