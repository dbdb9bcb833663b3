#include "compare/split.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "compare/apportion.h"

namespace pharos {
namespace {

SideLayer layer(const std::string& name, double ms, std::string precision = "", std::string tactic = "") {
  SideLayer l;
  l.name = name;
  l.parsed = parse_layer_name(name);
  l.ms = ms;
  l.precision = std::move(precision);
  l.tactic = std::move(tactic);
  return l;
}

Statistic stat(double ms) { return {.min = ms, .max = ms, .mean = ms, .median = ms}; }

Side side(std::vector<SideLayer> layers, double h2d, double compute, double d2h, double enqueue = 0.1) {
  Side s;
  s.layers = std::move(layers);
  s.has_profile = !s.layers.empty();
  s.log.performance = Performance{.throughput = 1000 / (h2d + compute + d2h + 1),
                                  .latency = stat(h2d + compute + d2h),
                                  .enqueue = stat(enqueue),
                                  .h2d = stat(h2d),
                                  .compute = stat(compute),
                                  .d2h = stat(d2h)};
  return s;
}

LatencySplit split(const Side& a, const Side& b, SplitOptions o = {}) {
  const std::vector<MatchLayer> x(a.layers.begin(), a.layers.end()), y(b.layers.begin(), b.layers.end());
  const auto s = split_latency(a, b, match_layers(x, y), o);
  EXPECT_TRUE(s);
  return s ? *s : LatencySplit{};
}

double ms_of(const LatencySplit& s, Cause c) {
  const CauseTerm* t = s.find(c);
  return t ? double(t->ns) / 1e6 : 0;
}

void expect_whole(const LatencySplit& s) {
  int64_t ns = 0, shares = 0;
  for (const CauseTerm& t : s.terms) {
    ns += t.ns;
    shares += t.share;
    int64_t layers = 0;
    for (const LayerChange& l : t.layers) layers += l.ns();
    if (!t.layers.empty()) { EXPECT_EQ(layers, t.ns) << cause_name(t.cause); }
  }
  EXPECT_EQ(ns, s.delta_ns());
  EXPECT_EQ(shares, s.has_shares ? 1000 : 0);
  ASSERT_FALSE(s.terms.empty());
  EXPECT_EQ(s.terms.back().cause, Cause::Unexplained);
}

TEST(Split, TheLayerOnTheCpuIsTheCause) {
  Side a = side({layer("Resize_12", 0.3), layer("Conv_13 + Relu_14", 5.2)}, 2.1, 5.8, 0.1);
  Side b = side({layer("Resize_12", 34.1), layer("Conv_13 + Relu_14", 5.2)}, 2.1, 42.9, 0.1);
  b.layers[0].fallback = "CPU";
  const LatencySplit s = split(a, b);
  expect_whole(s);
  EXPECT_EQ(s.terms[0].cause, Cause::Fallback);
  EXPECT_NEAR(ms_of(s, Cause::Fallback), 33.8, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::Unexplained), 3.3, 1e-9);
  EXPECT_EQ(s.terms[0].layers[0].to, "CPU");
  // Back again: the same cause, all signs turned, the same shares.
  const LatencySplit back = split(b, a);
  expect_whole(back);
  EXPECT_EQ(back.terms[0].cause, Cause::Fallback);
  EXPECT_EQ(back.terms[0].ns, -s.terms[0].ns);
  EXPECT_EQ(back.terms[0].layers[0].from, "CPU");
}

TEST(Split, ReasonsOfLayers) {
  const Side a = side({layer("A", 1, "FP16", "t1"), layer("B", 1, "FP16", "t1"), layer("C + D", 1), layer("gone", 0.5)},
                      0.1, 3.6, 0.1);
  const Side b = side({layer("A", 2, "FP32", "t2"), layer("B", 1.25, "FP16", "t2"), layer("C", 1), layer("D", 0.5),
                       layer("Reformatting CopyNode for Input Tensor 0 to A", 0.4)},
                      0.3, 5.3, 0.1);
  const LatencySplit s = split(a, b);
  expect_whole(s);
  EXPECT_NEAR(ms_of(s, Cause::Precision), 1, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::Tactic), 0.25, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::Fusion), 0.5, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::Reformat), 0.4, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::Removed), -0.5, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::H2D), 0.2, 1e-9);
  EXPECT_NEAR(ms_of(s, Cause::D2H), 0, 1e-9);
  // A term against the change has a negative share.
  EXPECT_LT(s.find(Cause::Removed)->share, 0);
}

