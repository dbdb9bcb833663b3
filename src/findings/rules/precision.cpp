// Reduced precision: weights that do not fit, layers that overflow, outputs that differ.

#include "catalog/log_precision.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category precision = Category::Precision;

constexpr size_t introduction = 2;  // the trigger of "encountered issues when converting weights", which counts nothing

std::optional<Finding> small_weights(const JudgeContext& c) {
  double subnormal = 0, underflow = 0;
  for (const Hit& h : c.hits) {
    if (h.trigger == introduction) continue;
    const double n = std::max(1.0, number_of(h.argument("n")));
    (icontains(h.text, "less than smallest") ? underflow : subnormal) += n;
  }
  Finding f = c.finding();
  set_argument(f, "subnormal", number_text(subnormal, 0));
  set_argument(f, "underflow", number_text(underflow, 0));
  // Subnormal weights keep most of their bits: worth a look at the accuracy, seldom a defect.
  if (underflow == 0) f.severity = Severity::Info;
  return f;
}

std::optional<Finding> plain(const JudgeContext& c) {
  Finding f = c.finding();
  for (const auto& name : {"layers", "layer", "value", "first", "second", "overflow", "runner", "output"}) add_argument(f, name, "?");
  return f;
}

std::optional<Finding> layernorm(const JudgeContext& c) {
  Finding f = c.finding();
  std::vector<std::string> layers = distinct(all_hits(c), "layers");
  set_argument(f, "layers", layers.empty() ? "-" : layers.front());
  return f;
}

std::optional<Finding> overflow(const JudgeContext& c) {
  Finding f = c.finding();
  double n = 0;
  for (const Hit& h : c.hits) n += std::max(1.0, number_of(h.argument("n")));
  set_argument(f, "overflow", number_text(n, 0));
  f.rank = 60;
  return f;
}

}  // namespace

