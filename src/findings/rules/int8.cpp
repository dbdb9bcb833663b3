// INT8: calibration, scales, quantise/dequantise nodes.

#include <fmt/format.h>

#include "catalog/log_crash.h"
#include "catalog/log_int8.h"
#include "findings/judging.h"

namespace pharos {
namespace {

// Outputs that are integers, shapes or constants need no scale.
bool needs_no_scale(std::string_view tensor) {
  return contains_any_folded(tensor, {"shape", "gather_idx", "constant", "num_det", "numdet", "detection", "indices", "index", "topk", "argmax",
                                      "nms", "classes", "labels", "cast", "range", "unnamed layer", "slice_", "nonzero"});
}

std::optional<Finding> missing_scales(const JudgeContext& c) {
  std::vector<std::string> real, harmless;
  for (const std::string& tensor : distinct(all_hits(c), "tensor")) (needs_no_scale(tensor) ? harmless : real).push_back(tensor);
  Finding f = c.finding();
  set_argument(f, "real", std::to_string(real.size()));
  set_argument(f, "real_names", real.empty() ? "-" : listed(real, 5, Language::English));
  set_argument(f, "harmless", std::to_string(harmless.size()));
  set_argument(f, "harmless_names", harmless.empty() ? "-" : listed(harmless, 5, Language::English));
  if (real.empty() && !harmless.empty()) {
    f.severity = Severity::Info;  // still what the log is about
    f.rank = 40;
  } else {
    f.rank = 62;
  }
  return f;
}

std::optional<Finding> calibrator_missing(const JudgeContext& c) {
  Finding f = c.finding();
  const bool explicit_model = c.others.count(diag::log_calibrator_ignored) > 0;
  set_argument(f, "situation", explicit_model ? "the model brings Q/DQ nodes" : "ranges must come from Q/DQ nodes or be set by hand");
  set_argument(f, "situation_zh", explicit_model ? "模型自带 Q/DQ 节点" : "范围须来自 Q/DQ 节点或手动设置");
  if (explicit_model || build_succeeded(c.log)) f = as_note(std::move(f), 20);
  return f;
}

std::optional<Finding> subject(const JudgeContext& c) {
  Finding f = c.finding();
  f.role = Role::Cause;
  f.rank = 56;  // how the model is quantised tells more than that the log holds a profile
  return f;
}

std::optional<Finding> few_batches(const JudgeContext& c) {
  constexpr int64_t few = 4;
  if (c.count >= few) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "batches", std::to_string(c.count));
  set_argument(f, "size", "");
  return f;
}

std::optional<Finding> done(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "batches", "the");
  return f;
}

std::optional<Finding> not_positive(const JudgeContext& c) {
  Finding f = c.finding();
  const FailingNode* node = node_at(c.log, c.hits.front().line);
  set_argument(f, "node", node ? node->op : "a QuantizeLinear node");
  set_argument(f, "node_zh", node ? node->op : "某个 QuantizeLinear 节点");
  f.rank = 70;
  return f;
}

constexpr Category int8 = Category::Int8Calibration;

}  // namespace

