// Notes on habits, messages that only look bad.

#include <algorithm>

#include "catalog/log_notes.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

std::optional<Finding> old_opset(const JudgeContext& c) {
  constexpr double recommended = 13;
  const double opset = number_of(c.log.onnx.opset);
  if (opset <= 0 || opset >= recommended) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "opset", c.log.onnx.opset);
  f.evidence.push_back({"", c.log.onnx.line, "Opset version: " + c.log.onnx.opset});
  return f;
}

std::optional<Finding> engine_name(const JudgeContext& c) {
  const std::string path = c.log.option("--saveEngine");
  if (path.empty() || !c.log.tensorrt.known()) return std::nullopt;
  const std::string version = std::to_string(c.log.tensorrt.major);
  const std::string name = path.substr(path.rfind('/') + 1);
  if (icontains(name, "trt" + version) || icontains(name, c.log.tensorrt.text())) return std::nullopt;
  Finding f = c.finding();
  const size_t dot = name.rfind('.');
  std::string gpu = c.log.device.empty() ? "GPU" : c.log.device;
  for (char& ch : gpu) {
    if (ch == ' ' || ch == '/') ch = '-';
  }
  set_argument(f, "name", name);
  set_argument(f, "better", name.substr(0, dot) + "_trt" + c.log.tensorrt.text() + "_" + gpu + (dot == name.npos ? ".plan" : name.substr(dot)));
  f.evidence.push_back({"", c.log.command_line_number, c.log.command.substr(0, 300)});
  return f;
}

std::optional<Finding> unused_inputs(const JudgeContext& c) {
  Finding f = c.finding();
  const std::vector<std::string> names = distinct(all_hits(c), "input");
  set_argument(f, "inputs", listed(names, 5, Language::English));
  set_argument(f, "inputs_zh", listed(names, 5, Language::Chinese));
  return f;
}

// A finished build whose measurements are gone.
std::optional<Finding> no_timing_cache(const JudgeContext& c) {
  constexpr double worth_keeping = 30;  // seconds
  if (!c.log.build_seconds || *c.log.build_seconds < worth_keeping || c.log.option_given("--timingCacheFile")) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "seconds", number_text(*c.log.build_seconds));
  set_argument(f, "version", c.log.tensorrt.text());
  return f;
}

std::optional<Finding> baseline(const JudgeContext& c) {
  if (!c.log.passed.value_or(false) || !c.log.performance || !c.log.performance->latency) return std::nullopt;
  const Statistic& s = *c.log.performance->latency;
  const auto p99 = std::find_if(s.percentiles.begin(), s.percentiles.end(), [](const auto& p) { return p.first == 99; });
  if (p99 == s.percentiles.end() || c.log.option_given("--exportTimes")) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "median", number_text(s.median, 3));
  set_argument(f, "p99", number_text(p99->second, 3));
  f.evidence.push_back({"", s.line, "Latency: median = " + number_text(s.median, 3) + " ms"});
  return f;
}

// Only the loggers of applications filter; trtexec and the like print warnings always.
std::optional<Finding> warnings_filtered(const JudgeContext& c) {
  constexpr int64_t enough = 2;
  if (c.log.errors < enough || c.log.warnings > 0 || !c.log.tool.empty() || c.log.started) return std::nullopt;
  const auto python = c.log.dialects.find("trt-python");
  if (python == c.log.dialects.end() || python->second != c.log.errors) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "errors", std::to_string(c.log.errors));
  return f;
}

std::optional<Finding> told(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "what", c.hits.empty() ? "" : c.hits.front().text.substr(0, 300));
  return f;
}

}  // namespace

