#pragma once
// Times prepared kernels as they will run: activations warm, weights cold.

#include "base/limits.h"
#include "tactics/tactic.h"

namespace pharos {

struct Timed {
  const TacticDef* tactic = nullptr;
  Config config;
  Formats formats;
  double milliseconds = 0;
  int64_t workspace = 0;
  std::string why_not;  // instead of a time
};

struct TimerOptions {
  int rounds = 5;
  double max_ms_per_candidate = 2000;  // stop measuring a candidate beyond this
};

// `problem` in plain formats; each candidate names the formats it wants. Fills milliseconds or why_not of every
// candidate. The candidates take turns, so that a disturbance hits all of them alike.
void time_candidates(const Problem& problem, std::span<Timed> candidates, const Device& device, const TimerOptions& options);

// The problem with other layouts.
Problem with_formats(const Problem& problem, const Formats& formats);

}  // namespace pharos
