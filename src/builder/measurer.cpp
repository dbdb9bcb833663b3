#include "builder/measurer.h"

#include <fmt/format.h>

#include <algorithm>

#include "builder/candidates.h"
#include "builder/machine_peak.h"
#include "catalog/timing_cache.h"

namespace pharos {
namespace {

// The machine that estimates assume: of round figures, so that a build that times nothing always comes out the same.
MachinePeak nominal_peak(const Device& device) {
  const double vector = device.isa == Isa::X86_64_v4 ? 200 : device.isa == Isa::X86_64_v3 ? 100 : 20;
  return {.threads = device.threads, .gflops = vector * device.threads, .memory_gbs = 20, .cache_gbs = 50.0 * device.threads};
}

// Runs of one candidate at most, by level.
int rounds_of(const BuildOptions& o) { return o.timing_iterations > 0 ? o.timing_iterations : 3 + 2 * o.optimization_level; }

}  // namespace

Measurer::Measurer(const Device& device, const BuildOptions& options, TimingCache& cache, Clock::time_point deadline, Log log)
    : device_(device), options_(options), cache_(cache), deadline_(deadline), log_(log) {}

double Measurer::estimate(const Problem& problem, const Timed& c) const {
  return roofline(work_of(with_formats(problem, c.formats)), nominal_peak(device_)).milliseconds * c.tactic->typical + 0.001;
}

// Levels 1 and 2 do not time what is unlikely to win.
void Measurer::rule_out_hopeless(std::vector<Timed>& candidates) const {
  const double slack = options_.optimization_level == 1 ? 1.15 : options_.optimization_level == 2 ? 1.6 : 0;
  if (slack == 0) return;
  double best = 1e30;
  for (const Timed& c : candidates)
    if (c.why_not.empty()) best = std::min(best, c.milliseconds);
  for (Timed& c : candidates)
    if (c.why_not.empty() && !c.measured && c.milliseconds > slack * best)
      c.why_not = fmt::format("expected to be slower; timed from --opt-level {}", c.milliseconds > 1.6 * best ? 3 : 2);
}

TimerOptions Measurer::timer() const {
  TimerOptions o;
  o.rounds = rounds_of(options_);
  o.stop = [this](double expected_ms) {
    if (options_.progress && options_.progress->cancelled()) return true;
    if (deadline_ == Clock::time_point::max()) return false;
    return std::chrono::duration<double, std::milli>(deadline_ - Clock::now()).count() < expected_ms;
  };
  return o;
}

double Measurer::expected_ms(const Problem& problem, const std::vector<Timed>& candidates) const {
  if (!level_measures()) return 0;
  double total = 0;
  for (const Timed& c : candidates) {
    if (!c.why_not.empty() && !c.over_workspace) continue;
    if (cache_.find(timing_key(problem, c))) continue;
    // Preparing a candidate, flushing and a few runs of the hopeless ones come to about this many runs.
    total += estimate(problem, c) * (rounds_of(options_) + 4) + 0.3;
  }
  return total;
}

void Measurer::measure(const Problem& problem, const std::string& layer, std::vector<Timed>& candidates) {
  for (Timed& c : candidates) {
    if (!c.why_not.empty() && !c.over_workspace) continue;
    c.milliseconds = estimate(problem, c);
    if (const auto ms = cache_.find(timing_key(problem, c))) {
      ++from_cache_;
      c.measured = *ms >= 0;
      if (c.measured) c.milliseconds = *ms;
      else c.why_not = "it could not be prepared (timing cache)";
    }
  }
  if (!level_measures()) return;
  rule_out_hopeless(candidates);
  std::vector<Timed*> open;
  for (Timed& c : candidates)
    if ((c.why_not.empty() || c.over_workspace) && !c.measured) open.push_back(&c);
  if (open.empty()) return;
  // The most promising first: should time run out, those are measured.
  std::stable_sort(open.begin(), open.end(), [](const Timed* a, const Timed* b) { return a->milliseconds < b->milliseconds; });
  std::vector<Timed> batch;
  for (const Timed* c : open) {
    batch.push_back(*c);
    if (log_.wants(Severity::Verbose) && !options_.timing_cache_path.empty())
      log_.report(diag::timing_cache_miss, {{"layer", layer}, {"tactic", std::string(c->tactic->name)}, {"config", c->config},
                  {"formats", formats_text(c->formats)}, {"reason", cache_.why_missing(timing_key(problem, *c))}}, layer);
  }
  time_candidates(problem, batch, device_, timer());
  for (size_t i = 0; i < open.size(); ++i) {
    *open[i] = batch[i];
    Timed& c = *open[i];
    if (c.measured) {
      const std::string key = timing_key(problem, c);
      cache_.put(key, c.milliseconds);
      c.milliseconds = *cache_.find(key);
      ++timed_;
    } else if (!c.why_not.empty() && !c.over_workspace) {
      cache_.put_refused(timing_key(problem, c));
    } else if (c.why_not.empty()) {
      ++unmeasured_;
    }
  }
}

}  // namespace pharos
