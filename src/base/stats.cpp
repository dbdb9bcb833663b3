#include "base/stats.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pharos {

double percentile_of(std::span<const double> sorted, double percent) {
  if (sorted.empty()) return 0;
  const int64_t n = int64_t(sorted.size());
  const int64_t excluded = int64_t((100 - percent) * double(n) / 100);
  return sorted[size_t(std::max<int64_t>(0, std::min(n - 1, n - 1 - excluded)))];
}

double median_of(std::span<const double> sorted) {
  const size_t n = sorted.size();
  if (n == 0) return 0;
  return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

Stats stats_of(std::vector<double> v) {
  if (v.empty()) return {};
  std::sort(v.begin(), v.end());
  Stats s{.min = v.front(), .mean = std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()), .median = median_of(v),
          .p90 = percentile_of(v, 90), .p95 = percentile_of(v, 95), .p99 = percentile_of(v, 99), .max = v.back()};
  double squares = 0;
  for (const double x : v) squares += (x - s.mean) * (x - s.mean);
  s.variation = s.mean > 0 ? std::sqrt(squares / double(v.size())) / s.mean : 0;
  return s;
}

}  // namespace pharos
