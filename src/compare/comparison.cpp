#include "compare/comparison.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/compare.h"

namespace pharos {
namespace {

// Hardly anything in common: by name and origin next to nothing, by what the layers compute not even a third.
bool unrelated(const Comparison& c) {
  constexpr size_t few = 3;  // of layers nothing can be said
  const auto computing = [](const Side& s) {
    return size_t(std::count_if(s.layers.begin(), s.layers.end(),
                                [](const SideLayer& l) { return l.parsed.kind == LayerKind::Compute; }));
  };
  const size_t smaller = std::min(computing(c.a), computing(c.b)), larger = std::max(computing(c.a), computing(c.b));
  return smaller >= few && c.matching.by_name * 10 < smaller && c.matching.matched * 3 < larger;
}

class Notes {
 public:
  explicit Notes(Comparison& c) : c_(c) {}
  void take(const ComparisonOptions& options) {
    if (unrelated(c_)) {
      note(diag::compare_unrelated, {{"count_a", std::to_string(c_.a.layers.size())},
                                     {"count_b", std::to_string(c_.b.layers.size())},
                                     {"matched", std::to_string(c_.matching.matched)}});
    }
    if (!c_.split) no_latency(options);
    for (const Side* s : {&c_.a, &c_.b}) {
      if (!s->has_profile) note(diag::compare_no_profile, {{"side", s->label}});
      if (c_.split && s->profiled_run) note(diag::compare_profiled_run, {{"side", s->label}});
    }
    if (!c_.split || !c_.split->has_layers) suspects();
  }

 private:
  void note(const Diagnostic& d, Arguments arguments) { c_.notes.emplace_back(d, std::move(arguments)); }

  void no_latency(const ComparisonOptions& options) {
    const auto tells = [&](const Side& s) {
      if (options.metric) return has_metric(s, *options.metric);
      return has_metric(s, Metric::Latency) || has_metric(s, Metric::Compute) || has_metric(s, Metric::Profile) ||
             has_metric(s, Metric::Period);
    };
    const std::string metric = options.metric ? fmt::format(" ({})", metric_name(*options.metric)) : std::string();
    const bool a = tells(c_.a), b = tells(c_.b);
    if (a && b)
      note(diag::compare_no_latency,
           {{"side", fmt::format("{}, {}", c_.a.label, c_.b.label)}, {"metric", " (of the same kind)"}});
    if (!a) note(diag::compare_no_latency, {{"side", c_.a.label}, {"metric", metric}});
    if (!b) note(diag::compare_no_latency, {{"side", c_.b.label}, {"metric", metric}});
  }

  // What one side alone says about work off the device.
  void suspects() {
    for (const SideChange& change : c_.changes) {
      if (change.topic != Topic::Fallbacks || change.after.empty()) continue;
      note(diag::compare_suspect, {{"what", fmt::format("{} -> {}", change.name, change.after)}});
    }
  }

