#include "cli/model/measure.h"

#include <chrono>
#include <numeric>

#include "base/result.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

class Collector final : public Profiler {
 public:
  Collector(Profile& profile, const EngineInfo& info) {
    for (const StepInfo& s : info.steps) {
      index_.emplace(key(s), profile.steps.size());
      profile.steps.push_back({&s, {}});
    }
    steps_ = &profile.steps;
  }
  void step(const StepInfo& step, double milliseconds) noexcept override {
    // Nodes of bodies, and steps whose kernel a run has found, are met here for the first time.
    auto it = index_.find(key(step));
    if (it == index_.end()) {
      it = index_.emplace(key(step), steps_->size()).first;
      steps_->push_back({&step, {}});
    }
    (*steps_)[it->second].ms.push_back(milliseconds);
  }

 private:
  using Key = std::pair<std::string_view, std::string_view>;
  static Key key(const StepInfo& s) { return {s.name, s.tactic}; }
  std::map<Key, size_t> index_;
  std::vector<StepTimes>* steps_;
};

}  // namespace

double StepTimes::total() const { return std::accumulate(ms.begin(), ms.end(), 0.0); }

double Profile::total() const {
  double sum = 0;
  for (const StepTimes& s : steps) sum += s.total();
  return sum;
}

Result<Measurement> measure(ExecutionContext& context, const MeasureOptions& options) {
  Measurement m;
  const Clock::time_point first = Clock::now();
  PHAROS_TRY(context.run());
  m.first_ms = since(first);
  const Clock::time_point warm = Clock::now();
  while (since(warm) < options.warm_up_ms) {
    PHAROS_TRY(context.run());
    ++m.warm_up_queries;
  }
  m.warm_up_ms = since(warm);
  const Clock::time_point start = Clock::now();
  while (int64_t(m.queries.size()) < options.iterations || since(start) < options.duration_ms) {
    RunTimes times;
    const double at = since(start);
    PHAROS_TRY(context.run(&times));
    m.queries.push_back({at, times.enqueue_ms, times.compute_ms});
  }
  m.wall_ms = since(start);
  return m;
}

Result<Profile> profile_steps(ExecutionContext& context, const EngineInfo& info, int64_t iterations) {
  Profile profile{.iterations = iterations};
  Collector collector(profile, info);
  context.set_profiler(&collector);
  Result<void> result;
  for (int64_t i = 0; i < iterations && result; ++i) result = context.run();
  context.set_profiler(nullptr);
  if (!result) return result.error();
  return profile;
}

}  // namespace pharos
