// "Could not find any implementation for node": one message, several causes. The lines before it and what is known about
// the run tell which it is; each cause has its own diagnostic because the remedies differ.

#include <algorithm>

#include "base/text.h"
#include "catalog/log_crash.h"
#include "catalog/log_implementations.h"
#include "catalog/log_memory.h"
#include "catalog/log_performance.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

enum class Why { Unknown, Memory, Workspace, Precision, Region, Reason, Plugin, Sources, Crash };

constexpr double mib = 1024.0 * 1024;

// The workspace limit of the run in bytes; 0 where none was set or none is known.
double workspace_limit(const LogModel& log) {
  if (const std::string given = log.option("--workspace"); !given.empty()) return bytes_of(given, mib);
  const std::string pools = log.option("--memPoolSize");
  if (const size_t at = pools.find("workspace:"); at != pools.npos) return bytes_of(std::string_view(pools).substr(at + 10), mib);
  const auto dumped = log.settings.find("Workspace");
  return dumped == log.settings.end() ? 0 : bytes_of(dumped->second, mib);
}

// A log of TensorRT 7 gives the limit with each skipped tactic.
double workspace_seen(const JudgeContext& c) {
  if (const double limit = workspace_limit(c.log); limit > 0) return limit;
  for (const Hit& h : c.others.hits(diag::log_tactics_skipped)) {
    if (contains_any_folded(h.text, {"Scratch requested"})) return c.log.skipped.smallest_available;
  }
  return 0;
}

bool is_region(std::string_view layer) { return layer.find("ForeignNode") != layer.npos; }

Why why(const JudgeContext& c) {
  const Hit& first = c.hits.front();
  const std::string_view layer = first.argument("layer");
  const double limit = workspace_seen(c);
  constexpr double too_small = 256 * mib;
  const auto any = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(c.hits.begin(), c.hits.end(), [&](const Hit& h) { return contains_any_folded(h.text, words); });
  };
  if (any({"precision constraint", "requested constraints", "obey"}) || c.log.option("--precisionConstraints") == "obey") return Why::Precision;
  if (limit > 0 && limit <= too_small) return Why::Workspace;
  if (c.log.skipped.count > 0) return Why::Memory;
  if (c.others.count(diag::log_tactic_exception) > 0) return Why::Reason;
  if (c.others.count(diag::log_build_allocation_failed) > 0) return Why::Memory;
  if (c.others.count(diag::log_illegal_access) > 0 || c.others.count(diag::log_launch_failure) > 0) return Why::Crash;
  if (c.log.options.contains("--tacticSources")) return Why::Sources;
  if (any({"try increasing the workspace"})) return Why::Workspace;
  if (is_region(layer)) return Why::Region;
  if (any({"plugin"})) return Why::Plugin;
  return Why::Unknown;
}

template <Why cause>
std::optional<Finding> because(const JudgeContext& c) {
  const Why found = why(c);
  if (found != cause && !(cause == Why::Unknown && found == Why::Memory)) return std::nullopt;
  const Hit& first = c.hits.front();
  Finding f = c.finding();
  const std::string layer = plain_name(first.argument("layer"));
  Arguments arguments{{"layer", layer.empty() ? "?" : layer}};
  std::span<const Hit> before;
  if (cause == Why::Workspace) arguments.emplace_back("limit", workspace_seen(c) > 0 ? bytes_text(int64_t(workspace_seen(c))) : "the default size");
  if (cause == Why::Precision) {
    const auto dumped = c.log.settings.find("Precision");
    arguments.emplace_back("constraint", c.log.option_given("--precisionConstraints") ? "--precisionConstraints=" + c.log.option("--precisionConstraints")
                                         : dumped != c.log.settings.end()               ? dumped->second
                                                                                         : "precision constraints");
  }
  if (cause == Why::Region) {
    const size_t open = layer.find('['), dots = layer.find("...");
    const size_t end = layer.rfind(']');
    const bool both = open != layer.npos && dots != layer.npos && dots > open && end != layer.npos && end > dots;
    arguments.emplace_back("first", both ? layer.substr(open + 1, dots - open - 1) : layer);
    arguments.emplace_back("last", both ? layer.substr(dots + 3, end - dots - 3) : layer);
  }
  if (cause == Why::Sources) arguments.emplace_back("sources", c.log.option("--tacticSources"));
  if (cause == Why::Reason) before = c.others.hits(diag::log_tactic_exception);
  if (cause == Why::Crash) before = c.others.count(diag::log_illegal_access) > 0 ? c.others.hits(diag::log_illegal_access) : c.others.hits(diag::log_launch_failure);
  if (!before.empty()) {
    const std::string_view reason = before.front().argument("reason");
    arguments.emplace_back("reason", plain_name(reason.empty() ? std::string_view(before.front().text) : reason));
  }
  f.report = Report(*c.rule.diagnostic, std::move(arguments));
  add_evidence(f, before);
  return f;
}

const std::vector<Trigger> messages{
    {"Could not find any implementation", R"((?i)any implementation for (?:node )?(?P<layer>.+?)(?:\.\)|\.$|\)$|, try increasing|\. In | due to |, given|$))"},
    {"Could not find implementation", R"((?i)implementation for (?:node )?(?P<layer>\S+))"}};

std::optional<Finding> plugin_formats(const JudgeContext& c) {
  Finding f = c.finding();
  fill_missing(f, "?");
  return f;
}