void define_notes(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, Role role, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = told) {
    rules.add({.diagnostic = &d, .role = role, .rank = 10, .triggers = std::move(t), .judge = judge, .samples = std::move(s)});
  };
  add(diag::log_int64_weights, Role::Harmless, {{"generated with INT64 weights"}}, {{"[W] [TRT] onnx2trt_utils.cpp:366: Your ONNX model has been generated with INT64 weights, while TensorRT does not natively support INT64. Attempting to cast down to INT32.", true}, {"[I] weights", false}});
  add(diag::log_lazy_loading, Role::Note, {{"lazy loading is not enabled"}}, {{"[W] [TRT] CUDA lazy loading is not enabled. Enabling it can significantly reduce device memory usage.", true}, {"[I] lazy", false}});
  add(diag::log_timing_cache_new, Role::Harmless, {{"Could not read timing cache"}, {"setup a local cache instead"}, {"new timing cache will be generated"}, {"Could not read cache from"}}, {{"[W] Could not read timing cache from: model.cache. A new timing cache will be generated and written.", true}, {"[W] [TRT] Detected invalid timing cache, setup a local cache instead", true}, {"[I] Local timing cache in use.", false}});
  add(diag::log_deprecated_api, Role::Note, {{"has been deprecated"}, {" is deprecated", R"((?i)(?:W\]|warn|deprecat))"}, {"DeprecationWarning"}, {"was deprecated in Opset"}}, {{"[W] --workspace flag has been deprecated by --memPoolSize flag.", true}, {"[I] supported", false}});
  add(diag::log_plugin_registered, Role::Harmless, {{"Could not register plugin creator"}, {"Plugin creator already registered"}}, {{"[E] [TRT] Could not register plugin creator -  ::GridAnchor_TRT version 1", true}, {"[V] Registered plugin creator - ::X version 1", false}});
  add(diag::log_unknown_device, Role::Harmless, {{"Unknown embedded device detected"}}, {{"[W] [TRT] Unknown embedded device detected. Using 59655MiB as the allocation cap for memory on embedded devices.", true}, {"[I] device", false}});
  add(diag::log_inner_type, Role::Harmless, {{"determined at build time for tensors not marked"}, {"Output type must be INT32 for shape"}}, {{"[W] [TRT] Tensor DataType is determined at build time for tensors not marked as input or output.", true}, {"[I] type", false}});
  add(diag::log_int64_binding, Role::Note, {{"has Int64 binding"}}, {{"[W] [TRT] ModelImporter.cpp:422: Make sure input input_ids has Int64 binding.", true}, {"[I] binding", false}});
  add(diag::log_input_unused, Role::Harmless, {{"is unused or used only at compile-time", R"(Tensor (?P<input>\S+) is unused)"}, {"Unused Input: ", R"(Unused Input: (?P<input>\S+))"}},
      {{"[W] [RemoveDeadLayers] Input Tensor x is unused or used only at compile-time, but is not being removed.", true}, {"[I] Input x", false}}, unused_inputs);
  add(diag::log_max_batch_ignored, Role::Harmless, {{"getMaxBatchSize() function should not be used"}, {"Explicit batch network detected and batch size"}},
      {{"[W] The getMaxBatchSize() function should not be used with an engine built from a network created with NetworkDefinitionCreationFlag::kEXPLICIT_BATCH flag. This function will always return 1.", true}, {"[I] Max batch: explicit batch", false}});
  add(diag::log_shape_values_not_needed, Role::Harmless, {{"shape values set for non-shape input", R"((?P<input>\S+): shape values set)"}},
      {{"[W] inputT1: shape values set for non-shape input in profile 0.", true}, {"[I] shape values set", false}});
  add(diag::log_profile_single_point, Role::Note, {{"is being broadcasted to", "(?P<what>.*)"}, {"Shapes are being broadcast", "(?P<what>.*)"}},
      {{"[W] optShapes is being broadcasted to minShapes for tensor x", true}, {"[V] MatMul_0: broadcasting input1 to make tensors conform", false}});
  add(diag::log_weights_read_twice, Role::Note, {{"user-owned deserialization memory"}},
      {{"[W] Providing user-owned deserialization memory with weight streaming enabled will increase peak CPU memory usage by 1X weights size.", true}, {"[I] Weight Streaming: Enabled", false}});
  add(diag::log_weak_typing_deprecated, Role::Note, {{"Weakly-typed networks have been deprecated", "(?P<what>Weakly-typed networks have been deprecated[^.]*)"}},
      {{"[W] Weakly-typed networks have been deprecated in TensorRT. You can use the AutoCast tool", true}, {"[I] Precision: Strongly Typed", false}});
  add(diag::log_missing_shape_generated, Role::Note, {{"Will generate data of shape", R"(Input tensor: (?P<input>\S+) .*Will generate data of shape: (?P<shape>\[[^\]]*\]))"},
                                                     {"cannot be used to generate inference data", R"(Input tensor: (?P<input>\S+) (?P<shape>\[[^|]*\]) \|)"}},
      {{"[W] Input tensor: x [shape=BoundedShape(['B'], min=None, max=None)] | Will generate data of shape: [1].", true}, {"[I] Will generate inference input data according to provided TensorMetadata", false}});
  add(diag::log_timing_cache_unused, Role::Note, {{"Local timing cache in use"}},
      {{"[I] [TRT] Local timing cache in use. Profiling results in this builder pass will not be stored.\n[I] Engine built in 135.1 sec.", true},
       {"[I] [TRT] Local timing cache in use. Profiling results in this builder pass will not be stored.\n[I] Engine built in 3.1 sec.", false}}, no_timing_cache);
  add(diag::log_latency_baseline, Role::Note, {}, {}, baseline);
  add(diag::log_warnings_filtered, Role::Note, {}, {}, warnings_filtered);
  add(diag::log_opset_low, Role::Note, {}, {}, old_opset);
  add(diag::log_engine_name, Role::Note, {}, {}, engine_name);
  add(diag::log_clean_success, Role::Note, {{"&&&& PASSED "}}, {{"&&&& PASSED TensorRT.trtexec [TensorRT v8502] # trtexec --onnx=m.onnx", true}, {"&&&& RUNNING TensorRT.trtexec [TensorRT v8502] # trtexec --onnx=m.onnx", false}});
  add(diag::log_preview_hint, Role::Harmless, {{"kFASTER_DYNAMIC_SHAPES_0805"}}, {{"[W] [TRT] Using PreviewFeature::kFASTER_DYNAMIC_SHAPES_0805 can help improve performance and resolve potential functional issues.", true}, {"[I] preview", false}});
  add(diag::log_continued, Role::Harmless,
      {{"If this is not the desired behavior"}, {"Check verbose logs for the list of affected weights"}, {"had the following issues when converted to"}, {"If not already in use, ", R"(^\s*If not already in use)"},
       {"Add --noDataTransfers flag", R"(^\s*Add)"}, {"group several requests into a batch", R"(^\s*The model is small)"}},
      {{"[W] [TRT] Check verbose logs for the list of affected weights.", true}, {"[W] [TRT] Weights [name=conv1.weight] had the following issues when converted to FP16:", true}, {"[I] verbose logs", false}});
  add(diag::log_gpu_memory_unknown, Role::Harmless, {{"Unable to determine GPU memory usage"}}, {{"[W] [TRT] Unable to determine GPU memory usage", true}, {"[I] GPU memory usage: 3 MiB", false}});
  add(diag::log_two_loggers, Role::Harmless, {{"differs from one already provided"}}, {{"[W] The logger passed into createInferRuntime differs from one already provided for an existing builder, runtime, or refitter.", true}, {"[I] logger", false}});
}

}  // namespace pharos