void define_precision(RuleSet& rules) {
  rules.add({.diagnostic = &diag::log_fp16_small_weights, .category = precision, .rank = 56,
             .triggers = {{"subnormal FP16 values", R"((?:(?P<n>\d+) weights are affected.*)?(?i)subnormal FP16 values)"},
                          {"less than smallest positive FP16", R"(^(?:.*?\b(?P<n>\d+) weights are affected)?)"},
                          {"converting weights between types"}},
             .judge = small_weights,
             .samples = {{"[W] [TRT] - 240 weights are affected by this issue: Detected subnormal FP16 values.", true}, {"[I] weights loaded", false}},
             .reference = "NVIDIA/TensorRT#1787"});
  rules.add({.diagnostic = &diag::log_fp16_overflow_weights, .category = precision, .rank = 60,
             .triggers = {{"would overflow in FP16", R"(^(?:.*?\b(?P<n>\d+) weights are affected)?)"}},
             .judge = overflow, .explains = {&diag::log_fp16_small_weights},
             .samples = {{"[W] [TRT]  - 3 weights are affected by this issue: Detected finite FP32 values which would overflow in FP16 and converted them to the closest finite FP16 value.", true}, {"[I] no overflow", false}}});
  rules.add({.diagnostic = &diag::log_layernorm_fp16, .category = precision, .rank = 58,
             .triggers = {{"layernorm after self-attention in FP16"}, {"Detected layernorm nodes in FP16", R"(nodes in FP16: (?P<layers>.*))"}},
             .judge = layernorm,
             .samples = {{"[TRT] [W] Running layernorm after self-attention in FP16 may cause overflow.", true}, {"[I] layernorm fused", false}}});
  rules.add({.diagnostic = &diag::log_non_finite_outputs, .category = precision, .rank = 64,
             .triggers = {{"Inf Detected", R"((?P<what>Inf) Detected)"}, {"NaN Detected", R"((?P<what>NaN) Detected)"}, {"non-finite values were encountered", R"(^(?P<what>.{0,40}?) *\|?)"},
                          {"outputs contain NaN", R"((?P<what>NaN))"}, {"overflow detected", R"((?i)(?P<what>(?:FP16|half|BF16)[\w -]{0,12}overflow)(?: detected)?(?:.*? in (?:layer |output |tensor )?(?P<output>[\w./:]+))?)"}, {"output contains nan", R"((?i)(?P<what>nan))"}},
             .judge = plain,
             .samples = {{"[E]         Inf Detected | One or more non-finite values were encountered in this output", true}, {"[I] all finite", false}}});
  rules.add({.diagnostic = &diag::log_accuracy_mismatch, .category = precision, .rank = 52,
             .triggers = {{"Mismatched outputs", "(?P<text>.*)"}, {"Accuracy validation FAILED", "(?P<text>.*)"}, {"Difference exceeds tolerance", "(?P<text>.*)"}},
             .judge = plain,
             .samples = {{"[E]     FAILED | Mismatched outputs: ['output']", true}, {"[I] PASSED | All outputs matched", false}}});
  rules.add({.diagnostic = &diag::log_constraints_dropped, .category = precision, .rank = 50,
             .triggers = {{"obeys the requested constraints", R"(of layer (?P<layer>.+?) obeys)"}, {"obeys reformatting-free rules", R"((?P<layer>.{0,80}))"}},
             .judge = plain,
             .samples = {{"[W] [TRT] No implementation of layer conv1 obeys the requested constraints in strict mode. No conforming implementation was found", true}, {"[I] constraints obeyed", false}}});
  rules.add({.diagnostic = &diag::log_int64_clamped, .category = precision, .role = Role::Note,
             .triggers = {{"outside the range of INT32 was clamped"}},
             .samples = {{"[W] [TRT] onnx2trt_utils.cpp:403: One or more weights outside the range of INT32 was clamped", true}, {"[I] weights in range", false}}});
  rules.add({.diagnostic = &diag::log_float_clamped, .category = precision, .rank = 46,
             .triggers = {{"outside the range of FLOAT was clamped"}, {"is out of range. Clamping to", R"(: (?P<value>\S+) is out of range)"}}, .judge = plain,
             .samples = {{"[W] [TRT] Weight at index 0: -1.79769e+308 is out of range. Clamping to: -3.40282e+38", true}, {"[I] weights in range", false}}});
  rules.add({.diagnostic = &diag::log_tf32_unavailable, .category = precision, .role = Role::Harmless,
             .triggers = {{"hardware does not support TF32"}},
             .samples = {{"[W] [TRT] BuilderFlag::kTF32 is set but hardware does not support TF32. Disabling TF32.", true}, {"[I] TF32 on", false}}});
  rules.add({.diagnostic = &diag::log_mixed_types, .category = precision, .rank = 44,
             .triggers = {{"first input has type", R"((?P<layer>I\w+Layer).*first input has type (?P<first>\w+) but second input has type (?P<second>\w+))"}}, .judge = plain,
             .samples = {{"[W] [TRT] IElementWiseLayer with inputs a and b: first input has type Half but second input has type Float.", true}, {"[I] types agree", false}}});
  rules.add({.diagnostic = &diag::log_type_mismatch, .category = precision, .rank = 60,
             .triggers = {{"element type (", R"((?P<text>Input \d+'s element type \(\w+\) differs.*))"}}, .judge = plain,
             .samples = {{"[E] Input 0's element type (half) differs from input 1's element type (float).", true}, {"[I] the element type (half) is used", false}}});
  rules.add({.diagnostic = &diag::log_precision_without_hardware, .category = precision, .rank = 50,
             .triggers = {{"without native FP16 support", R"((?P<type>FP16))"}, {"hardware without native Int8", R"((?i)(?P<type>INT8))"}, {"hardware does not accelerate", R"(does not accelerate (?P<type>\w+))"},
                          {"hardware without native ", R"(native (?P<type>\w+))"}}, .judge = plain,
             .samples = {{"[W] [TRT] Half2 support requested on hardware without native FP16 support, performance will be negatively affected.", true}, {"[I] FP16 enabled", false}}});
  rules.add({.diagnostic = &diag::log_precision_not_enabled, .category = precision, .rank = 66,
             .triggers = {{"has been set for a layer or layer output", R"((?P<type>\w+) precision has been set for a layer or layer output, but \w+ is not configured)"}}, .judge = plain,
             .samples = {{"[E] [TRT] 4: [network.cpp::validate::3036] Error Code 4: API Usage Error (fp16 precision has been set for a layer or layer output, but fp16 is not configured in the builder)", true}, {"[V] precision has been set for a layer or layer output", false}}});
  rules.add({.diagnostic = &diag::log_precision_flag_removed, .category = precision, .rank = 64,
             .triggers = {{"has no attribute", R"(BuilderFlag' has no attribute '(?P<name>\w+)')"}}, .judge = plain,
             .samples = {{"AttributeError: type object 'tensorrt.tensorrt.BuilderFlag' has no attribute 'FP16'", true}, {"AttributeError: 'Foo' object has no attribute 'bar'", false}}});
  rules.add({.diagnostic = &diag::log_layer_precision_skipped, .category = precision, .role = Role::Harmless,
             .triggers = {{"Skipped setting precision"}},
             .samples = {{"[I] Skipped setting precisions for some layers. Check verbose logs for more details.", true}, {"[I] precision set", false}}});
}

}  // namespace pharos
