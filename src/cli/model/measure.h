#pragma once
// Repeated runs with their times; used by bench and trtexec.

#include <map>
#include <string>
#include <vector>

#include "pharos/engine.h"

namespace pharos {

struct MeasureOptions {
  double warm_up_ms = 200;
  int64_t iterations = 10;    // at least this many
  double duration_ms = 3000;  // and at least this long
};

struct Query { double start_ms = 0, enqueue_ms = 0, compute_ms = 0; };  // since the first timed run
struct Measurement {
  int64_t warm_up_queries = 0;
  double first_ms = 0;  // the very first run, which prepares kernels and memory
  double warm_up_ms = 0, wall_ms = 0;
  std::vector<Query> queries;
};

Result<Measurement> measure(ExecutionContext& context, const MeasureOptions& options);

// Time of each step over some runs with the profiler set.
struct StepTimes {
  const StepInfo* step = nullptr;
  std::vector<double> ms;
  double total() const;
};
struct Profile { int64_t iterations = 0; std::vector<StepTimes> steps; double total() const; };
Result<Profile> profile_steps(ExecutionContext& context, const EngineInfo& info, int64_t iterations);

}  // namespace pharos