// The reason of skipped tactics: a note where the engine was built.
std::optional<Finding> tactic_exception(const JudgeContext& c) {
  Finding f = c.finding();
  const std::string reason = plain_name(c.hits.front().argument("reason"));
  f.report = Report(*c.rule.diagnostic, {{"count", std::to_string(c.count)}, {"reason", reason}});
  return f;
}

}  // namespace

void define_no_implementation(RuleSet& rules) {
  const auto cause = [&](const Diagnostic& d, Judge judge, std::vector<const Diagnostic*> explains, std::vector<RuleSample> samples, double confidence = 0.9) {
    rules.add({.diagnostic = &d, .category = Category::NoImplementation, .rank = 60, .confidence = confidence, .triggers = messages, .judge = judge,
               .explains = std::move(explains), .samples = std::move(samples),
               .reference = "https://docs.nvidia.com/deeplearning/tensorrt/latest/reference/troubleshooting.html"});
  };
  const RuleSample other{"[I] implementation found", false};
  cause(diag::log_no_implementation, because<Why::Unknown>, {},
        {{"[E] 10: [optimizer.cpp::computeCosts::2011] Error Code 10: Internal Error (Could not find any implementation for node conv1 + relu1.)", true},
         {"[ERROR] Could not find implementation for node ScatterND", true},
         {"[E] 10: Error Code 10: Internal Error (Could not find any implementation for node {ForeignNode[a...b]}.)", false},
         other}, 0.7);
  cause(diag::log_no_implementation_workspace, because<Why::Workspace>, {&diag::log_tactics_skipped, &diag::log_workspace_limits_tactics},
        {{"[TensorRT] ERROR: ../builder/tacticOptimizer.cpp (1715) - TRTInternal Error in computeCosts: 0 (Could not find any implementation for node (Unnamed Layer* 0) [TopK], try increasing the workspace size with IBuilder::setMaxWorkspaceSize())", true},
         {"&&&& RUNNING TensorRT.trtexec [TensorRT v8205] # trtexec --onnx=a.onnx --workspace=16\n[E] Error[10]: [optimizer.cpp::computeCosts::2011] Error Code 10: Internal Error (Could not find any implementation for node conv1.)", true},
         other});
  cause(diag::log_no_implementation_precision, because<Why::Precision>, {},
        {{"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx --fp16 --precisionConstraints=obey --layerPrecisions=*:fp16\n[E] Error[10]: Could not find any implementation for node conv1.", true},
         other});
  cause(diag::log_no_implementation_region, because<Why::Region>, {},
        {{"[E] Error[10]: [optimizer.cpp::computeCosts::3873] Error Code 10: Internal Error (Could not find any implementation for node {ForeignNode[(Unnamed Layer* 56) [Constant].../MatMul]}.)", true},
         other}, 0.8);
  cause(diag::log_no_implementation_reason, because<Why::Reason>, {&diag::log_tactic_exception},
        {{"[TRT] [E] Error Code: 9: Skipping tactic 0x0000000000000000 due to exception [api_compile.cpp:4790: validate] DynamicQuantize operation must have scalar block_size. In compileGraph at /_src/x.cpp:1783\n"
          "[TRT] [E] IBuilder::buildSerializedNetwork: Error Code 10: Internal Error (Could not find any implementation for node {ForeignNode[a...b]}. In computeCosts at /_src/optimizer.cpp:4265)", true},
         other});
  cause(diag::log_no_implementation_sources, because<Why::Sources>, {},
        {{"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx --tacticSources=-CUDNN,-CUBLAS\n[E] Error[10]: Could not find any implementation for node conv1.", true},
         other}, 0.7);
  cause(diag::log_no_implementation_crash, because<Why::Crash>, {&diag::log_illegal_access, &diag::log_launch_failure},
        {{"[TRT] [E] 1: [resizingAllocator.cpp::deallocate::105] Error Code 1: Cuda Runtime (an illegal memory access was encountered)\n"
          "[TRT] [E] 10: [optimizer.cpp::computeCosts::2033] Error Code 10: Internal Error (Could not find any implementation for node Conv_119 + Add_182.)", true},
         other}, 0.7);
  rules.add({
      .diagnostic = &diag::log_no_implementation_plugin,
      .category = Category::NoImplementation,
      .rank = 62,
      .triggers = {{"could not find any supported formats", R"((?i)(?:Error \(|: ?)?(?P<layer>[\w/.\-\[\]() *]+?): could not find any supported formats)"},
                   {"supportsFormatCombination", "(?i)(?:assert|fail|error|no ).*supportsFormatCombination"},
                   {"Could not find any implementation", R"((?i)any implementation for (?:node )?(?P<layer>\S*plugin\S*))"}},
      .judge = plugin_formats,
      .explains = {&diag::log_no_implementation},
      .samples = {{"[E] 9: [pluginV2Builder.cpp::reportPluginError::24] Error Code 9: Internal Error (nms_layer: could not find any supported formats consistent with input/output data types)", true},
                  {"[E] Error[10]: Could not find any implementation for node MyPlugin_3.", true},
                  other},
  });
  rules.add({
      .diagnostic = &diag::log_tactic_exception,
      .category = Category::NoImplementation,
      .role = Role::Note,
      .rank = 30,
      .triggers = {{"Skipping tactic", R"((?i)due to (?:exception|Myelin error:?) (?P<reason>.+?)(?: In \w+ at /\S+|$))"}},
      .judge = tactic_exception,
      .samples = {{"[E] Error[9]: Skipping tactic 0x0000000000000000 due to exception Assertion index < size failed.", true},
                  {"[W] Skipping tactic 3 due to insufficient memory on requested size of 1290442752 detected for tactic 4.", false}},
  });
}

}  // namespace pharos
