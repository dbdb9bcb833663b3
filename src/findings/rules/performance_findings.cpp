// What makes it slow, and what a profile shows.

#include <algorithm>
#include <set>

#include "catalog/log_performance.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category performance = Category::Performance;

double median_of(const std::optional<Statistic>& s) { return s ? s->median : 0; }

// `file`: the export that tells it; empty: the log.
void add_line(Finding& f, const std::string& file, int64_t line, std::string text) {
  if (!file.empty()) line = std::max<int64_t>(line, 1);
  if (line > 0 && f.evidence.empty()) f.evidence.push_back({file, line, std::move(text)});
}

// What a rule says of TensorRT's logs only, and its counterpart of Pharos' own.
template <bool own, Judge judge>
std::optional<Finding> in_logs(const JudgeContext& c) {
  return by_pharos(c.log) == own ? judge(c) : std::nullopt;
}

std::optional<Finding> unstable(const JudgeContext& c) {
  constexpr double usual = 10;  // percent: what clocks that nobody locked do; medians are still comparable
  Finding f = c.finding();
  double worst = 0;
  for (const Hit& h : c.hits) worst = std::max(worst, number_of(h.argument("cov")));
  set_argument(f, "cov", number_text(worst, 1));
  if (worst < usual) {
    f.severity = Severity::Info;
    f.rank = 55;
  }
  return f;
}

std::optional<Finding> enqueue_bound(const JudgeContext& c) {
  Finding f = c.finding();
  const auto& p = c.log.performance;
  const double enqueue = p ? median_of(p->enqueue) : 0, compute = p ? median_of(p->compute) : 0;
  set_argument(f, "enqueue", enqueue > 0 ? number_text(enqueue, 3) : "more");
  set_argument(f, "compute", compute > 0 ? number_text(compute, 3) : "less time; no figures");
  return f;
}

template <bool to_device>
std::optional<Finding> transfer_bound(const JudgeContext& c) {
  Finding f = c.finding();
  const auto& p = c.log.performance;
  const double transfer = p ? median_of(to_device ? p->h2d : p->d2h) : 0, compute = p ? median_of(p->compute) : 0;
  set_argument(f, "direction", to_device ? "host-to-device" : "device-to-host");
  set_argument(f, "direction_zh", to_device ? "主机到设备" : "设备到主机");
  set_argument(f, "transfer", transfer > 0 ? number_text(transfer, 3) : "?");
  set_argument(f, "compute", compute > 0 ? number_text(compute, 3) : "?");
  f.rank = 57;
  return f;
}

// By name, or by the type that the layer information gives it.
bool is_reformat(const LayerTime& l, const std::set<std::string_view>& reformats) {
  return contains_any_folded(l.name, {"reformat", "CopyNode"}) || reformats.contains(l.name);
}

std::optional<Finding> reformat_share(const JudgeContext& c) {
  constexpr double much = 15;  // percent
  double share = 0;
  int layers = 0;
  const LayerTime* largest = nullptr;
  std::set<std::string_view> reformats;
  for (const EngineLayer& l : c.log.engine_layers) {
    if (l.reformats()) reformats.insert(l.name);
  }
  for (const LayerTime& l : c.log.layers) {
    if (!is_reformat(l, reformats)) continue;
    share += l.percent;
    ++layers;
    if (!largest || l.percent > largest->percent) largest = &l;
  }
  if (share < much) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "share", percent_text(share / 100));
  set_argument(f, "layers", std::to_string(layers));
  add_line(f, c.log.layers_file, largest->line, largest->name);
  return f;
}

std::optional<Finding> tail(const JudgeContext& c) {
  constexpr double far = 1.5;  // times the median
  const auto& p = c.log.performance;
  const Statistic* s = p && p->compute ? &*p->compute : p && p->latency ? &*p->latency : nullptr;
  if (!s || s->median <= 0.2) return std::nullopt;  // of tiny models the clock decides
  for (const auto& [q, value] : s->percentiles) {
    if (q != 99 || value < far * s->median) continue;
    Finding f = c.finding();
    set_argument(f, "p99", number_text(value, 3));
    set_argument(f, "median", number_text(s->median, 3));
    f.rank = 42;
    add_line(f, c.log.performance_file, s->line, "percentile(99%) = " + number_text(value, 3) + " ms, median = " + number_text(s->median, 3) + " ms");
    return f;
  }
  return std::nullopt;
}

std::optional<Finding> slow_build(const JudgeContext& c) {
  constexpr double long_build = 300;  // seconds
  if (!c.log.build_seconds || *c.log.build_seconds < long_build || c.log.option_given("--timingCacheFile") || c.log.option_given("--timing-cache")) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "seconds", number_text(*c.log.build_seconds, 0));
  return f;
}

