#pragma once
// Whether a measurement is worse than its baseline. Something is worse where the change is larger than the tolerance and
// the interval of the change leaves no doubt that it is one; where a change of twice the tolerance cannot be ruled out,
// the answer is that the data do not say.

#include <optional>
#include <string>
#include <vector>

#include "baselines/measurement.h"
#include "baselines/statistics.h"
#include "base/result.h"

namespace pharos {

struct CheckOptions {
  double tolerance = 0.05;            // of the median; 0.05: 5 %
  double tolerance_p99 = 0.10;        // of the tail
  double tolerance_memory = 0.05;
  double floor_ms = 0.01;             // smaller changes are none, whatever their share
  double floor_mib = 16;
};

enum class Figure : uint8_t { Median, P99, Throughput, PeakGpu, PeakCpu, Engine, BuildTime };
std::string_view figure_name(Figure f);  // "median_ms"

enum class Standing : uint8_t {
  Same,        // no change beyond the tolerance
  Better,
  Worse,
  Undecided,   // too few or too scattered to say
  Shown,       // told for information, no part of the verdict
};
std::string_view standing_name(Standing s);

struct CheckRow {
  Figure figure;
  double before = 0, now = 0;
  double change = 0;                  // share; of the interval where there is one
  std::optional<Change> interval;
  double tolerance = 0;
  Standing standing = Standing::Same;
};

struct CheckResult {
  std::vector<CheckRow> rows;
  std::vector<KnownFinding> new_findings, gone_findings;
  std::optional<double> untold_median;  // the baseline's, where the runs tell none that is comparable
  int64_t runs_before = 0, runs_now = 0, queries_before = 0, queries_now = 0;
  bool worse() const;
  bool undecided() const;
};

// Runs of one key. Times with transfers and times without are not compared. `paired`: the i-th of each were measured in alternation.
CheckResult check_against(const std::vector<Measurement>& before, const std::vector<Measurement>& now, bool paired, const CheckOptions& options);

// Findings of scattered times come and go with the machine; the intervals deal with what they mean.
bool is_about_scatter(std::string_view code);

}  // namespace pharos
