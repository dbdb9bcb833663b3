// What the JSON files beside a log show (exports/). Where the log warns of the same, its own line is the evidence and the
// rule of that line speaks.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "catalog/log_performance.h"
#include "exports/export.h"
#include "findings/judging.h"

namespace pharos {
namespace {

double median_of(const std::optional<Statistic>& s) { return s ? s->median : 0; }

// The thresholds are trtexec's own.
constexpr double enqueue_share = 0.8;

bool told_by_log(const JudgeContext& c) { return c.others.count(*c.rule.diagnostic) > 0; }

void show(Finding& f, const JudgeContext& c, std::string text) {
  f.evidence.push_back({c.log.times_file, 1, std::move(text)});
  f.stage = Stage::Run;
}

template <bool own>
std::optional<Finding> unstable(const JudgeContext& c) {
  constexpr double usual = 3;       // percent, as for the warning in the log
  constexpr size_t enough = 20;     // queries
  if (by_pharos(c.log) != own || !c.log.times || c.log.times->size() < enough || told_by_log(c) || c.log.performance->cov_percent.value_or(0) < usual) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "cov", number_text(*c.log.performance->cov_percent, 1));
  show(f, c, fmt::format("computeMs of {} queries: median {} ms, coefficient of variation {} %", c.log.times->size(),
                         number_text(median_of(c.log.performance->compute), 3), number_text(*c.log.performance->cov_percent, 1)));
  return f;
}

std::optional<Finding> enqueue_bound(const JudgeContext& c) {
  // Pharos computes on the processor that submits: there is nothing to be bound by.
  if (!c.log.times || by_pharos(c.log) || told_by_log(c)) return std::nullopt;
  const double enqueue = median_of(c.log.performance->enqueue), compute = median_of(c.log.performance->compute);
  if (enqueue <= enqueue_share * compute) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "enqueue", number_text(enqueue, 3));
  set_argument(f, "compute", number_text(compute, 3));
  show(f, c, fmt::format("medians of {} queries: enqueue {} ms, compute {} ms", c.log.times->size(), number_text(enqueue, 3), number_text(compute, 3)));
  return f;
}

template <bool to_device>
std::optional<Finding> transfer_bound(const JudgeContext& c) {
  if (!c.log.times || told_by_log(c)) return std::nullopt;
  const double transfer = median_of(to_device ? c.log.performance->h2d : c.log.performance->d2h), compute = median_of(c.log.performance->compute);
  if (transfer <= 0 || transfer < compute) return std::nullopt;
  Finding f = c.finding();
  set_argument(f, "direction", to_device ? "host-to-device" : "device-to-host");
  set_argument(f, "direction_zh", to_device ? "主机到设备" : "设备到主机");
  set_argument(f, "transfer", number_text(transfer, 3));
  set_argument(f, "compute", number_text(compute, 3));
  show(f, c, fmt::format("medians of {} queries: {} {} ms, compute {} ms", c.log.times->size(), to_device ? "h2dMs" : "d2hMs", number_text(transfer, 3), number_text(compute, 3)));
  return f;
}

std::optional<Finding> profile(const JudgeContext& c) {
  if (c.log.layers_file.empty() || c.log.layers.empty() || told_by_log(c)) return std::nullopt;
  std::vector<LayerTime> layers = c.log.layers;
  std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) { return a.percent > b.percent; });
  Finding f = c.finding();
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min<size_t>(layers.size(), 3); ++i) {
    names.push_back(plain_name(layers[i].name) + " (" + percent_text(layers[i].percent / 100) + ")");
    f.evidence.push_back({c.log.layers_file, layers[i].line, layers[i].row});
  }
  set_argument(f, "layers", std::to_string(layers.size()));
  set_argument(f, "slowest", listed(names, 3, Language::English));
  return f;
}

std::optional<Finding> query_times(const JudgeContext& c) {
  if (!c.log.times) return std::nullopt;
  const Statistic s = statistic_of(c.log.times->main());
  Finding f = c.finding();
  set_argument(f, "count", std::to_string(c.log.times->size()));
  set_argument(f, "median", number_text(s.median, 3));
  set_argument(f, "p99", number_text(s.percentiles.back().second, 3));
  set_argument(f, "max", number_text(s.max, 3));
  show(f, c, fmt::format("min {} ms, mean {} ms, median {} ms, p90 {} ms, p95 {} ms, p99 {} ms, max {} ms", number_text(s.min, 3), number_text(s.mean, 3), number_text(s.median, 3),
                         number_text(s.percentiles[0].second, 3), number_text(s.percentiles[1].second, 3), number_text(s.percentiles[2].second, 3), number_text(s.max, 3)));
  return f;
}

// "INT8 12 (60.0 %, 71.2 % of the time), FP16 8 (...)"
std::optional<Finding> precisions(const JudgeContext& c) {
  std::map<std::string_view, double> time;
  for (const LayerTime& l : c.log.layers) time[l.name] += l.percent;
  struct Share { int64_t layers = 0, line = 0; double time = 0; std::string_view example; };
  std::map<std::string_view, Share> shares;
  int64_t all = 0;
  double all_time = 0;
  for (const EngineLayer& l : c.log.engine_layers) {
    if (l.precision.empty() || !l.computes()) continue;
    Share& s = shares[l.precision];
    const auto t = time.find(l.name);
    const double spent = t == time.end() ? 0 : t->second;
    if (s.layers == 0) { s.line = l.line; s.example = l.name; }
    ++s.layers;
    ++all;
    s.time += spent;
    all_time += spent;
  }
  if (all == 0) return std::nullopt;
  Finding f = c.finding();
  std::vector<std::pair<std::string_view, Share>> sorted(shares.begin(), shares.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.layers > b.second.layers; });
  std::string text;
  for (const auto& [precision, s] : sorted) {
    text += fmt::format("{}{} {} ({}", text.empty() ? "" : ", ", precision, s.layers, percent_text(double(s.layers) / double(all)));
    text += all_time > 0 ? fmt::format(", {} of the time)", percent_text(s.time / all_time)) : ")";
    f.evidence.push_back({c.log.engine_layers_file, s.line, fmt::format("{}: {}", precision, s.example)});
  }
  set_argument(f, "layers", std::to_string(all));
  set_argument(f, "shares", text);
  return f;
}

}  // namespace

void define_exports(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, Category category, int rank, Judge judge, Role role = Role::Cause) {
    rules.add({.diagnostic = &d, .category = category, .role = role, .rank = rank, .judge = judge, .reference = "TensorRT developer guide, section on performance"});
  };
  add(diag::log_unstable_clocks, Category::Performance, 52, unstable<false>);
  add(diag::log_cpu_unstable, Category::Performance, 52, unstable<true>);
  add(diag::log_enqueue_bound, Category::Performance, 56, enqueue_bound);
  add(diag::log_transfer_bound, Category::Performance, 57, transfer_bound<true>);
  add(diag::log_transfer_bound, Category::Performance, 55, transfer_bound<false>);
  add(diag::log_profile_table, Category::Profile, 54, profile);
  add(diag::log_layer_precisions, Category::Profile, 30, precisions, Role::Note);
  add(diag::log_query_times, Category::Profile, 31, query_times, Role::Note);
}

}  // namespace pharos
