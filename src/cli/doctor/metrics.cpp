#include "cli/doctor/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>

#include "catalog/policy.h"
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
  httplib::Server server;
  std::thread thread;
  std::mutex mutex;
  std::string text;
  int port = 0;
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
  s.server.set_payload_max_length(4096);
  s.server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  s.server.Get("/metrics", [&s](const httplib::Request&, httplib::Response& response) {
    const std::lock_guard lock(s.mutex);
    response.set_content(s.text, "text/plain; version=0.0.4; charset=utf-8");
  });
  s.server.Get("/", [](const httplib::Request&, httplib::Response& response) { response.set_content("pharos doctor: see /metrics\n", "text/plain"); });
  s.port = port == 0 ? s.server.bind_to_any_port(host.c_str()) : s.server.bind_to_port(host.c_str(), int(port)) ? int(port) : -1;
  if (s.port < 0) return Report(diag::metrics_port, {{"address", host}, {"port", number}});
  s.thread = std::thread([&s] { s.server.listen_after_bind(); });
  while (!s.server.is_running()) std::this_thread::yield();  // a stop before the start would be lost
  return made;
}

MetricsServer::~MetricsServer() {
  state_->server.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void MetricsServer::publish(std::string text) {
  const std::lock_guard lock(state_->mutex);
  state_->text = std::move(text);
}

int MetricsServer::port() const { return state_->port; }

}  // namespace pharos
