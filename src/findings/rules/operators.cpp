// Operators without importer or plugin, plugins that are missing.

#include <algorithm>
#include <tuple>
#include <map>

#include "catalog/log_models.h"
#include "catalog/log_operators.h"
#include "findings/judging.h"
#include "findings/operator_text.h"

namespace pharos {
namespace {

enum NoImporter : size_t { PluginNotFound, NoImporterRegistered, CreatorMissing, RegistryMiss, SaidUnsupported, SaidNotSupported };

// The operator a hit is about: what the message says, else the node that was being imported.
NamedOperator operator_of(const Hit& h, const LogModel& log) {
  NamedOperator out{std::string(h.argument("op")), {}};
  if (const FailingNode* n = node_at(log, h.evidence.empty() ? h.line : h.evidence.front().line)) {
    if (out.op.empty()) out.op = n->op;
    if (out.op == n->op) out.nodes.push_back(!n->name.empty() ? n->name : !n->output.empty() ? n->output : n->index);
  }
  if (out.nodes.empty() && !h.argument("node").empty()) out.nodes.emplace_back(h.argument("node"));
  return out;
}

void merge(std::vector<NamedOperator>& all, NamedOperator one) {
  const auto known = std::find_if(all.begin(), all.end(), [&](const NamedOperator& o) { return o.op == one.op; });
  if (known == all.end()) { all.push_back(std::move(one)); return; }
  for (std::string& n : one.nodes) {
    if (std::find(known->nodes.begin(), known->nodes.end(), n) == known->nodes.end()) known->nodes.push_back(std::move(n));
  }
}

void describe(Finding& f, const std::vector<NamedOperator>& operators, const LogModel& log) {
  set_argument(f, "ops", operator_names(operators, Language::English));
  set_argument(f, "ops_zh", operator_names(operators, Language::Chinese));
  set_argument(f, "advice", operator_steps(operators, log, Language::English));
  set_argument(f, "advice_zh", operator_steps(operators, log, Language::Chinese));
}

// "Attempting to import as plugin" alone says nothing yet: the attempt may succeed. A registry that lacks a plugin while an
// engine is loaded is another finding.
std::optional<Finding> no_importer(const JudgeContext& c) {
  // Its own words, that is: the registry's line is a trigger of both.
  const std::span<const Hit> at_load = c.others.hits(diag::log_op_plugin_missing_at_load);
  const bool loading = std::any_of(at_load.begin(), at_load.end(), [](const Hit& h) { return h.trigger == 0 || h.trigger == 3; });
  std::vector<const Hit*> failed;
  for (const Hit& h : c.hits) {
    const bool attempt = h.trigger == NoImporterRegistered && (icontains(h.text, "Attempting to import") || h.level > Level::Warning) && h.level != Level::None;
    const bool registry = h.trigger == CreatorMissing || h.trigger == RegistryMiss;
    if (!attempt && !(registry && (loading || is_run_stage(h.stage)))) failed.push_back(&h);
  }
  if (failed.empty()) return std::nullopt;
  // The message with the reason carries the cause; the registry's own line comes before it.
  std::stable_sort(failed.begin(), failed.end(), [](const Hit* a, const Hit* b) {
    const auto weight = [](const Hit* h) { return h->trigger == PluginNotFound ? 0 : 1; };
    return weight(a) < weight(b);
  });
  Finding f = finding_of(c, failed);
  std::vector<NamedOperator> operators;
  for (const Hit* h : failed) merge(operators, operator_of(*h, c.log));
  if (operators.size() > 1) std::erase_if(operators, [](const NamedOperator& o) { return o.op.empty(); });
  describe(f, operators, c.log);
  return f;
}

std::optional<Finding> with_advice(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  std::vector<NamedOperator> operators;
  for (const Hit& h : c.hits) merge(operators, operator_of(h, c.log));
  if (f.report.argument("op").empty() && !operators.empty()) set_argument(f, "op", operators.front().op);
  describe(f, operators, c.log);
  return f;
}

// A registry miss is this one only where an engine was being loaded.
std::optional<Finding> missing_at_load(const JudgeContext& c) {
  const bool says_so = std::any_of(c.hits.begin(), c.hits.end(), [](const Hit& h) { return h.trigger == 0 || is_run_stage(h.stage); });
  if (!says_so) return std::nullopt;
  std::vector<const Hit*> hits = all_hits(c);
  std::stable_sort(hits.begin(), hits.end(), [](const Hit* a, const Hit* b) { return !a->argument("op").empty() && b->argument("op").empty(); });
  Finding f = finding_of(c, hits);
  for (const auto& [name, en, zh] : {std::tuple{"op", "that the log does not name", "（日志未给出名称）"}, std::tuple{"version", "unknown", "未知"}}) {
    if (!f.report.argument(name).empty()) continue;
    set_argument(f, name, en);
    set_argument(f, std::string(name) + "_zh", zh);
  }
  return f;
}

std::optional<Finding> plugin_fields(const JudgeContext& c) {
  Finding f = c.finding();
  const std::vector<std::string> names = distinct(all_hits(c), "attribute");
  set_argument(f, "attributes", listed(names, 5, Language::English));
  set_argument(f, "attributes_zh", listed(names, 5, Language::Chinese));
  return f;
}

std::optional<Finding> create_failed(const JudgeContext& c) {
  Finding f = c.finding();
  const FailingNode* n = node_at(c.log, c.hits.front().evidence.front().line);
  if (f.report.argument("plugin").empty() && n) set_argument(f, "plugin", n->op);
  set_argument(f, "node", n ? " (node " + (n->name.empty() ? n->index : n->name) + ")" : "");
  return f;
}

}  // namespace

void define_operators(RuleSet& rules) {
  rules.add({
      .diagnostic = &diag::log_op_no_importer,
      .category = Category::UnsupportedOp,
      .rank = 80,
      .confidence = 0.95,
      .triggers = {{"Plugin not found, are the plugin name", R"((?:In node (?P<node>\d+) .*?)?(?:and operator: (?P<op>\S+) .*?)?Plugin not found)"},
                   {"No importer registered for op", R"(No importer registered for op: ?(?P<op>\w+))"},
                   {"getPluginCreator could not find plugin", R"(could not find plugin:? (?P<op>[^\s,]+),? version:? ?(?P<version>[^\s,)]+))"},
                   {"Cannot find plugin:", R"(Cannot find plugin: ?(?:Name: ?)?(?P<op>[^,\s]+),? version: ?(?P<version>[^,\s]+))"},
                   {"not found in registry", R"((?i:plugin):? '?(?P<op>[A-Z]\w*)'? (?:was )?not found in registry)"},
                   {"unsupported operator", R"((?i:unsupported operators?(?: found)?):? ['"`]?(?P<op>[A-Z]\w*))"},
                   {"is not supported", R"((?i:\boperator|\bop|\bnode) ['"`]?(?P<op>[A-Z]\w*)['"`]? is not supported(?: by TensorRT| in (?:this version of )?TensorRT|\.|$))"}},
      .judge = no_importer,
      .explains = {&diag::log_node_refused, &diag::log_op_plugin_field, &diag::log_op_plugin_create_failed},
      .samples = {{R"([E] [TRT] ModelImporter.cpp:773: While parsing node number 1 [NonZero -> "_1"]:
[E] [TRT] ModelImporter.cpp:778: ERROR: builtin_op_importers.cpp:4890 In function importFallbackPluginImporter:
[8] Assertion failed: creator && "Plugin not found, are the plugin name, version, and namespace correct?")", true},
                  {"[TensorRT] ERROR: INVALID_ARGUMENT: getPluginCreator could not find plugin InstanceNormalization_TRT version 1", true},
                  {"ERROR: ModelImporter.cpp:134 In function parseGraph: [8] No importer registered for op: NonZero", true},
                  {"[05/20/2025-22:23:29] [E] IPluginRegistry::getCreator: Error Code 4: API Usage Error (Cannot find plugin: DCNv2, version: 1, namespace:.)", true},
                  {"[ERROR] Unsupported operator: GridSample", true},
                  {"[I] [TRT] No importer registered for op: EfficientNMS_TRT. Attempting to import as plugin.\n[I] [TRT] Successfully created plugin: EfficientNMS_TRT", false}},
      .reference = "onnx-tensorrt docs/operators.md; TensorRT developer guide, chapter on custom layers",
  });
  rules.add({
      .diagnostic = &diag::log_op_plugin_not_loaded,
      .category = Category::UnsupportedOp,
      .rank = 82,
      .confidence = 0.95,
      .triggers = {{"plugin was not found in the plugin registry", R"((?:and operator: (?P<op>\S+) .*)?(?:^|[:" ])(?P<plugin>\w+) plugin was not found in the plugin registry)"}},
      .judge = with_advice,
      .explains = {&diag::log_node_refused},
      .samples = {{"In node 1481 with name: 2569 and operator: RoiAlign (importRoiAlign): UNSUPPORTED_NODE: Assertion failed: plugin != nullptr: ROIAlign plugin was not found in the plugin registry!", true},
                  {"[V] [TRT] Registered plugin creator - ::ROIAlign_TRT version 1", false}},
      .reference = "TensorRT developer guide, initLibNvInferPlugins",
  });
  rules.add({
      .diagnostic = &diag::log_op_plugin_missing_at_load,
      .category = Category::UnsupportedOp,
      .rank = 85,
      .confidence = 0.95,
      .triggers = {{"corresponding IPluginCreator not found", R"((?:plugin (?P<op>\w+_\w+) )?since corresponding IPluginCreator)"},
                   {"getPluginCreator could not find plugin", R"(could not find plugin:? (?P<op>[^\s,]+),? version:? ?(?P<version>[^\s,)]+))"},
                   {"Cannot find plugin:", R"(Cannot find plugin: ?(?:Name: ?)?(?P<op>[^,\s]+),? version: ?(?P<version>[^,\s]+))"},
                   {"Cannot deserialize plugin with empty"}},
      .judge = missing_at_load,
      .samples = {{"[TensorRT] ERROR: 3: getPluginCreator could not find plugin: ScatterND version: 1\n"
                   "[TensorRT] ERROR: 1: [pluginV2Runner.cpp::load::292] Error Code 1: Serialization (Serialization assertion creator failed.Cannot deserialize plugin since corresponding IPluginCreator not found in Plugin Registry)", true},
                  {"[V] Plugin creator already registered - ::NMS_TRT version 1", false}},
      .reference = "TensorRT developer guide, initLibNvInferPlugins",
  });
  rules.add({
      .diagnostic = &diag::log_op_not_onnx,
      .category = Category::UnsupportedOp,
      .rank = 70,
      .triggers = {{"No Op registered for", R"(No Op registered for (?P<op>[\w.:]+) with domain_version of (?P<opset>\d+))"},
                   {"is not a registered function/op", R"((?P<op>[\w.:]+)\((?P<opset>-?\d+)\) is not a registered function/op)"},
                   {"No opset import for domain", R"(No opset import for domain:? ?'?(?P<op>[\w.]*))"}},
      .judge = with_advice,
      .samples = {{"[E] LINT | Name: N-1, Op: UnknownNode1 | No Op registered for UnknownNode1 with domain_version of 11", true},
                  {"onnxruntime.capi.onnxruntime_pybind11_state.Fail: [ONNXRuntimeError] : 1 : FAIL : Fatal error: mmcv:NonMaxSuppression(-1) is not a registered function/op", true},
                  {"[I] Registered plugin creator - mmcv", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_plugin_field,
      .category = Category::UnsupportedOp,
      .role = Role::Note,
      .triggers = {{"not found in plugin node", R"(Attribute (?P<attribute>\S+) not found in plugin node)"}},
      .judge = plugin_fields,
      .samples = {{"[W] [TRT] builtin_op_importers.cpp:5245: Attribute class_agnostic not found in plugin node! Ensure that the plugin creator has a default value defined or the engine may fail to build.", true},
                  {"[I] [TRT] Successfully created plugin: EfficientNMS_TRT", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_plugin_create_failed,
      .category = Category::UnsupportedOp,
      .rank = 75,
      .triggers = {{"Could not create plugin", R"(Could not create plugin(?:[: ]+(?P<plugin>\w+))?)"},
                   {"Failed to create plugin", R"((?i)failed to create plugin(?:[: ]+['"]?(?P<plugin>\w+))?)"},
                   {"Plugin creation failed", R"((?:(?P<plugin>\w+): )?Plugin creation failed)"}},
      .judge = create_failed,
      .explains = {&diag::log_node_refused},
      .samples = {{"[E] [8] Assertion failed: plugin && \"Could not create plugin\"", true}, {"[I] Successfully created plugin: X", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_export_refused,
      .category = Category::UnsupportedOp,
      .rank = 75,
      .triggers = {{"Exporting the operator", R"(Exporting the operator ['"]?(?:aten::)?(?P<op>[\w:]+)['"]? to ONNX opset version (?P<opset>\d+) is not supported)"},
                   {"no symbolic function for", R"((?i)no symbolic function for (?:the operator )?['"]?(?:aten::)?(?P<op>[\w:]+))"}},
      .judge = with_advice,
      .samples = {{"torch.onnx.errors.UnsupportedOperatorError: Exporting the operator 'aten::grid_sampler' to ONNX opset version 11 is not supported. Please feel free to request support or submit a pull request", true},
                  {"Exporting the model to ONNX finished", false}},
      .reference = "PyTorch documentation, torch.onnx, supported operators",
  });
  rules.add({
      .diagnostic = &diag::log_op_legacy_unsupported,
      .category = Category::UnsupportedOp,
      .rank = 75,
      .triggers = {{"Unsupported operation _", R"((?P<format>Uff|UFF)?\S*[Pp]arser.*Unsupported operation _(?P<op>\w+))"},
                   {"could not parse layer type", R"((?i)could not parse layer type (?P<op>\w+))"}},
      .judge = [](const JudgeContext& c) -> std::optional<Finding> {
        Finding f = finding_of(c, all_hits(c));
        set_argument(f, "format", c.hits.front().trigger == 0 ? "UFF" : "Caffe");
        return f;
      },
      .samples = {{"[TensorRT] ERROR: UffParser: Validator error: prefix/NonZero: Unsupported operation _NonZero", true},
                  {"[E] could not parse layer type Permute", true}, {"[TensorRT] INFO: UffParser: Parsing input", false}},
  });
}

}  // namespace pharos
