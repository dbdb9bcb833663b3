// Calls with the wrong tensor, profile, batch or option.

#include "catalog/log_api.h"
#include "findings/judging.h"

namespace pharos {
namespace {

std::optional<Finding> told(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  add_argument(f, "what", c.hits.front().text.substr(0, 300));
  add_argument(f, "call", "a call");
  add_argument(f, "given", "asked for");
  return f;
}

}  // namespace

void define_api_calls(RuleSet& rules) {
  const std::vector<const Diagnostic*> check{&diag::log_parameter_check};
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, std::string_view reference) {
    rules.add({.diagnostic = &d, .category = Category::ApiMisuse, .rank = rank, .triggers = std::move(t), .judge = told, .explains = check, .samples = std::move(s), .reference = reference});
  };
  add(diag::log_binding_direction, 62,
      {{"bindingIsInput(", R"((?:::(?P<call>\w+)::\d+.*?)?condition: !?(?:\w+\.)?bindingIsInput)"}, {"is not an input tensor", R"((?:(?P<call>I\w+::\w+): .*)?is not an input tensor)"},
       {"== TensorIOMode::kINPUT", R"((?:(?P<call>I\w+::\w+): .*)?== TensorIOMode::kINPUT)"}},
      {{"[TRT] [E] 3: [engine.cpp::getProfileDimensions::1118] Error Code 3: API Usage Error (Parameter check failed at: engine.cpp::getProfileDimensions::1118, condition: mEngine.bindingIsInput(bindingIndex))", true},
       {"[I] input", false}},
      "TensorRT API reference, IExecutionContext");
  add(diag::log_profile_index, 62,
      {{"profileIndex < ", R"((?P<what>condition: .*profileIndex.*))"}, {"profileIndex >= ", R"((?P<what>condition: .*profileIndex.*))"},
       {"optimization profile index", R"((?i)(?P<what>.*profile index[^0-9]*(?P<given>\d+)?.*(?:invalid|out of|exceed|must be|larger).*))"},
       {"is not a valid profile", R"((?P<what>(?P<given>\S+) is not a valid profile.*))"}, {"Invalid profile index", R"((?i)(?P<what>invalid profile index:? ?(?P<given>\d*).*))"}},
      {{"[E] 3: [executionContext.cpp::setOptimizationProfileInternal::753] Error Code 3: API Usage Error (Parameter check failed at: executionContext.cpp, condition: profileIndex >= 0 && profileIndex < mEngine.getNbOptimizationProfiles())", true},
       {"[I] Profile 0 set", false}},
      "TensorRT developer guide, working with dynamic shapes");
  add(diag::log_layer_name_repeated, 60,
      {{"Repeated layer name", R"(Repeated layer name: (?P<name>.+?)(?: \(|\)|$))"}, {"Repeated tensor name", R"(Repeated tensor name: (?P<name>.+?)(?: \(|\)|$))"},
       {"mInputs.contains(name)", R"((?:tensor with name|input) (?P<name>[^\s)]+) already exists)"}, {"already exists", R"((?:[Tt]ensor|[Ii]nput|[Ll]ayer)(?: with)? name:? (?P<name>[^\s)]+) already exists)"},
       {"must have distinct names", R"((?P<name>[\w/.:]+)?[^:]*must have distinct names)"}},
      {{"[E] Repeated layer name: conv1 (layers must have distinct names)", true},
       {"[TRT] [E] 4: [network.cpp::validate::2671] Error Code 4: Internal Error (Repeated layer name: block/conv (layers must have distinct names))", true}, {"[V] layer name: conv1", false}},
      "TensorRT API reference, ILayer::setName");
  add(diag::log_output_allocator, 63,
      {{"Neither address or allocator is set", R"(for output tensor (?P<tensor>[^\s).]+))"}, {"output allocator is not set", R"((?i)(?:tensor (?P<tensor>[^\s).]+).*)?output allocator is not set)"}},
      {{"[E] IExecutionContext::enqueueV3: Error Code 3: API Usage Error (Parameter check failed, condition: mOutputAllocator. Neither address or allocator is set for output tensor boxes. Call setOutputTensorAddress, setTensorAddress or setOutputAllocator before enqueue/execute.)", true},
       {"[I] output boxes", false}},
      "TensorRT developer guide, dynamically shaped output");
  add(diag::log_ep_option_unknown, 66,
      {{"Unknown provider option", R"x(Unknown provider option: ['"]?(?P<option>\w+))x"}, {"Invalid TensorRT EP option", R"x(EP option:? ['"]?(?P<option>\w+))x"},
       {"Unknown option for TensorRT", R"x(option for TensorRT\w*(?: EP)?:? ['"]?(?P<option>\w+))x"}},
      {{"[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Unknown provider option: \"trt_engine_hw_compatible\".", true}, {"[I] provider option: trt_fp16_enable", false}},
      "ONNX Runtime documentation, TensorRT execution provider; microsoft/onnxruntime#21484");
  add(diag::log_batch_call_mismatch, 60,
      {{"hasImplicitBatchDimension()", R"((?:execut\w+|enqueue\w*)::\d+, (?P<what>condition: !?\S*hasImplicitBatchDimension\(\)))"}, {"use execute without batch size", R"((?P<what>Explicit batch network.*))"}},
      {{"[E] 3: [executionContext.cpp::execute::301] Error Code 3: API Usage Error (Parameter check failed at: executionContext.cpp::execute::301, condition: mEngine.hasImplicitBatchDimension())", true},
       {"[W] [TRT] hasImplicitBatchDimension is deprecated and always return false.", false}},
      "TensorRT API reference, IExecutionContext");
  add(diag::log_trtexec_usage, 64,
      {{"Incompatible load and save engine", "(?P<what>Incompatible load and save.*)"}, {"Model missing or format not recognized", "(?P<what>Model missing.*)"},
       {"No model file given", "(?P<what>No model.*)"}, {"profiles must be contiguous", "(?P<what>.*)"}, {"Plugin libraries are not supported", "(?P<what>.*)"},
       {"options must be specified with", "(?P<what>.*)"}},
      {{"[E] Incompatible load and save engine options selected", true}, {"[E] Model missing or format not recognized", true}, {"[I] Load engine: model.engine", false}}, "trtexec --help");
  add(diag::log_io_formats_count, 62,
      {{"IOFormats must match network", R"((?P<what>The number of \w+IOFormats must match.*))"}},
      {{"[E] The number of inputIOFormats must match network's inputs or be one for broadcasting.", true}, {"[I] Input(s)s format: fp32:CHW", false}}, "trtexec --help");
  rules.add({.diagnostic = &diag::log_refit_flags,
             .category = Category::ApiMisuse,
             .role = Role::Note,
             .triggers = {{"Unset previous flag because", R"((?P<what>[^.]*mutually exclusive))"}},
             .samples = {{"[W] Unset previous flag because kREFIT, kREFIT_INDIVIDUAL and kREFIT_IDENTICAL are mutually exclusive.", true}, {"[I] Refit: Enabled", false}},
             .reference = "TensorRT API reference, BuilderFlag"});
}

}  // namespace pharos
