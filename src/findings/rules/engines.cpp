// Engines of another version or device, damaged engine files, timing caches.

#include "catalog/log_crash.h"
#include "catalog/log_engines.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category mismatch = Category::EngineMismatch;

// The version in a broken engine is printed as raw bytes.
std::optional<Finding> version(const JudgeContext& c) {
  Finding f = c.finding();
  for (const auto& key : {"expected", "got"}) {
    const std::string value(f.report.argument(key));
    if (value.find_first_of("0123456789") == value.npos) set_argument(f, key, "unreadable");
  }
  return f;
}

std::optional<Finding> magic(const JudgeContext& c) {
  Finding f = c.finding();
  set_argument(f, "detail", icontains(c.hits.front().text, "safety") ? " (perhaps an engine for the safety runtime)" : "");
  return f;
}

}  // namespace

void define_engines(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = nullptr, Role role = Role::Cause) {
    rules.add({.diagnostic = &d, .category = mismatch, .role = role, .rank = rank, .triggers = std::move(t), .judge = judge, .samples = std::move(s), .reference = "TensorRT developer guide, section on engine compatibility"});
  };
  add(diag::log_engine_version, 70, {{"not compatible with this version of TensorRT", R"(^(?:.*?expecting library version (?P<expected>\S+) got\s*(?P<got>[\d.]+)?)?)"}, {"Version tag does not match", R"(Version tag does not match\s*$)"},
                                          {"engine was built with", R"((?i)engine was (?:built|generated) with (?:TensorRT )?v?(?P<got>\d+\.[\d.]*\d)\b.{0,40}?(?:runtime|running|current|loaded|installed)\D{0,30}(?P<expected>\d+\.[\d.]*\d))"}},
      {{"[E] The engine plan file is not compatible with this version of TensorRT, expecting library version 8.5.1 got 8.4.3, please rebuild.", true}, {"[I] Loaded engine size: 3 MiB", false}}, version);
  add(diag::log_engine_version_tag, 70, {{"Version tag does not match", R"(Current Version: (?P<current>\d+), Serialized Engine Version: (?P<serialized>\d+))"}},
      {{"[E] Serialization assertion stdVersionRead == serializationVersion failed.Version tag does not match. Note: Current Version: 232, Serialized Engine Version: 213", true}, {"[I] version ok", false}});
  add(diag::log_engine_magic, 66, {{"Magic tag does not match"}, {"magicTag == ", ""}, {"magicTagRead == ", ""}, {"incompatible serialization version", ""}, {"Failed to verify a plan tag", ""}, {"Plan file is incorrect", ""}},
      {{"[E] 1: Error Code 1: Serialization (Serialization assertion magicTagRead == kMAGIC_TAG failed.Magic tag does not match)", true}, {"[I] magic", false}}, magic);
  add(diag::log_engine_device, 70, {{"generated on an incompatible device", R"(expecting compute (?P<expected>[\d.]+) got compute (?P<got>[\d.]+))"}, {"engine plan file is generated on an incompatible", R"(compute)"},
                                         {"on a different GPU", R"((?i)(?:generated|built) on a different GPU(?:\D+(?P<got>\d+)\D.*?\bsm_?(?P<expected>\d+))?)"}},
      {{"[E] The engine plan file is generated on an incompatible device, expecting compute 7.5 got compute 8.6, please rebuild.", true}, {"[I] device ok", false}});
  add(diag::log_engine_other_model, 60, {{"across different models of devices"}}, {{"[W] Using an engine plan file across different models of devices is not recommended and is likely to affect performance or even cause errors.", true}, {"[I] same device", false}});
  add(diag::log_engine_truncated, 66, {{"Size specified in header does not match"}, {"Serialization assertion sizeRead", ""}, {"encoded reference to slot found", ""}, {"Serialization assertion plan size", ""}},
      {{"[E] Serialization assertion sizeRead == static_cast<uint64_t>(mEnd - mCurrent) failed.Size specified in header does not match archive size", true}, {"[I] size ok", false}});
  add(diag::log_engine_platform, 68, {{"Platform specific tag mismatch"}}, {{"[E] Platform specific tag mismatch detected. TensorRT plan files are only supported on the target runtime platform they were created on.", true}, {"[I] platform", false}});
  add(diag::log_engine_host_code, 66, {{"contains host code"}, {"setEngineHostCodeAllowed", ""}}, {{"[E] engine contains host code; call setEngineHostCodeAllowed", true}, {"[I] code", false}});
  add(diag::log_engine_unreadable, 64, {{"Error opening engine file", "(?P<what>Error opening engine file.*)"}, {"Plan file is empty", "(?P<what>Plan file is empty.*)"}, {"Could not read engine file", "(?P<what>.*)"}, {"engine file does not exist", "(?i)(?P<what>.*)"}, {"No such file or directory", R"((?P<what>.*\.(?:engine|plan|trt)\b.*))"}},
      {{"[E] Error opening engine file: model.plan", true}, {"[I] Engine loaded in 0.02 sec.", false}});
  rules.add({.diagnostic = &diag::log_engine_plugin_data, .category = mismatch, .rank = 66,
             .triggers = {{"Assertion failed: d == a + length", "(?P<what>Assertion failed: d == a \\+ length.{0,120})"}, {"Creator::deserializePlugin(", R"((?P<what>(?:Assertion failed|exception|Exception|rror).{0,200}?)(?: 1 +0x.*)?Creator::deserializePlugin)"}},
             .explains = {&diag::log_native_assertion, &diag::log_segmentation_fault},
             .samples = {{"[TensorRT-LLM][ERROR] tensorrt_llm::common::TllmException: [TensorRT-LLM][ERROR] Assertion failed: d == a + length (/src/plugins/gptAttentionCommon.cpp:418)", true}, {"[TensorRT-LLM][INFO] Loaded engine size: 3 MiB", false}}});
  add(diag::log_engine_file_absent, 15, {{"Deserialize engine failed because", R"(because file path: (?P<path>\S+) open error)"}},
      {{"WARNING: ../nvdsinfer/nvdsinfer_model_builder.cpp:1487 Deserialize engine failed because file path: /srv/m_b1_gpu0_fp16.engine open error", true}, {"ERROR: Deserialize engine failed from file: m.engine", false}}, nullptr, Role::Note);
  add(diag::log_timing_cache_foreign, 40, {{"timing cache will not be used", "(?P<what>.*)"}}, {{"[W] The timing cache will not be used!", true}, {"[I] Loaded 2519 bytes of timing cache from f", false}});
  add(diag::log_timing_cache_combined, 60, {{"findConvShaderByHandle", "(?P<what>.{0,200})"}}, {{"[E] Assertion !isGroupConv || findConvShaderByHandle failed", true}, {"[I] shader", false}});
  add(diag::log_engine_refused_by_server, 20, {{"unable to create TensorRT engine", "(?P<what>.*)"}, {"unable to load plan file", "(?P<what>.*)"}, {"deserialize cuda engine from file", "(?i)(?P<what>.*fail.*)"}, {"failed to load '", R"((?P<what>failed to load '.*(?i:tensorrt|plan|engine).*))"}},
      {{"E0719 03:50:23.455711 1 model_lifecycle.cc:630] failed to load 'resnet' version 1: Internal: unable to create TensorRT engine", true}, {"I0719 03:50:23.455711 1 model_lifecycle.cc:630] loading: resnet:1", false}}, nullptr, Role::Consequence);
}

}  // namespace pharos
