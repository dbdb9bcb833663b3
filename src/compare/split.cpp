#include "compare/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "compare/apportion.h"

namespace pharos {
namespace {

constexpr double longest = 1e8;        // ms; more is damage, no time
constexpr double enqueue_bound = 0.8;  // of the compute time: where trtexec warns too
constexpr double least_change = 0.01;  // of the latency; what is less is not divided

int64_t ns(double ms) { return std::isfinite(ms) && std::fabs(ms) <= longest ? std::llround(ms * 1e6) : 0; }

double value(const Statistic& s, bool mean) { return mean ? s.mean : s.median; }
bool told(const std::optional<Statistic>& s, bool mean) {
  return s && std::isfinite(value(*s, mean)) && value(*s, mean) > 0 && value(*s, mean) <= longest;
}

double profile_sum(const Side& s) {
  return std::accumulate(s.layers.begin(), s.layers.end(), 0.0,
                         [](double sum, const SideLayer& l) { return sum + l.ms.value_or(0); });
}

std::optional<double> metric_ms(const Side& s, Metric m, bool mean) {
  const auto& p = s.log.performance;
  const auto of = [&](const std::optional<Statistic>& stat) {
    return told(stat, mean) ? std::optional(value(*stat, mean)) : std::nullopt;
  };
  switch (m) {
    case Metric::Latency: return p ? of(p->latency) : std::nullopt;
    case Metric::Compute: return p ? of(p->compute) : std::nullopt;
    case Metric::EndToEnd: return p ? of(p->end_to_end) : std::nullopt;
    case Metric::Period:
      return p && std::isfinite(p->throughput) && p->throughput > 1000 / longest ? std::optional(1000 / p->throughput)
                                                                                 : std::nullopt;
    case Metric::Profile: return s.has_profile && profile_sum(s) > 0 ? std::optional(profile_sum(s)) : std::nullopt;
  }
  return std::nullopt;
}

// Where the median lies with 95 % confidence, by the order of the samples.
std::optional<std::pair<double, double>> median_interval(std::vector<double> v) {
  constexpr size_t enough = 10;
  if (v.size() < enough) return std::nullopt;
  std::sort(v.begin(), v.end());
  const double n = double(v.size()), reach = 0.98 * std::sqrt(n);
  const size_t low = size_t(std::max(0.0, std::floor(n / 2 - reach))),
               high = size_t(std::min(n - 1, std::ceil(n / 2 + reach)));
  return std::pair(v[low], v[high]);
}

class Splitter {
 public:
  Splitter(const Side& a, const Side& b, const LayerMatching& m, const SplitOptions& o)
      : a_(a), b_(b), matching_(m), o_(o) {}

  std::optional<LatencySplit> split() {
    if (!choose_metric()) return std::nullopt;
    out_.has_layers = a_.has_profile && b_.has_profile;
    if (out_.has_layers) layers();
    around_layers();
    finish();
    return std::move(out_);
  }

 private:
  bool choose_metric() {
    constexpr std::array order{Metric::Latency, Metric::Compute, Metric::EndToEnd, Metric::Period, Metric::Profile};
    for (const Metric m : order) {
      if (o_.metric && m != *o_.metric) continue;
      for (const bool mean : {false, true}) {
        const auto before = metric_ms(a_, m, mean), after = metric_ms(b_, m, mean);
        if (!before || !after) continue;
        out_.metric = m;
        out_.mean = mean;
        out_.before_ns = ns(*before);
        out_.after_ns = ns(*after);
        return true;
      }
    }
    return false;
  }

  CauseTerm& term(Cause c) {
    const auto at =
        std::find_if(out_.terms.begin(), out_.terms.end(), [&](const CauseTerm& t) { return t.cause == c; });
    if (at != out_.terms.end()) return *at;
    out_.terms.push_back({.cause = c});
    return out_.terms.back();
  }
  void add(Cause c, int64_t amount) {
    if (amount != 0) term(c).ns += amount;
  }
  void add(LayerChange change) {
    if (change.ns() == 0) return;
    CauseTerm& t = term(change.cause);
    t.ns += change.ns();
    t.layers.push_back(std::move(change));
  }

  // --- What changed in the layers.

  LayerChange change_of(const LayerGroup& g) const {
    LayerChange c{.renamed = g.renamed};
    std::vector<const SideLayer*> as, bs;
    for (const size_t i : g.a) {
      as.push_back(&a_.layers[i]);
      c.a.push_back(a_.layers[i].name);
      c.before_ns += ns(a_.layers[i].ms.value_or(0));
    }
    for (const size_t i : g.b) {
      bs.push_back(&b_.layers[i]);
      c.b.push_back(b_.layers[i].name);
      c.after_ns += ns(b_.layers[i].ms.value_or(0));
    }
    classify(c, as, bs);
    return c;
  }

