#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/compare/render.h"
#include "compare/apportion.h"

namespace pharos {
namespace {

constexpr size_t rows_shown = 8;    // of a topic
constexpr size_t layers_shown = 4;  // of a cause
constexpr size_t longest_cell = 100;

std::string cell(const std::string& text) {
  const std::string safe = escape_control(text);
  if (safe.size() <= longest_cell) return safe;
  size_t cut = longest_cell - 3;
  while (cut > 0 && (uint8_t(safe[cut]) & 0xc0) == 0x80) --cut;
  return safe.substr(0, cut) + "...";
}

double weight(const SideChange& c) {
  if (c.before_ms || c.after_ms) return std::fabs(c.after_ms.value_or(0) - c.before_ms.value_or(0));
  return 0;
}

std::string with_time(const std::string& text, std::optional<double> ms) {
  if (text.empty()) return "-";
  return ms ? fmt::format("{} ({:.4g} ms)", cell(text), *ms) : cell(text);
}

}  // namespace

ShownSplit shown_split(const LatencySplit& s) {
  const int digits = shown_digits(std::min(s.before_ns, s.after_ns));
  const int64_t unit = int64_t(std::llround(std::pow(10, 6 - digits - 1)));  // one digit more than the headline
  const auto units = [&](int64_t ns) { return std::llround(double(ns) / double(unit)); };
  const auto text = [&](int64_t n, bool sign) {
    return fmt::format(fmt::runtime(sign ? "{:+.{}f}" : "{:.{}f}"), double(n) * double(unit) / 1e6, digits + 1);
  };
  ShownSplit out;
  const int64_t before = units(s.before_ns), after = units(s.after_ns);
  out.before = text(before, false);
  out.after = text(after, false);
  out.delta = text(after - before, true);
  std::vector<int64_t> parts;
  for (const CauseTerm& t : s.terms) parts.push_back(t.ns);
  const std::vector<int64_t> shown = s.delta_ns() != 0 ? apportion(parts, after - before) : std::vector<int64_t>();
  for (size_t i = 0; i < s.terms.size(); ++i) {
    out.terms.push_back(text(shown.empty() ? units(parts[i]) : shown[i], true));
    out.shares.push_back(s.has_shares ? fmt::format("{:.1f} %", double(s.terms[i].share) / 10) : "-");
  }
  return out;
}

std::vector<ShownChanges> shown_changes(const Comparison& c, const CompareView& view) {
  std::vector<ShownChanges> out;
  for (size_t t = 0; t <= size_t(Topic::Performance); ++t) {
    std::vector<const SideChange*> changes;
    for (const SideChange& change : c.changes)
      if (size_t(change.topic) == t) changes.push_back(&change);
    if (changes.empty()) continue;
    std::stable_sort(changes.begin(), changes.end(),
                     [](const SideChange* x, const SideChange* y) { return weight(*x) > weight(*y); });
    ShownChanges s{.topic = Topic(t), .title = std::string(topic_title(Topic(t)).in(view.language))};
    for (const SideChange* change : changes) {
      if (!view.all && s.rows.size() == rows_shown) {
        ++s.left_out;
        continue;
      }
      s.rows.push_back({cell(change->what(view.language)), with_time(change->from(view.language), change->before_ms),
                        with_time(change->to(view.language), change->after_ms)});
    }
    out.push_back(std::move(s));
  }
  return out;
}

std::vector<std::string> shown_layers(const CauseTerm& t, const CompareView& view) {
  std::vector<std::string> out;
  if (!view.all && (t.cause == Cause::Uniform || t.share == 0)) return out;  // all of them; nothing to speak of
  for (const LayerChange& l : t.layers) {
    const bool small = std::llabs(l.ns()) * 50 < std::llabs(t.ns);
    if (!view.all && (small || out.size() == layers_shown)) {
      out.push_back(fmt::format(fmt::runtime(view.language == Language::Chinese ? "另有 {} 个" : "{} more"),
                                t.layers.size() - out.size()));
      break;
    }
    std::string names = cell(l.name());
    if (const size_t n = l.names().size(); n > 1) names += fmt::format(" (+{})", n - 1);
    const std::string how =
        t.cause == Cause::Uniform || t.cause == Cause::Slower || t.cause == Cause::Shapes || t.cause == Cause::Device
            ? std::string()
            : (view.language == Language::Chinese ? "，" : ", ") + escape_control(change_text(l, view.language));
    out.push_back(
        fmt::format("{}{}: {:.4g} → {:.4g} ms", names, how, double(l.before_ns) / 1e6, double(l.after_ns) / 1e6));
  }
  return out;
}

std::string side_text(const Side& s) {
  std::string out = escape_control(s.label);
  std::string files;
  for (const std::string& f : s.files) {
    if (f == s.label) continue;
    const std::string_view shown =
        f.starts_with(s.label + "/") ? std::string_view(f).substr(s.label.size() + 1) : std::string_view(f);
    files += (files.empty() ? "" : ", ") + escape_control(shown);
  }
  if (!files.empty()) out += " (" + files + ")";
  std::string facts;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) facts += (facts.empty() ? ": " : ", ") + escape_control(text);
  };
  if (s.log.tensorrt.known()) add("TensorRT " + s.log.tensorrt.text());
  add(s.log.device);
  return out + facts;
}

std::string_view shares_explained(Language l) {
  return l == Language::Chinese ? "占比 = 该原因的毫秒数（带符号）÷ 总变化；负数与总变化方向相反；合计恰为 100 %。"
                                : "share = signed ms of the cause / whole change; a negative share works against the "
                                  "change; together exactly 100 %.";
}

}  // namespace pharos
