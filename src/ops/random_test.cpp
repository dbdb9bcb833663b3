#include "ops/random.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;

struct Moments { double mean = 0, deviation = 0; };

Moments moments(const std::vector<float>& v) {
  Moments m;
  m.mean = std::accumulate(v.begin(), v.end(), 0.0) / double(v.size());
  for (const float x : v) m.deviation += (x - m.mean) * (x - m.mean);
  m.deviation = std::sqrt(m.deviation / double(v.size()));
  return m;
}

// The known answer of the generator's authors for ten rounds, all zeros.
TEST(Philox, KnownAnswer) {
  Philox p(0);
  EXPECT_EQ(p.next(), 0x6627e8d5u);
  EXPECT_EQ(p.next(), 0xe169c58du);
  EXPECT_EQ(p.next(), 0xbc57ac4cu);
  EXPECT_EQ(p.next(), 0x9b00dbd8u);
}

TEST(Random, Distributions) {
  const std::vector<int64_t> shape{200, 200};
  const Moments normal =
      moments(run_floats({.op = "RandomNormal", .attributes = {{"shape", shape}, {"mean", 3.0f}, {"scale", 2.0f}}}));
  EXPECT_NEAR(normal.mean, 3, 0.05);
  EXPECT_NEAR(normal.deviation, 2, 0.05);
  const std::vector<float> uniform =
      run_floats({.op = "RandomUniform", .attributes = {{"shape", shape}, {"low", -1.0f}, {"high", 5.0f}}});
  EXPECT_NEAR(moments(uniform).mean, 2, 0.05);
  EXPECT_NEAR(moments(uniform).deviation, 6 / std::sqrt(12.0), 0.05);
  EXPECT_GE(*std::min_element(uniform.begin(), uniform.end()), -1);
  EXPECT_LE(*std::max_element(uniform.begin(), uniform.end()), 5);
  std::vector<float> p(10000, 0.3f);
  EXPECT_NEAR(moments(run_floats({.op = "Bernoulli", .inputs = {floats({10000}, p)}})).mean, 0.3, 0.03);
}

// The largest distance between the distribution of the values and the one they should have (Kolmogorov and Smirnov). For 40000
// values it passes 0.0135 once in a million seeds.
double distance(std::vector<float> values, const std::function<double(double)>& share_below) {
  std::sort(values.begin(), values.end());
  const auto n = double(values.size());
  double worst = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double share = share_below(values[i]);
    worst = std::max({worst, double(i + 1) / n - share, share - double(i) / n});
  }
  return worst;
}

// Of values that follow each other.
double correlation(const std::vector<float>& values) {
  const Moments m = moments(values);
  double sum = 0;
  for (size_t i = 1; i < values.size(); ++i) sum += (values[i - 1] - m.mean) * (values[i] - m.mean);
  return sum / (m.deviation * m.deviation * double(values.size() - 1));
}

TEST(Random, TheWholeDistributionFits) {
  const std::vector<int64_t> shape{200, 200};
  const Attributes normal{{"mean", 3.0f}, {"scale", 2.0f}}, uniform{{"low", -1.0f}, {"high", 5.0f}};
  const auto below_normal = [](double x) { return 0.5 * std::erfc(-(x - 3) / (2 * std::sqrt(2.0))); };
  const auto below_uniform = [](double x) { return std::clamp((x + 1) / 6, 0.0, 1.0); };
  const auto with_shape = [&](Attributes a) { a["shape"] = shape; return a; };
  const std::vector<float> like(40000);
  const struct { Call call; std::function<double(double)> below; } cases[] = {
      {{.op = "RandomNormal", .attributes = with_shape(normal)}, below_normal},
      {{.op = "RandomNormalLike", .inputs = {floats({200, 200}, like)}, .attributes = normal}, below_normal},
      {{.op = "RandomUniform", .attributes = with_shape(uniform)}, below_uniform},
      {{.op = "RandomUniformLike", .inputs = {floats({200, 200}, like)}, .attributes = uniform}, below_uniform},
  };
  for (const auto& c : cases)
    for (const uint64_t seed : {1, 2, 3}) {
      const std::vector<float> values = run_floats(c.call, seed);
      ASSERT_EQ(values.size(), 40000u) << c.call.op;
      EXPECT_LT(distance(values, c.below), 0.0135) << c.call.op << ", seed " << seed;
      EXPECT_NEAR(correlation(values), 0, 0.025) << c.call.op << ", seed " << seed;
    }
}

TEST(Random, BernoulliAndDropoutKeepTheirShare) {
  for (const float p : {0.0f, 0.1f, 0.5f, 0.9f, 1.0f}) {
    const std::vector<float> probabilities(40000, p);
    const std::vector<float> drawn = run_floats({.op = "Bernoulli", .inputs = {floats({40000}, probabilities)}});
    EXPECT_NEAR(moments(drawn).mean, p, 0.0125) << p;  // five deviations
    for (const float x : drawn) ASSERT_TRUE(x == 0 || x == 1);
    if (p == 1) continue;
    const std::vector<float> ones(40000, 1.0f);
    const std::vector<float> kept = run_floats({.op = "Dropout", .inputs = {floats({40000}, ones), Tensor::scalar_f32(p), bools({}, {1})}});
    EXPECT_NEAR(double(std::count(kept.begin(), kept.end(), 0.0f)) / 40000, p, 0.0125) << p;
    EXPECT_NEAR(*std::max_element(kept.begin(), kept.end()), 1 / (1 - p), 1e-5) << p;
  }
}

TEST(Random, MultinomialFollowsTheLogarithms) {
  const float log3 = std::log(3.0f);
  const auto drawn = run_floats(
      {.op = "Multinomial", .inputs = {floats({1, 2}, {0, log3})}, .attributes = {{"sample_size", int64_t{20000}}}});
  EXPECT_NEAR(moments(drawn).mean, 0.75, 0.02);
  EXPECT_EQ(code_of({.op = "Multinomial", .inputs = {floats({1, 0}, {})}}), "PH2102");
}

TEST(Random, SeedsDecide) {
  const Call seeded{.op = "RandomNormal", .attributes = {{"shape", std::vector<int64_t>{8}}, {"seed", 4.0f}}};
  const Call free{.op = "RandomNormal", .attributes = {{"shape", std::vector<int64_t>{8}}}};
  EXPECT_EQ(run_floats(seeded, 1), run_floats(seeded, 2));
  EXPECT_EQ(run_floats(free, 1), run_floats(free, 1));
  EXPECT_NE(run_floats(free, 1), run_floats(free, 2));
  EXPECT_EQ(code_of({.op = "RandomNormal",
                     .attributes = {{"shape", std::vector<int64_t>{int64_t{1} << 40, int64_t{1} << 40}}}}),
            "PH2107");
}

}  // namespace
}  // namespace pharos
