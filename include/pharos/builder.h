#pragma once
// Compiling an ONNX model into an engine.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pharos/engine.h"

namespace pharos {

// Shape ranges for the dynamic inputs of a model: min <= opt <= max, equal where the model's dim is fixed. Engines may have
// several; at run time the first one that fits is used. Memory is planned for the maximum, tactics are timed at opt.
struct OptimizationProfile {
  std::vector<std::pair<std::string, DimBounds>> inputs;
};

// Progress of a build; `cancelled` is asked between units of work.
class ProgressMonitor {
 public:
  virtual ~ProgressMonitor() = default;
  virtual void stage_started(Stage stage, int64_t steps) noexcept = 0;   // steps may be 0: not known
  virtual void step_done(Stage stage, int64_t step) noexcept = 0;
  virtual void stage_finished(Stage stage, double milliseconds) noexcept = 0;
  virtual void remaining(Stage, double milliseconds) noexcept { (void)milliseconds; }  // estimate of what the stage still takes
  virtual bool cancelled() const noexcept { return false; }
};

struct BuildOptions {
  Logger* logger = nullptr;
  ProgressMonitor* progress = nullptr;
  std::vector<OptimizationProfile> profiles;
  int threads = 0;                              // 0: what affinity and cgroup grant
  // As TensorRT's builder optimisation level. 0: no passes that fuse, nothing is timed; 1, 2: only the likely candidates
  // are timed; 3: all of them; 4, 5: more often.
  int optimization_level = 3;
  std::vector<std::string> disabled_passes;
  std::vector<std::string> forced_tactics;      // "node-or-op=tactic": for debugging
  bool strict_fp32 = false;                     // no tactic that rounds clearly more than the direct method (Winograd)
  bool roofline = false;                        // measure the machine's peak and hold the layers against it
  double budget_seconds = 0;                    // the build ends by then with the best plan so far; 0: no limit
  bool require_cached_times = false;            // a time that the timing cache lacks is an error
  bool reference_only = false;                  // unoptimised graph, reference kernels: the oracle
  int64_t workspace_bytes = -1;                 // limit for one tactic's scratch; -1: none
  int timing_iterations = 0;                    // 0: by the optimisation level
  std::string timing_cache_path;                // read before, written after the build; empty: none
  std::vector<std::string> plugins;             // shared libraries with operators of their own (pharos/plugin.h)
  Limits limits;
};

struct CandidateInfo {
  std::string tactic, config, formats;
  double ms = 0;
  std::string why_not;      // empty: it could have been chosen
  bool chosen = false;
  bool measured = false;    // otherwise `ms` is an estimate
  int64_t workspace = 0;
};
// One layer's choice. `share_of_peak`: the least time that its work can take on this machine (arithmetic of the direct
// method at the peak rate, or weights from memory and activations from a cache) by its time; 0 where not known.
struct LayerTuning {
  std::string layer, op, shapes;
  std::vector<CandidateInfo> candidates;
  std::string chosen;       // "view" and "reference" are no candidates
  double ms = 0;            // 0: not known
  std::string remark;       // why not the fastest
  double gflop = 0;
  int64_t weight_bytes = 0, activation_bytes = 0;
  bool compute_bound = false;
  double share_of_peak = 0;
};
// What the threads of the build reach together.
struct MachinePeak { int threads = 0; double gflops = 0, memory_gbs = 0, cache_gbs = 0; };
struct PassInfo { std::string name; int rewrites = 0; double milliseconds = 0; };

// What a build did. Times in milliseconds, sizes in bytes.
struct BuildSummary {
  std::vector<std::pair<Stage, double>> stages;
  std::vector<PassInfo> passes;
  int64_t nodes_before = 0, nodes_after = 0;
  int64_t weights_bytes = 0;             // stored in the engine, packed copies included
  int64_t activation_bytes = 0;          // predicted peak of one context, at the profile maximum
  int64_t engine_bytes = 0;
  std::vector<LayerTuning> tuning;
  int64_t candidates_timed = 0, candidates_from_cache = 0;
  double predicted_ms = 0;               // sum of the chosen candidates and reorders
  std::optional<MachinePeak> peak;       // where it was asked for
  std::vector<Report> warnings;
};

struct BuiltEngine {
  std::vector<std::byte> bytes;          // the engine file; same model, options, timing cache and machine: same bytes
  BuildSummary summary;
};

Result<BuiltEngine> build(const std::string& onnx_path, const BuildOptions& options);
// From memory; `folder` is where external data is looked for (empty: external data is refused).
Result<BuiltEngine> build(std::span<const std::byte> onnx_bytes, const std::string& folder, const BuildOptions& options);

// Writes beside the target, then renames: the file is never half-written.
Result<void> save_engine(const BuiltEngine& engine, const std::string& path);
// "resnet50_pharos0.1_x86-64-v4.engine" for "dir/resnet50.onnx".
std::string default_engine_name(const std::string& onnx_path);

}  // namespace pharos
