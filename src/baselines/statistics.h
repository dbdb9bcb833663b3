#pragma once
// How much slower one set of times is than another, with an interval. All of it is about ratios: a change of 0.05 is
// "5 % more". An interval that covers 95 % of repetitions under its own assumption; which one that is, its kind says:
//
//   PairedRounds  both were measured alternately, round by round: drift of the machine cancels. Student's t on the rounds.
//   Runs          one figure per run, enough runs: the variation between runs is in it. Student's t, pooled.
//   Batches       the queries of few runs: each run is cut into batches longer than its autocorrelation, their medians are
//                 compared by rank (Hodges and Lehmann, Mann and Whitney). Variation between runs is not in it; the
//                 tolerance has to cover that.
//   Bootstrap     of a quantile over the queries, resampled in blocks.
//   Summary       no queries at hand: from median, p90 and the number of queries; wide on purpose.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pharos {

enum class IntervalKind : uint8_t { PairedRounds, Runs, Batches, Bootstrap, Summary };
std::string_view interval_kind_name(IntervalKind k);  // "paired_rounds"

struct Change {
  double estimate = 0, low = 0, high = 0;
  IntervalKind kind = IntervalKind::Batches;
  int64_t before = 0, now = 0;  // observations: rounds, runs, batches or queries
};

using Runs = std::span<const std::vector<double>>;  // queries of each run, in order

// One figure of each round; nothing below three rounds.
std::optional<Change> paired_change(std::span<const double> before, std::span<const double> now);
// One figure of each run; nothing below five runs in all or two before.
std::optional<Change> run_change(std::span<const double> before, std::span<const double> now);
// Of the median; nothing below ten queries on a side.
std::optional<Change> median_change(Runs before, Runs now);
// Of the quantile `q`; nothing where fewer than two queries on a side lie beyond it.
std::optional<Change> quantile_change(Runs before, Runs now, double q, int resamples = 600);

// How likely so many of `now` lie above the quantile `q` of `before` where nothing changed (Fisher's exact test, one side):
// a second opinion on a tail, of which each side shows a handful of queries. 1 where either has none.
double tail_chance(Runs before, Runs now, double q);

struct Summary { double median = 0, p90 = 0; int64_t queries = 0; };
std::optional<Change> summary_change(const Summary& before, const Summary& now);

// Medians of consecutive batches that hardly depend on each other; the queries themselves where they are few.
std::vector<double> batch_medians(std::span<const double> queries);
double student_t975(int64_t degrees);
double quantile_of(std::vector<double> values, double q);  // as trtexec computes percentiles

}  // namespace pharos
