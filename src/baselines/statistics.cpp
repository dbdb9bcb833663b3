#include "baselines/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>

#include "base/stats.h"

namespace pharos {
namespace {

constexpr double z975 = 1.959964;

bool usable(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v) && v > 0; });
}

std::vector<double> logs_of(std::span<const double> values) {
  std::vector<double> out(values.size());
  std::transform(values.begin(), values.end(), out.begin(), [](double v) { return std::log(v); });
  return out;
}

double mean_of(std::span<const double> v) { return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()); }

double squares_of(std::span<const double> v) {
  const double mean = mean_of(v);
  return std::accumulate(v.begin(), v.end(), 0.0, [&](double sum, double x) { return sum + (x - mean) * (x - mean); });
}

// From differences of logarithms to shares.
Change change(double estimate, double low, double high, IntervalKind kind, size_t before, size_t now) {
  return {std::expm1(estimate), std::expm1(low), std::expm1(high), kind, int64_t(before), int64_t(now)};
}

double autocorrelation(std::span<const double> v) {
  const double mean = mean_of(v), all = squares_of(v);
  if (all <= 0) return 0;
  double sum = 0;
  for (size_t i = 0; i + 1 < v.size(); ++i) sum += (v[i] - mean) * (v[i + 1] - mean);
  return sum / all;
}

double median_in_place(std::vector<double>& v) {
  const size_t half = v.size() / 2;
  std::nth_element(v.begin(), v.begin() + ptrdiff_t(half), v.end());
  if (v.size() % 2) return v[half];
  return (v[half] + *std::max_element(v.begin(), v.begin() + ptrdiff_t(half))) / 2;
}

std::vector<double> all_batches(Runs runs) {
  std::vector<double> out;
  for (const auto& run : runs) {
    const std::vector<double> medians = batch_medians(run);
    out.insert(out.end(), medians.begin(), medians.end());
  }
  return out;
}

std::vector<double> joined(Runs runs) {
  std::vector<double> out;
  for (const auto& run : runs) out.insert(out.end(), run.begin(), run.end());
  return out;
}

// Blocks keep what neighbours share: slow phases, throttling.
class BlockBootstrap {
 public:
  BlockBootstrap(const std::vector<double>& values, double q) : values_(values), q_(q), drawn_(values.size()) {
    const size_t n = values.size();
    block_ = std::clamp<size_t>(size_t(2 * std::cbrt(double(n))), 1, std::max<size_t>(n / 10, 1));
  }
  double draw(std::mt19937_64& random) {
    const size_t n = values_.size();
    for (size_t i = 0; i < n;) {
      size_t at = size_t(random() % n);
      for (size_t k = 0; k < block_ && i < n; ++k, ++i) {
        drawn_[i] = values_[at];
        if (++at == n) at = 0;
      }
    }
    return quantile(drawn_);
  }
  double quantile(std::vector<double>& v) const {
    const size_t beyond = size_t((1 - q_) * double(v.size()));
    const size_t at = v.size() - 1 - std::min(beyond, v.size() - 1);
    std::nth_element(v.begin(), v.begin() + ptrdiff_t(at), v.end());
    return v[at];
  }

 private:
  const std::vector<double>& values_;
  double q_;
  size_t block_;
  std::vector<double> drawn_;
};

}  // namespace

std::string_view interval_kind_name(IntervalKind k) {
  constexpr std::string_view names[] = {"paired_rounds", "runs", "batches", "bootstrap", "summary"};
  return names[size_t(k)];
}

