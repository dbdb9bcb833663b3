#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/facts_view.h"
#include "reports/html_charts.h"
#include "reports/html_svg.h"

namespace pharos {
namespace {

// Queries between two latencies, as a share of all.
struct Bin { double low, high, share; };

struct Mark { std::string name; double ms; };

struct Distribution {
  std::vector<Bin> bins;
  std::vector<Mark> marks;
  Text what;
};

// The statistic that a user waits for: with the transfers where the log tells it.
const Statistic* subject(const LogModel& m) {
  if (!m.performance) return nullptr;
  if (m.performance->latency) return &*m.performance->latency;
  return m.performance->compute ? &*m.performance->compute : nullptr;
}

Text subject_name(const LogModel& m) {
  return m.performance && m.performance->latency ? Text{"Latency", "延迟"} : Text{"GPU compute time", "GPU 计算时间"};
}

std::string percent_name(double p) { return fmt::format("p{:.4g}", p); }

std::vector<Mark> marks_of(const Statistic& s) {
  std::vector<Mark> out;
  if (s.median > 0) out.push_back({"p50", s.median});
  for (const auto& [p, ms] : s.percentiles) {
    if (p > 50 && p < 100) out.push_back({percent_name(p), ms});
  }
  return out;
}

// Between two percentiles that the log tells, the queries are spread evenly: the areas are true, the shape is coarse.
std::vector<Bin> bins_between(const Statistic& s) {
  std::vector<std::pair<double, double>> known{{0, s.min}, {50, s.median}};
  for (const auto& p : s.percentiles) {
    if (p.first > 50 && p.first < 100) known.push_back(p);
  }
  known.emplace_back(100, s.max);
  std::sort(known.begin(), known.end());
  std::vector<Bin> bins;
  for (size_t i = 1; i < known.size(); ++i) {
    const auto& [low_percent, low] = known[i - 1];
    const auto& [high_percent, high] = known[i];
    if (!(high >= low)) return {};  // no order of numbers that a log could mean
    const double share = (high_percent - low_percent) / 100;
    const double thinnest = (s.max - s.min) * 0.004;
    if (!bins.empty() && (high - low < thinnest || bins.back().high - bins.back().low < thinnest)) {
      bins.back().high = high;
      bins.back().share += share;
    } else {
      bins.push_back({low, high, share});
    }
  }
  return bins;
}

// Names of the marks in rows above the drawing: the next row where there is no room, so that none covers another.
// Of each single query, in equal steps: of all, or where outliers would hide the body up to the 99.5th percentile; what is
// beyond is told in the note.
std::vector<Bin> bins_of(const std::vector<double>& sorted) {
  constexpr double hides = 1.5;
  const double low = sorted.front(), body = sorted[size_t(double(sorted.size() - 1) * 0.995)];
  const double high = sorted.back() - low <= hides * (body - low) ? sorted.back() : body;
  if (!(high > low)) return {};
  const size_t count = std::clamp<size_t>(size_t(std::sqrt(double(sorted.size()))), 10, 60);
  std::vector<Bin> bins;
  const auto edge = [&](size_t i) { return low + (high - low) * double(i) / double(count); };
  for (size_t i = 0; i < count; ++i) bins.push_back({edge(i), edge(i + 1), 0});
  for (const double v : sorted) {
    if (v > high) break;
    bins[std::min(count - 1, size_t((v - low) / (high - low) * double(count)))].share += 1.0 / double(sorted.size());
  }
  return bins;
}

struct PlacedMark { std::string text; double at, start; size_t row; };

std::vector<PlacedMark> place_marks(const std::vector<Mark>& marks, const Axis& x) {
  std::vector<PlacedMark> out;
  std::vector<double> free_from;
  for (const Mark& m : marks) {
    if (m.ms < x.low || m.ms > x.high) continue;
    const std::string text = fmt::format("{} {}", m.name, number_text(m.ms));
    const double width = text_width(text), start = std::clamp(x.at(m.ms) + 4, x.from, std::max(x.from, x.to - width));
    size_t row = 0;
    while (row < free_from.size() && start < free_from[row]) ++row;
    if (row == free_from.size()) free_from.push_back(0);
    free_from[row] = start + width + 10;
    out.push_back({text, x.at(m.ms), start, row});
  }
  return out;
}

std::string draw(const Distribution& d, double width, Words w) {
  const bool narrow = width < 500;
  const Axis x = make_axis(d.bins.front().low, d.bins.back().high, 8, width - 12, narrow ? 4 : 8, true);
  const std::vector<PlacedMark> marks = place_marks(d.marks, x);
  size_t rows = 0;
  for (const PlacedMark& m : marks) rows = std::max(rows, m.row + 1);
  const double row_height = 16, top = 10 + row_height * double(rows), bottom = top + (narrow ? 120 : 140);
  Svg svg(width, bottom + 42);
  draw_x_axis(svg, x, top, bottom, w({"milliseconds", "毫秒"}));
  double densest = 0;
  for (const Bin& b : d.bins) densest = std::max(densest, b.share / (b.high - b.low));
  for (const Bin& b : d.bins) {
    if (b.share <= 0) continue;
    const double h = std::max(2.0, (bottom - top) * (b.share / (b.high - b.low)) / densest);
    const double from = x.at(b.low), to = x.at(b.high);
    svg.rect(from, bottom - h, std::max(1.0, to - from - 1), h, "density",
             fmt::format("{}–{} ms: {:.1f} %", number_text(b.low), number_text(b.high), b.share * 100));
  }
  for (const PlacedMark& m : marks) {
    const double y = 12 + row_height * double(m.row);
    svg.line(m.at, y - 9, m.at, bottom, "mark");
    svg.text(m.start, y, Anchor::Start, "label", m.text);
  }
  return svg.finish(w({"Latency distribution", "延迟分布"}));
}

}  // namespace

std::string latency_distribution(const LogModel& m, Words w) {
  const Statistic* s = subject(m);
  if (!s || !(s->max > s->min) || !std::isfinite(s->max)) return "";
  Distribution d{.bins = {}, .marks = marks_of(*s), .what = subject_name(m)};
  const std::string title = fmt::format("{} · {}", w(d.what), w({"distribution", "分布"}));
  const auto drawn = [&](const std::string& note) {
    return figure(title, note, [&](double width) { return draw(d, width, w); });
  };
  if (m.times && m.times->size() >= 20) {
    std::vector<double> sorted = m.times->main();
    std::sort(sorted.begin(), sorted.end());
    d.bins = bins_of(sorted);
    if (d.bins.size() >= 2) {
      const auto beyond = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), d.bins.back().high);
      std::string note = fmt::format(
          fmt::runtime(w({"{} queries, each from the file of times; {}–{} ms.", "{} 次查询，逐次取自计时文件；{}–{} ms。"})),
          sorted.size(), number_text(sorted.front()), number_text(sorted.back()));
      if (beyond > 0)
        note += fmt::format(fmt::runtime(w({" Not drawn, far to the right: {}.", "未绘出（远在右侧）：{} 次。"})), beyond);
      return drawn(note);
    }
  }
  d.bins = bins_between(*s);
  if (d.bins.size() < 2) return "";
  const std::string note =
      fmt::format(fmt::runtime(w({"{}–{} ms. An area is a share of the queries; between the percentiles that the log "
                                  "tells they are spread evenly. "
                                  "The whole distribution: give trtexec --exportTimes=FILE and pass FILE too.",
                                  "{}–{} ms。面积表示查询占比；日志给出的百分位之间按均匀分布绘制。如需完整分布：给 "
                                  "trtexec 加 --exportTimes=FILE，并一并传入 FILE。"})),
                  number_text(s->min), number_text(s->max));
  return drawn(note);
}