// The table by its header, or by rows of an excerpt.
std::optional<Finding> profile(const JudgeContext& c) {
  std::vector<LayerTime> layers = c.log.layers;
  const auto announces_layers = [](const Hit& h) { return h.text.find("of memory besides weights") == h.text.npos; };
  if (layers.empty() && std::none_of(c.hits.begin(), c.hits.end(), announces_layers)) return std::nullopt;  // 'pharos bench' without --profile
  Finding f = c.finding();
  std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) { return a.percent > b.percent; });
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min<size_t>(layers.size(), 3); ++i) names.push_back(plain_name(layers[i].name) + " (" + percent_text(layers[i].percent / 100) + ")");
  set_argument(f, "layers", std::to_string(std::max<size_t>(layers.size(), c.hits.size())));
  set_argument(f, "slowest", names.empty() ? plain_name(c.hits.empty() ? "?" : c.hits.front().argument("name")) : listed(names, 3, Language::English));
  for (size_t i = 0; i < std::min<size_t>(layers.size(), 3); ++i) f.evidence.push_back({c.log.layers_file, layers[i].line, layers[i].row});
  // Rows of an excerpt: the largest share is the line to look at.
  const auto share = [](const Hit& h) { return number_of(h.argument("percent")); };
  const auto largest = std::max_element(c.hits.begin(), c.hits.end(), [&](const Hit& a, const Hit& b) { return share(a) < share(b); });
  if (largest != c.hits.end() && share(*largest) > 0) {
    f.evidence.insert(f.evidence.begin(), largest->evidence.front());
    set_argument(f, "slowest", plain_name(largest->argument("name")) + " (" + percent_text(share(*largest) / 100) + ")");
  }
  return f;
}

// The same of Pharos' own logs: there is a processor to look at, and other options to type.
void define_own(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge, Role role = Role::Cause) {
    rules.add({.diagnostic = &d, .category = performance, .role = role, .rank = rank, .triggers = std::move(t), .judge = judge, .samples = std::move(s), .reference = "docs/guide/tuning.md"});
  };
  add(diag::log_cpu_unstable, 52, {{"GPU compute time is unstable", R"(variance = (?P<cov>[\d.]+)%)"}},
      {{"&&&& RUNNING Pharos.trtexec [Pharos v100] # pharos trtexec --onnx=m.onnx\n[W] * GPU compute time is unstable, with coefficient of variance = 17.1%.", true}, {"[W] * GPU compute time is unstable, with coefficient of variance = 7.10165%.", false}},
      in_logs<true, unstable>);
  add(diag::log_cpu_small_model, 20, {{"may be bound by Enqueue Time"}},
      {{"&&&& RUNNING Pharos.trtexec [Pharos v100] # pharos trtexec --onnx=m.onnx\n[W] * Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.", true}, {"[I] Enqueue Time: min = 1 ms", false}},
      in_logs<true, enqueue_bound>, Role::Note);
  add(diag::log_cpu_reorder_share, 43, {}, {}, in_logs<true, reformat_share>);
  add(diag::log_cpu_tail, 42, {}, {}, in_logs<true, tail>);
  add(diag::log_cpu_slow_build, 10, {}, {}, in_logs<true, slow_build>, Role::Note);
}

}  // namespace

