// Notes on habits, messages that only look bad.

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
  add(diag::log_timing_cache_new, Role::Harmless, {{"Could not read timing cache"}, {"setup a local cache instead"}, {"new timing cache will be generated"}}, {{"[W] Could not read timing cache from: model.cache. A new timing cache will be generated and written.", true}, {"[W] [TRT] Detected invalid timing cache, setup a local cache instead", true}, {"[I] Local timing cache in use.", false}});
  add(diag::log_deprecated_api, Role::Note, {{"has been deprecated"}, {" is deprecated", R"((?i)(?:W\]|warn|deprecat))"}, {"DeprecationWarning"}, {"was deprecated in Opset"}}, {{"[W] --workspace flag has been deprecated by --memPoolSize flag.", true}, {"[I] supported", false}});
  add(diag::log_plugin_registered, Role::Harmless, {{"Could not register plugin creator"}, {"Plugin creator already registered"}}, {{"[E] [TRT] Could not register plugin creator -  ::GridAnchor_TRT version 1", true}, {"[V] Registered plugin creator - ::X version 1", false}});
  add(diag::log_unknown_device, Role::Harmless, {{"Unknown embedded device detected"}}, {{"[W] [TRT] Unknown embedded device detected. Using 59655MiB as the allocation cap for memory on embedded devices.", true}, {"[I] device", false}});
  add(diag::log_inner_type, Role::Harmless, {{"determined at build time for tensors not marked"}, {"Output type must be INT32 for shape"}}, {{"[W] [TRT] Tensor DataType is determined at build time for tensors not marked as input or output.", true}, {"[I] type", false}});
  add(diag::log_int64_binding, Role::Note, {{"has Int64 binding"}}, {{"[W] [TRT] ModelImporter.cpp:422: Make sure input input_ids has Int64 binding.", true}, {"[I] binding", false}});
  add(diag::log_opset_low, Role::Note, {}, {}, old_opset);
  add(diag::log_engine_name, Role::Note, {}, {}, engine_name);
  add(diag::log_clean_success, Role::Note, {{"&&&& PASSED "}}, {{"&&&& PASSED TensorRT.trtexec [TensorRT v8502] # trtexec --onnx=m.onnx", true}, {"&&&& RUNNING TensorRT.trtexec [TensorRT v8502] # trtexec --onnx=m.onnx", false}});
  add(diag::log_preview_hint, Role::Harmless, {{"kFASTER_DYNAMIC_SHAPES_0805"}}, {{"[W] [TRT] Using PreviewFeature::kFASTER_DYNAMIC_SHAPES_0805 can help improve performance and resolve potential functional issues.", true}, {"[I] preview", false}});
  add(diag::log_two_loggers, Role::Harmless, {{"differs from one already provided"}}, {{"[W] The logger passed into createInferRuntime differs from one already provided for an existing builder, runtime, or refitter.", true}, {"[I] logger", false}});
}

}  // namespace pharos
