#pragma once
// Drawing for the HTML report: a small SVG writer, axes with round numbers, and figures that come in two widths, since
// an SVG that shrinks to a phone's width shrinks its letters too.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html_markup.h"

namespace pharos {

inline constexpr double wide_figure = 800, narrow_figure = 330;  // units; about CSS pixels

enum class Anchor : uint8_t { Start, Middle, End };

// Colours come from the page's style sheet by class.
class Svg {
 public:
  Svg(double width, double height) : width_(width), height_(height) {}
  void line(double x1, double y1, double x2, double y2, std::string_view cls);
  // `hint` is shown when the pointer rests on it; escaped here.
  void rect(double x, double y, double w, double h, std::string_view cls, std::string_view hint = {});
  void circle(double x, double y, double r, std::string_view cls, std::string_view hint = {});
  void path(std::string_view d, std::string_view cls);
  void text(double x, double y, Anchor a, std::string_view cls, std::string_view foreign);
  // `label` tells those who cannot see it what is drawn.
  std::string finish(std::string_view label) const;
  double width() const { return width_; }
  double height() const { return height_; }
  bool narrow() const { return width_ < 500; }

 private:
  double width_, height_;
  std::string body_;
};

// About how wide a text is in the figures' letters (12 units high).
double text_width(std::string_view utf8);

struct Axis {
  double low = 0, high = 1;    // values
  double from = 0, to = 1;     // units of the drawing
  double step = 1;             // between ticks
  std::vector<double> ticks;
  double at(double v) const;
  std::string tick_text(double v) const;
};

// About `count` ticks at round numbers; with `widen` both ends move out to a tick.
Axis make_axis(double low, double high, double from, double to, int count, bool widen);
// For numbers of things: no ticks between them.
Axis make_count_axis(double low, double high, double from, double to, int count);

// Seconds, minutes or hours, whichever suits the span.
struct TimeUnit { double seconds; Text name; };
TimeUnit time_unit(double span_seconds);

// Ticks, their lines and the title below; `top` is where grid lines end.
void draw_x_axis(Svg& svg, const Axis& x, double top, double y, std::string_view title);
void draw_y_axis(Svg& svg, const Axis& y, double left, double right, std::string_view title);

// <figure> with title, the drawing in both widths and a note below; `note` is markup.
std::string figure(std::string_view title, std::string_view note, const std::function<std::string(double width)>& draw);

}  // namespace pharos
