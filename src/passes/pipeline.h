#pragma once
// The optimiser: runs the passes in order until nothing changes.

#include <span>

#include "graph/graph.h"
#include "passes/pass.h"

namespace pharos {

std::span<const PassDef> all_passes();  // in order
const PassDef* find_pass(std::string_view name);

struct PipelineOptions {
  std::vector<std::string> disabled;  // names of passes
  std::vector<std::string> only;      // where not empty: nothing but these (tests, debugging)
  int level = 3;                      // 0: only what is needed to run; 5: everything
  Limits limits;
  Log log;
  int max_rounds = 32;                // per stage
  // Called before each run of a pass, and after each one that changed the graph (--dump-after, 'pharos graph').
  std::function<void(const Graph&, std::string_view pass)> before_pass;
  std::function<void(const Graph&, std::string_view pass, int rewrites)> after_pass;
  std::function<bool()> cancelled;
  // Compares the results of the reference interpreter on random inputs before and after each pass. Slow.
  bool differential = false;
};

struct PassTiming {
  std::string name;
  int rewrites = 0;
  double milliseconds = 0;
};

struct PipelineReport {
  std::vector<PassTiming> passes;  // in order; also those that changed nothing
  std::vector<PassNote> notes;
  int rounds = 0;
  bool compared = false;  // the differential check had results to compare
};

// The graph keeps its inputs and outputs by name, order and dtype. It is verified after every pass, and compact at the
// end (ids change). An error leaves it in an unspecified, but legal, state.
Result<PipelineReport> run_pipeline(Graph& graph, const OpSet& ops, const PipelineOptions& options = {});

}  // namespace pharos
