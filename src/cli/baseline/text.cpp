#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/baseline/report.h"
#include "cli/text/format.h"
#include "reports/facts_view.h"

namespace pharos {
namespace {

Text standing_title(Standing s) {
  switch (s) {
    case Standing::Same: return {"same", "持平"};
    case Standing::Better: return {"better", "改善"};
    case Standing::Worse: return {"WORSE", "变差"};
    case Standing::Undecided: return {"undecided", "无法判断"};
    case Standing::Shown: return {"", ""};
  }
  return {};
}

Text verdict_title(CheckVerdict v) {
  switch (v) {
    case CheckVerdict::Pass: return {"no worse than the baseline", "不比基线差"};
    case CheckVerdict::Undecided: return {"undecided: too few or too scattered measurements", "无法判断：测量过少或过于离散"};
    case CheckVerdict::Untold: return {"the latency is not told", "未给出延迟"};
    case CheckVerdict::Worse: return {"worse than the baseline", "比基线差"};
  }
  return {};
}

std::string painted(std::string text, std::string_view code, bool color) { return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text; }

std::string against(const Checked& c, bool zh) {
  const int64_t runs = c.result.runs_before;
  if (c.paired) return zh ? fmt::format("与 {} 次交替测量的运行比较", runs) : fmt::format("against {} run(s) measured in alternation", runs);
  const RecordedRun& last = c.baseline.back();
  const std::string label = last.measurement.label.empty() ? "" : " " + escape_control(last.measurement.label);
  return zh ? fmt::format("与 {} 次已记录的运行比较，最近一次：#{} {}{}", runs, last.id, time_text(last.time), label)
            : fmt::format("against {} recorded run(s), the last: #{} {}{}", runs, last.id, time_text(last.time), label);
}

std::string figure_or_dash(Figure f, const std::optional<double>& v) { return v ? figure_text(f, *v) : "-"; }

// One bar a run, the range from the smallest to the largest; a line where all are alike.
std::string sparkline(const std::vector<RecordedRun>& runs) {
  constexpr std::string_view bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr size_t most = 60;
  std::vector<double> v;
  for (size_t i = runs.size() > most ? runs.size() - most : 0; i < runs.size(); ++i) {
    if (runs[i].measurement.median) v.push_back(*runs[i].measurement.median);
  }
  if (v.size() < 2) return {};
  const auto [low, high] = std::minmax_element(v.begin(), v.end());
  std::string out;
  for (const double x : v) out += bars[*high > *low * 1.0001 ? size_t(7.999 * (x - *low) / (*high - *low)) : 0];
  return fmt::format("{}  {} ... {} ms", out, number_text(*low), number_text(*high));
}

}  // namespace

std::string check_text(std::span<const Checked> all, Language language, bool color) {
  const bool zh = language == Language::Chinese;
  std::string out;
  for (const Checked& c : all) {
    out += fmt::format("{}\n  {}\n", painted(escape_control(key_text(c.key)), "1", color), against(c, zh));
    Table table("lrrrll", zh ? std::vector<std::string>{"", "基线", "本次", "变化", "判断", "区间"} : std::vector<std::string>{"", "baseline", "now", "change", "verdict", "interval"});
    for (const CheckRow& r : c.result.rows) {
      const bool latency = r.figure == Figure::Median || r.figure == Figure::P99;
      table.row({std::string(figure_title(r.figure).in(language)), figure_text(r.figure, r.before), figure_text(r.figure, r.now), change_text(r.change),
                 std::string(standing_title(r.standing).in(language)), latency || r.interval ? interval_text(r, language) : ""});
    }
    if (!table.empty()) out += table.text("  ");
    for (const KnownFinding& f : c.result.new_findings) out += fmt::format("  {} [{}] {}\n", zh ? "新增" : "new", escape_control(f.code), escape_control(f.message));
    for (const KnownFinding& f : c.result.gone_findings) out += fmt::format("  {} [{}] {}\n", zh ? "消失" : "gone", escape_control(f.code), escape_control(f.message));
    const CheckVerdict verdict = verdict_of(c);
    out += fmt::format("  {}: {}\n\n", zh ? "结论" : "Verdict",
                       painted(std::string(verdict_title(verdict).in(language)), verdict == CheckVerdict::Pass ? "1;32" : verdict == CheckVerdict::Undecided ? "1;33" : "1;31", color));
  }
  if (!out.empty()) out.pop_back();
  return out;
}

std::string show_text(std::span<const Shown> all, Language language) {
  const bool zh = language == Language::Chinese;
  std::string out;
  for (const Shown& s : all) {
    out += fmt::format("{}\n", escape_control(key_text(s.series.key)));
    if (const std::string line = sparkline(s.runs); !line.empty()) out += "  " + line + "\n";
    Table table("rllrrrrrl", zh ? std::vector<std::string>{"#", "时间 (UTC)", "标签", "中位数", "p99", "吞吐", "GPU", "CPU", "发现"}
                                : std::vector<std::string>{"#", "time (UTC)", "label", "median", "p99", "throughput", "GPU", "CPU", "findings"});
    int64_t epoch = s.runs.empty() ? 0 : s.runs.front().epoch;
    for (const RecordedRun& r : s.runs) {
      const Measurement& m = r.measurement;
      std::string findings;
      for (const KnownFinding& f : m.findings) {
        if (findings.find(f.code) == findings.npos) findings += (findings.empty() ? "" : " ") + escape_control(f.code);
      }
      std::string label = escape_control(m.label);
      if (r.epoch != epoch) label += zh ? "（新起点）" : " (accepted)";
      epoch = r.epoch;
      table.row({std::to_string(r.id), time_text(r.time), label, figure_or_dash(Figure::Median, m.median), figure_or_dash(Figure::P99, m.p99),
                 figure_or_dash(Figure::Throughput, m.throughput), figure_or_dash(Figure::PeakGpu, m.peak_gpu_mib), figure_or_dash(Figure::PeakCpu, m.peak_cpu_mib), findings});
    }
    out += table.text("  ");
    if (s.series.runs > int64_t(s.runs.size())) out += fmt::format(fmt::runtime(zh ? "  共 {} 次，显示最近 {} 次\n" : "  {} runs in all, the newest {} are shown\n"), s.series.runs, s.runs.size());
    out += "\n";
  }
  if (all.empty()) return zh ? "没有记录\n" : "nothing is recorded\n";
  out.pop_back();
  return out;
}

}  // namespace pharos