namespace {

struct Part { Text name; const Statistic* statistic; };

std::string draw_parts(const std::vector<Part>& parts, double high, double width, Words w) {
  const bool narrow = width < 500;
  double labels = 0;
  for (const Part& p : parts) labels = std::max(labels, text_width(w(p.name)));
  const double row_height = narrow ? 42 : 30, left = narrow ? 6 : labels + 18, right = narrow ? width - 12 : width - 96;
  const double top = 6, bottom = top + row_height * double(parts.size()) + 4;
  Svg svg(width, bottom + 42);
  const Axis x = make_axis(0, high, left, right, narrow ? 4 : 8, true);
  draw_x_axis(svg, x, top, bottom, w({"milliseconds", "毫秒"}));
  for (size_t i = 0; i < parts.size(); ++i) {
    const Statistic& s = *parts[i].statistic;
    const double y = top + row_height * double(i), middle = narrow ? y + 28 : y + 15;
    double p99 = s.max;
    for (const auto& [p, ms] : s.percentiles) {
      if (p == 99) p99 = ms;
    }
    const std::string hint =
        fmt::format("{}: min {}, {} {}, p99 {}, max {} ms", w(parts[i].name), number_text(s.min),
                    w({"median", "中位数"}), number_text(s.median), number_text(p99), number_text(s.max));
    svg.text(narrow ? left : labels + 4, narrow ? y + 15 : y + 19, narrow ? Anchor::Start : Anchor::End, "label",
             w(parts[i].name));
    svg.text(narrow ? right : width - 4, narrow ? y + 15 : y + 19, Anchor::End, "value", number_text(s.median) + " ms");
    svg.line(x.at(s.min), middle, x.at(s.max), middle, "range");
    svg.rect(x.at(s.min), middle - 5, std::max(2.0, x.at(p99) - x.at(s.min)), 10, "run soft", hint);
    svg.rect(x.at(s.median) - 1.5, middle - 8, 3, 16, "median", hint);
  }
  return svg.finish(w({"Latency and its parts", "延迟及其组成"}));
}

}  // namespace

