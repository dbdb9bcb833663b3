#pragma once
// How figures of a model went over builds and days: a hook for the baselines. Filled by whoever holds the store, drawn
// here.

#include <span>
#include <string>
#include <vector>

#include "pharos/diagnostics.h"

namespace pharos {

struct TrendPoint {
  std::string time;          // as it is shown: "2026-11-25 09:10"
  double median = 0;
  double low = 0, high = 0;  // what is usual around it; both equal to the median where nothing is known
  std::string label;         // a build, a commit; may be empty
};

struct TrendSeries {
  std::string name;          // "Latency, median"; shown as it is
  std::string unit;          // "ms"
  std::vector<TrendPoint> points;  // oldest first; the last is the present run
};

// One figure a series; empty where no series has two points. Of long series the newest are drawn.
std::string trend_section(std::span<const TrendSeries> trends, Language language);

}  // namespace pharos
