// The trend as one self-contained page, in the looks of the doctor's report. It has no script.

#include <algorithm>

#include <fmt/format.h>

#include "cli/baseline/report.h"
#include "reports/html_markup.h"
#include "reports/html_style.h"
#include "reports/html_trend.h"

namespace pharos {
namespace {

// What was usual around the median: up to the p90, and as far below as the mean of both sides allows.
TrendSeries latency_trend(const Shown& s, const Words& w) {
  TrendSeries out{.name = std::string(w(figure_title(Figure::Median))), .unit = "ms", .points = {}};
  for (const RecordedRun& r : s.runs) {
    const Measurement& m = r.measurement;
    if (!m.median) continue;
    TrendPoint p{.time = time_text(r.time), .median = *m.median, .low = *m.median, .high = std::max(*m.median, m.p90.value_or(*m.median)), .label = m.label};
    if (!m.samples.empty()) p.low = std::min(p.median, quantile_of(m.samples, 0.1));
    out.points.push_back(std::move(p));
  }
  return out;
}

TrendSeries figure_trend(const Shown& s, const Words& w, Figure figure, std::string unit, std::optional<double> Measurement::* get) {
  TrendSeries out{.name = std::string(w(figure_title(figure))), .unit = std::move(unit), .points = {}};
  for (const RecordedRun& r : s.runs) {
    if (const auto v = r.measurement.*get) out.points.push_back({.time = time_text(r.time), .median = *v, .low = *v, .high = *v, .label = r.measurement.label});
  }
  return out;
}

std::string cell(std::string_view markup) { return element("td", "", markup); }

std::string table(const Shown& s, const Words& w) {
  std::string rows;
  for (const Text& head : {Text{"#", "#"}, Text{"time (UTC)", "时间 (UTC)"}, Text{"label", "标签"}, figure_title(Figure::Median), figure_title(Figure::P99), figure_title(Figure::Throughput),
                           figure_title(Figure::PeakGpu), figure_title(Figure::PeakCpu), Text{"findings", "发现"}}) {
    rows += element("th", "", w(head));
  }
  rows = element("thead", "", element("tr", "", rows));
  std::string body;
  int64_t epoch = s.runs.empty() ? 0 : s.runs.front().epoch;
  for (const RecordedRun& r : s.runs) {
    const Measurement& m = r.measurement;
    const auto figure = [](Figure f, const std::optional<double>& v) { return cell(v ? html_text(figure_text(f, *v)) : "–"); };
    std::string findings;
    for (const KnownFinding& f : m.findings) findings += fmt::format("<span title=\"{}\">{}</span> ", html_cut(f.message, 300), html_text(f.code));
    std::string label = html_cut(m.label, 80);
    if (r.epoch != epoch) label += w({" (accepted)", "（新起点）"});
    epoch = r.epoch;
    body += element("tr", "", cell(std::to_string(r.id)) + cell(time_text(r.time)) + cell(label) + figure(Figure::Median, m.median) + figure(Figure::P99, m.p99) +
                                  figure(Figure::Throughput, m.throughput) + figure(Figure::PeakGpu, m.peak_gpu_mib) + figure(Figure::PeakCpu, m.peak_cpu_mib) + cell(findings));
  }
  return element("div", "minor panel", element("div", "scroll", element("table", "runs", rows + element("tbody", "", body))));
}

}  // namespace

std::string show_html(std::span<const Shown> all, Language language) {
  const Words w(language);
  std::string sections;
  for (const Shown& s : all) {
    const TrendSeries trends[] = {latency_trend(s, w), figure_trend(s, w, Figure::P99, "ms", &Measurement::p99), figure_trend(s, w, Figure::Throughput, "qps", &Measurement::throughput),
                                  figure_trend(s, w, Figure::PeakGpu, "MiB", &Measurement::peak_gpu_mib)};
    sections += element("section", "", element("h2", "", html_text(key_text(s.series.key))) + trend_section(trends, language) + table(s, w)) + "\n";
  }
  if (all.empty()) sections = element("p", "", w({"Nothing is recorded.", "没有记录。"}));
  const std::string_view title = w({"Pharos baselines", "Pharos 基线"});
  return fmt::format("<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
                     "<meta name=\"color-scheme\" content=\"light dark\"/><meta name=\"referrer\" content=\"no-referrer\"/>"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>"
                     "<title>{}</title><style>{}</style></head>\n<body><div class=\"page\"><header><p class=\"brand\"><b>{}</b></p></header>\n<main>\n{}</main></div></body></html>\n",
                     w.chinese() ? "zh-CN" : "en", title, style_sheet(), title, sections);
}

}  // namespace pharos
