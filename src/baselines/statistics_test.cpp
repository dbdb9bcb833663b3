// The claims that the check makes, on simulated machines.

#include "baselines/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace pharos {
namespace {

// A machine as they are: runs differ by a percent, neighbouring queries resemble each other, a few take far longer.
struct Machine {
  double between_runs = 0.01, noise = 0.02, correlation = 0.6, spikes = 0.005;
  std::mt19937_64 random{1};

  std::vector<double> run(double milliseconds, size_t queries) {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    const double level = milliseconds * std::exp(between_runs * normal(random));
    std::vector<double> out(queries);
    double state = normal(random);
    for (double& v : out) {
      state = correlation * state + std::sqrt(1 - correlation * correlation) * normal(random);
      v = level * std::exp(noise * state);
      if (uniform(random) < spikes) v *= 1.2 + uniform(random);
    }
    return out;
  }
};

double share(int trials, const std::function<bool()>& event) {
  int n = 0;
  for (int i = 0; i < trials; ++i) n += event();
  return double(n) / trials;
}

TEST(Statistics, StudentsTable) {
  EXPECT_NEAR(student_t975(1), 12.706, 1e-3);
  EXPECT_NEAR(student_t975(10), 2.228, 1e-3);
  EXPECT_NEAR(student_t975(15), 2.131, 2e-3);
  EXPECT_NEAR(student_t975(30), 2.042, 2e-3);
  EXPECT_NEAR(student_t975(1'000'000), 1.960, 1e-3);
}

// Without variation between runs the interval misses the truth in about one of twenty, on either side.
TEST(Statistics, IntervalsOfQueriesCoverTheTruth) {
  Machine machine{.between_runs = 0};
  for (const size_t queries : {60, 400, 2000}) {
    const double missed = share(400, [&] {
      const std::vector<std::vector<double>> a{machine.run(8, queries)}, b{machine.run(8.8, queries)};
      const auto c = median_change(a, b);
      return !c || c->low > 0.1 || c->high < 0.1;
    });
    EXPECT_LE(missed, 0.09) << queries;
  }
}

TEST(Statistics, IntervalsOfAQuantileCoverTheTruth) {
  Machine machine{.between_runs = 0, .spikes = 0};
  const double missed = share(200, [&] {
    const std::vector<std::vector<double>> a{machine.run(8, 1000)}, b{machine.run(8, 1000)};
    const auto c = quantile_change(a, b, 0.99, 200);
    return !c || c->low > 0 || c->high < 0;
  });
  EXPECT_LE(missed, 0.12);  // the bootstrap of an extreme quantile is known to be a little narrow
}

TEST(Statistics, IntervalsOfRunsCoverTheTruth) {
  Machine machine{.between_runs = 0.03};
  const auto median = [&](double ms) { return quantile_of(machine.run(ms, 50), 0.5); };
  const double missed = share(1000, [&] {
    const std::vector<double> a{median(8), median(8), median(8), median(8)}, b{median(8)};
    const auto c = run_change(a, b);
    return !c || c->low > 0 || c->high < 0;
  });
  EXPECT_NEAR(missed, 0.05, 0.03);
}

// Drift far larger than the difference: alternating measurements see through it.
TEST(Statistics, PairedRoundsCancelDrift) {
  Machine machine{.between_runs = 0};
  std::normal_distribution<double> normal;
  int found = 0, missed = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> a, b, c;
    for (int round = 0; round < 8; ++round) {
      const double clock = std::exp(0.2 * normal(machine.random));
      a.push_back(quantile_of(machine.run(8 * clock, 50), 0.5));
      b.push_back(quantile_of(machine.run(8.4 * clock, 50), 0.5));
      c.push_back(quantile_of(machine.run(8 * clock, 50), 0.5));
    }
    found += paired_change(a, b)->low > 0;
    missed += paired_change(a, c)->low > 0 || paired_change(a, c)->high < 0;
  }
  EXPECT_GE(found, 195);
  EXPECT_LE(missed, 20);
}

TEST(Statistics, ChanceOfATail) {
  std::vector<double> base(400, 8.0), same = base, grown = base;
  for (size_t i = 0; i < 4; ++i) base[i] = 9;
  for (size_t i = 0; i < 5; ++i) same[i] = 12;
  for (size_t i = 0; i < 16; ++i) grown[i] = 12;
  const std::vector<std::vector<double>> a{base}, b{same}, c{grown};
  // Above the p99 of the first (8, the fifth largest): 4 of 400 against 5 and against 16, summed exactly.
  EXPECT_NEAR(tail_chance(a, b, 0.99), 0.5, 0.01);
  EXPECT_NEAR(tail_chance(a, c, 0.99), 0.0054, 0.001);
}

TEST(Statistics, SummariesAreWiderThanQueries) {
  Machine machine{.between_runs = 0};
  const std::vector<std::vector<double>> a{machine.run(8, 1000)}, b{machine.run(8, 1000)};
  const auto of = [](const std::vector<double>& v) { return Summary{quantile_of(v, 0.5), quantile_of(v, 0.9), int64_t(v.size())}; };
  const auto s = summary_change(of(a[0]), of(b[0]));
  const auto q = median_change(a, b);
  ASSERT_TRUE(s && q);
  EXPECT_GT(s->high - s->low, q->high - q->low);
  EXPECT_LT(s->low, 0);
  EXPECT_GT(s->high, 0);
}

TEST(Statistics, TooFewAreNoInterval) {
  const std::vector<double> two{8, 8.1}, one{8};
  const std::vector<std::vector<double>> few{{8, 8, 8}}, many{std::vector<double>(100, 8.0)};
  EXPECT_FALSE(paired_change(two, two));
  EXPECT_FALSE(run_change(two, one));
  EXPECT_FALSE(median_change(few, many));
  EXPECT_FALSE(quantile_change(many, many, 0.99));
  EXPECT_TRUE(quantile_change(many, many, 0.9));
  EXPECT_FALSE(summary_change({8, 8.1, 5}, {8, 8.1, 500}));
  EXPECT_FALSE(summary_change({0, 0, 500}, {8, 8.1, 500}));
}

TEST(Statistics, ConstantTimesHaveNoWidth) {
  const std::vector<std::vector<double>> a{std::vector<double>(100, 8.0)}, b{std::vector<double>(100, 8.8)};
  const auto c = median_change(a, b);
  ASSERT_TRUE(c);
  EXPECT_NEAR(c->estimate, 0.1, 1e-9);
  EXPECT_NEAR(c->low, 0.1, 1e-9);
  EXPECT_NEAR(c->high, 0.1, 1e-9);
}

TEST(Statistics, TimesOfZeroAreNoTimes) {
  const std::vector<std::vector<double>> a{std::vector<double>(100, 0.0)}, b{std::vector<double>(100, 8.0)};
  EXPECT_FALSE(median_change(a, b));
}

}  // namespace
}  // namespace pharos
