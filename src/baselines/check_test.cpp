#include "baselines/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "exports/export.h"

namespace pharos {
namespace {

// Runs of a machine differ by a percent, neighbouring queries resemble each other, one of two hundred takes far longer.
class Machine {
 public:
  explicit Machine(uint64_t seed) : random_(seed) {}
  Measurement run(double milliseconds, size_t queries = 400) {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    Measurement m{.key = {.model = "m", .device = "d"}, .basis = "latency", .queries = int64_t(queries)};
    const double level = milliseconds * std::exp(0.01 * normal(random_));
    double state = normal(random_), sum = 0;
    for (size_t i = 0; i < queries; ++i) {
      state = 0.6 * state + 0.8 * normal(random_);
      m.samples.push_back(level * std::exp(0.02 * state) * (uniform(random_) < 0.005 ? 1.2 + uniform(random_) : 1));
      sum += m.samples.back();
    }
    const Statistic s = statistic_of(m.samples);
    m.median = s.median;
    m.p90 = s.percentiles[0].second;
    m.p99 = s.percentiles[2].second;
    m.throughput = 1000 * double(queries) / sum;
    return m;
  }
  std::vector<Measurement> runs(size_t count, double milliseconds, size_t queries = 400) {
    std::vector<Measurement> out;
    for (size_t i = 0; i < count; ++i) out.push_back(run(milliseconds, queries));
    return out;
  }

