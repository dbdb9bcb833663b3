#include "compare/merge.h"

#include <algorithm>

namespace pharos {
namespace {

void take(std::string& into, const std::string& from) {
  if (!from.empty()) into = from;
}
void take(Version& into, const Version& from) {
  if (from.known()) into = from;
}
template <class T>
void take(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

template <class T>
void take_all(std::vector<T>& into, const std::vector<T>& from) {
  for (const T& fact : from) keep(into, fact);
}

template <class T>
void take_all(std::map<std::string, T>& into, const std::map<std::string, T>& from) {
  for (const auto& [key, value] : from) into[key] = value;
}

void merge_model(LogModel& into, const LogModel& from) {
  take(into.onnx.file, from.onnx.file);
  take(into.onnx.ir_version, from.onnx.ir_version);
  take(into.onnx.opset, from.onnx.opset);
  take(into.onnx.producer, from.onnx.producer);
  take(into.onnx.producer_version, from.onnx.producer_version);
  take(into.onnx.model_version, from.onnx.model_version);
  take_all(into.tensors, from.tensors);
  take_all(into.profiles, from.profiles);
  take_all(into.failing_nodes, from.failing_nodes);
  take_all(into.layer_counts, from.layer_counts);
  take_all(into.dropped_weights, from.dropped_weights);
  if (!from.engine_layers.empty()) {
    into.engine_layers = from.engine_layers;
    into.engine_layers_file = from.engine_layers_file;
  }
  into.fusions += from.fusions;
}

void merge_memory(LogModel& into, const LogModel& from) {
  take_all(into.memory, from.memory);
  take_all(into.memory_totals, from.memory_totals);
  into.peak_cpu_mib = std::max(into.peak_cpu_mib, from.peak_cpu_mib);
  into.peak_gpu_mib = std::max(into.peak_gpu_mib, from.peak_gpu_mib);
  if (into.skipped.count == 0) into.skipped = from.skipped;
  else into.skipped.count += from.skipped.count;
}

}  // namespace

bool profiled_while_measured(const LogModel& log) {
  return !log.layers.empty() && !log.option_given("--separateProfileRun") && log.tensorrt.known() &&
         log.tensorrt.major < 11;
}

// A latency that no profiler disturbed is the better one, whichever file it stands in; a log's own summary is better
// than one made from exported times, since it tells how it was measured.
bool takes_performance(const LogModel& into, const LogModel& from) {
  if (!from.performance || !into.performance) return from.performance.has_value();
  if (from.performance_file.empty() != into.performance_file.empty()) return from.performance_file.empty();
  return !profiled_while_measured(from) || profiled_while_measured(into);
}

void merge_log(LogModel& into, const LogModel& from) {
  take(into.tool, from.tool);
  take(into.pharos, from.pharos);
  take(into.command, from.command);
  take_all(into.options, from.options);
  take_all(into.settings, from.settings);
  take(into.tensorrt, from.tensorrt);
  take(into.cuda, from.cuda);
  take(into.cudnn, from.cudnn);
  take(into.driver, from.driver);
  take(into.onnxruntime, from.onnxruntime);
  take(into.device, from.device);
  take(into.compute_capability, from.compute_capability);
  if (from.device_memory_mib > 0) into.device_memory_mib = from.device_memory_mib;
  take_all(into.stages, from.stages);
  take(into.passed, from.passed);
  into.started |= from.started;
  take(into.build_seconds, from.build_seconds);
  take(into.engine_mib, from.engine_mib);
  take(into.load_seconds, from.load_seconds);
  merge_model(into, from);
  merge_memory(into, from);
  if (takes_performance(into, from)) {
    into.performance = from.performance;
    into.performance_file = from.performance_file;
  }
  if (from.times) into.times = from.times;
  if (!from.layers.empty()) {
    into.layers = from.layers;
    into.layers_file = from.layers_file;
    into.profile_iterations = from.profile_iterations;
  }
  for (const auto& [dialect, events] : from.dialects) into.dialects[dialect] += events;
  into.errors += from.errors;
  into.warnings += from.warnings;
}

}  // namespace pharos