double student_t975(int64_t degrees) {
  static constexpr double table[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
  if (degrees < 1) return INFINITY;
  if (degrees <= int64_t(std::size(table))) return table[degrees - 1];
  // Fisher's expansion: three digits from ten degrees on.
  const double z = z975, n = double(degrees);
  return z + (z * z * z + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

double quantile_of(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return percentile_of(values, 100 * q);
}

std::optional<Change> paired_change(std::span<const double> before, std::span<const double> now) {
  const size_t n = std::min(before.size(), now.size());
  if (n < 3 || before.size() != now.size() || !usable(before) || !usable(now)) return std::nullopt;
  std::vector<double> differences(n);
  for (size_t i = 0; i < n; ++i) differences[i] = std::log(now[i]) - std::log(before[i]);
  const double mean = mean_of(differences);
  const double half = student_t975(int64_t(n) - 1) * std::sqrt(squares_of(differences) / double(n - 1) / double(n));
  return change(mean, mean - half, mean + half, IntervalKind::PairedRounds, n, n);
}

std::optional<Change> run_change(std::span<const double> before, std::span<const double> now) {
  if (before.size() < 2 || now.empty() || before.size() + now.size() < 5 || !usable(before) || !usable(now)) return std::nullopt;
  const std::vector<double> a = logs_of(before), b = logs_of(now);
  const int64_t degrees = int64_t(a.size() + b.size()) - 2;
  const double variance = (squares_of(a) + squares_of(b)) / double(degrees);
  const double difference = mean_of(b) - mean_of(a);
  const double half = student_t975(degrees) * std::sqrt(variance * (1 / double(a.size()) + 1 / double(b.size())));
  return change(difference, difference - half, difference + half, IntervalKind::Runs, a.size(), b.size());
}

std::vector<double> batch_medians(std::span<const double> queries) {
  constexpr size_t smallest_batch = 5, fewest_batches = 5;
  constexpr double independent = 0.3;
  const size_t n = queries.size();
  if (n < smallest_batch * fewest_batches) return {queries.begin(), queries.end()};
  std::vector<double> medians, batch;
  for (size_t count = std::min<size_t>(32, n / smallest_batch);; count = std::max(fewest_batches, count / 2)) {
    medians.clear();
    for (size_t b = 0; b < count; ++b) {
      batch.assign(queries.begin() + ptrdiff_t(b * n / count), queries.begin() + ptrdiff_t((b + 1) * n / count));
      medians.push_back(median_in_place(batch));
    }
    if (count <= 8 || autocorrelation(medians) < independent) return medians;
  }
}

std::optional<Change> median_change(Runs before, Runs now) {
  constexpr size_t fewest = 10;
  const auto queries = [](Runs runs) { return std::accumulate(runs.begin(), runs.end(), size_t{0}, [](size_t n, const auto& r) { return n + r.size(); }); };
  if (queries(before) < fewest || queries(now) < fewest) return std::nullopt;
  const std::vector<double> raw_a = all_batches(before), raw_b = all_batches(now);
  if (!usable(raw_a) || !usable(raw_b)) return std::nullopt;
  const std::vector<double> a = logs_of(raw_a), b = logs_of(raw_b);
  std::vector<double> differences;
  differences.reserve(a.size() * b.size());
  for (const double y : b) {
    for (const double x : a) differences.push_back(y - x);
  }
  std::sort(differences.begin(), differences.end());
  const double n = double(a.size()), m = double(b.size());
  const double rank = n * m / 2 - z975 * std::sqrt(n * m * (n + m + 1) / 12) - 0.5;
  const size_t low = size_t(std::max(0.0, std::floor(rank)));
  return change(median_of(differences), differences[low], differences[differences.size() - 1 - low], IntervalKind::Batches, a.size(), b.size());
}

std::optional<Change> quantile_change(Runs before, Runs now, double q, int resamples) {
  const std::vector<double> a = joined(before), b = joined(now);
  const size_t fewest = size_t(std::ceil(2 / (1 - q) - 1e-9));
  if (a.size() < fewest || b.size() < fewest || !usable(a) || !usable(b)) return std::nullopt;
  BlockBootstrap first(a, q), second(b, q);
  std::vector<double> copy_a = a, copy_b = b;
  const double estimate = std::log(second.quantile(copy_b)) - std::log(first.quantile(copy_a));
  std::mt19937_64 random(20261125);  // fixed: the same files give the same verdict
  std::vector<double> drawn;
  for (int i = 0; i < resamples; ++i) {
    const double before_value = first.draw(random);
    drawn.push_back(std::log(second.draw(random)) - std::log(before_value));
  }
  std::sort(drawn.begin(), drawn.end());
  const size_t tail = size_t(0.025 * double(drawn.size()));
  return change(estimate, std::min(estimate, drawn[tail]), std::max(estimate, drawn[drawn.size() - 1 - tail]), IntervalKind::Bootstrap, a.size(), b.size());
}

double tail_chance(Runs before, Runs now, double q) {
  const std::vector<double> a = joined(before), b = joined(now);
  if (a.empty() || b.empty()) return 1;
  const double threshold = quantile_of(a, q);
  const auto above = [&](const std::vector<double>& v) { return std::count_if(v.begin(), v.end(), [&](double x) { return x > threshold; }); };
  const double n = double(a.size()), m = double(b.size()), seen = double(above(b)), all = seen + double(above(a));
  const auto choose = [](double of, double k) { return std::lgamma(of + 1) - std::lgamma(k + 1) - std::lgamma(of - k + 1); };
  double chance = 0;
  for (double k = seen; k <= std::min(all, m); ++k) {
    if (all - k <= n) chance += std::exp(choose(m, k) + choose(n, all - k) - choose(n + m, all));
  }
  return std::min(chance, 1.0);
}

std::optional<Change> summary_change(const Summary& before, const Summary& now) {
  constexpr double p90_of_normal = 1.2816, median_of_normal = 1.2533, dependence = 3;
  const auto error = [&](const Summary& s) -> std::optional<double> {
    if (!(s.median > 0) || !(s.p90 >= s.median) || s.queries < 10) return std::nullopt;
    return dependence * median_of_normal * (s.p90 - s.median) / p90_of_normal / std::sqrt(double(s.queries)) / s.median;
  };
  const auto a = error(before), b = error(now);
  if (!a || !b) return std::nullopt;
  const double difference = std::log(now.median) - std::log(before.median), half = z975 * std::hypot(*a, *b);
  return change(difference, difference - half, difference + half, IntervalKind::Summary, size_t(before.queries), size_t(now.queries));
}

}  // namespace pharos