std::string latency_parts(const LogModel& m, Words w) {
  if (!m.performance) return "";
  const Performance& p = *m.performance;
  std::vector<Part> parts;
  const auto add = [&](Text name, const std::optional<Statistic>& s) {
    if (s && s->max >= s->min && s->max > 0 && std::isfinite(s->max)) parts.push_back({name, &*s});
  };
  add({"Latency", "延迟"}, p.latency);
  add({"Input transfer", "输入传输"}, p.h2d);
  add({"GPU compute", "GPU 计算"}, p.compute);
  add({"Output transfer", "输出传输"}, p.d2h);
  add({"Enqueue (host)", "入队（主机）"}, p.enqueue);
  if (parts.size() < 2) return "";
  double high = 0;
  for (const Part& part : parts) high = std::max(high, part.statistic->max);
  return figure(w({"Latency and its parts", "延迟及其组成"}),
                w({"Line: minimum to maximum. Bar: up to the 99th percentile. Mark and number: median. Enqueue is the "
                   "host's share and runs beside the GPU.",
                   "细线：最小至最大；色条：至第 99 百分位；标记与数字：中位数。入队为主机端开销，与 GPU 并行。"}),
                [&](double width) { return draw_parts(parts, high, width, w); });
}

std::string latency_trace(const LogModel& m, Words w) {
  if (m.trace.size() < 3) return "";
  const size_t every = (m.trace.size() + max_drawn_points - 1) / max_drawn_points;
  std::vector<double> gpu, host;
  for (size_t i = 0; i < m.trace.size(); i += every) {
    double g = 0, h = 0;  // the worst of the bucket stays
    for (size_t k = i; k < std::min(i + every, m.trace.size()); ++k) {
      g = std::max(g, m.trace[k].gpu);
      h = std::max(h, m.trace[k].host);
    }
    gpu.push_back(g);
    host.push_back(h);
  }
  const double high = std::max(*std::max_element(gpu.begin(), gpu.end()), *std::max_element(host.begin(), host.end()));
  const double low = std::min(*std::min_element(gpu.begin(), gpu.end()), *std::min_element(host.begin(), host.end()));
  if (!(high > 0) || !std::isfinite(high)) return "";
  std::string note(w({"Averages of ten queries each, as the log prints them, in their order.",
                      "日志按顺序打印的每十次查询的平均值。"}));
  if (every > 1)
    note += fmt::format(fmt::runtime(w({" The highest of every {} drawn.", " 每 {} 个绘制最高者。"})), every);
  return figure(w({"Over the run", "运行过程"}), note, [&](double width) {
    const bool narrow = width < 500;
    const double top = 34, bottom = narrow ? 150 : 170;
    Svg svg(width, bottom + 42);
    const Axis y =
        make_axis(low > high * 0.6 ? low - (high - low) * 0.2 : 0, high + (high - low) * 0.1, bottom, top, 4, true);
    double left = 0;
    for (const double v : y.ticks) left = std::max(left, text_width(y.tick_text(v)) + 12);
    const double right = width - 14;
    draw_y_axis(svg, y, left, right, "ms");
    const Axis x = make_count_axis(1, double(m.trace.size()), left + 6, right, narrow ? 4 : 8);
    draw_x_axis(svg, x, bottom, bottom, w({"average number", "平均值序号"}));
    const auto path = [&](const std::vector<double>& values) {
      std::string d;
      for (size_t i = 0; i < values.size(); ++i)
        d += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x.at(double(i * every) + 1), y.at(values[i]));
      return d;
    };
    svg.path(path(host), "cpu thin");
    svg.path(path(gpu), "gpu thin");
    const std::string_view a = w({"latency", "延迟"}), b = "GPU";
    const double b_at = right - text_width(b), a_at = b_at - text_width(a) - 42;
    svg.line(a_at - 22, 10, a_at - 6, 10, "cpu");
    svg.text(a_at, 14, Anchor::Start, "label", a);
    svg.line(b_at - 22, 10, b_at - 6, 10, "gpu");
    svg.text(b_at, 14, Anchor::Start, "label", b);
    return svg.finish(w({"Latency over the run", "运行过程中的延迟"}));
  });
}

}  // namespace pharos
