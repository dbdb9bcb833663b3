#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "reports/html_charts.h"
#include "reports/html_svg.h"

namespace pharos {
namespace {

struct Sample { double x; const MemoryPoint* point; };

struct Curve {
  std::vector<Sample> samples;
  size_t all = 0;
  bool by_time = false;
  double low = 0, high = 1;
  double unit = 1;                    // MiB per unit of the axis
  std::string_view unit_name = "MiB";
  double top = 0;
};

std::string memory_text(double mib) { return bytes_text(int64_t(std::clamp(mib, 0.0, 1e12) * 1024 * 1024)); }

// Of each bucket the samples that are highest in either memory, so that no peak is lost.
std::vector<Sample> thinned(std::vector<Sample> in) {
  if (in.size() <= max_drawn_points) return in;
  std::vector<Sample> out;
  const size_t buckets = max_drawn_points / 2;
  for (size_t b = 0; b < buckets; ++b) {
    const auto from = in.begin() + ptrdiff_t(in.size() * b / buckets), to = in.begin() + ptrdiff_t(in.size() * (b + 1) / buckets);
    auto gpu = std::max_element(from, to, [](const Sample& a, const Sample& c) { return a.point->gpu_mib < c.point->gpu_mib; });
    auto cpu = std::max_element(from, to, [](const Sample& a, const Sample& c) { return a.point->cpu_mib < c.point->cpu_mib; });
    if (cpu < gpu) std::swap(cpu, gpu);
    out.push_back(*gpu);
    if (cpu != gpu) out.push_back(*cpu);
  }
  return out;
}

std::vector<Sample> placed(const LogModel& m, bool by_time) {
  std::vector<Sample> out;
  for (const MemoryPoint& p : m.memory) {
    const double at = by_time ? *p.time - *m.memory.front().time : double(p.line);
    out.push_back({out.empty() ? at : std::max(at, out.back().x), &p});
  }
  return out;
}

// How many of fifty slots of the axis hold a sample.
size_t spread(const std::vector<Sample>& samples) {
  const double low = samples.front().x, high = samples.back().x;
  std::set<int> slots;
  for (const Sample& s : samples) slots.insert(high > low ? int((s.x - low) / (high - low) * 50) : 0);
  return slots.size();
}

// Samples come in clusters, at the beginning and at the end of a long build: over the lines they may be told apart where
// over the time they cannot.
Curve curve_of(const LogModel& m) {
  Curve c;
  c.all = m.memory.size();
  c.samples = placed(m, false);
  if (std::all_of(m.memory.begin(), m.memory.end(), [](const MemoryPoint& p) { return p.time.has_value(); }) && *m.memory.back().time - *m.memory.front().time >= 5) {
    std::vector<Sample> timed = placed(m, true);
    c.by_time = double(spread(timed)) >= 0.8 * double(spread(c.samples));
    if (c.by_time) c.samples = std::move(timed);
  }
  for (const MemoryPoint& p : m.memory) c.top = std::max({c.top, p.cpu_mib, p.gpu_mib});
  c.low = c.samples.front().x;
  c.high = c.samples.back().x;
  c.samples = thinned(std::move(c.samples));
  if (m.device_memory_mib > 0 && c.top > m.device_memory_mib * 0.6) c.top = std::max(c.top, m.device_memory_mib);
  if (c.top >= 4096) { c.unit = 1024; c.unit_name = "GiB"; }
  return c;
}

// What was in use stays in use until the next message tells otherwise.
std::string steps(const Curve& c, const Axis& x, const Axis& y, double scale, double MemoryPoint::*what) {
  std::string d;
  for (const Sample& s : c.samples) {
    const double px = x.at(s.x / scale), py = y.at(s.point->*what / c.unit);
    d += d.empty() ? fmt::format("M{:.1f} {:.1f}", px, py) : fmt::format("H{:.1f}V{:.1f}", px, py);
  }
  return d;
}

void legend(Svg& svg, double right, std::string_view gpu, std::string_view cpu) {
  const double cpu_at = right - text_width(cpu), gpu_at = cpu_at - text_width(gpu) - 42;
  svg.line(gpu_at - 22, 10, gpu_at - 6, 10, "gpu");
  svg.text(gpu_at, 14, Anchor::Start, "label", gpu);
  svg.line(cpu_at - 22, 10, cpu_at - 6, 10, "cpu");
  svg.text(cpu_at, 14, Anchor::Start, "label", cpu);
}

std::string draw(const Curve& c, const LogModel& m, double width, Words w) {
  const bool narrow = width < 500;
  const double top = 34, bottom = narrow ? 200 : 230, height = bottom + 42;
  Svg svg(width, height);
  Axis y = make_axis(0, c.top / c.unit * 1.04, bottom, top, 5, true);
  double left = 0;
  for (const double v : y.ticks) left = std::max(left, text_width(y.tick_text(v)) + 12);
  const double right = width - 14;
  draw_y_axis(svg, y, left, right, c.unit_name);
  const TimeUnit unit = time_unit(c.high - c.low);
  const double scale = c.by_time ? unit.seconds : 1;
  const Axis x = make_axis(c.low / scale, c.high / scale, left, right, narrow ? 4 : 8, false);
  draw_x_axis(svg, x, bottom, bottom, c.by_time ? fmt::format("{} ({})", w({"time since the first sample", "自首个采样起的时间"}), w(unit.name))
                                                : std::string(w({"line of the log", "日志行号"})));
  legend(svg, right, w({"GPU", "GPU"}), w({"host", "主机"}));
  const double limit = m.device_memory_mib / c.unit;
  if (limit > 0 && limit <= y.high) {
    svg.line(left, y.at(limit), right, y.at(limit), "limit");
    svg.text(left + 6, y.at(limit) - 5, Anchor::Start, "label", fmt::format("{} {}", w({"device has", "设备共有"}), memory_text(m.device_memory_mib)));
  }
  svg.path(steps(c, x, y, scale, &MemoryPoint::cpu_mib), "cpu");
  svg.path(steps(c, x, y, scale, &MemoryPoint::gpu_mib), "gpu");
  const auto peak = std::max_element(c.samples.begin(), c.samples.end(), [](const Sample& a, const Sample& b) { return a.point->gpu_mib < b.point->gpu_mib; });
  for (const Sample& s : c.samples) {
    const MemoryPoint& p = *s.point;
    svg.circle(x.at(s.x / scale), y.at(p.gpu_mib / c.unit), &s == &*peak ? 4 : c.samples.size() > 60 ? 1.5 : 3, "gpu-dot",
               fmt::format("{} · {} {} · GPU {} · {} {}", p.phase, w({"line", "行"}), p.line, memory_text(p.gpu_mib), w({"host", "主机"}), memory_text(p.cpu_mib)));
  }
  const std::string text = fmt::format("{} {}", w({"GPU peak", "GPU 峰值"}), memory_text(peak->point->gpu_mib));
  const double at = x.at(peak->x / scale);
  const bool to_left = at + 8 + text_width(text) > right;
  svg.text(to_left ? at - 6 : at + 6, y.at(peak->point->gpu_mib / c.unit) - 8, to_left ? Anchor::End : Anchor::Start, "label strong", text);
  return svg.finish(fmt::format("{}, {}", w({"Memory in use", "内存占用"}), text));
}

std::string signed_text(double mib) { return mib == 0 ? std::string("0") : fmt::format("{:+.0f}", mib); }

std::string table(const LogModel& m, Words w) {
  constexpr size_t most = 120;
  std::string rows;
  for (size_t i = 0; i < std::min(most, m.memory.size()); ++i) {
    const MemoryPoint& p = m.memory[i];
    rows += fmt::format("<tr><td class=\"num\">{}</td><td>{}</td><td class=\"num\">{:.0f}</td><td class=\"num\">{}</td><td class=\"num\">{:.0f}</td><td class=\"num\">{}</td></tr>\n",
                        p.line, html_cut(p.phase, 120), p.gpu_mib, signed_text(p.gpu_delta_mib), p.cpu_mib, signed_text(p.cpu_delta_mib));
  }
  const std::string more = m.memory.size() <= most ? "" : fmt::format("<p class=\"note\">{}</p>", fmt::format(fmt::runtime(w({"{} further samples are not listed", "另有 {} 个采样未列出"})), m.memory.size() - most));
  return fmt::format("<details><summary>{}</summary><div class=\"scroll\"><table><thead><tr><th class=\"num\">{}</th><th>{}</th><th class=\"num\">GPU, MiB</th><th class=\"num\">±</th>"
                     "<th class=\"num\">{}, MiB</th><th class=\"num\">±</th></tr></thead><tbody>\n{}</tbody></table></div>{}</details>\n",
                     w({"Samples", "采样"}), w({"Line", "行"}), w({"Where", "位置"}), w({"Host", "主机"}), rows, more);
}

}  // namespace

std::string memory_curve(const LogModel& m, Words w) {
  if (m.memory.size() < 2) return m.memory.empty() ? "" : table(m, w);
  const Curve c = curve_of(m);
  std::string note;
  if (c.samples.size() < c.all) {
    note = fmt::format(fmt::runtime(w({"{} of {} samples drawn; the peaks are among them", "绘制了 {} / {} 个采样，峰值均在其中"})), c.samples.size(), c.all);
  }
  return figure(w({"Memory in use", "内存占用"}), note, [&](double width) { return draw(c, m, width, w); }) + table(m, w);
}

}  // namespace pharos