void define_performance_findings(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = nullptr, Role role = Role::Cause) {
    rules.add({.diagnostic = &d, .category = performance, .role = role, .rank = rank, .triggers = std::move(t), .judge = judge, .samples = std::move(s), .reference = "TensorRT developer guide, section on performance"});
  };
  add(diag::log_unstable_clocks, 52, {{"GPU compute time is unstable", R"(variance = (?P<cov>[\d.]+)%)"}}, {{"[W] * GPU compute time is unstable, with coefficient of variance = 7.10165%.", true}, {"[I] GPU Compute Time: min = 1 ms", false}}, in_logs<false, unstable>);
  add(diag::log_enqueue_bound, 56, {{"may be bound by Enqueue Time"}}, {{"[W] * Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized.", true}, {"[I] Enqueue Time: min = 1 ms", false}}, in_logs<false, enqueue_bound>);
  rules.add({.diagnostic = &diag::log_transfer_bound, .category = performance, .rank = 57, .triggers = {{"bound by host-to-device transfers"}}, .judge = transfer_bound<true>,
             .samples = {{"[W] * Throughput may be bound by host-to-device transfers for the inputs rather than GPU Compute and the GPU may be under-utilized.", true}, {"[I] H2D Latency: min = 1 ms", false}}});
  rules.add({.diagnostic = &diag::log_transfer_bound, .category = performance, .rank = 55, .triggers = {{"bound by device-to-host transfers"}}, .judge = transfer_bound<false>,
             .samples = {{"[W] * Throughput may be bound by device-to-host transfers for the outputs rather than GPU Compute and the GPU may be under-utilized.", true}, {"[I] D2H Latency: min = 1 ms", false}}});
  add(diag::log_multiple_streams, 10, {{"Multiple inference streams are used"}}, {{"[W] * Multiple inference streams are used. Latencies may not be accurate.", true}, {"[I] Inference Streams: 2", false}}, nullptr, Role::Note);
  add(diag::log_aux_streams, 10, {{"The engine uses ", R"(uses (?P<streams>\d+) aux)"}}, {{"[W] The engine uses 3 auxiliary streams, so the Total latency may not be accurate.", true}, {"[I] MaxAuxStreams: -1", false}}, nullptr, Role::Note);
  add(diag::log_graph_capture, 46, {{"not permitted under CUDA graph capture", "(?P<what>.*)"}, {"CUDA graph capture failed", "(?P<what>.*)"}, {"not permitted when stream is capturing", "(?P<what>.*)"}},
      {{"[W] The built TensorRT engine contains operations that are not permitted under CUDA graph capture mode.", true}, {"[I] Capturing CUDA graph for the current execution context", false}});
  add(diag::log_default_stream, 44, {{"Using default stream in enqueue"}}, {{"[W] Using default stream in enqueueV3() may lead to performance issues due to additional calls to cudaStreamSynchronize()", true}, {"[I] stream", false}},
      [](const JudgeContext& c) -> std::optional<Finding> { return as_note(c.finding(), 20); });
  add(diag::log_workspace_limits_tactics, 40, {{"do not have sufficient workspace memory"}}, {{"[W] [TRT] Some tactics do not have sufficient workspace memory to run. Increasing workspace size may increase performance, please check verbose output.", true}, {"[I] Workspace: 16 MiB", false}},
      [](const JudgeContext& c) -> std::optional<Finding> {
        // Older releases say it in every build, at INFO; a hint then.
        Finding f = c.finding();
        return c.hits.front().level == Level::Warning && !build_succeeded(c.log) ? f : as_note(std::move(f), 20);
      });
  add(diag::log_dynamic_region, 46, {{"multiple dynamic values may have poor", R"(^(?:.*?Dynamic values are:\s*(?P<values>.*\S))?)"}}, {{"[W] Myelin graph with multiple dynamic values may have poor performance if they differ. Dynamic values are: (# 2 (SHAPE x)) (# 3 (SHAPE x))", true}, {"[V] Myelin graph", false}});
  add(diag::log_reformat_share, 43, {}, {}, in_logs<false, reformat_share>);
  add(diag::log_tail_latency, 42, {}, {}, in_logs<false, tail>);
  add(diag::log_slow_build, 10, {}, {}, in_logs<false, slow_build>, Role::Note);
  define_own(rules);
  rules.add({.diagnostic = &diag::log_profile_table, .category = Category::Profile, .rank = 54,
             .triggers = {{"=== Profile (", R"(=== Profile \()"},
                          {"{ForeignNode[", R"(^\s*[\d.]+\s+[\d.]+\s+(?:[\d.]+\s+)?(?P<percent>[\d.]+)\s+(?P<name>\{ForeignNode\[.*))"},
                          {"Reformatting CopyNode", R"(^\s*[\d.]+\s+[\d.]+\s+(?:[\d.]+\s+)?(?P<percent>[\d.]+)\s+(?P<name>Reformatting CopyNode.*))"},
                          {"   Time(ms)     Avg.(ms)"}, {"Avg. Time (ms)"}, {"of memory besides weights"}},
             .judge = profile,
             .samples = {{"[I] === Profile (162 iterations ) ===", true}, {"[01/20/2024-20:25:39] [I]     1667.74       5.7508       5.7308      97.7   {ForeignNode[/a + b.../Einsum_1]}", true}, {"[I] Profile: ", false}}});
  rules.add({.diagnostic = &diag::log_layer_information, .category = Category::Profile, .rank = 40,
             .triggers = {{"Layer Information:", R"((?i)^(?:\S+ )?Layer Information:)"}, {"--dumpLayerInfo", R"(RUNNING .*--skipInference.*--dumpLayerInfo|RUNNING .*--dumpLayerInfo.*--skipInference)"}},
             .samples = {{"[I] Layer Information:", true}, {"[I] Dump layer info: Disabled", false}}});
}

}  // namespace pharos
