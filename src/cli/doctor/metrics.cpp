#include "cli/doctor/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "catalog/policy.h"
#include "cli/doctor/page_server.h"
#include "cli/options.h"

namespace pharos {
namespace {

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return out;
}

void count(const Finding& f, std::map<std::string, int64_t>& counts) {
  counts[fmt::format("code=\"{}\",category=\"{}\",severity=\"{}\"", f.report.code(), category_name(f.category), lower(severity_name(f.severity)))] += f.count;
  for (const Finding& c : f.consequences) count(c, counts);
}

void statistic(std::string& out, std::string_view name, const std::optional<Statistic>& s) {
  if (!s) return;
  const auto line = [&](std::string_view which, double v) { out += fmt::format("pharos_log_latency_milliseconds{{metric=\"{}\",statistic=\"{}\"}} {}\n", name, which, v); };
  line("median", s->median);
  line("mean", s->mean);
  line("max", s->max);
  for (const auto& [p, v] : s->percentiles) line(fmt::format("p{:g}", p), v);
}

}  // namespace

std::string metrics_text(const Diagnosis& d) {
  std::map<std::string, int64_t> counts;
  int64_t errors = 0, warnings = 0;
  for (const RunDiagnosis& run : d.runs) {
    errors += run.log.errors;
    warnings += run.log.warnings;
    for (const Finding& f : run.findings) count(f, counts);
  }
  std::string out = "# HELP pharos_findings_total Messages per finding of the doctor.\n# TYPE pharos_findings_total counter\n";
  for (const auto& [labels, n] : counts) out += fmt::format("pharos_findings_total{{{}}} {}\n", labels, n);
  const auto counter = [&](std::string_view name, std::string_view help, int64_t v) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} counter\n{0} {2}\n", name, help, v);
  };
  counter("pharos_log_lines_total", "Lines read.", d.lines);
  counter("pharos_log_bytes_total", "Bytes read.", d.bytes);
  counter("pharos_log_errors_total", "Messages of severity error.", errors);
  counter("pharos_log_warnings_total", "Messages of severity warning.", warnings);
  out += fmt::format("# HELP pharos_log_clean Whether nothing of warning or above was found.\n# TYPE pharos_log_clean gauge\npharos_log_clean {}\n", d.verdict() == Category::Clean ? 1 : 0);
  if (d.runs.empty()) return out;
  const LogModel& m = d.runs.back().log;
  if (m.peak_gpu_mib > 0) out += fmt::format("# TYPE pharos_log_peak_gpu_mebibytes gauge\npharos_log_peak_gpu_mebibytes {}\n", m.peak_gpu_mib);
  if (m.build_seconds) out += fmt::format("# TYPE pharos_log_build_seconds gauge\npharos_log_build_seconds {}\n", *m.build_seconds);
  if (m.performance) {
    out += "# TYPE pharos_log_latency_milliseconds gauge\n";
    statistic(out, "latency", m.performance->latency);
    statistic(out, "compute", m.performance->compute);
    statistic(out, "enqueue", m.performance->enqueue);
    if (m.performance->throughput > 0) out += fmt::format("# TYPE pharos_log_throughput_qps gauge\npharos_log_throughput_qps {}\n", m.performance->throughput);
  }
  return out;
}

struct MetricsServer::State {
  std::mutex mutex;
  std::string text;
  std::unique_ptr<PageServer> server;  // ends first: it reads the text

  std::optional<PageServer::Page> page(std::string_view path) {
    if (path == "/") return PageServer::Page{"text/plain", "pharos doctor: see /metrics\n"};
    if (path != "/metrics") return {};
    const std::lock_guard lock(mutex);
    return PageServer::Page{"text/plain; version=0.0.4; charset=utf-8", text};
  }
};

MetricsServer::MetricsServer() : state_(std::make_unique<State>()) {}

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = colon == address.npos ? "127.0.0.1" : address.substr(0, colon);
  const std::string number = colon == address.npos ? address : address.substr(colon + 1);
  int64_t port = -1;
  if (!parse_integer(number, port) || port < 0 || port > 65535) return Report(diag::metrics_port, {{"address", host}, {"port", number}});
  std::unique_ptr<MetricsServer> made(new MetricsServer);
  State& s = *made->state_;
  s.server = PageServer::start(host, int(port), [&s](std::string_view path) { return s.page(path); });
  if (!s.server) return Report(diag::metrics_port, {{"address", host}, {"port", number}});
  return made;
}

MetricsServer::~MetricsServer() = default;

void MetricsServer::publish(std::string text) {
  const std::lock_guard lock(state_->mutex);
  state_->text = std::move(text);
}

int MetricsServer::port() const { return state_->server->port(); }

}  // namespace pharos