  Comparison& c_;
};

std::string place(const std::string& where, bool zh) {
  if (where == "CPU" || where == "GPU") return (zh ? "" : "the ") + where;
  if (where == "framework" || where == "the framework") return zh ? "框架" : "the framework";
  return where;
}

std::string shortened(std::string name) {
  constexpr size_t longest = 60;
  constexpr std::string_view copy = "Reformatting CopyNode for ";
  if (const size_t to = name.find(" to "); name.starts_with(copy) && to != name.npos)
    name = "copy for " + name.substr(to + 4);
  if (name.size() <= longest) return name;
  size_t cut = longest - 3;
  while (cut > 0 && (uint8_t(name[cut]) & 0xc0) == 0x80) --cut;  // not within a character
  return name.substr(0, cut) + "...";
}

// The layer that makes up most of the term, or how many do.
std::string subject(const CauseTerm& t, bool zh) {
  constexpr double most = 0.7;
  if (t.layers.empty()) return {};
  if (t.layers.size() == 1 || double(std::llabs(t.layers.front().ns())) >= most * double(std::llabs(t.ns)))
    return shortened(t.layers.front().name());
  return fmt::format(fmt::runtime(zh ? "{} 个层" : "{} layers"), t.layers.size());
}

std::string happened(Cause cause, const LayerChange* c, bool zh) {
  switch (cause) {
    case Cause::Fallback:
      if (!c) return zh ? "移至其他设备" : "off the device";
      if (c->to.empty())
        return fmt::format(fmt::runtime(zh ? "不再在 {} 上运行" : "no longer on {}"), place(c->from, zh));
      return fmt::format(fmt::runtime(zh ? "改在 {} 上运行" : "now on {}"), place(c->to, zh));
    case Cause::Precision:
      return c ? fmt::format(fmt::runtime(zh ? "由 {} 变为 {}" : "from {} to {}"), c->from, c->to)
               : std::string(zh ? "精度改变" : "in another precision");
    case Cause::Reformat:
      if (!c) return zh ? "格式转换" : "copies between layouts";
      return c->a.empty()   ? (zh ? "新增的格式转换" : "added (reformat)")
             : c->b.empty() ? (zh ? "消失的格式转换" : "gone (reformat)")
                            : (zh ? "（格式转换）" : "(reformat)");
    case Cause::Fusion:
      if (!c) return zh ? "融合不同" : "fused otherwise";
      return c->a.size() < c->b.size() ? (zh ? "失去融合" : "no longer fused") : (zh ? "新融合" : "now fused");
    case Cause::Tactic: return zh ? "使用了其他策略" : "with another tactic";
    case Cause::Added: return zh ? "为新增" : "new";
    case Cause::Removed: return zh ? "已消失" : "gone";
    case Cause::Shapes: return zh ? "输入形状不同" : "at other input shapes";
    case Cause::Device: return zh ? "设备不同" : "on another device";
    case Cause::Slower:
      return !c || c->ns() >= 0 ? (zh ? "变慢，无可见改变" : "slower without a visible change")
                                : (zh ? "变快，无可见改变" : "faster without a visible change");
    default: return std::string(cause_title(cause).in(zh ? Language::Chinese : Language::English));
  }
}

std::string term_text(const LatencySplit& s, const CauseTerm& t, bool zh) {
  if (t.cause == Cause::Uniform)
    return fmt::format(
        fmt::runtime(zh ? "所有层 {:.2f} 倍（时钟、功耗或负载）" : "all layers x {:.2f} (clocks, power or load)"),
        s.factor);
  if (t.cause == Cause::Shapes || t.cause == Cause::Device)
    return std::string(cause_title(t.cause).in(zh ? Language::Chinese : Language::English));
  const std::string who = subject(t, zh);
  const std::string what = happened(t.cause, t.layers.empty() ? nullptr : &t.layers.front(), zh);
  return who.empty() ? what : who + " " + what;
}

}  // namespace

std::optional<double> Comparison::growth() const {
  if (!split || split->before_ns <= 0) return std::nullopt;
  return 100.0 * double(split->delta_ns()) / double(split->before_ns);
}

Comparison compare(Side a, Side b, const ComparisonOptions& options) {
  Comparison c;
  c.a = std::move(a);
  c.b = std::move(b);
  const std::vector<MatchLayer> x(c.a.layers.begin(), c.a.layers.end()), y(c.b.layers.begin(), c.b.layers.end());
  c.matching = match_layers(x, y);
  c.changes = changes_of(c.a, c.b, c.matching);
  c.split =
      split_latency(c.a, c.b, c.matching, {.metric = options.metric, .shapes_changed = shapes_changed(c.changes)});
  Notes(c).take(options);
  return c;
}

std::string change_text(const LayerChange& change, Language language) {
  return happened(change.cause, &change, language == Language::Chinese);
}

int shown_digits(int64_t smaller_ns) {
  return smaller_ns >= 5'000'000 ? 1 : smaller_ns >= 500'000 ? 2 : smaller_ns >= 50'000 ? 3 : 4;
}

std::string headline(const Comparison& c, Language language) {
  constexpr int64_t worth_telling = 20;  // tenths of a percent
  constexpr size_t most = 3;
  const bool zh = language == Language::Chinese;
  if (!c.split) return zh ? "两侧没有可比较的延迟" : "no latency that both sides tell";
  const LatencySplit& s = *c.split;
  const int digits = shown_digits(std::min(s.before_ns, s.after_ns));
  std::string out =
      fmt::format("{:.{}f} → {:.{}f} ms", double(s.before_ns) / 1e6, digits, double(s.after_ns) / 1e6, digits);
  const bool strangers = std::any_of(c.notes.begin(), c.notes.end(),
                                     [](const Report& r) { return &r.diagnostic() == &diag::compare_unrelated; });
  if (strangers) return out + (zh ? "：似乎是两个不同的模型" : ": these seem to be two different models");
  if (s.within_scatter)
    return out + (zh ? "：变化在各次查询的波动之内" : ": no change beyond the scatter of the queries");
  if (!s.has_shares) return out + (zh ? "：没有可分解的变化（小于 1 %）" : ": no change worth dividing (under 1 %)");
  std::string causes;
  size_t told = 0;
  for (const CauseTerm& t : s.terms) {
    const bool rest = t.cause == Cause::Unexplained;
    if (std::llabs(t.share) < worth_telling || (told >= most && !rest)) continue;
    const double percent = double(t.share) / 10;
    causes += (causes.empty() ? "" : zh ? "，" : ", ") + fmt::format("{:.0f} % {}", percent, term_text(s, t, zh));
    ++told;
  }
  if (causes.empty()) causes = zh ? "许多小的变化" : "many small changes";
  return out + (zh ? "：" : ": ") + causes;
}

}  // namespace pharos
