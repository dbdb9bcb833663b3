// Operators that run outside TensorRT or outside the DLA.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "catalog/log_operators.h"
#include "facts/fact.h"
#include "findings/judging.h"
#include "findings/operator_text.h"

namespace pharos {
namespace {

// One finding for all operators that fall back, with what they cost where the log holds a profile.
std::optional<Finding> fallback(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  std::vector<NamedOperator> operators;
  std::vector<std::string> places;
  for (const Hit& h : c.hits) {
    std::string op(h.argument("op"));
    op.erase(0, op.find_last_of(" '\"") + 1);  // "operator 'Foo"
    const auto known = std::find_if(operators.begin(), operators.end(), [&](const NamedOperator& o) { return o.op == op; });
    if (known == operators.end()) operators.push_back({op, {}});
    std::string where(h.argument("where"));
    if (where.empty()) where = icontains(h.text, "CPU") ? "CPU" : "the framework";
    if (std::find(places.begin(), places.end(), where) == places.end()) places.push_back(where);
  }
  if (operators.size() > 1) std::erase_if(operators, [](const NamedOperator& o) { return o.op.empty(); });
  for (const Language l : {Language::English, Language::Chinese}) {
    const std::string suffix = l == Language::Chinese ? "_zh" : "";
    set_argument(f, "ops" + suffix, operator_names(operators, l));
    set_argument(f, "advice" + suffix, operator_steps(operators, c.log, l));
    const std::string cost = operator_cost(operators, c.log, l);
    set_argument(f, "cost" + suffix, cost.empty() ? "" : (l == Language::Chinese ? "：" : ": ") + cost);
    if (!cost.empty()) f.confidence = 0.98;
  }
  set_argument(f, "where", listed(places, 3, Language::English));
  return f;
}

// What a framework computes in every graph: nothing to convert.
bool is_plumbing(std::string_view op) {
  constexpr std::array ops{"NoOp", "Placeholder", "Identity", "IdentityN", "Const", "Shape", "Reshape", "Cast", "Pack", "StridedSlice", "ReadVariableOp", "VarHandleOp",
                           "PartitionedCall", "StatefulPartitionedCall", "Range", "Fill", "ExpandDims", "Squeeze"};
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

// "- NonMaxSuppressionV4 -> 3x - NoOp -> 2x" of TF-TRT's report.
bool lists_work(std::string_view text) {
  for (size_t at = text.find(" -> "); at != text.npos; at = text.find(" -> ", at + 1)) {
    const size_t count = text.find_first_not_of("0123456789", at + 4);
    const size_t start = text.find_last_of(" \t-", at - 1) + 1;
    if (count != text.npos && count > at + 4 && text[count] == 'x' && !is_plumbing(text.substr(start, at - start))) return true;
  }
  return false;
}

// A note, since every graph has such nodes, unless the log shows work that leaves the device, or copies on its account.
std::optional<Finding> partition(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  for (const Hit& h : c.hits) {
    if (!icontains(h.text, "Memcpy nodes are added") && !lists_work(h.text)) continue;
    f = c.finding(h);
    add_evidence(f, c.hits, 8);
    f.severity = Severity::Warning;
    f.role = Role::Cause;
    f.rank = 60;
    set_argument(f, "what", h.text.substr(h.text.find_first_not_of("# \t"), 300));
    return f;
  }
  set_argument(f, "what", c.hits.front().text.substr(0, 300));
  return f;
}

std::optional<Finding> native_segment(const JudgeContext& c) {
  Finding f = finding_of(c, all_hits(c));
  if (f.report.argument("reason").empty()) set_argument(f, "reason", "no reason told");
  return f;
}

std::optional<Finding> dla_layers(const JudgeContext& c) {
  Finding f = c.finding();
  const std::vector<std::string> layers = distinct(all_hits(c), "layer");
  set_argument(f, "layers", listed(layers, 5, Language::English));
  set_argument(f, "layers_zh", listed(layers, 5, Language::Chinese));
  return f;
}

std::optional<Finding> torch(const JudgeContext& c) {
  std::vector<const Hit*> hits = all_hits(c);
  std::erase_if(hits, [](const Hit* h) { return !h->argument("all").empty() && h->argument("all") == h->argument("converted"); });
  if (hits.empty()) return std::nullopt;
  Finding f = finding_of(c, hits);
  const std::vector<std::string> ops = distinct(hits, "op");
  const auto counted = std::find_if(hits.begin(), hits.end(), [](const Hit* h) { return !h->argument("all").empty(); });
  std::string names = listed(ops, 6, Language::English);
  if (ops.empty() && counted != hits.end()) {
    names = fmt::format("{} of {} operators", number_text(number_of((*counted)->argument("all")) - number_of((*counted)->argument("converted")), 0), (*counted)->argument("all"));
  }
  set_argument(f, "ops", names);
  return f;
}

}  // namespace

void define_operators_fallback(RuleSet& rules) {
  rules.add({
      .diagnostic = &diag::log_op_fallback,
      .category = Category::UnsupportedOp,
      .rank = 75,
      .confidence = 0.95,
      .triggers = {{"Falling back to CPU", R"((?i)falling back to (?P<where>CPU)(?: implementation)?(?: for (?:plugin|op|operator|layer|node)?:? ?['"]?(?P<op>[A-Za-z]\w*))?)"},
                   {"TensorRT does not support layer", R"(does not support (?:layer|operator|op|node):? ?['"]?(?P<op>[A-Za-z]\w*)['"]?(?:.*fall(?:ing|s)? back to (?:the )?(?P<where>[\w-]+))?)"},
                   {"falling back to framework", R"((?:(?:[Ll]ayer|[Oo]perator|[Nn]ode):? ['"]?(?P<op>[A-Z]\w*)['"]? (?:is )?)?(?:not supported.*)?falling back to (?:the )?(?P<where>framework))"},
                   {"falling back to native", R"((?:(?:[Ll]ayer|[Oo]perator|[Nn]ode):? ['"]?(?P<op>[A-Z]\w*)['"]?.*)?falling back to (?:the )?(?P<where>native \w+))"},
                   {"falling back to PyTorch", R"((?:(?P<op>\w+::\w+|(?i:operator|layer|node):? ['"]?[A-Z]\w+).*)?(?i:falling back to (?P<where>PyTorch)))"},
                   {"fall back to PyTorch", R"((?:(?P<op>\w+::\w+|(?i:operator|layer|node):? ['"]?[A-Z]\w+).*)?(?i:fall(?:ing)? back to (?P<where>PyTorch)))"},
                   {"falling back to TensorFlow", R"((?:(?i:op type|operator|op|node):? ['"]?(?P<op>[A-Z]\w+).*)?(?i:falling back to (?P<where>TensorFlow)))"},
                   {"fallback to CPU", R"((?i:(?:op|operator|node|layer):? ['"]?)(?P<op>[A-Z]\w*).*(?i:fall ?back to (?P<where>CPU)))"}},
      .judge = fallback,
      .samples = {{"[WARNING] Falling back to CPU implementation for plugin: ResizeNearest", true},
                  {"[WARNING] Layer not supported, falling back to framework", true},
                  {"[WARNING] TensorRT does not support layer: ScatterND, falling back to framework", true},
                  {"[03/14/2025-09:26:53] [W] [TRT] Falling back to CPU implementation for plugin: ResizeNearest", true},
                  {"[W] [TRT] Missing scale and zero-point for tensor x, expect fall back to non-int8 implementation for any layer consuming or producing given tensor", false}},
      .reference = "onnx-tensorrt docs/operators.md",
  });
  rules.add({
      .diagnostic = &diag::log_op_partition,
      .category = Category::UnsupportedOp,
      .role = Role::Note,
      .triggers = {{"in the graph that are not converted to TensorRT"},
                   {"Some nodes were not assigned to the preferred execution providers"},
                   {"number of subgraphs running on TensorRT execution provider", R"(running on TensorRT execution provider(?: is|:) (?:[2-9]|\d\d))"},
                   {"Graph partitioned into", R"(Graph partitioned into (?:[2-9]|\d\d))"},
                   {"have been excluded from TensorRT"},
                   {"Memcpy nodes are added to the graph", R"(\d+ Memcpy nodes are added)"},
                   {"unsupported/non-converted OP Report"}},
      .judge = partition,
      .samples = {{"There are 47 ops of 12 different types in the graph that are not converted to TensorRT: Reshape, NoOp, Placeholder", true},
                  {"2024-05-02 10:00:00.123 [W:onnxruntime:, session_state.cc:1162 VerifyEachNodeIsAssignedToAnEp] Some nodes were not assigned to the preferred execution providers which may or may not have an negative impact on performance.", true},
                  {"[TensorRT EP] Graph is partitioned and number of subgraphs running on TensorRT execution provider is 4", true},
                  {"[W:onnxruntime:, transformer_memcpy.cc:74 ApplyImpl] 5 Memcpy nodes are added to the graph main_graph for CUDAExecutionProvider. It might have negative impact on performance", true},
                  {"[TensorRT EP] Graph is partitioned and number of subgraphs running on TensorRT execution provider is 1", false}},
      .reference = "ONNX Runtime documentation, TensorRT execution provider",
  });
  rules.add({
      .diagnostic = &diag::log_op_nothing_converted,
      .category = Category::UnsupportedOp,
      .rank = 70,
      .triggers = {{"No graph will run on TensorRT", "(?P<text>No graph will run.*)"},
                   {"No subgraph will run on TensorRT", "(?P<text>No subgraph will run.*)"},
                   {"0 supported operations detected in subgraph", "(?P<text>0 supported operations.*)"},
                   {"no TensorRT engines were created", "(?P<text>(?i:no TensorRT engines).*)"}},
      .samples = {{"[TensorRT EP] No graph will run on TensorRT execution provider", true},
                  {"0 supported operations detected in subgraph containing 3 computational nodes. Skipping this subgraph, since min_block_size was detected to be 5", true},
                  {"[TensorRT EP] Whole graph will run on TensorRT execution provider", false}},
  });
  rules.add({
      .diagnostic = &diag::log_op_native_segment,
      .category = Category::UnsupportedOp,
      .rank = 65,
      .triggers = {{"native segment will be used instead", R"(creation for (?P<engine>\S+) failed\. The native segment will be used instead\.?(?: Reason: (?P<reason>.*))?)"},
                   {"Running native segment for", R"(Running native segment for ?(?P<engine>\S+?),?(?: due to (?P<reason>.*))?$)"},
                   {"Cannot replace segment ", R"(Cannot replace segment \d+ consisting of \d+ nodes by (?P<engine>\S+) reason: (?P<reason>.*?)(?: \(keeping original segment\)\.?)?$)"},
                   {"Executing native segment", R"((?:(?P<reason>Failed to execute engine.*?) )?(?:for )?(?P<engine>TRTEngineOp\S*)?.*Executing native segment)"}},
      .judge = native_segment,
      .may_follow_error = true,
      .samples = {{"2024-02-21 08:41:15.713848: W tensorflow/compiler/tf2tensorrt/kernels/trt_engine_op.cc:1] TF-TRT Warning: Engine creation for TRTEngineOp_0_0 failed. The native segment will be used instead. Reason: Internal: Failed to build TensorRT engine", true},
                  {"Replaced segment 0 consisting of 25 nodes by TRTEngineOp_0_0.", false}},
      .reference = "TF-TRT user guide, section on verifying that the model runs in TensorRT",
  });
  rules.add({
      .diagnostic = &diag::log_op_dla_fallback,
      .category = Category::UnsupportedOp,
      .rank = 55,
      .triggers = {{"not supported on DLA, falling back", R"([Ll]ayer '?(?P<layer>.+?)'? (?:\([^)]*\) )?(?:is )?not supported on DLA)"},
                   {"cannot run on DLA", R"([Ll]ayer '?(?P<layer>.+?)'? cannot run on DLA)"},
                   {"Switching this layer's device type to GPU", R"((?:[Ll]ayer '?(?P<layer>[^:]+?)'?:? .*)?Switching this layer's device type to GPU)"}},
      .judge = dla_layers,
      .samples = {{"[03/14/2025-09:26:53] [W] [TRT] Default DLA is enabled but layer Softmax_10 is not supported on DLA, falling back to GPU.", true},
                  {"[03/14/2025-09:26:53] [W] [TRT] Layer '(Unnamed Layer* 3) [Shuffle]' (SHUFFLE): Unsupported on DLA. Switching this layer's device type to GPU.", true},
                  {"[I] [TRT] ---------- Layers Running on DLA ----------", false}},
      .reference = "TensorRT developer guide, DLA supported layers and restrictions",
  });
  rules.add({
      .diagnostic = &diag::log_op_torch_unsupported,
      .category = Category::UnsupportedOp,
      .rank = 65,
      .triggers = {{"Unsupported operator: aten", R"(Unsupported operator: (?P<op>aten::\w+))"},
                   {"Unsupported operators: ", R"(Unsupported operators: (?P<op>(?:torch\.ops\.|aten::)[\w.]+))"},
                   {"Unsupported or Excluded Nodes", R"(Unsupported or Excluded Nodes:?.*?(?P<op>(?:torch\.ops\.|aten::)[\w.]+))"},
                   {"operators out of ", R"(Detected support for (?P<converted>\d+) operators out of (?P<all>\d+) in subgraph)"},
                   {"Unable to convert ", R"(Unable to convert (?:node|operator|op):? .*?(?P<op>aten::\w+))"},
                   {"Unsupported operators listed below", R"(Unsupported operators listed below:?(?:.*?(?P<op>aten::\w+))?)"},
                   {"Conversion of function ", R"(Conversion of function (?P<op>\S+) not currently supported)"}},
      .judge = torch,
      .samples = {{"ERROR: [Torch-TensorRT] - Unsupported operator: aten::im2col(Tensor self, int[2] kernel_size) -> Tensor", true},
                  {"WARNING:torch_tensorrt.dynamo._compiler:Detected support for 40 operators out of 42 in subgraph.", true},
                  {"INFO:torch_tensorrt.dynamo._compiler:Detected support for 42 operators out of 42 in subgraph.", false},
                  {"INFO: [Torch-TensorRT] - Partitioning: Resolving non-tensor inputs for segmented blocks", false}},
      .reference = "Torch-TensorRT documentation, operators supported",
  });
}

}  // namespace pharos
