#include "reports/html_svg.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/wrap.h"

namespace pharos {
namespace {

std::string hinted(std::string shape, std::string_view hint) {
  if (hint.empty()) return shape + "/>";
  return fmt::format("{}><title>{}</title></{}>", shape, html_text(hint), shape.substr(1, shape.find(' ') - 1));
}

}  // namespace

void Svg::line(double x1, double y1, double x2, double y2, std::string_view cls) {
  body_ +=
      fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>", cls, x1, y1, x2, y2);
}

void Svg::rect(double x, double y, double w, double h, std::string_view cls, std::string_view hint) {
  body_ += hinted(fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"", cls, x,
                              y, std::max(w, 0.0), std::max(h, 0.0)),
                  hint);
}

void Svg::circle(double x, double y, double r, std::string_view cls, std::string_view hint) {
  body_ += hinted(fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"", cls, x, y, r), hint);
}

void Svg::path(std::string_view d, std::string_view cls) {
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>", cls, d);
}

void Svg::text(double x, double y, Anchor a, std::string_view cls, std::string_view foreign) {
  constexpr std::string_view anchors[] = {"start", "middle", "end"};
  body_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", cls, x, y,
                       anchors[size_t(a)], html_text(foreign));
}

std::string Svg::finish(std::string_view label) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>",
      width_, height_, html_text(label), body_);
}

double text_width(std::string_view utf8) { return 6.4 * double(display_width(utf8)); }

double Axis::at(double v) const {
  if (high <= low) return from;
  return from + (std::clamp(v, low, high) - low) / (high - low) * (to - from);
}

std::string Axis::tick_text(double v) const {
  const int digits = std::clamp(int(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
  return fmt::format("{:.{}f}", std::fabs(v) < step * 1e-6 ? 0.0 : v, digits);
}

namespace {

Axis axis_with(double low, double high, double from, double to, int count, bool widen, double least_step) {
  if (!std::isfinite(low)) low = 0;
  if (!std::isfinite(high) || high <= low) high = low + std::max(std::fabs(low) * 0.01, 1e-6);
  const double raw = (high - low) / std::max(count, 1);
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  double step = power * 10;
  for (const double nice : {1.0, 2.0, 5.0}) {
    if (nice * power >= raw * 0.999) { step = nice * power; break; }
  }
  step = std::max(step, least_step);
  if (widen) {
    low = std::floor(low / step + 1e-9) * step;
    high = std::ceil(high / step - 1e-9) * step;
  }
  Axis axis{.low = low, .high = high, .from = from, .to = to, .step = step, .ticks = {}};
  const double first = std::ceil(low / step - 1e-9);
  for (int i = 0; i < 64 && (first + i) * step <= high + step * 1e-6; ++i) axis.ticks.push_back((first + i) * step);
  return axis;
}

}  // namespace

Axis make_axis(double low, double high, double from, double to, int count, bool widen) {
  return axis_with(low, high, from, to, count, widen, 0);
}
Axis make_count_axis(double low, double high, double from, double to, int count) {
  return axis_with(low, high, from, to, count, false, 1);
}

TimeUnit time_unit(double span) {
  if (span < 180) return {1, {"s", "秒"}};
  if (span < 3 * 3600) return {60, {"min", "分"}};
  return {3600, {"h", "小时"}};
}

void draw_x_axis(Svg& svg, const Axis& x, double top, double y, std::string_view title) {
  double free_from = -1e9;
  for (const double v : x.ticks) {
    const double at = x.at(v), half = text_width(x.tick_text(v)) / 2;
    svg.line(at, top, at, y, "grid");
    if (at - half < free_from) continue;
    svg.text(at, y + 16, Anchor::Middle, "tick", x.tick_text(v));
    free_from = at + half + 8;
  }
  svg.line(x.from, y, x.to, y, "axis");
  svg.text((x.from + x.to) / 2, y + 34, Anchor::Middle, "axis-title", title);
}

void draw_y_axis(Svg& svg, const Axis& y, double left, double right, std::string_view title) {
  for (const double v : y.ticks) {
    svg.line(left, y.at(v), right, y.at(v), v == y.low ? "axis" : "grid");
    svg.text(left - 7, y.at(v) + 4, Anchor::End, "tick", y.tick_text(v));
  }
  svg.text(0, y.to - 12, Anchor::Start, "axis-title", title);
}

std::string figure(std::string_view title, std::string_view note, const std::function<std::string(double)>& draw) {
  return fmt::format(
      "<figure class=\"chart\"><figcaption>{}</figcaption><div class=\"wide\">{}</div><div "
      "class=\"narrow\">{}</div>{}</figure>\n",
      title, draw(wide_figure), draw(narrow_figure), note.empty() ? std::string() : element("p", "note", note));
}

}  // namespace pharos
