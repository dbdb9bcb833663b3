#pragma once
// Gives every candidate of a problem its time: from the timing cache, by running it, or (opt-level 0, no time left) by
// estimate.

#include <chrono>

#include "builder/timer.h"
#include "builder/timing_cache.h"
#include "pharos/builder.h"

namespace pharos {

class Measurer {
 public:
  using Clock = std::chrono::steady_clock;

  Measurer(const Device& device, const BuildOptions& options, TimingCache& cache, Clock::time_point deadline, Log log);

  // Rules candidates out that the options or the level do not want timed, then fills `milliseconds` and `measured`.
  void measure(const Problem& problem, const std::string& layer, std::vector<Timed>& candidates);
  // Time that measuring is expected to take, by estimate; nothing for what the cache has.
  double expected_ms(const Problem& problem, const std::vector<Timed>& candidates) const;

  bool out_of_time() const { return Clock::now() >= deadline_; }
  bool level_measures() const { return options_.optimization_level > 0; }
  int64_t timed() const { return timed_; }
  int64_t from_cache() const { return from_cache_; }
  int64_t unmeasured() const { return unmeasured_; }  // candidates that the budget left out

 private:
  double estimate(const Problem& problem, const Timed& c) const;
  void rule_out_hopeless(std::vector<Timed>& candidates) const;
  TimerOptions timer() const;
  const Device& device_;
  const BuildOptions& options_;
  TimingCache& cache_;
  Clock::time_point deadline_;
  Log log_;
  int64_t timed_ = 0, from_cache_ = 0, unmeasured_ = 0;
};

}  // namespace pharos