 private:
  std::mt19937_64 random_;
};

// What the tool promises, over the ways in which it decides: at most one alarm of twenty where nothing changed, and a
// change of ten percent found nineteen times of twenty.
class Promise : public testing::TestWithParam<std::tuple<int, int, int, bool>> {};

TEST_P(Promise, FewFalseAlarmsAndRealChangesFound) {
  const auto [before, now, queries, paired] = GetParam();
  constexpr int trials = 120;
  Machine machine(7);
  int alarms = 0, found = 0, better = 0;
  for (int i = 0; i < trials; ++i) {
    const auto base = machine.runs(size_t(before), 8, size_t(queries));
    alarms += check_against(base, machine.runs(size_t(now), 8, size_t(queries)), paired, {}).worse();
    found += check_against(base, machine.runs(size_t(now), 8.8, size_t(queries)), paired, {}).worse();
    better += check_against(base, machine.runs(size_t(now), 7.2, size_t(queries)), paired, {}).worse();
  }
  RecordProperty("false_alarms", alarms);
  RecordProperty("found", found);
  EXPECT_LE(alarms, trials * 5 / 100);
  EXPECT_GE(found, trials * 95 / 100);
  EXPECT_LE(better, alarms + 1);
}

INSTANTIATE_TEST_SUITE_P(Baselines, Promise, testing::Values(std::tuple{1, 1, 400, false}, std::tuple{1, 1, 60, false}, std::tuple{2, 1, 400, false}, std::tuple{5, 1, 400, false},
                                                             std::tuple{3, 3, 400, false}, std::tuple{5, 5, 400, true}, std::tuple{3, 3, 100, true}));

std::vector<Measurement> one(Measurement m) { return {std::move(m)}; }
Measurement summary(double median, double p90 = 0, int64_t queries = 0) {
  Measurement m{.basis = "latency", .queries = queries, .median = median};
  if (p90 > 0) m.p90 = p90;
  return m;
}

const CheckRow& row(const CheckResult& r, Figure f) {
  const auto found = std::find_if(r.rows.begin(), r.rows.end(), [&](const CheckRow& x) { return x.figure == f; });
  EXPECT_NE(found, r.rows.end()) << figure_name(f);
  static const CheckRow none{};
  return found == r.rows.end() ? none : *found;
}

TEST(Check, SummariesAlone) {
  EXPECT_TRUE(check_against(one(summary(8, 8.2, 400)), one(summary(45, 47, 80)), false, {}).worse());
  const CheckResult same = check_against(one(summary(8, 8.2, 400)), one(summary(8.1, 8.3, 400)), false, {});
  EXPECT_FALSE(same.worse());
  EXPECT_FALSE(same.undecided());
}

// A bare median of each says little: only what no scatter explains is worse.
TEST(Check, BareMedians) {
  const CheckResult close = check_against(one(summary(8)), one(summary(8.8)), false, {});
  EXPECT_FALSE(close.worse());
  EXPECT_TRUE(close.undecided());
  EXPECT_TRUE(check_against(one(summary(8)), one(summary(10.4)), false, {}).worse());
}

TEST(Check, FewQueriesDoNotSay) {
  Machine machine(3);
  const CheckResult r = check_against(machine.runs(1, 8, 400), machine.runs(1, 8, 6), false, {});
  EXPECT_TRUE(r.undecided());
  EXPECT_FALSE(r.worse());
}

TEST(Check, BelowTheFloorNothingChanged) {
  Machine machine(3);
  const auto before = machine.runs(1, 0.05), now = machine.runs(1, 0.056);
  EXPECT_FALSE(check_against(before, now, false, {}).worse());  // six microseconds
  CheckOptions fine;
  fine.floor_ms = 0.001;
  EXPECT_TRUE(check_against(before, now, false, fine).worse());
}

TEST(Check, TheToleranceIsTheUsers) {
  Machine machine(4);
  const auto before = machine.runs(5, 8), now = machine.runs(5, 8.8);
  CheckOptions wide;
  wide.tolerance = 0.2;
  wide.tolerance_p99 = 0.2;
  EXPECT_TRUE(check_against(before, now, false, {}).worse());
  EXPECT_FALSE(check_against(before, now, false, wide).worse());
}

TEST(Check, ATailThatGrewIsWorseThoughTheMedianStays) {
  Machine machine(5);
  auto before = machine.runs(1, 8, 2000), now = machine.runs(1, 8, 2000);
  for (size_t i = 0; i < now[0].samples.size(); i += 40) now[0].samples[i] *= 2;
  now[0].p99 = statistic_of(now[0].samples).percentiles[2].second;
  const CheckResult r = check_against(before, now, false, {});
  EXPECT_EQ(row(r, Figure::Median).standing, Standing::Same);
  EXPECT_EQ(row(r, Figure::P99).standing, Standing::Worse);
}

// Of a hundred queries the largest one or two decide the p99.
TEST(Check, ATailOfFewQueriesIsNoReason) {
  Machine machine(5);
  auto before = machine.runs(1, 8, 100), now = machine.runs(1, 8, 100);
  now[0].samples[50] *= 3;
  now[0].p99 = now[0].samples[50];
  EXPECT_FALSE(check_against(before, now, false, {}).worse());
}

TEST(Check, MemoryHasAShareAndAFloor) {
  const auto with = [](double gpu) {
    Measurement m = summary(8, 8.2, 400);
    m.peak_gpu_mib = gpu;
    return one(m);
  };
  EXPECT_FALSE(check_against(with(100), with(112), false, {}).worse());    // 12 %, but 12 MiB
  EXPECT_FALSE(check_against(with(2000), with(2060), false, {}).worse());  // 60 MiB, but 3 %
  EXPECT_TRUE(check_against(with(2000), with(2200), false, {}).worse());
  EXPECT_EQ(row(check_against(with(2000), with(1500), false, {}), Figure::PeakGpu).standing, Standing::Better);
}

TEST(Check, NewFindingsFailAndKnownOnesDoNot) {
  const auto with = [](std::vector<std::string> codes, bool log = true) {
    Measurement m = summary(8, 8.2, 400);
    m.has_log = log;
    for (const std::string& c : codes) m.findings.push_back({c, "WARNING", "text", 1});
    return one(m);
  };
  EXPECT_TRUE(check_against(with({}), with({"PH9105"}), false, {}).worse());
  EXPECT_FALSE(check_against(with({"PH9105"}), with({"PH9105"}), false, {}).worse());
  EXPECT_FALSE(check_against(with({}), with({"PH9601"}), false, {}).worse());         // scatter: the interval's business
  EXPECT_FALSE(check_against(with({}, false), with({"PH9105"}), false, {}).worse());  // nobody looked before
  EXPECT_EQ(check_against(with({"PH9105"}), with({}), false, {}).gone_findings.size(), 1u);
}

TEST(Check, ALatencyThatIsNotToldDoesNotPass) {
  Measurement built{.has_log = true};
  built.engine_mib = 50;
  EXPECT_TRUE(check_against(one(summary(8, 8.2, 400)), one(built), false, {}).untold_median.has_value());
  Measurement compute = summary(8, 8.2, 400);
  compute.basis = "compute";
  const CheckResult r = check_against(one(summary(8, 8.2, 400)), one(compute), false, {});
  EXPECT_TRUE(r.worse());
  EXPECT_TRUE(r.untold_median);
}

TEST(Check, TheSameFilesGiveTheSameAnswer) {
  Machine machine(6);
  const auto before = machine.runs(1, 8), now = machine.runs(1, 8.2);
  const CheckResult a = check_against(before, now, false, {}), b = check_against(before, now, false, {});
  ASSERT_EQ(a.rows.size(), b.rows.size());
  for (size_t i = 0; i < a.rows.size(); ++i) EXPECT_EQ(a.rows[i].interval ? a.rows[i].interval->high : 0, b.rows[i].interval ? b.rows[i].interval->high : 0);
}

}  // namespace
}  // namespace pharos
