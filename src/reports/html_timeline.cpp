#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "reports/facts_view.h"
#include "reports/html_charts.h"
#include "reports/html_svg.h"
#include "reports/report.h"

namespace pharos {
namespace {

struct Segment { double begin, end; int64_t first_line, last_line; };

struct Row {
  Stage stage;
  std::vector<Segment> segments;
  double seconds = 0;       // over all segments, as far as told
  bool told = false;
  bool exact = false;       // the log states it; else it is the difference of times of a second each
};

struct Timeline {
  std::vector<Row> rows;    // in order of first appearance
  bool by_time = false;
  double origin = 0, span = 0;
  size_t segments = 0;
};

Timeline timeline_of(const LogModel& m) {
  Timeline t;
  bool timed = m.first_time && m.last_time && *m.last_time - *m.first_time >= 2;
  for (const StageSpan& s : m.stages) timed &= s.begin.has_value();
  t.by_time = timed;
  const double first = timed ? *m.first_time : double(m.first_line);
  const double last = timed ? *m.last_time : double(std::max(m.last_line, m.first_line + 1));
  t.origin = first;
  t.span = last - first;
  for (size_t i = 0; i < m.stages.size(); ++i) {
    const StageSpan& s = m.stages[i];
    const bool open = i + 1 == m.stages.size();  // it goes on to the end of the log
    const double begin = timed ? *s.begin : double(s.first_line);
    const double end = timed ? s.end.value_or(open ? last : begin) : double(open ? m.last_line : s.last_line);
    auto row = std::find_if(t.rows.begin(), t.rows.end(), [&](const Row& r) { return r.stage == s.stage; });
    if (row == t.rows.end()) row = t.rows.insert(t.rows.end(), Row{.stage = s.stage, .segments = {}});
    row->segments.push_back(
        {begin - first, std::max(begin, end) - first, s.first_line, open ? m.last_line : s.last_line});
    ++t.segments;
    if (s.seconds) { row->seconds += *s.seconds; row->told = row->exact = true; }
    else if (timed) { row->seconds += std::max(0.0, end - begin); row->told = true; }
  }
  return t;
}

// Neighbours that touch, and all beyond the limit, become one.
std::vector<Segment> merged(std::vector<Segment> in, double gap) {
  std::vector<Segment> out;
  for (const Segment& s : in) {
    if (!out.empty() && (s.begin - out.back().end <= gap || out.size() == max_drawn_segments)) {
      out.back().end = std::max(out.back().end, s.end);
      out.back().last_line = s.last_line;
    } else {
      out.push_back(s);
    }
  }
  return out;
}

std::string row_seconds(const Row& r) {
  if (!r.told) return "";
  if (!r.exact && r.seconds < 1) return "< 1 s";
  return r.exact ? duration_text(r.seconds * 1000) : fmt::format("{:.0f} s", r.seconds);
}

std::string draw(const Timeline& t, double width, Words w) {
  const bool narrow = width < 500;
  double labels = 0, ends = 0;
  for (const Row& r : t.rows) {
    labels = std::max(labels, text_width(w(log_stage_title(r.stage))));
    ends = std::max(ends, text_width(row_seconds(r)));
  }
  const double row_height = narrow ? 40 : 30, top = 6;
  const double left = narrow ? 6 : labels + 18, right = narrow ? width - 12 : width - ends - 20;
  const double bottom = top + row_height * double(t.rows.size()) + 4;
  Svg svg(width, bottom + 42);
  const TimeUnit unit = time_unit(t.span);
  const double scale = t.by_time ? unit.seconds : 1, offset = t.by_time ? 0 : t.origin;
  const int ticks = narrow ? 4 : 8;
  const Axis x = t.by_time ? make_axis(0, t.span / scale, left, right, ticks, false)
                           : make_count_axis(offset, offset + t.span, left, right, ticks);
  draw_x_axis(svg, x, top, bottom,
              t.by_time
                  ? fmt::format("{} ({})", w({"time since the first message", "自首条消息起的时间"}), w(unit.name))
                  : std::string(w({"line of the log", "日志行号"})));
  for (size_t i = 0; i < t.rows.size(); ++i) {
    const Row& r = t.rows[i];
    const double y = top + row_height * double(i), bar = narrow ? y + 20 : y + 7, height = 14;
    const std::string_view name = w(log_stage_title(r.stage));
    svg.text(narrow ? left : labels + 4, narrow ? y + 14 : y + 18, narrow ? Anchor::Start : Anchor::End, "label", name);
    const std::string seconds = row_seconds(r);
    for (const Segment& s : merged(r.segments, t.span / 500)) {
      const double from = x.at(offset + s.begin / scale), to = x.at(offset + s.end / scale);
      svg.rect(std::min(from, right - 3), bar, std::max(to - from, 3.0), height,
               is_build_stage(r.stage) ? "build" : "run",
               fmt::format("{}: {} {}–{}{}", name, w({"lines", "行"}), s.first_line, s.last_line,
                           seconds.empty() ? "" : ", " + seconds));
    }
    svg.text(narrow ? right : width - 4, narrow ? y + 14 : y + 18, Anchor::End, "value", seconds);
  }
  return svg.finish(w({"Timeline of the stages", "各阶段时间线"}));
}

}  // namespace

std::string stage_timeline(const LogModel& log, Words w) {
  if (log.stages.empty()) return "";
  const Timeline t = timeline_of(log);
  if (t.span <= 0 || (t.rows.size() < 2 && !t.by_time)) return "";
  std::string note = fmt::format("<span class=\"key build\"></span>{} <span class=\"key run\"></span>{}",
                                 w({"build", "构建"}), w({"run", "运行"}));
  if (!t.by_time)
    note += fmt::format(" · {}", w({"the messages carry no usable times, so stages are placed by line",
                                    "消息没有可用的时间，因此按行号排列各阶段"}));
  else
    note += fmt::format(" · {}",
                        w({"times in the log are whole seconds; durations with decimals are stated by the log itself",
                           "日志时间精度为一秒；带小数的时长由日志直接给出"}));
  return figure(w({"Stages", "阶段"}), note, [&](double width) { return draw(t, width, w); });
}

}  // namespace pharos
