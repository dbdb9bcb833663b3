#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "reports/html_charts.h"
#include "reports/html_svg.h"

namespace pharos {
namespace {

struct Sample { double x; const MemoryPoint* point; };
using Samples = std::vector<Sample>;

struct Curve {
  Samples process, managed;           // of the whole process and device; of TensorRT's own allocations
  size_t drawn = 0, all = 0;
  bool by_time = false;
  double low = 0, high = 1;
  double unit = 1;                    // MiB per unit of the axis
  std::string_view unit_name = "MiB";
  double top = 0;
};

std::string memory_text(double mib) { return bytes_text(int64_t(std::clamp(mib, 0.0, 1e12) * 1024 * 1024)); }

// Of each bucket the samples that are highest in either memory, so that no peak is lost.
Samples thinned(Samples in) {
  if (in.size() <= max_drawn_points) return in;
  Samples out;
  const size_t buckets = max_drawn_points / 2;
  for (size_t b = 0; b < buckets; ++b) {
    const auto from = in.begin() + ptrdiff_t(in.size() * b / buckets),
               to = in.begin() + ptrdiff_t(in.size() * (b + 1) / buckets);
    auto gpu = std::max_element(from, to,
                                [](const Sample& a, const Sample& c) { return a.point->gpu_mib < c.point->gpu_mib; });
    auto cpu = std::max_element(from, to,
                                [](const Sample& a, const Sample& c) { return a.point->cpu_mib < c.point->cpu_mib; });
    if (cpu < gpu) std::swap(cpu, gpu);
    out.push_back(*gpu);
    if (cpu != gpu) out.push_back(*cpu);
  }
  return out;
}

Samples placed(const LogModel& m, bool by_time) {
  Samples out;
  for (const MemoryPoint& p : m.memory) {
    const double at = by_time ? *p.time - *m.memory.front().time : double(p.line);
    out.push_back({out.empty() ? at : std::max(at, out.back().x), &p});
  }
  return out;
}

// How many of fifty slots of the axis hold a sample.
size_t spread(const Samples& samples) {
  const double low = samples.front().x, high = samples.back().x;
  std::set<int> slots;
  for (const Sample& s : samples) slots.insert(high > low ? int((s.x - low) / (high - low) * 50) : 0);
  return slots.size();
}

// Samples come in clusters, at the beginning and at the end of a long build: over the lines they may be told apart
// where over the time they cannot.
Curve curve_of(const LogModel& m) {
  Curve c;
  c.all = m.memory.size();
  Samples samples = placed(m, false);
  if (std::all_of(m.memory.begin(), m.memory.end(), [](const MemoryPoint& p) { return p.time.has_value(); }) &&
      *m.memory.back().time - *m.memory.front().time >= 5) {
    Samples timed = placed(m, true);
    c.by_time = double(spread(timed)) >= 0.8 * double(spread(samples));
    if (c.by_time) samples = std::move(timed);
  }
  c.low = samples.front().x;
  c.high = samples.back().x;
  for (const Sample& s : samples) {
    (s.point->managed ? c.managed : c.process).push_back(s);
    c.top = std::max({c.top, s.point->gpu_mib, s.point->managed ? 0 : s.point->cpu_mib});
  }
  c.process = thinned(std::move(c.process));
  c.managed = thinned(std::move(c.managed));
  c.drawn = c.process.size() + c.managed.size();
  if (m.device_memory_mib > 0 && c.top > m.device_memory_mib * 0.6) c.top = std::max(c.top, m.device_memory_mib);
  if (c.top >= 4096) { c.unit = 1024; c.unit_name = "GiB"; }
  return c;
}

struct Scales { Axis x, y; double time; };

// What was in use stays in use until the next message tells otherwise.
void draw_steps(Svg& svg, const Samples& samples, double until, const Curve& c, const Scales& s,
                double MemoryPoint::*what, std::string_view cls) {
  if (samples.empty()) return;
  std::string d;
  for (const Sample& sample : samples) {
    const double x = s.x.at(sample.x / s.time), y = s.y.at(sample.point->*what / c.unit);
    d += d.empty() ? fmt::format("M{:.1f} {:.1f}", x, y) : fmt::format("H{:.1f}V{:.1f}", x, y);
  }
  svg.path(d + fmt::format("H{:.1f}", s.x.at(until / s.time)), cls);
}

void draw_dots(Svg& svg, const Samples& samples, const Curve& c, const Scales& s, std::string_view cls, Words w) {
  for (const Sample& sample : samples) {
    const MemoryPoint& p = *sample.point;
    svg.circle(s.x.at(sample.x / s.time), s.y.at(p.gpu_mib / c.unit), samples.size() > 60 ? 1.5 : 3, cls,
               fmt::format("{} · {} {} · GPU {} · {} {}", p.phase, w({"line", "行"}), p.line, memory_text(p.gpu_mib),
                           w({"host", "主机"}), memory_text(p.cpu_mib)));
  }
}

void draw_legend(Svg& svg, const Curve& c, double right, Words w) {
  const auto entry = [&](std::string_view cls, std::string_view text) {
    right -= text_width(text);
    svg.text(right, 14, Anchor::Start, "label", text);
    svg.line(right - 22, 10, right - 6, 10, cls);
    right -= 38;
  };
  if (!c.managed.empty())
    entry("managed", svg.narrow() ? "TensorRT" : w({"GPU, TensorRT's own", "GPU，TensorRT 自身"}));
  if (!c.process.empty()) entry("cpu", w({"host", "主机"}));
  if (!c.process.empty()) entry("gpu", "GPU");
}

std::string draw(const Curve& c, const LogModel& m, double width, Words w) {
  const bool narrow = width < 500;
  const double top = 34, bottom = narrow ? 200 : 230, right = width - 14;
  Svg svg(width, bottom + 42);
  const TimeUnit unit = time_unit(c.high - c.low);
  Scales s{
      .x = {}, .y = make_axis(0, c.top / c.unit * 1.04, bottom, top, 5, true), .time = c.by_time ? unit.seconds : 1};
  double left = 0;
  for (const double v : s.y.ticks) left = std::max(left, text_width(s.y.tick_text(v)) + 12);
  draw_y_axis(svg, s.y, left, right, c.unit_name);
  const int ticks = narrow ? 4 : 8;
  s.x = c.by_time ? make_axis(c.low / s.time, c.high / s.time, left, right, ticks, false)
                  : make_count_axis(c.low, c.high, left, right, ticks);
  draw_x_axis(svg, s.x, bottom, bottom,
              c.by_time ? fmt::format("{} ({})", w({"time since the first sample", "自首个采样起的时间"}), w(unit.name))
                        : std::string(w({"line of the log", "日志行号"})));
  draw_legend(svg, c, right, w);
  if (const double limit = m.device_memory_mib / c.unit; limit > 0 && limit <= s.y.high) {
    svg.line(left, s.y.at(limit), right, s.y.at(limit), "limit");
    svg.text(left + 6, s.y.at(limit) - 5, Anchor::Start, "label",
             fmt::format("{} {}", w({"device has", "设备共有"}), memory_text(m.device_memory_mib)));
  }
  draw_steps(svg, c.process, c.high, c, s, &MemoryPoint::cpu_mib, "cpu");
  draw_steps(svg, c.managed, c.high, c, s, &MemoryPoint::gpu_mib, "managed");
  draw_steps(svg, c.process, c.high, c, s, &MemoryPoint::gpu_mib, "gpu");
  draw_dots(svg, c.managed, c, s, "managed-dot", w);
  draw_dots(svg, c.process, c, s, "gpu-dot", w);
  const Samples& main = c.process.empty() ? c.managed : c.process;
  const auto peak = std::max_element(
      main.begin(), main.end(), [](const Sample& a, const Sample& b) { return a.point->gpu_mib < b.point->gpu_mib; });
  const std::string text = fmt::format("{} {}", w({"GPU peak", "GPU 峰值"}), memory_text(peak->point->gpu_mib));
  const double at = s.x.at(peak->x / s.time);
  const bool to_left = at + 8 + text_width(text) > right;
  svg.text(to_left ? at - 2 : at + 2, s.y.at(peak->point->gpu_mib / c.unit) - 8, to_left ? Anchor::End : Anchor::Start,
           "label strong", text);
  return svg.finish(fmt::format("{}, {}", w({"Memory in use", "内存占用"}), text));
}

std::string signed_text(double mib) { return mib == 0 ? std::string("0") : fmt::format("{:+.0f}", mib); }

std::string table(const LogModel& m, Words w) {
  constexpr size_t most = 120;
  std::string rows;
  for (size_t i = 0; i < std::min(most, m.memory.size()); ++i) {
    const MemoryPoint& p = m.memory[i];
    rows += fmt::format(
        "<tr><td class=\"num\">{}</td><td>{}</td><td class=\"num\">{:.0f}</td><td class=\"num\">{}</td><td "
        "class=\"num\">{:.0f}</td><td class=\"num\">{}</td></tr>\n",
        p.line, html_cut(p.phase, 120), p.gpu_mib, signed_text(p.gpu_delta_mib), p.cpu_mib,
        signed_text(p.cpu_delta_mib));
  }
  const std::string more =
      m.memory.size() <= most
          ? ""
          : fmt::format("<p class=\"note\">{}</p>",
                        fmt::format(fmt::runtime(w({"{} further samples are not listed", "另有 {} 个采样未列出"})),
                                    m.memory.size() - most));
  const std::string host = fmt::format("{}, MiB", w({"Host", "主机"}));
  const std::string table = html_table({{w({"Line", "行"}), true}, {w({"Where", "位置"})}, {"GPU, MiB", true},
                                        {"±", true}, {host, true}, {"±", true}}, rows);
  return fmt::format("<details><summary>{}</summary>{}{}</details>\n", w({"Samples", "采样"}), table, more);
}

}  // namespace

std::string memory_curve(const LogModel& m, Words w) {
  if (m.memory.size() < 2) return m.memory.empty() ? "" : table(m, w);
  const Curve c = curve_of(m);
  std::string note;
  if (c.drawn < c.all) {
    note = fmt::format(
        fmt::runtime(w({"{} of {} samples drawn; the peaks are among them", "绘制了 {} / {} 个采样，峰值均在其中"})),
        c.drawn, c.all);
  }
  return figure(w({"Memory in use", "内存占用"}), note, [&](double width) { return draw(c, m, width, w); }) +
         table(m, w);
}

}  // namespace pharos
