// Forms of operators that TensorRT does not have: attributes, outputs, computed inputs, types, devices.

#include <algorithm>

#include "catalog/log_models.h"
#include "catalog/log_operators.h"
#include "findings/judging.h"
#include "findings/operator_text.h"

namespace pharos {
namespace {

// What the message says, the node it is about, and what is known about the operator.
std::optional<Finding> limit(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  if (f.report.argument("what").empty()) set_argument(f, "what", c.hits.front().text.substr(0, 300));
  const FailingNode* n = node_at(c.log, c.hits.front().evidence.front().line);
  std::string where;
  std::vector<NamedOperator> operators;
  if (n) {
    where = " (" + n->op + (n->name.empty() && n->index == "-1" ? "" : " " + (n->name.empty() ? "#" + n->index : n->name)) + ")";
    operators.push_back({n->op, {}});
  }
  set_argument(f, "node", where);
  set_argument(f, "advice", operator_steps(operators, c.log, Language::English));
  set_argument(f, "advice_zh", operator_steps(operators, c.log, Language::Chinese));
  return f;
}

}  // namespace

void define_operator_limits(RuleSet& rules) {
  const std::vector<const Diagnostic*> import_failure{&diag::log_node_refused};
  rules.add({
      .diagnostic = &diag::log_op_einsum,
      .category = Category::UnsupportedOp,
      .rank = 78,
      .confidence = 0.95,
      .triggers = {{"Diagonal operations are not permitted", R"((?:\)? ?(?P<layer>[\w/.]+)? ?\[Einsum\]: )?(?P<what>Diagonal operations are not permitted in Einsum equation))"},
                   {"MAX_EINSUM_NB_INPUTS", "(?P<what>nbInputs > 0 && nbInputs <= MAX_EINSUM_NB_INPUTS)"},
                   {"EinsumLayer::", R"((?P<what>condition: .*))"},
                   {"[Einsum]: ", R"(\[Einsum\]: (?P<what>[^)]*(?:not (?:permitted|supported|allowed)|must|only|invalid)[^)]*))"},
                   {"in Einsum equation", R"((?P<what>[A-Z][^:(]*in Einsum equation.*))"},
                   {"does not support ellipsis", "(?P<what>.*(?i:einsum).*ellipsis.*)"},
                   {"einsum equation", R"((?P<what>(?i:(?:only|no|not|unsupported|invalid)[^"]*einsum equation[^"]*)))"}},
      .judge = limit,
      .explains = import_failure,
      .samples = {{"[E] 3: [einsumLayer.cpp::validateEquation::84] Error Code 3: Internal Error ((Unnamed Layer* 0) [Einsum]: Diagonal operations are not permitted in Einsum equation)", true},
                  {"[E] 3: [layers.cpp::EinsumLayer::5770] Error Code 3: API Usage Error (Parameter check failed at: optimizer/api/layers.cpp::EinsumLayer::5770, condition: nbInputs > 0 && nbInputs <= MAX_EINSUM_NB_INPUTS\n)", true},
                  {"[V] [TRT] Layer(Einsum): Einsum_3, Tactic: 0x0", false}},
      .reference = "TensorRT operators reference, IEinsumLayer",
  });
  rules.add({
      .diagnostic = &diag::log_op_output_unsupported,
      .category = Category::UnsupportedOp,
      .rank = 78,
      .triggers = {{"more output tensors than TRT expected", R"((?P<what>Node has more output tensors than TRT expected[^"]*))"},
                   {"does not support the indices output", R"((?P<what>[^"]*does not support the indices output[^"]*))"},
                   {"does not support training mode", R"((?P<what>[^"]*does not support training mode[^"]*))"},
                   {"only supports inference mode", R"((?P<what>[^"]*only supports inference mode[^"]*))"}},
      .judge = limit,
      .explains = import_failure,
      .samples = {{"[E] [8] Node has more output tensors than TRT expected, expected output size is 1, actual output size is 2.", true},
                  {"[E] [8] Assertion failed: node.output().size() == 1 && \"TensorRT does not support the indices output in MaxPool!\"", true},
                  {"[I] Detected 1 inputs and 1 output network tensors.", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_attribute_unsupported,
      .category = Category::UnsupportedOp,
      .rank = 76,
      .triggers = {{"ntialiasing is not supported", R"((?P<what>A?ntialiasing is not supported[^"]*))"},
                   {"does not support dilations", R"((?P<what>[^"]*does not support dilations[^"]*))"},
                   {"The attribute mode can only be", R"((?P<what>The attribute mode can only be [^"]*))"},
                   {"TensorRT only supports", R"((?P<what>TensorRT only supports [^"]*))"},
                   {"TensorRT currently supports only", R"((?P<what>TensorRT currently supports only [^"]*))"},
                   {"This version of TensorRT only supports", R"((?P<what>This version of TensorRT only supports [^"]*))"},
                   {"This version of TensorRT does not support", R"((?P<what>This version of TensorRT does not support [^"]*))"},
                   {"TensorRT does not support ", R"((?P<what>TensorRT does not support (?:[a-z\-]+ )*(?:mode|padding|attribute|broadcast|axis|axes|dilation|coordinate|reduction|antialias|keep|asymmetric|negative|group|direction|activation|layout|clip|sequence|opset)[^"]*))"},
                   {"nsupported mode for", R"((?P<what>[Uu]nsupported mode for[^"]*))"},
                   {"coordinate transformation mode", R"((?P<what>[^"]*(?:not support|unsupported|only)[^"]*coordinate transformation mode[^"]*|[^"]*coordinate transformation mode[^"]*(?:not support|unsupported)[^"]*))"}},
      .judge = [](const JudgeContext& c) -> std::optional<Finding> {
        if (hits_without(c, {&diag::log_op_needs_constant, &diag::log_op_output_unsupported, &diag::log_op_uint8}).empty()) return std::nullopt;
        return limit(c);
      },
      .explains = import_failure,
      .samples = {{R"([E] [8] Assertion failed: (mode == "nearest" || mode == "linear") && "The attribute mode can only be nearest, linear, or bilinear.")", true},
                  {R"([E] [8] Assertion failed: !antialias && "Antialiasing is not supported currently.")", true},
                  {R"([E] [8] Assertion failed: dilations.all() && "This version of TensorRT does not support dilations other than 1.")", true},
                  {R"([8] Assertion failed: (transformationMode == "asymmetric") && "This version of TensorRT only supports floor nearest_mode!")", true},
                  {"[W] [TRT] onnx2trt_utils.cpp:369: Your ONNX model has been generated with INT64 weights, while TensorRT does not natively support INT64. Attempting to cast down to INT32.", false}},
      .reference = "onnx-tensorrt docs/operators.md, column Restrictions",
  });
  rules.add({
      .diagnostic = &diag::log_op_needs_constant,
      .category = Category::UnsupportedOp,
      .rank = 79,
      .triggers = {{"does not support dynamic axes", R"((?P<what>[^"]*does not support dynamic axes[^"]*))"},
                   {"must be an initializer", R"((?P<what>[^"]*must be an initializer[^"]*))"},
                   {"has to be an initializer", R"((?P<what>[^"]*has to be an initializer[^"]*))"},
                   {"should be a constant tensor", R"((?P<what>[^"]*should be a constant tensor[^"]*))"},
                   {"must be a constant", R"((?P<what>[^"]*must be a constant[^"]*))"},
                   {"must be constant", R"((?P<what>[^"]*must be constant[^"]*))"},
                   {"must be a build-time constant", R"((?P<what>[^"]*must be a build-time constant[^"]*))"},
                   {"to be a constant", R"((?P<what>[^"]*(?:expected|required?s?) .*to be a constant[^"]*))"},
                   {"does not support dynamic ", R"((?P<what>[^"]*TensorRT does not support dynamic (?:pads?|K|scales?|sizes?|slices?|weights?|inputs?|roi|shapes? for)[^"]*))"},
                   {"inputs.at(1).is_weights()", R"((?P<what>inputs\.at\(1\)\.is_weights\(\)))"},
                   {"is_weights() && ", R"x((?P<what>inputs\.at\(\d\)\.is_weights\(\) && "[^"]*))x"},
                   {"resize scales", R"((?i)(?P<what>resize scales (?:must|has to|have to)[^"]*))"}},
      .judge = limit,
      .explains = import_failure,
      .samples = {{R"([E] [8] Assertion failed: inputs.at(1).is_weights() && "The second input must be an initializer.")", true},
                  {R"([8] Assertion failed: (axesInput.is_weights()) && "Axes input for unsqueeze operation should be a constant tensor.")", true},
                  {R"([8] Assertion failed: inputs.at(1).is_weights() && "This version of TensorRT does not support dynamic axes.")", true},
                  {"[8] Assertion failed: scales.is_weights() && \"Resize scales must be an initializer!\"", true},
                  {"[V] [TRT] Importing initializer: 12", false}},
      .reference = "onnx-tensorrt docs/operators.md, column Restrictions",
  });
  rules.add({
      .diagnostic = &diag::log_op_uint8,
      .category = Category::UnsupportedOp,
      .rank = 79,
      .triggers = {{"does not support UINT8 types for intermediate", "(?P<what>.*)"}, {"UINT8 is only supported as", "(?P<what>.*)"}},
      .judge = limit,
      .explains = import_failure,
      .samples = {{"[E] [8] Assertion failed: !isUint8 && \"TensorRT does not support UINT8 types for intermediate tensors!\"", true},
                  {"[I] Input(s)s format: uint8:CHW", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_type_unsupported,
      .category = Category::UnsupportedOp,
      .rank = 74,
      .triggers = {{"Unsupported ONNX data type", R"((?P<what>Unsupported ONNX data type: ?[\w() ]+))"},
                   {"convertDtype(", R"((?P<what>convertDtype\([^"]*))"},
                   {"data type is not supported", R"((?P<what>[^"]*data type is not supported[^"]*))"},
                   {"unsupported data type", R"((?P<what>(?i:unsupported data type)[^"]*))"},
                   {"has unsupported type", R"((?P<what>[^"]*has unsupported type[^"]*))"}},
      .judge = [](const JudgeContext& c) -> std::optional<Finding> {
        const auto hits = hits_without(c, {&diag::log_initializer_type});
        return hits.empty() ? std::nullopt : limit(c);
      },
      .explains = import_failure,
      .samples = {{"[E] [TRT] Unsupported ONNX data type: UINT8 (2)\nERROR: ModelImporter.cpp:54 In function importInput: [8] Assertion failed: convertDtype(onnxDtype.elem_type(), &trtDtype)", true},
                  {"[V] [TRT] Adding network input: x with dtype: float32, dimensions: (1, 3)", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_if_branches,
      .category = Category::UnsupportedOp,
      .rank = 78,
      .triggers = {{"subgraphs should have the same number of outputs", R"((?P<what>[^:"]*then/else subgraphs should have the same number of outputs[^"]*))"},
                   {"IIfConditionalOutputLayer", R"((?P<what>[^(]*IIfConditionalOutputLayer.*(?:same|must|mismatch|inputs).*))"},
                   {"conditional output", R"((?P<what>(?i:.*conditional output.*(?:same|must|mismatch|differ).*)))"},
                   {"IfConditional", R"((?P<what>.*IfConditional.*(?:same|must have|mismatch|differ).*))"}},
      .judge = limit,
      .explains = import_failure,
      .samples = {{"[E] [8] If_12: then/else subgraphs should have the same number of outputs.", true},
                  {"[E] [TRT] If_312_OutputLayer: IIfConditionalOutputLayer inputs must have the same shape. Shapes are [1,512] and [1,512,1].", true},
                  {"[V] [TRT] Parsing node: If_12 [If]", false}},
      .reference = "TensorRT developer guide, working with conditionals",
  });
  rules.add({
      .diagnostic = &diag::log_op_data_dependent,
      .category = Category::UnsupportedOp,
      .rank = 76,
      .triggers = {{"incompatible with data-dependent shapes", R"((?P<what>[^(]*requires foreign node optimizations incompatible with data-dependent shapes))"},
                   {"data-dependent shape", R"((?P<what>(?i:[^(]*data-dependent shapes?[^(]*(?:not supported|cannot|unsupported|must not)[^)]*)))"},
                   {"data dependent shape", R"((?P<what>(?i:[^(]*data dependent shapes?[^(]*(?:not supported|cannot|unsupported|must not)[^)]*)))"}},
      .judge = limit,
      .samples = {{"[E] 9: [standardEngineBuilder.cpp::buildEngine::2266] Error Code 9: Internal Error (Greater_1: requires foreign node optimizations incompatible with data-dependent shapes, so treating as error.)", true},
                  {"[V] output has a data-dependent shape", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_other_device,
      .category = Category::UnsupportedOp,
      .rank = 78,
      .triggers = {{"is only supported on ", R"((?P<what>\w[\w ]* is only supported on (?:[A-Z]\w*|SM ?\d|sm_?\d|compute|devices|GPUs|platforms)[^()]*?)(?: In \w+ at|\)|$))"},
                   {"only supported on SM", R"((?P<what>\w[\w ]* only supported on SM[^()]*))"},
                   {"is not supported on this platform", R"((?P<what>\w[\w ]* is not supported on this platform))"},
                   {"is not supported on this GPU", R"((?P<what>\w[\w ]* is not supported on this GPU))"},
                   {"is not supported on this device", R"((?P<what>\w[\w ]* is not supported on this device))"}},
      .judge = limit,
      .samples = {{"[E] INetworkDefinition::addMoE: Error Code 3: API Usage Error (Parameter check failed, condition: false. MoE is only supported on Thor In addMoE at /_src/optimizer/api/network.cpp:2191)", true},
                  {"[W] [TRT] TF32 is not supported by this device", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_dla_refused,
      .category = Category::UnsupportedOp,
      .rank = 72,
      .triggers = {{"does not support dynamic shapes in any dimension", R"((?P<what>DLA Layer .* does not support dynamic shapes in any dimension))"},
                   {"GPU fallback is not enabled", R"((?P<what>.*GPU fallback is not enabled.*))"},
                   {"DLA Node compilation Failed", R"((?P<what>.*DLA Node compilation Failed.*))"},
                   {"Large number of DLA graphs", R"((?P<what>.*Large number of DLA graphs.*))"},
                   {"DLA validation failed", R"((?P<what>.*DLA validation failed.*))"},
                   {"DLA can run only in", R"((?P<what>DLA can run only in .*))"},
                   {"DLA only supports ", R"((?P<what>.*DLA only supports .*))"}},
      .judge = limit,
      .samples = {{"[E] 4: DLA Layer Conv_0 does not support dynamic shapes in any dimension.", true},
                  {"[E] [TRT] Layer Softmax_3 is not supported on DLA and GPU fallback is not enabled.", true},
                  {"[I] DLACore: 0", false}},
      .reference = "TensorRT developer guide, working with DLA",
  });
  rules.add({
      .diagnostic = &diag::log_op_python_control,
      .category = Category::UnsupportedOp,
      .role = Role::Note,
      .triggers = {{"TracerWarning: ", R"((?P<text>TracerWarning: .*))"}},
      .samples = {{"/opt/model.py:31: TracerWarning: Converting a tensor to a Python boolean might cause the trace to be incorrect.", true},
                  {"[W] Warning: tracer off", false}},
      .reference = "PyTorch documentation, torch.onnx, avoiding pitfalls",
  });
}

}  // namespace pharos