  using Group = std::vector<const SideLayer*>;
  static bool any_reformat(const Group& g) {
    return std::any_of(g.begin(), g.end(), [](const SideLayer* l) { return l->parsed.kind == LayerKind::Reformat; });
  }
  static std::string fallback_of(const Group& g) {
    for (const SideLayer* l : g)
      if (!l->fallback.empty()) return l->fallback;
    return {};
  }
  // What all layers of the group have in common, or nothing where one does not tell it.
  template <std::string SideLayer::*field>
  static std::string common(const Group& g) {
    for (const SideLayer* l : g)
      if (l->*field != g.front()->*field) return {};
    return g.empty() ? std::string() : g.front()->*field;
  }

  // The first reason that applies: where it runs, before how.
  void classify(LayerChange& c, const Group& as, const Group& bs) const {
    const auto is = [&](Cause cause, std::string from, std::string to) {
      c.cause = cause;
      c.from = std::move(from);
      c.to = std::move(to);
    };
    const std::string was = fallback_of(as), now = fallback_of(bs);
    if (was != now) return is(Cause::Fallback, was, now);
    if (any_reformat(as) || any_reformat(bs)) return is(Cause::Reformat, "", "");
    if (as.empty()) return is(Cause::Added, "", "");
    if (bs.empty()) return is(Cause::Removed, "", "");
    if (as.size() != bs.size()) return is(Cause::Fusion, std::to_string(as.size()), std::to_string(bs.size()));
    const std::string type_a = common<&SideLayer::precision>(as), type_b = common<&SideLayer::precision>(bs);
    if (!type_a.empty() && !type_b.empty() && type_a != type_b) return is(Cause::Precision, type_a, type_b);
    if (o_.shapes_changed) return is(Cause::Shapes, "", "");
    if (!a_.log.device.empty() && !b_.log.device.empty() && a_.log.device != b_.log.device)
      return is(Cause::Device, a_.log.device, b_.log.device);
    const std::string tactic_a = common<&SideLayer::tactic>(as), tactic_b = common<&SideLayer::tactic>(bs);
    if (!tactic_a.empty() && !tactic_b.empty() && tactic_a != tactic_b) return is(Cause::Tactic, tactic_a, tactic_b);
    c.cause = Cause::Slower;
  }

  void layers() {
    std::vector<LayerChange> same;
    for (const LayerGroup& g : matching_.groups) {
      LayerChange c = change_of(g);
      if (c.cause == Cause::Slower) same.push_back(std::move(c));
      else add(std::move(c));
    }
    const double factor = common_factor(same);
    out_.factor = factor;
    for (LayerChange& c : same) {
      // The common part, and what the layer has on top of it.
      LayerChange uniform = c;
      uniform.cause = Cause::Uniform;
      uniform.after_ns = uniform.before_ns + std::llround(double(c.before_ns) * (factor - 1));
      c.before_ns = uniform.after_ns;
      add(std::move(uniform));
      add(std::move(c));
    }
  }

  // The factor that nearly all unchanged layers share: a clock does that, a change of a layer does not. 1 where there
  // is none.
  static double common_factor(const std::vector<LayerChange>& same) {
    constexpr size_t enough = 5;
    constexpr double visible = 0.02, together = 0.7;
    std::vector<std::pair<double, double>> ratios;  // with weights
    double all = 0;
    for (const LayerChange& c : same) {
      if (c.before_ns <= 0 || c.after_ns <= 0) continue;
      ratios.emplace_back(double(c.after_ns) / double(c.before_ns), double(c.before_ns));
      all += double(c.before_ns);
    }
    if (ratios.size() < enough) return 1;
    std::sort(ratios.begin(), ratios.end());
    double seen = 0, middle = 1;
    for (const auto& [ratio, weight] : ratios) {
      seen += weight;
      middle = ratio;
      if (seen * 2 >= all) break;
    }
    if (std::fabs(middle - 1) < visible) return 1;
    const double tolerance = 0.01 + 0.3 * std::fabs(middle - 1);
    double near = 0;
    for (const auto& [ratio, weight] : ratios)
      if (std::fabs(ratio - middle) <= tolerance) near += weight;
    return near >= together * all ? middle : 1;
  }

  // --- What is around the layers: transfers, launching, the host.

