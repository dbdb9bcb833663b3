#pragma once
// The model of one build or run as its log tells it. Everything is optional: an excerpt tells little. Quantities that a log
// can repeat without end are bounded (`max_facts`); what is beyond is counted, not kept.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "facts/measurements.h"
#include "logs/event.h"

namespace pharos {

inline constexpr size_t max_facts = 4096;      // of one kind
inline constexpr size_t max_fact_text = 1000;  // bytes of a name or value
inline constexpr size_t max_command = 8 * 1024;

struct Version {
  int major = 0, minor = 0, patch = 0;
  bool known() const { return major > 0; }
  std::string text() const;  // "8.6.1"; empty where unknown
  auto operator<=>(const Version&) const = default;
};

struct StageSpan {
  Stage stage;
  int64_t first_line = 0, last_line = 0;
  std::optional<double> begin, end;   // seconds, see LogEvent::time
  std::optional<double> seconds;      // as the log states it ("Engine built in 35.1 sec.")
};

struct MemoryPoint {                  // [MemUsageChange], [MemUsageSnapshot]
  int64_t line = 0;
  std::string phase;
  double cpu_mib = 0, gpu_mib = 0;    // now
  double cpu_delta_mib = 0, gpu_delta_mib = 0;
  std::optional<double> time;         // see LogEvent::time
  bool managed = false;               // what TensorRT itself allocated, from zero; else of the whole process and device
};

struct SkippedTactics {               // for lack of memory
  int64_t count = 0, first_line = 0;
  double largest_request = 0;         // bytes; 0 where not told
  double smallest_available = 0;      // bytes; 0 where not told
  std::string example;                // layer or tactic
};

struct ProfileShape { int profile = 0; std::string tensor, min, opt, max; int64_t line = 0; };

struct TensorFact { std::string name, dims, type; bool dynamic = false; int64_t line = 0; };

struct LayerTime {                    // --dumpProfile
  std::string name;
  double total_ms = 0, average_ms = 0, median_ms = 0, percent = 0;
  int64_t line = 0;
  std::string row;                    // as printed
};

struct Statistic {                    // one line of the performance summary, ms
  int64_t line = 0;
  double min = 0, max = 0, mean = 0, median = 0;
  std::vector<std::pair<double, double>> percentiles;  // (90, 1.45)
  std::optional<double> percentile(double percent) const;
};

struct Performance {
  int64_t line = 0;
  double throughput = 0;              // queries per second; 0 where not told
  std::optional<Statistic> latency, enqueue, h2d, compute, d2h, end_to_end;
  std::optional<double> walltime_s, compute_total_s, cov_percent;
};

struct TracePoint {                   // "Average on 10 runs - GPU latency: ...", ms; 0 where not told
  int64_t line = 0;
  double gpu = 0, host = 0, enqueue = 0;
};

struct OnnxHeader { std::string file, ir_version, opset, producer, producer_version, model_version; int64_t line = 0; };

struct FailingNode { std::string index, op, name, output; int64_t line = 0; };

struct LogModel {
  // Who printed it.
  std::string tool;                               // trtexec, polygraphy, triton, ...; empty: unknown
  std::string command;                            // the command line
  int64_t command_line_number = 0;
  std::map<std::string, std::string> options;     // given on the command line: "--fp16" -> "", "--onnx" -> "model.onnx"
  std::map<std::string, std::string> settings;    // printed by trtexec's option dump: "Precision" -> "FP32+FP16"
  Version tensorrt, cuda, cudnn, driver, onnxruntime;
  std::string pharos;                             // its version, where Pharos measured
  std::string device, compute_capability;
  double device_memory_mib = 0;

  // What happened.
  std::vector<StageSpan> stages;
  std::optional<bool> passed;                     // the closing banner
  int64_t passed_line = 0;
  bool started = false;                           // the beginning of the run is in the log
  std::optional<double> build_seconds, engine_mib, load_seconds;
  double peak_gpu_mib = 0, peak_cpu_mib = 0;
  std::vector<MemoryPoint> memory;
  std::map<std::string, double> memory_totals;    // "Total Activation Memory" -> bytes
  SkippedTactics skipped;
  OnnxHeader onnx;
  std::vector<FailingNode> failing_nodes;
  std::vector<TensorFact> tensors;                // network inputs and outputs
  std::vector<ProfileShape> profiles;
  std::map<std::string, std::string> layer_counts;  // "After vertical fusions" -> "29"
  int64_t fusions = 0;
  std::map<std::string, int64_t> dropped_weights; // "Detected subnormal FP16 values" -> 240

  // How fast it ran.
  std::optional<Performance> performance;
  std::vector<TracePoint> trace;
  std::vector<LayerTime> layers;
  int64_t profile_line = 0;
  int64_t profile_iterations = 0;

  // Files beside the log (exports/). The lines of `performance` and `layers` are those of these files where they are named.
  std::string performance_file, times_file, layers_file, engine_layers_file;
  std::shared_ptr<const TimeSamples> times;       // of each query; null where not told
  std::vector<EngineLayer> engine_layers;         // of --exportLayerInfo, a verbose log or a bench with --profile

  // The log itself.
  int64_t first_line = 1, last_line = 0;
  std::map<std::string, int64_t> dialects;        // events per dialect
  int64_t errors = 0, warnings = 0;
  std::optional<double> first_time, last_time;

  Stage stage = Stage::None;                      // where the log is now
  bool option_given(const std::string& name) const { return options.contains(name); }
  // What a user waits for: latency with transfers where it is told, else compute; null where neither is.
  const Statistic* latency() const;
  // "--onnx" value or nothing.
  std::string option(const std::string& name) const;
  bool explicit_precision(std::string_view name) const;  // "INT8" by option or dump

  // About what the lists and maps hold, and a way to let go of it: a log may hold any number of runs.
  size_t bytes() const;
  void forget_lists();
};

// Adds unless there are `most` already.
template <class T>
void keep(std::vector<T>& list, T fact, size_t most = max_facts) {
  if (list.size() < most) list.push_back(std::move(fact));
}

}  // namespace pharos
