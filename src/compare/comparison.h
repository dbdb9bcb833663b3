#pragma once
// Two builds or runs compared: the whole of it.

#include <optional>
#include <string>
#include <vector>

#include "compare/changes.h"
#include "compare/split.h"

namespace pharos {

struct Comparison {
  Side a, b;
  LayerMatching matching;
  std::vector<SideChange> changes;
  std::optional<LatencySplit> split;  // nothing: a side tells no latency
  std::vector<Report> notes;          // what the figures are worth, what to capture; unrelated models

  // By how much the latency grew, in percent; negative: it fell. Nothing without a latency.
  std::optional<double> growth() const;
};

struct ComparisonOptions {
  std::optional<Metric> metric;
};

Comparison compare(Side a, Side b, const ComparisonOptions& options = {});

// "8.0 → 45.1 ms: 91 % Resize_12 now on the CPU, ...": the change and its largest causes in one line.
std::string headline(const Comparison& c, Language language);
// Digits behind the point with which a time of this size is shown.
int shown_digits(int64_t ns);
// What happened to a layer: "now on the CPU".
std::string change_text(const LayerChange& change, Language language);

}  // namespace pharos