TEST(Split, OneFactorForAllLayersIsAClock) {
  std::vector<SideLayer> a, b;
  for (int i = 0; i < 12; ++i) {
    a.push_back(layer("L" + std::to_string(i), 0.1 * (i + 1)));
    b.push_back(layer("L" + std::to_string(i), 0.1 * (i + 1) * (i == 3 ? 3 : 1.2)));
  }
  const LatencySplit s = split(side(a, 0, 7.8, 0), side(b, 0, 10.08, 0));
  expect_whole(s);
  EXPECT_NEAR(s.factor, 1.2, 1e-6);
  EXPECT_NEAR(ms_of(s, Cause::Uniform), 1.56, 1e-5);
  // What the odd layer has on top is its own.
  EXPECT_NEAR(ms_of(s, Cause::Slower), 0.72, 1e-5);
}

TEST(Split, ScatteredChangesAreNoClock) {
  std::vector<SideLayer> a, b;
  for (int i = 0; i < 12; ++i) {
    a.push_back(layer("L" + std::to_string(i), 1));
    b.push_back(layer("L" + std::to_string(i), 1 + 0.3 * i));
  }
  const LatencySplit s = split(side(a, 0, 12, 0), side(b, 0, 31.8, 0));
  EXPECT_EQ(s.factor, 1);
  EXPECT_EQ(s.find(Cause::Uniform), nullptr);
}

TEST(Split, OtherShapesAndOtherDevices) {
  Side a = side({layer("A", 1)}, 0, 1, 0), b = side({layer("A", 2)}, 0, 2, 0);
  EXPECT_NEAR(ms_of(split(a, b, {.shapes_changed = true}), Cause::Shapes), 1, 1e-9);
  a.log.device = "A100";
  b.log.device = "T4";
  EXPECT_NEAR(ms_of(split(a, b), Cause::Device), 1, 1e-9);
}

TEST(Split, SlowSubmissionTakesWhatNoLayerDoes) {
  const LatencySplit s = split(side({layer("A", 1)}, 0, 1.1, 0, 0.5), side({layer("A", 1)}, 0, 3.1, 0, 3.0));
  expect_whole(s);
  EXPECT_NEAR(ms_of(s, Cause::Launch), 2.0, 1e-9);
  // Without a profile a fallback would look the same.
  Side a = side({}, 0, 1.1, 0, 0.5), b = side({}, 0, 3.1, 0, 3.0);
  EXPECT_NEAR(ms_of(split(a, b), Cause::Launch), 2.0, 1e-9);
  b.fallbacks.push_back({.op = "Resize", .where = "CPU"});
  EXPECT_NEAR(ms_of(split(a, b), Cause::Launch), 0, 1e-9);
}

TEST(Split, TheHostIsWhatThePeriodHasBeyondTheLatency) {
  Side a = side({layer("A", 1)}, 0, 1, 0), b = side({layer("A", 1)}, 0, 1, 0);
  a.log.performance->throughput = 1000 / 1.0;
  b.log.performance->throughput = 1000 / 4.0;
  const LatencySplit s = split(a, b, {.metric = Metric::Period});
  expect_whole(s);
  EXPECT_NEAR(ms_of(s, Cause::Host), 3, 1e-6);
}

TEST(Split, AChangeTooSmallIsNotDivided) {
  const LatencySplit s = split(side({layer("A", 1)}, 0, 1, 0), side({layer("A", 1.001)}, 0, 1.001, 0));
  EXPECT_FALSE(s.has_shares);
  expect_whole(s);
}

