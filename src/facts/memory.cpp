// Memory: what was in use when, what the engine needs, which tactics had to be left out.

#include "facts/fact.h"

namespace pharos {
namespace {

void change(const FactMatch& f, LogModel& m) {
  const MemoryPoint p{f.event.lines.front().number, std::string(f[0]), number_of(f[3]), number_of(f[4]), number_of(f[1]), number_of(f[2]), f.event.time, f[0].starts_with("TensorRT-managed")};
  m.peak_cpu_mib = std::max(m.peak_cpu_mib, p.cpu_mib);
  m.peak_gpu_mib = std::max(m.peak_gpu_mib, p.gpu_mib);
  keep(m.memory, p);
}

void snapshot(const FactMatch& f, LogModel& m) {
  const MemoryPoint p{f.event.lines.front().number, std::string(f[0]), number_of(f[1]), number_of(f[2]), 0, 0, f.event.time};
  m.peak_cpu_mib = std::max(m.peak_cpu_mib, p.cpu_mib);
  m.peak_gpu_mib = std::max(m.peak_gpu_mib, p.gpu_mib);
  keep(m.memory, p);
}

void total(const FactMatch& f, LogModel& m) { m.memory_totals[std::string(f[0])] = number_of(f[1]); }

void skipped(const FactMatch& f, double requested, double available, LogModel& m) {
  SkippedTactics& s = m.skipped;
  if (s.count++ == 0) { s.first_line = f.event.lines.front().number; s.example = f.event.text.substr(0, 300); }
  s.largest_request = std::max(s.largest_request, requested);
  if (available > 0) s.smallest_available = s.smallest_available > 0 ? std::min(s.smallest_available, available) : available;
}

}  // namespace

void define_memory(FactSet& facts) {
  facts.add({.name = "memory-change", .literal = "[MemUsageChange] ",
             .pattern = R"(\[MemUsageChange\] (.+?): CPU ([+-]?[\d.]+), GPU ([+-]?[\d.]+), now: CPU ([\d.]+), GPU ([\d.]+))", .take = change});
  facts.add({.name = "memory-snapshot", .literal = "[MemUsageSnapshot] ", .pattern = R"(\[MemUsageSnapshot\] (.+?): CPU ([\d.]+) MiB, GPU ([\d.]+))", .take = snapshot});
  facts.add({.name = "memory-peak", .literal = "Peak memory usage of TRT", .pattern = R"(CPU ([\d.]+) MiB, GPU ([\d.]+) MiB)",
             .take = [](const FactMatch& f, LogModel& m) { m.memory_totals["Peak allocator GPU"] = number_of(f[1]) * 1024 * 1024; }});
  for (const std::string_view what : {"Total Host Persistent Memory", "Total Device Persistent Memory", "Total Scratch Memory", "Max Scratch Memory",
                                      "Total Activation Memory", "Total Weights Memory"}) {
    facts.add({.name = "memory-total", .literal = what, .pattern = R"(((?:Total|Max) [\w ]+ Memory): (\d+))", .take = total});
  }
  facts.add({.name = "context-memory", .literal = "execution context with device memory size", .pattern = R"(device memory size: ([\d.]+) MiB)",
             .take = [](const FactMatch& f, LogModel& m) { m.memory_totals["Execution context"] = number_of(f[0]) * 1024 * 1024; }});
  facts.add({.name = "tactic-request", .literal = "Tactic Device request", .pattern = R"(Tactic Device request: ?([\d.]+ ?\w*) Available: ?([\d.]+ ?\w*))",
             .take = [](const FactMatch& f, LogModel& m) { skipped(f, bytes_of(f[0], 1 << 20), bytes_of(f[1], 1 << 20), m); }});
  facts.add({.name = "tactic-skipped", .literal = "Skipping tactic ", .pattern = R"(due to insuff?icient memory on requested size of ([\d.]+ ?[KMGT]?i?B?))",
             .take = [](const FactMatch& f, LogModel& m) {
               const double n = bytes_of(f[0]);
               // Up to TensorRT 8.5 the number may be MiB.
               const bool maybe_mib = n < 65536 && f.event.text.find("UNSUPPORTED_STATE") == std::string::npos &&
                                      (!m.tensorrt.known() || m.tensorrt < Version{8, 6, 0});
               skipped(f, maybe_mib ? n * 1024 * 1024 : n, 0, m);
             }});
  facts.add({.name = "tactic-scratch", .literal = "skipped. Scratch requested", .pattern = R"(Scratch requested: (\d+), available: (\d+))",
             .take = [](const FactMatch& f, LogModel& m) { skipped(f, number_of(f[0]), number_of(f[1]), m); }});
}

}  // namespace pharos