void define_int8(RuleSet& rules) {
  rules.add({.diagnostic = &diag::log_missing_scales, .category = int8,
             .triggers = {{"Missing scale and zero-point", R"(for tensor (?P<tensor>.+?),? expect)"}, {"Missing dynamic range for tensor", R"(for tensor (?P<tensor>[^,]+))"}},
             .judge = missing_scales,
             .samples = {{"[W] [TRT] Missing scale and zero-point for tensor conv1_out, expect fall back to non-int8 implementation for any layer consuming or producing given tensor", true},
                         {"[I] [TRT] Calibration completed in 6.2 seconds.", false}},
             .reference = "NVIDIA/TensorRT#1785, #4058"});
  rules.add({.diagnostic = &diag::log_calibrator_missing, .category = int8, .rank = 48,
             .triggers = {{"Calibrator is not being used"}, {"INT8 mode but no calibrator"}},
             .judge = calibrator_missing,
             .samples = {{"[W] [TRT] Calibrator is not being used. Users must provide dynamic range for all tensors that are not Int32 or Bool.", true},
                         {"[W] [TRT] Calibrator won't be used in explicit precision mode.", false}}});
  rules.add({.diagnostic = &diag::log_calibrator_ignored, .category = int8,
             .triggers = {{"be used in explicit precision mode"}}, .judge = subject,
             .samples = {{"[W] [TRT] Calibrator won't be used in explicit precision mode. Use quantization aware training to generate network with Quantize/Dequantize nodes.", true},
                         {"[I] [TRT] Starting Calibration.", false}}});
  rules.add({.diagnostic = &diag::log_calibration_profile, .category = int8,
             .triggers = {{"Calibration Profile is not defined"}}, .judge = subject,
             .samples = {{"[TRT] [W] Calibration Profile is not defined. Calibrating with Profile 0", true}, {"[I] calibration profile set", false}}});
  rules.add({.diagnostic = &diag::log_calibration_cache_used, .category = int8, .role = Role::Note,
             .triggers = {{"calibration scales using calibration cache"}, {"Reading Calibration Cache for calibrator"}, {"Using cached calibration"}},
             .samples = {{"[I] [TRT] Generated calibration scales using calibration cache. Make sure that calibration cache has latest scales.", true},
                         {"[I] write_calibration_cache: save", false}}});
  rules.add({.diagnostic = &diag::log_calibration_cache_unreadable, .category = int8, .rank = 66,
             .triggers = {{"calibration cache", "(?i)(?P<text>.*(?:can ?not open|could not (?:read|open)|failed to (?:read|parse|open)|invalid|unable to (?:read|open)).*calibration cache.*)"}},
             .samples = {{"[E] Can not open provided calibration cache file: calib.cache", true}, {"[I] [TRT] Reading Calibration Cache for calibrator: EntropyCalibration2", false}}});
  rules.add({.diagnostic = &diag::log_few_calibration_batches, .category = int8, .rank = 44,
             .triggers = {{"Calibrated batch", R"(Calibrated batch \d+)"}}, .judge = few_batches,
             .samples = {{"[I] [TRT]   Calibrated batch 0 in 0.222241 seconds.", true}, {"[I] calibrated", false}}});
  rules.add({.diagnostic = &diag::log_calibration_coverage, .category = int8, .rank = 60,
             .triggers = {{"Calibration dataset does not cover"}, {"calibration data does not cover"}, {"calibration set does not cover"}},
             .samples = {{"[WARNING] Calibration dataset does not cover some layers, accuracy may drop.", true}, {"[INFO] Calibration dataset loaded", false}}});
  rules.add({.diagnostic = &diag::log_no_scaling_factors, .category = int8, .rank = 68,
             .triggers = {{"no scaling factors detected"}, {"no scales were calibrated"}},
             .samples = {{"[E] [TRT] Calibration failure occurred with no scaling factors detected. This could be due to no int8 calibrator or insufficient custom scales for network layers.", true},
                         {"[I] scaling factors written", false}}});
  rules.add({.diagnostic = &diag::log_zero_points, .category = int8, .rank = 68,
             .triggers = {{"supports only zero shifts", "(?P<text>.*)"}, {"Non-zero zero point is not supported", "(?P<text>.*)"}, {"shiftIsAllZeros", "(?P<text>.*)"},
                          {"only symmetric quantization", "(?P<text>.*)"}},
             .judge = [](const JudgeContext& c) -> std::optional<Finding> {
               Finding f = c.finding();
               if (c.hits.front().text.find("Assertion failed") != std::string::npos || c.log.passed == false) f.severity = Severity::Error;
               return f;
             },
             .samples = {{"[W] [TRT] builtin_op_importers.cpp: TensorRT currenly supports only zero shifts values for QuatizeLinear/DequantizeLinear ops", true},
                         {"[E] [6] Assertion failed: shiftIsAllZeros(zeroPoint): Non-zero zero point is not supported.", true},
                         {"[I] zero point 0", false}}});
  rules.add({.diagnostic = &diag::log_scale_not_positive, .category = int8, .rank = 70,
             .triggers = {{"Scale coefficients must all be positive"}, {"scaleAllPositive"}, {"scale must be positive"}}, .judge = not_positive,
             .samples = {{"[E] [6] Assertion failed: scaleAllPositive && \"Scale coefficients must all be positive\"", true}, {"[I] scale 1.0", false}}});
  rules.add({.diagnostic = &diag::log_plugin_without_scale, .category = int8, .rank = 68,
             .triggers = {{"scales.size() == 1", "(?P<text>.*)"}, {"getInputHostScale", "(?P<text>.*)"}},
             .samples = {{"[E] [TRT] 2: [pluginV2Runner.cpp::getInputHostScale::88] Error Code 2: Internal Error (Assertion scales.size() == 1 failed. )", true}, {"[I] plugin ready", false}}});
  rules.add({.diagnostic = &diag::log_qdq_placement, .category = int8, .rank = 66,
             .triggers = {{"qdqGraphOptimizer", "(?P<text>.*)"}, {"Only activation types allowed as input to this layer", "(?P<text>.*)"}},
             .samples = {{"[E] [TRT] 2: [qdqGraphOptimizer.cpp::quantizePaths::4012] Error Code 2: Internal Error (Assertion i->outputs.size() == 1 failed. )", true}, {"[V] QDQ graph optimizer - constant folding", false}}});
  rules.add({.diagnostic = &diag::log_calibration_done, .category = int8, .rank = 30,
             .triggers = {{"Calibration completed in", R"(Calibration completed in (?P<seconds>[\d.]+))"}}, .judge = done,
             .samples = {{"[I] [TRT] Calibration completed in 6.2236 seconds.", true}, {"[I] [TRT] Starting Calibration.", false}}});
  rules.add({.diagnostic = &diag::log_calibrator_api_removed, .category = int8, .rank = 68,
             .triggers = {{"has no attribute", R"(has no attribute '(?P<name>IInt8\w*|int8_calibrator|INT8_\w+|CalibrationAlgo\w*)')"}},
             .samples = {{"AttributeError: module 'tensorrt' has no attribute 'IInt8EntropyCalibrator2'", true}, {"AttributeError: 'Foo' object has no attribute 'bar'", false}}});
  rules.add({.diagnostic = &diag::log_calibration_batch_failed, .category = int8, .rank = 68,
             .triggers = {{"Exception caught in get_batch", "(?P<text>.*)"}, {"error in get_batch", "(?P<text>.*)"}},
             .samples = {{"[TensorRT] ERROR: Exception caught in get_batch(): Unable to cast Python instance of type <class 'int'> to C++ type", true}, {"get_batch: feeding calibration batch 1/4", false}}});
  rules.add({.diagnostic = &diag::log_calibration_range, .category = int8, .rank = 66,
             .triggers = {{"DynamicRange::", R"(Assertion min_? <= max_? failed)"}},
             .explains = {&diag::log_native_assertion},
             .samples = {{"[TRT] [E] 2: [quantization.cpp::DynamicRange::65] Error Code 2: Internal Error (Assertion min_ <= max_ failed. )", true}, {"[V] [quantization.cpp::DynamicRange::65] range set", false}}});
  rules.add({.diagnostic = &diag::log_calibration_cache_foreign, .category = int8, .rank = 64,
             .triggers = {{"calibration cache", R"((?i)(?P<text>.*calibration cache\b.{0,60}(?:(?:from|of|for) (?:a different|another)|does not match|mismatch|belongs to another).*))"}},
             .samples = {{"[WARNING] INT8 calibration cache does not match the network", true}, {"[ERROR] INT8 calibration failed: calibration cache is from a different network", true},
                         {"[I] [TRT] Reading Calibration Cache for calibrator: EntropyCalibration2", false}}});
  rules.add({.diagnostic = &diag::log_calibration_random, .category = int8, .rank = 60,
             .triggers = {{"using randomly generated input data"}, {"calibration data are random"}},
             .samples = {{"[W] Int8 Calibration is using randomly generated input data.", true}, {"[I] Generating random input data for inference", false}}});
  rules.add({.diagnostic = &diag::log_implicit_quantization, .category = int8, .role = Role::Note,
             .triggers = {{"Implicit quantization is deprecated"}, {"calibration is deprecated"}, {"IInt8Calibrator is deprecated"}},
             .samples = {{"[W] [TRT] Implicit quantization is deprecated in TensorRT 10.1. Superseded by explicit quantization.", true}, {"[I] quantization done", false}}});
}

}  // namespace pharos
