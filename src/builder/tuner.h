#pragma once
// Finds the ways to compute each node, times them and chooses tactics and layouts together.

#include <chrono>

#include "builder/timer.h"
#include "builder/timing_cache.h"
#include "engine/plan.h"
#include "pharos/builder.h"

namespace pharos {

struct TunerContext {
  const OpSet& ops;
  const TacticSet& tactics;
  const Device& device;
  const BuildOptions& options;
  Log log;
  TimingCache& cache;
  // Types of every value for each set of shapes that the engine must serve; the first is the one to time at.
  std::vector<std::vector<Type>> types;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct Tuned {
  std::vector<Choice> choices;      // by NodeId::index of the graph, which now has Reorder nodes and formats
  std::vector<LayerTuning> layers;  // candidates with their times, for --explain-tactics
  double predicted_ms = 0;
  std::optional<MachinePeak> peak;
  int64_t timed = 0, from_cache = 0;
};

// Changes the graph: inserts Reorder nodes where neighbouring layouts differ, sets formats, compacts.
Result<Tuned> tune(Graph& graph, TunerContext& context);

}  // namespace pharos
