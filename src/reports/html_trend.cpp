#include "reports/html_trend.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/facts_view.h"
#include "reports/html_svg.h"

namespace pharos {
namespace {

constexpr size_t most_points = 200, most_series = 24;

std::string draw(std::span<const TrendPoint> points, const std::string& unit, const std::string& name, double width) {
  const bool narrow = width < 500;
  double low = INFINITY, high = -INFINITY;
  for (const TrendPoint& p : points) {
    low = std::min({low, p.low, p.median});
    high = std::max({high, p.high, p.median});
  }
  const double top = 34, bottom = narrow ? 150 : 180, room = (high - low) * 0.15;
  Svg svg(width, bottom + 26);
  const double below_low = std::max(room, (high - low) * 0.35);  // for the label of a last point at the bottom
  const Axis y = make_axis(low > high * 0.5 ? low - below_low : 0, high + room, bottom, top, 4, true);
  double left = 0;
  for (const double v : y.ticks) left = std::max(left, text_width(y.tick_text(v)) + 12);
  const double right = width - 16;
  draw_y_axis(svg, y, left, right, unit);
  const auto x = [&](size_t i) {
    return left + 8 + (right - left - 16) * double(i) / double(std::max<size_t>(points.size() - 1, 1));
  };
  std::string band, line;
  for (size_t i = 0; i < points.size(); ++i)
    band += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x(i), y.at(points[i].high));
  for (size_t i = points.size(); i-- > 0;) band += fmt::format("L{:.1f} {:.1f}", x(i), y.at(points[i].low));
  for (size_t i = 0; i < points.size(); ++i)
    line += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x(i), y.at(points[i].median));
  svg.path(band + "Z", "band");
  svg.path(line, "gpu");
  for (size_t i = 0; i < points.size(); ++i) {
    const TrendPoint& p = points[i];
    svg.circle(x(i), y.at(p.median),
               i + 1 == points.size() ? 4.5
               : points.size() > 60   ? 1.5
                                      : 3,
               "gpu-dot",
               fmt::format("{}{}{}: {} {} ({}–{})", p.time, p.label.empty() ? "" : " · ", p.label,
                           number_text(p.median), unit, number_text(p.low), number_text(p.high)));
  }
  const std::string last = fmt::format("{} {}", number_text(points.back().median), unit);
  // On the side of the last point where the line does not come from.
  const double end = y.at(points.back().median), before = points.size() > 1 ? y.at(points[points.size() - 2].median) : end;
  const bool below = before < end - 4 && end + 20 < bottom;
  svg.text(right, below ? end + 20 : std::max(end - 10, 12.0), Anchor::End, "label strong", last);
  svg.text(left + 2, bottom + 18, Anchor::Start, "tick", points.front().time);
  const double room_right = right - left - text_width(points.front().time) - text_width(points.back().time);
  if (room_right > 12) svg.text(right, bottom + 18, Anchor::End, "tick", points.back().time);
  return svg.finish(fmt::format("{}: {}", name, last));
}

}  // namespace

std::string trend_section(std::span<const TrendSeries> trends, Language language) {
  const Words w(language);
  std::string out;
  size_t drawn = 0, left_out = 0;
  for (const TrendSeries& t : trends) {
    const bool finite = std::all_of(t.points.begin(), t.points.end(), [](const TrendPoint& p) {
      return std::isfinite(p.median) && std::isfinite(p.low) && std::isfinite(p.high);
    });
    if (t.points.size() < 2 || !finite) continue;
    if (drawn == most_series) { ++left_out; continue; }
    ++drawn;
    const std::span<const TrendPoint> points = std::span(t.points).last(std::min(t.points.size(), most_points));
    std::string note(w({"Line: median. Band: what was usual.", "线：中位数；色带：通常范围。"}));
    if (points.size() < t.points.size())
      note += fmt::format(fmt::runtime(w({" The newest {} of {}.", " 共 {1} 个，显示最新 {0} 个。"})), points.size(),
                          t.points.size());
    out += figure(html_text(t.name), note, [&](double width) { return draw(points, t.unit, t.name, width); });
  }
  if (left_out > 0)
    out +=
        element("p", "note",
                fmt::format(fmt::runtime(w({"{} further series are not drawn.", "另有 {} 个序列未绘制。"})), left_out));
  return out;
}

}  // namespace pharos
