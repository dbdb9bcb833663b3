#pragma once
// What a series of times says.

#include <span>
#include <vector>

namespace pharos {

struct Stats {
  double min = 0, mean = 0, median = 0, p90 = 0, p95 = 0, p99 = 0, max = 0, variation = 0;
};  // variation: deviation / mean

Stats stats_of(std::vector<double> values);
// As trtexec does it: the element n-1-floor((1-p/100)n) of the sorted list.
double percentile_of(std::span<const double> sorted, double percent);
double median_of(std::span<const double> sorted);

}  // namespace pharos
