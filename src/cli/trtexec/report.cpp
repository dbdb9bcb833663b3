#include "cli/trtexec/report.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/stats.h"
#include "base/text.h"

namespace pharos::trtexec {
namespace {

std::string stats_line(std::string_view name, std::vector<double> v, const std::vector<double>& percentiles) {
  std::sort(v.begin(), v.end());
  const Stats s = stats_of(v);
  std::string line = fmt::format("{}: min = {:g} ms, max = {:g} ms, mean = {:g} ms, median = {:g} ms", name, s.min,
                                 s.max, s.mean, s.median);
  for (const double p : percentiles) line += fmt::format(", percentile({:g}%) = {:g} ms", p, percentile_of(v, p));
  return line;
}

}  // namespace

void Printer::line(char severity, std::string_view text) {
  if (severity == 'V' && cli_.console_threshold() < Severity::Verbose) return;
  if (severity == 'I' && cli_.console_threshold() < Severity::Info) return;
  const std::string whole =
      fmt::format("[{}] [{}] {}", trtexec_time(std::chrono::system_clock::now()), severity, escape_control(text));
  if (severity == 'E') cli_.terminal().err_line(whole, Terminal::Color::Red);
  else if (severity == 'W') cli_.terminal().err_line(whole, Terminal::Color::Yellow);
  else cli_.terminal().out_line(whole);
}

std::string banner(std::string_view word, const std::vector<std::string>& words) {
  int major = 0, minor = 0, patch = 0;
  std::sscanf(PHAROS_VERSION, "%d.%d.%d", &major, &minor, &patch);
  std::string line =
      fmt::format("&&&& {} Pharos.trtexec [Pharos v{}] # pharos", word, major * 10000 + minor * 100 + patch);
  for (const std::string& w : words) line += " " + escape_control(w);
  return line;
}

void print_trace(Printer& out, const Measurement& m, int64_t average) {
  out.info(fmt::format("Warmup completed {} queries over {:g} ms", m.warm_up_queries, m.warm_up_ms));
  out.info(fmt::format("Timing trace has {} queries over {:g} s", m.queries.size(), m.wall_ms / 1000));
  out.info("");
  out.info("=== Trace details ===");
  out.info(fmt::format("Trace averages of {} runs:", average));
  const int64_t n = int64_t(m.queries.size()) / average;
  constexpr int64_t most = 400;  // lines; the middle is left out
  for (int64_t i = 0; i < n; ++i) {
    if (n > most && i == most / 2) {
      out.info(fmt::format("... Omitting {} lines", n - most));
      i += n - most;
    }
    double compute = 0, enqueue = 0;
    for (int64_t k = 0; k < average; ++k) {
      compute += m.queries[size_t(i * average + k)].compute_ms;
      enqueue += m.queries[size_t(i * average + k)].enqueue_ms;
    }
    compute /= double(average);
    out.info(fmt::format("Average on {} runs - GPU latency: {:g} ms - Host latency: {:g} ms (enqueue {:g} ms)", average,
                         compute, compute, enqueue / double(average)));
  }
}

void print_summary(Printer& out, const Measurement& m, const std::vector<double>& percentiles) {
  std::vector<double> compute, enqueue;
  double total = 0;
  for (const Query& q : m.queries) {
    compute.push_back(q.compute_ms);
    enqueue.push_back(q.enqueue_ms);
    total += q.compute_ms;
  }
  const std::vector<double> none(m.queries.size(), 0.0);  // nothing is copied between memories
  const Stats c = stats_of(compute), e = stats_of(enqueue);
  out.info("");
  out.info("=== Performance summary ===");
  out.info(fmt::format("Throughput: {:g} qps", double(m.queries.size()) / m.wall_ms * 1000));
  out.info(stats_line("Latency", compute, percentiles));
  out.info(stats_line("Enqueue Time", enqueue, percentiles));
  out.info(stats_line("H2D Latency", none, percentiles));
  out.info(stats_line("GPU Compute Time", compute, percentiles));
  out.info(stats_line("D2H Latency", none, percentiles));
  out.info(fmt::format("Total Host Walltime: {:g} s", m.wall_ms / 1000));
  out.info(fmt::format("Total GPU Compute Time: {:g} s", total / 1000));
  if (e.median > 0.8 * c.median) {
    out.warning("* Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.");
    out.warning("  The model is small: group several requests into a batch.");
  }
  if (c.variation > 0.01) {
    out.warning(
        fmt::format("* GPU compute time is unstable, with coefficient of variance = {:g}%.", 100 * c.variation));
    out.warning("  If not already in use, measure on an idle machine and with a longer --duration.");
  }
  out.info("Explanations of the performance metrics are printed in the verbose logs.");
  for (const char* line : {"", "=== Explanations of the performance metrics ===",
                           "Total Host Walltime: the host walltime from when the first query (after warmups) is "
                           "started to when the last one is completed.",
                           "GPU Compute Time: the time of the engine's steps, here on the CPU.",
                           "Total GPU Compute Time: the sum of the GPU Compute Time of all queries.",
                           "Enqueue Time: the host time until the first step of a query starts.",
                           "H2D Latency, D2H Latency: 0, nothing is copied between memories.",
                           "Latency: the sum of H2D Latency, GPU Compute Time and D2H Latency of a query."}) {
    out.verbose(line);
  }
  out.info("");
}

void print_profile(Printer& out, const Profile& profile) {
  out.info("");
  out.info(fmt::format("=== Profile ({} iterations ) ===", profile.iterations));
  out.info("   Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer");
  const double total = profile.total();
  const auto row = [&](double time, double average, double median, std::string_view name) {
    out.info(fmt::format("{:>11.2f}{:>13.4f}{:>13.4f}{:>10.1f}   {}", time, average, median,
                         total > 0 ? 100 * time / total : 0, name));
  };
  double averages = 0, medians = 0;
  for (const StepTimes& s : profile.steps) {
    if (s.total() <= 0) continue;
    const Stats stats = stats_of(s.ms);
    row(s.total(), stats.mean, stats.median, s.step->name);
    averages += stats.mean;
    medians += stats.median;
  }
  row(total, averages, medians, "Total");
  out.info("");
}

}  // namespace pharos::trtexec
