// Figures in words, and the reasons of a verdict as catalogued reports.

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/baselines.h"
#include "cli/baseline/report.h"
#include "reports/facts_view.h"

namespace pharos {
namespace {

std::string number(double share) {
  const double percent = 100 * share;
  return std::fabs(percent) < 100 ? fmt::format("{:+.1f}", percent) : fmt::format("{:+.0f}", percent);
}

std::string tolerance_text(double share) { return fmt::format("{:.3g} %", 100 * share); }

Text kind_text(IntervalKind k) {
  switch (k) {
    case IntervalKind::PairedRounds: return {"rounds measured in alternation", "交替测量的轮次"};
    case IntervalKind::Runs: return {"runs", "次运行"};
    case IntervalKind::Batches: return {"batches of queries", "批查询"};
    case IntervalKind::Bootstrap: return {"queries", "次查询"};
    case IntervalKind::Summary: return {"queries, from summaries", "次查询（来自汇总）"};
  }
  return {};
}

Arguments figures(const CheckRow& r) {
  return {{"figure", std::string(figure_title(r.figure).en)}, {"figure_zh", std::string(figure_title(r.figure).zh)}, {"before", figure_text(r.figure, r.before)},
          {"now", figure_text(r.figure, r.now)}, {"change", change_text(r.change)}, {"interval", interval_text(r, Language::English)},
          {"interval_zh", interval_text(r, Language::Chinese)}, {"tolerance", tolerance_text(r.tolerance)}};
}

Report undecided(const CheckRow& r) {
  const std::string change = change_text(r.change);
  return {diag::baseline_undecided, {{"figure", std::string(figure_title(r.figure).en)}, {"figure_zh", std::string(figure_title(r.figure).zh)},
                                     {"why", fmt::format("{} -> {} ({}; {})", figure_text(r.figure, r.before), figure_text(r.figure, r.now), change, interval_text(r, Language::English))},
                                     {"why_zh", fmt::format("{} -> {}（{}；{}）", figure_text(r.figure, r.before), figure_text(r.figure, r.now), change, interval_text(r, Language::Chinese))}}};
}

}  // namespace

Text figure_title(Figure f) {
  switch (f) {
    case Figure::Median: return {"latency, median", "延迟中位数"};
    case Figure::P99: return {"latency, p99", "延迟 p99"};
    case Figure::Throughput: return {"throughput", "吞吐"};
    case Figure::PeakGpu: return {"peak GPU memory", "GPU 内存峰值"};
    case Figure::PeakCpu: return {"peak CPU memory", "CPU 内存峰值"};
    case Figure::Engine: return {"engine size", "引擎大小"};
    case Figure::BuildTime: return {"build time", "构建时间"};
  }
  return {};
}

std::string figure_text(Figure f, double v) {
  switch (f) {
    case Figure::Median: case Figure::P99: return number_text(v) + " ms";
    case Figure::Throughput: return number_text(v) + " qps";
    case Figure::PeakGpu: case Figure::PeakCpu: case Figure::Engine: return number_text(v) + " MiB";
    case Figure::BuildTime: return number_text(v) + " s";
  }
  return {};
}

std::string change_text(double share) { return number(share) + " %"; }

std::string interval_text(const CheckRow& row, Language l) {
  const bool zh = l == Language::Chinese;
  if (!row.interval) return zh ? "无区间：查询或运行过少" : "no interval: too few queries or runs";
  const Change& c = *row.interval;
  return zh ? fmt::format("95 %：{} 至 {} %，基于 {} 与 {} {}", number(c.low), number(c.high), c.before, c.now, kind_text(c.kind).zh)
            : fmt::format("95 %: {} to {} %, from {} and {} {}", number(c.low), number(c.high), c.before, c.now, kind_text(c.kind).en);
}

std::string time_text(int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds t{std::chrono::seconds(std::clamp<int64_t>(seconds, 0, 253'402'300'799))};  // the year 9999
  const auto day = floor<days>(t);
  const year_month_day d{day};
  const hh_mm_ss<std::chrono::seconds> time{t - day};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", int(d.year()), unsigned(d.month()), unsigned(d.day()), time.hours().count(), time.minutes().count());
}

void explain(Checked& c, bool strict) {
  for (const CheckRow& r : c.result.rows) {
    const bool amount = r.figure == Figure::PeakGpu || r.figure == Figure::PeakCpu || r.figure == Figure::Engine;
    if (r.standing == Standing::Worse) c.reasons.emplace_back(amount ? diag::baseline_more_memory : diag::baseline_slower, figures(r));
    // Of the tail little is known from few queries; it is told in the table.
    if (r.standing == Standing::Undecided && r.figure == Figure::Median) (strict ? c.reasons : c.remarks).push_back(undecided(r));
  }
  if (c.result.untold_median) c.reasons.emplace_back(diag::baseline_untold, Arguments{{"before", figure_text(Figure::Median, *c.result.untold_median)}});
  for (const KnownFinding& f : c.result.new_findings) {
    c.reasons.emplace_back(diag::baseline_new_finding, Arguments{{"code", f.code}, {"message", f.message}});
  }
  if (c.key.runtime != c.baseline_key.runtime && !c.key.runtime.empty()) {
    c.remarks.emplace_back(diag::baseline_other_runtime, Arguments{{"before", c.baseline_key.runtime.empty() ? "?" : c.baseline_key.runtime}, {"now", c.key.runtime}});
  }
}

CheckVerdict verdict_of(const Checked& c) {
  const bool more = std::any_of(c.result.rows.begin(), c.result.rows.end(), [](const CheckRow& r) { return r.standing == Standing::Worse; });
  if (more || !c.result.new_findings.empty()) return CheckVerdict::Worse;
  if (c.result.untold_median) return CheckVerdict::Untold;
  return c.result.undecided() ? CheckVerdict::Undecided : CheckVerdict::Pass;
}

std::string_view verdict_name(CheckVerdict v) {
  constexpr std::string_view names[] = {"pass", "undecided", "untold", "worse"};
  return names[size_t(v)];
}

}  // namespace pharos
