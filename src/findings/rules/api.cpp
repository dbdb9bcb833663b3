// Wrong use of the API.

#include "catalog/log_api.h"
#include "catalog/log_notes.h"
#include "catalog/log_shapes.h"
#include "findings/condition_text.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category api = Category::ApiMisuse;

std::optional<Finding> told(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "what", c.hits.front().text.substr(0, 400));
  add_argument(f, "call", "a call");
  add_argument(f, "condition", "see the message");
  return f;
}

// The condition in words: most of these checks have a rule of no other kind.
std::optional<Finding> parameter_check(const JudgeContext& c) {
  Finding f = *told(c);
  std::string call(f.report.argument("call2"));
  if (!call.empty()) set_argument(f, "call", call);
  const ConditionMeaning& m = meaning_of(c.hits.front().argument("condition"));
  for (const Language l : {Language::English, Language::Chinese}) {
    const std::string suffix = l == Language::Chinese ? "_zh" : "";
    set_argument(f, "meaning" + suffix, std::string(m.meaning.in(l)));
    set_argument(f, "step" + suffix, std::string(m.step.in(l)));
  }
  return f;
}

}  // namespace

void define_api(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, bool follows, std::vector<Trigger> t, std::vector<RuleSample> s, std::vector<const Diagnostic*> explains = {}) {
    rules.add({.diagnostic = &d, .category = api, .rank = rank, .triggers = std::move(t), .judge = told, .explains = std::move(explains), .may_follow_error = follows, .samples = std::move(s)});
  };
  rules.add({.diagnostic = &diag::log_parameter_check,
             .category = api,
             .rank = 25,
             .triggers = {{"Parameter check failed", R"((?:at: \S*?::(?P<call>\w+)::\d+,?|(?:^|\s)(?P<call2>I\w+::\w+): Error).*?condition: (?P<condition>.{1,200}?)(?:\)?\s*$|\. In |\.\s))"},
                          {"Parameter check failed", R"(Parameter check failed(?:, condition: (?P<condition>[^.]{1,200}))?)"}},
             .judge = parameter_check,
             .may_follow_error = true,
             .samples = {{"[E] 3: Error Code 3: API Usage Error (Parameter check failed at: network.cpp::addInput::1671, condition: isValidDims(dims, true))", true},
                         {"[E] IRuntime::deserializeCudaEngine: Error Code 3: API Usage Error (Parameter check failed, condition: blob != nullptr. In deserialize at x.cpp:1)", true},
                         {"[I] parameter ok", false}},
             .reference = "TensorRT API reference"});
  add(diag::log_no_outputs, 66, true, {{"Network must have at least one output"}}, {{"[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)", true}, {"[I] Detected 1 inputs and 1 output network tensors.", false}}, {&diag::log_address_not_set});
  add(diag::log_address_not_set, 62, false, {{"Address is not set for "}, {"bindings[x] != nullptr"}, {"setTensorAddress before"}}, {{"[E] IExecutionContext::enqueueV3: Error Code 3: API Usage Error (Address is not set for input tensor x. Call setInputTensorAddress or setTensorAddress before enqueue/execute.)", true}, {"[I] address", false}});
  add(diag::log_refit, 62, false, {{"weights cannot be refitted"}, {"for refitting", R"((?i)missing .*for refitting)"}, {"Engine refit failed"}, {"Call IRefitter::getMissing", "(?i)missing \\d+ needed weights"}, {"Error in refit", ""}, {"engine is not refittable"}}, {{"[E] IRefitter::setNamedWeightsWithLocation: Error Code 3: API Usage Error (conv1.weight: The weights cannot be refitted. In x)", true}, {"[I] Refit: Disabled", false}});
  add(diag::log_weight_streaming, 62, false, {{"not built with weight streaming"}, {"mEnableWeightStreaming"}}, {{"[E] ICudaEngine::getMinimumWeightStreamingBudget: Error Code 3: API Usage Error (Parameter check failed, condition: mEnableWeightStreaming. This engine was not built with weight streaming support.)", true}, {"[I] Weight Streaming: Disabled", false}});
  add(diag::log_strongly_typed_flags, 64, false, {{"!config.getFlag(BuilderFlag::k"}, {"strongly typed network", R"((?i)(?:cannot|not allowed|error|invalid|must not))"}, {"stronglyTyped and", "(?i)cannot"}}, {{"[E] IBuilder::buildSerializedNetwork: Error Code 3: API Usage Error (Parameter check failed, condition: !config.getFlag(BuilderFlag::kFP16). )", true}, {"[I] Precision: Strongly Typed", false}});
  add(diag::log_plugin_twice, 62, false, {{"exists already. In loadLibrary"}, {"Cannot register the library as plugin"}}, {{"[E] IPluginRegistry::loadLibrary: Error Code 4: API Usage Error (Cannot register the library as plugin creator of Nothing exists already. In loadLibraryCommon)", true}, {"[I] plugin loaded", false}});
  add(diag::log_layer_types, 60, false, {{"requires Bool input"}, {"has incompatible input types"}, {"must have Bool type"}, {"must be activation type"}}, {{"[E] 3: (Unnamed Layer* 6) [TripLimit]: TripLimit::kWHILE requires Bool input", true}, {"[V] Bool input", false}});
  add(diag::log_layer_dims, 60, false, {{"concat input tensors must have the same dim"}, {"must have same dimensions except on"}, {"kernel weights has count", ""}, {"number of kernel weights does not match", ""}, {"dimensions mismatched at index"}}, {{"ERROR: [TRT]: 4: [layers.cpp::estimateOutputDims::1944] Error Code 4: Internal Error (route_15: all concat input tensors must have the same dimensions except on the concatenation axis (0), but dimensions mismatched at index 1.)", true}, {"[V] concat", false}});
  add(diag::log_fill_arguments, 62, false, {{"Alpha and beta tensor should be set"}, {"executeLinSpace"}}, {{"[E] 2: [fillRunner.cpp::executeLinSpace::46] Error Code 2: Internal Error (Assertion dims.nbDims == 1 failed. Alpha and beta tensor should be set when output an ND tensor)", true}, {"[V] fill", false}});
  add(diag::log_vectorized_query, 60, false, {{"Get bytes per component failed"}, {"Get components per element failed"}, {"VectorizedDim() result shall not"}}, {{"[E] 3: Get bytes per component failed, getBindingVectorizedDim() result shall not equal -1.", true}, {"[V] vectorized", false}});
  add(diag::log_multi_device, 60, false, {{"not a multi-device engine"}}, {{"[E] IExecutionContext::setCommunicator: Error Code 3: API Usage Error (Parameter check failed, condition: mIsMdEngine == true. The engine is not a multi-device engine.)", true}, {"[I] device", false}});
  add(diag::log_profile_in_use, 62, false, {{"has been chosen by another"}}, {{"[E] Profile 0 has been chosen by another IExecutionContext.", true}, {"[I] Profile 0 chosen", false}});
  add(diag::log_lifetime, 40, false, {{"leads to undefined behavior", R"((?i)destroying)"}}, {{"[E] Destroying a runtime before destroying deserialized engines created by the runtime leads to undefined behavior.", true}, {"[I] destroyed", false}});
  add(diag::log_network_reused, 62, false, {{"non-empty network definition"}}, {{"[E] Parse was called with a non-empty network definition", true}, {"[I] network definition", false}});
  add(diag::log_deprecated_flag, 30, false, {{"is deprecated and has no effect"}}, {{"[W] profileSharing0806 is on by default in TensorRT 10.0. This flag is deprecated and has no effect.", true}, {"[I] on by default", false}});
  add(diag::log_state_error, 30, true, {{"Error Code 9: ", "(?P<what>.*Invalid State.*)"}, {"INVALID_STATE: ", "(?P<what>.*)"}}, {{"[E] Error Code 9: Invalid State (context has no profile)", true}, {"[I] state", false}});
}

}  // namespace pharos