  int64_t change(std::optional<Statistic> Performance::*field) const {
    const auto& p = a_.log.performance;
    const auto& q = b_.log.performance;
    if (!p || !q || !((*p).*field) || !((*q).*field)) return 0;
    return ns(value(*((*q).*field), out_.mean)) - ns(value(*((*p).*field), out_.mean));
  }

  bool launches_slowly(const Side& s) const {
    const auto& p = s.log.performance;
    return p && p->enqueue && told(p->compute, out_.mean) &&
           value(*p->enqueue, out_.mean) >= enqueue_bound * value(*p->compute, out_.mean);
  }

  void around_layers() {
    if (out_.metric == Metric::Profile) return;
    if (out_.metric != Metric::Compute) {
      add(Cause::H2D, change(&Performance::h2d));
      add(Cause::D2H, change(&Performance::d2h));
    }
    if (out_.metric == Metric::EndToEnd || out_.metric == Metric::Period) {
      const auto before = metric_ms(a_, Metric::Latency, out_.mean), after = metric_ms(b_, Metric::Latency, out_.mean);
      if (before && after) add(Cause::Host, out_.delta_ns() - (ns(*after) - ns(*before)));
    }
    launching();
  }

  // Of the compute time that is no layer's: where the host submits too slowly it is the device waiting for work, up to
  // what submitting itself grew. A fallback to the CPU runs while work is submitted and looks the same; then nothing is
  // claimed.
  void launching() {
    const int64_t grown = change(&Performance::enqueue);
    if (!(grown > 0 ? launches_slowly(b_) : launches_slowly(a_))) return;
    if (!a_.fallbacks.empty() || !b_.fallbacks.empty()) return;
    const int64_t rest = compute_rest();
    if (grown > 0 && rest > 0) add(Cause::Launch, std::min(grown, rest));
    if (grown < 0 && rest < 0) add(Cause::Launch, std::max(grown, rest));
  }

  int64_t compute_rest() const {
    int64_t rest = change(&Performance::compute);
    for (const CauseTerm& t : out_.terms)
      if (t.cause < Cause::H2D) rest -= t.ns;
    return rest;
  }

  bool within_scatter() const {
    if (out_.mean || !a_.log.times || !b_.log.times ||
        (out_.metric != Metric::Latency && out_.metric != Metric::Compute))
      return false;
    const auto samples = [&](const Side& s) {
      return out_.metric == Metric::Latency ? s.log.times->latency : s.log.times->compute;
    };
    const auto x = median_interval(samples(a_)), y = median_interval(samples(b_));
    return x && y && x->first <= y->second && y->first <= x->second;
  }

  void finish() {
    std::erase_if(out_.terms, [](const CauseTerm& t) { return t.ns == 0 && t.layers.empty(); });
    for (CauseTerm& t : out_.terms) {
      std::stable_sort(t.layers.begin(), t.layers.end(), [](const LayerChange& x, const LayerChange& y) {
        return std::llabs(x.ns()) > std::llabs(y.ns());
      });
    }
    std::stable_sort(out_.terms.begin(), out_.terms.end(),
                     [](const CauseTerm& x, const CauseTerm& y) { return std::llabs(x.ns) > std::llabs(y.ns); });
    int64_t known = 0;
    for (const CauseTerm& t : out_.terms) known += t.ns;
    out_.terms.push_back({.cause = Cause::Unexplained, .ns = out_.delta_ns() - known});
    const double larger = double(std::max(out_.before_ns, out_.after_ns));
    out_.within_scatter = within_scatter();
    out_.has_shares =
        !out_.within_scatter && out_.delta_ns() != 0 && std::fabs(double(out_.delta_ns())) >= least_change * larger;
    if (!out_.has_shares) return;
    std::vector<int64_t> parts;
    for (const CauseTerm& t : out_.terms) parts.push_back(t.ns);
    const std::vector<int64_t> shares = apportion(parts, 1000);
    for (size_t i = 0; i < shares.size(); ++i) out_.terms[i].share = shares[i];
  }

  const Side& a_;
  const Side& b_;
  const LayerMatching& matching_;
  const SplitOptions& o_;
  LatencySplit out_;
};

}  // namespace

const CauseTerm* LatencySplit::find(Cause c) const {
  const auto at = std::find_if(terms.begin(), terms.end(), [&](const CauseTerm& t) { return t.cause == c; });
  return at == terms.end() ? nullptr : &*at;
}

bool has_metric(const Side& side, Metric metric) {
  return metric_ms(side, metric, false) || metric_ms(side, metric, true);
}

std::optional<LatencySplit> split_latency(const Side& a, const Side& b, const LayerMatching& matching,
                                          const SplitOptions& options) {
  return Splitter(a, b, matching, options).split();
}

}  // namespace pharos