TEST(Split, AChangeWithinTheScatterOfTheQueriesIsNone) {
  Side a = side({layer("A", 1)}, 0, 10, 0), b = side({layer("A", 1)}, 0, 10.3, 0);
  std::mt19937 random(2);
  const auto samples = [&](double median, double spread) {
    auto t = std::make_shared<TimeSamples>();
    for (int i = 0; i < 400; ++i) t->latency.push_back(median + spread * (double(random() % 1000) / 1000 - 0.5));
    return t;
  };
  a.log.times = samples(10, 8);
  b.log.times = samples(10.3, 8);
  EXPECT_TRUE(split(a, b).within_scatter);
  EXPECT_FALSE(split(a, b).has_shares);
  a.log.times = samples(10, 0.4);
  b.log.times = samples(10.3, 0.4);
  EXPECT_FALSE(split(a, b).within_scatter);
  EXPECT_TRUE(split(a, b).has_shares);
}

TEST(Split, TheMetricThatBothSidesTell) {
  Side a = side({layer("A", 1)}, 0.2, 1, 0.2), b = side({layer("A", 3)}, 0.2, 3, 0.2);
  EXPECT_EQ(split(a, b).metric, Metric::Latency);
  b.log.performance->latency.reset();
  EXPECT_EQ(split(a, b).metric, Metric::Compute);
  b.log.performance.reset();
  EXPECT_EQ(split(a, b).metric, Metric::Profile);
  b.has_profile = false;
  EXPECT_FALSE(split_latency(a, b, {}, {}));
}

// Any terms, of any sign and size: the nanoseconds and the shares add up.
TEST(Split, SumsAreExact) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> size(-6, 3);
  const auto ms = [&] { return std::pow(10, size(random)); };
  int divided = 0, negative = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto some = [&] {
      std::vector<SideLayer> layers;
      for (size_t n = random() % 15; n > 0; --n) {
        std::string name = "Op_" + std::to_string(random() % 20);
        if (random() % 3 == 0) name += " + Op_" + std::to_string(random() % 20);
        if (random() % 5 == 0) name = "Reformatting CopyNode for Input Tensor 0 to " + name;
        layers.push_back(layer(name, ms(), random() % 2 ? "FP16" : "FP32", std::to_string(random() % 3)));
        if (random() % 8 == 0) layers.back().fallback = "CPU";
      }
      return side(std::move(layers), ms(), ms(), ms(), ms());
    };
    const Side a = some(), b = some();
    for (const auto metric : {Metric::Latency, Metric::Compute, Metric::Period}) {
      const LatencySplit s = split(a, b, {.metric = metric, .shapes_changed = random() % 4 == 0});
      expect_whole(s);
      divided += s.has_shares;
      for (const CauseTerm& t : s.terms) negative += s.has_shares && t.share < 0;
    }
  }
  EXPECT_GT(divided, 5000);
  EXPECT_GT(negative, 1000);
}

TEST(Split, DamagedTimesAreNotCounted) {
  const double inf = std::numeric_limits<double>::infinity();
  Side a = side({layer("A", 1)}, 0, 1, 0), b = side({layer("A", 1)}, 0, 2, 0);
  b.log.performance->h2d = stat(inf);
  b.log.performance->enqueue = stat(std::nan(""));
  b.log.performance->latency = stat(2);
  expect_whole(split(a, b));
}

TEST(Apportion, PartsAddUp) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20000; ++round) {
    std::vector<int64_t> parts(1 + random() % 12);
    for (int64_t& p : parts) p = int64_t(random() % 2000001) - 1000000;
    const int64_t sum = std::accumulate(parts.begin(), parts.end(), int64_t{0});
    if (sum == 0) continue;
    const std::vector<int64_t> units = apportion(parts, 1000);
    EXPECT_EQ(std::accumulate(units.begin(), units.end(), int64_t{0}), 1000);
    for (size_t i = 0; i < parts.size(); ++i)
      EXPECT_LT(std::fabs(double(units[i]) - 1000.0 * double(parts[i]) / double(sum)), 1.0 + 1e-6);
  }
  EXPECT_EQ(apportion(std::vector<int64_t>{5, -5}, 0), (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(apportion(std::vector<int64_t>{1, 1, 1}, 100), (std::vector<int64_t>{34, 33, 33}));
}

}  // namespace
}  // namespace pharos
