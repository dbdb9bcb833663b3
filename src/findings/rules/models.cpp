// Models that the parser cannot read.

#include "catalog/log_models.h"
#include "catalog/log_operators.h"
#include "findings/judging.h"
#include "findings/operator_text.h"

namespace pharos {
namespace {

constexpr Category parse = Category::ParseError;

// Placeholders that the pattern did not give come from the node that was being imported.
std::optional<Finding> at_node(const JudgeContext& c) {
  Finding f = c.finding();
  const FailingNode* node = node_at(c.log, c.hits.front().line);
  const std::string name = node ? (!node->name.empty() ? node->name : !node->output.empty() ? node->op + " -> " + node->output : node->op) : "a node";
  for (const auto& key : {"node", "file", "tensor", "what", "why", "type", "dims"}) {
    add_argument(f, key, std::string_view(key) == "node" ? name : std::string_view(key) == "type" ? "" : std::string_view(key) == "what" || std::string_view(key) == "why" ? c.hits.front().text.substr(0, 300) : "");
  }
  if (f.report.argument("file").empty()) set_argument(f, "file", c.log.onnx.file.empty() ? c.log.option("--onnx") : c.log.onnx.file);
  if (f.report.argument("file").empty()) set_argument(f, "file", "the model");
  set_argument(f, "advice", "");
  set_argument(f, "advice_zh", "");
  return f;
}

// What no rule of its own knows: the importer's reason, with what is known about the operator. Codes 8 and UNSUPPORTED_*
// say that the operator is valid and not supported.
std::optional<Finding> refused(const JudgeContext& c) {
  const auto hits = hits_without(c, {&diag::log_shape_inference_failed, &diag::log_broadcast_mismatch, &diag::log_reshape_volume, &diag::log_shape_tensor_rank,
                                     &diag::log_model_dangling_input, &diag::log_initializer_type, &diag::log_node_invalid, &diag::log_op_no_importer,
                                     &diag::log_op_plugin_not_loaded, &diag::log_op_needs_constant, &diag::log_op_attribute_unsupported, &diag::log_op_output_unsupported,
                                     &diag::log_op_einsum, &diag::log_op_if_branches, &diag::log_op_uint8, &diag::log_op_type_unsupported, &diag::log_op_plugin_create_failed});
  if (hits.empty()) return std::nullopt;
  Finding f = finding_of(c, hits);
  const std::string op(hits.front()->argument("node"));
  const std::string_view name = hits.front()->argument("name"), why = hits.front()->argument("why");
  if (!name.empty()) set_argument(f, "node", op + " " + std::string(name));
  if (why.starts_with("[8]") || why.starts_with("UNSUPPORTED")) f.category = Category::UnsupportedOp;
  set_argument(f, "advice", operator_steps({{op, {}}}, c.log, Language::English));
  set_argument(f, "advice_zh", operator_steps({{op, {}}}, c.log, Language::Chinese));
  return f;
}

Rule rule(const Diagnostic& d, int rank, std::vector<Trigger> triggers, std::vector<RuleSample> samples) {
  return {.diagnostic = &d, .category = parse, .rank = rank, .triggers = std::move(triggers), .judge = at_node, .may_follow_error = true, .samples = std::move(samples)};
}

}  // namespace

void define_models(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s) { rules.add(rule(d, rank, std::move(t), std::move(s))); };
  add(diag::log_model_missing, 70,
      {{"is not a regular file", R"((?:file: |not a regular file: )(?P<file>\S+)?)"}, {"Input file cannot be found"}, {"No such file or directory", R"((?i)(?P<file>[\w./~-]+\.onnx))"},
       {"ONNX file not found", R"(^(?:.*?(?P<file>\S+\.onnx))?)"}, {".onnx not found", R"((?P<file>\S+\.onnx))"}, {"NO_SUCHFILE", R"(Load model from (?P<file>\S+) failed)"}, {"File does not exist", R"((?P<file>\S+\.onnx))"}},
      {{"[E] Input file cannot be found, or is not a regular file: models/mc3_dynamic.onnx", true}, {"[E] Error parsing model: [Errno 2] No such file or directory: 'assets/model.onnx'", true},
       {"[I] Input filename:   model.onnx", false}});
  add(diag::log_model_not_onnx, 55,
      {{"Failed to parse ONNX model from file", R"(from file:? *(?P<file>[^\s!]+))"}, {"ONNX model protobuf", "(?i)(?:fail|invalid|error)"}, {"Protobuf parsing failed", R"((?:Load model from (?P<file>\S+) failed.*)?Protobuf parsing failed)"}, {"message.DecodeError", "Error parsing message"}, {"Error parsing message of type", ""}, {"Error parsing text-format", ""}},
      {{"[E] [TRT] ModelImporter.cpp:688: Failed to parse ONNX model from file: model.onnx!", true}, {"[I] parsed", false}});
  add(diag::log_model_external_missing, 70,
      {{"Failed to open file: ", R"(Failed to open file: (?P<file>\S+))"}, {"Could not open file ", R"(Could not open file (?P<file>\S+))"}, {"weights from external file", R"(external file: *(?P<file>\S+))"}},
      {{"[TRT] [E] onnx2trt_utils.cpp:1577: Failed to open file: 10356", true}, {"[I] opened the file", false}});
  add(diag::log_model_external_size, 70, {{"Unexpected size for the external weights", "(?P<what>Unexpected size.*)"}},
      {{"[E] Unexpected size for the external weights! Expected size: 4096 bytes. Actual size: 2048 bytes.", true}, {"[I] size ok", false}});
  add(diag::log_model_external_path, 70, {{"Relative paths to parent", "(?P<what>Relative paths.*)"}},
      {{"[E] Relative paths to parent (../) are not allowed in ONNX external weights! Found: ../w.bin", true}, {"[I] path ok", false}});
  rules.add({.diagnostic = &diag::log_model_ir_newer, .category = parse, .rank = 72, .triggers = {{"newer ir_version", R"(newer ir_version \((?P<ir>[\d.]+)\) than this parser was built against \((?P<parser>[\d.]+)\))"},
                          {"Unsupported model IR version", R"(Unsupported model IR version: (?P<ir>\d+), max supported IR version: (?P<parser>\d+))"}},
             .judge = [](const JudgeContext& c) -> std::optional<Finding> {
               Finding f = c.finding();
               set_argument(f, "what", "");
               add_evidence(f, c.others.hits(diag::log_model_dangling_input));
               // A newer model often parses all the same; it is the cause only where something failed.
               const bool failed = c.log.passed == false || c.log.errors > 0 || !build_succeeded(c.log);
               return failed ? f : as_note(std::move(f), 10);
             },
             .explains = {&diag::log_model_dangling_input, &diag::log_node_refused},
             .samples = {{"WARNING: ONNX model has a newer ir_version (0.0.6) than this parser was built against (0.0.3).", true}, {"ONNX IR version:  0.0.6", false}}});
  rules.add({.diagnostic = &diag::log_model_opset, .category = parse, .rank = 45, .triggers = {{"ONNX graphs generated with at least opset", "(?P<what>.*)"}, {"Opset version is not supported", "(?P<what>.*)"}, {"unsupported opset", "(?P<what>(?i:unsupported opset).*)"}},
             .judge = at_node, .samples = {{"[W] [TRT] TensorRT supports ONNX graphs generated with at least opset 7. Models using older opsets are not guaranteed to work.", true}, {"Opset version:    11", false}}});
  add(diag::log_model_dangling_input, 60, {{"Node input was not registered"}, {"tensors().count(", ""}, {"tensors.count(input", ""}},
      {{"[E] [6] Assertion failed: ctx->tensors().count(inputName) && \"Node input was not registered.\"", true}, {"[V] Searching for input: x", false}});
  add(diag::log_model_cycle, 64, {{"sort the model topologically"}, {"Failed to sort the model", ""}, {"graph contains a cycle", ""}},
      {{"[E] [5] Assertion failed: toposort(graph.node(), &topoOrder) && \"Failed to sort the model topologically.\"", true}, {"[V] sorted", false}});
  add(diag::log_initializer_type, 64, {{"unsupported datatype", R"(datatype \((?P<type>\d+)\) when importing initializer: (?P<tensor>\S+))"}, {"cannot be imported into TensorRT", R"(initializer (?P<tensor>\S+) cannot)"}},
      {{"[E] Found unsupported datatype (16) when importing initializer: w", true}, {"[V] Importing initializer: w", false}});
  add(diag::log_initializer_size, 64, {{"Size mismatch when importing initializer", R"(initializer: (?P<tensor>\S+?)\. Expected size: (?P<expected>\d+), actual size: (?P<actual>\d+))"}},
      {{"[E] Size mismatch when importing initializer: w. Expected size: 64, actual size: 32", true}, {"[V] Importing initializer: w", false}});
  add(diag::log_shape_tensor_rank, 74, {{"applied to shape tensor must have", R"((?:\((?P<node>[^():]+): )?IShuffleLayer applied to shape tensor.*dimensions were \[(?P<dims>[^\]]*)\])"}},
      {{"[shuffleNode.cpp::symbolicExecute::392] Error Code 4: Internal Error (Reshape_3: IShuffleLayer applied to shape tensor must have 0 or 1 reshape dimensions: dimensions were [-1,2])", true}, {"[V] shuffle", false}});
  add(diag::log_shape_inference_failed, 60, {{"Output shape can not be computed", R"((?P<why>Output shape can not be computed for node (?P<node>[^.)]+)))"}, {"computing output extent of node", R"(of node (?P<node>\S+))"}},
      {{"[E] Error[4]: ITensor::getDimensions: Error Code 4: Internal Error (Output shape can not be computed for node Concat_5.)", true}, {"[V] shape computed", false}});
  add(diag::log_broadcast_mismatch, 58, {{"broadcast dimensions must be conformable", "(?P<what>.*)"}, {"dimensions must be compatible for broadcast", "(?P<what>.*)"}, {"elementwise dimensions mismatch", "(?P<what>.*)"}, {"elementwise inputs must have", "(?P<what>.*)"}},
      {{"[E] Add_3: broadcast dimensions must be conformable", true}, {"[V] broadcast", false}});
  add(diag::log_reshape_volume, 60, {{"reshape changes volume", "(?P<what>[^(]*reshape changes volume.*)"}, {"would change volume. Reshap", "(?P<what>.*)"}},
      {{"[E] 4: [shuffleNode.cpp::symbolicExecute::387] Error Code 4: Internal Error (Reshape_9: reshape changes volume. Reshaping [1,512] to [8,512].)", true}, {"[V] reshape", false}});
  add(diag::log_model_too_deep, 64, {{"nested structures that exceed", "(?P<what>.*)"}}, {{"[E] ONNX graph contains nested structures that exceed the maximum allowed by TensorRT!", true}, {"[V] nested", false}});
  add(diag::log_model_caffe, 60, {{"Failed to parse caffe model", "(?P<what>.*)"}, {"could not parse layer type", "(?P<what>.*)"}}, {{"[E] Failed to parse caffe model or prototxt, tensors blob not found", true}, {"[I] caffe", false}});
  add(diag::log_model_uff, 60, {{"Failed to parse uff file", "(?P<what>.*)"}, {"UffParser: ", "(?P<what>UffParser: .*(?i:error|fail|unsupported|not).*)"}}, {{"[E] Failed to parse uff file", true}, {"[I] uff", false}});
  add(diag::log_model_too_large, 66, {{"exceeded maximum protobuf size", "(?P<what>.*)"}, {"larger than 2GiB", "(?P<what>.*)"}}, {{"[libprotobuf ERROR] onnx.ModelProto exceeded maximum protobuf size of 2GB", true}, {"[I] size", false}});
  add(diag::log_model_invalid, 58, {{"checker.ValidationError", "(?P<what>.*)"}, {"onnx.checker failed", "(?P<what>.*)"}}, {{"onnx.onnx_cpp2py_export.checker.ValidationError: Nodes in a graph must be topologically sorted", true}, {"onnx.checker passed", false}});
  add(diag::log_node_invalid, 40, {{"Invalid Node - ", R"(Invalid Node - (?P<node>\S+)(?P<why>.*))"}}, {{"[E] [6] Invalid Node - Pad_13", true}, {"[V] Parsing node: Pad_13", false}});
  rules.add({.diagnostic = &diag::log_node_refused,
             .category = parse,
             .rank = 30,
             .triggers = {{"In function import", R"x(In function (?:import)?(?P<node>\w+):? *(?P<why>\[\d+\].*))x"},
                          {" and operator: ", R"(In node \d+ with name: (?P<name>.*?) and operator: (?P<node>\w+) \(\w+\): (?P<why>[A-Z_]+:.*))"}},
             .judge = refused,
             .may_follow_error = true,
             .samples = {{"[E] ERROR: builtin_op_importers.cpp:3422 In function importResize: [8] Assertion failed: scales_input.is_weights()", true},
                         {"[E] In node 4 with name: /Reshape and operator: Reshape (importReshape): INVALID_NODE: Assertion failed: shape.size() == 1", true},
                         {"[E] In node -1 with name:  and operator:  (parseFromFile): INVALID_VALUE: Assertion failed: stat(file)", false},
                         {"[V] in function", false}},
             .reference = "onnx-tensorrt docs/operators.md"});
}

}  // namespace pharos
