#pragma once
// Times prepared kernels as they will run: activations warm, weights cold.

#include <functional>

#include "pharos/limits.h"
#include "tactics/tactic.h"

namespace pharos {

struct Timed {
  const TacticDef* tactic = nullptr;
  Config config;
  Formats formats;
  double milliseconds = 0;   // measured now or before, else estimated
  int64_t workspace = 0;
  int64_t more_weights = 0;  // bytes that its packed weights take beyond the model's own
  bool measured = false;
  std::string why_not;       // why it cannot be chosen
  bool over_workspace = false;  // the only reason is --workspace: it is timed all the same, to tell what that costs
};

struct TimerOptions {
  int rounds = 5;
  double max_ms_per_candidate = 2000;  // stop measuring a candidate beyond this
  std::function<bool(double expected_ms)> stop;  // asked before work of that length; true: leave it
};

// `problem` in plain formats; each candidate names the formats it wants. Measures every candidate that it may (or fills
// in why_not); `milliseconds` on entry is the estimate. The candidates take turns, so that a disturbance hits all of them
// alike, and where the two best stay closer than the noise there are more turns.
void time_candidates(const Problem& problem, std::span<Timed> candidates, const Device& device, const TimerOptions& options);

// The problem with other layouts.
Problem with_formats(const Problem& problem, const Formats& formats);

}  // namespace pharos
