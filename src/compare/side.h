#pragma once
// Everything that the files of one side tell about one build or run.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/match.h"
#include "findings/finding.h"

namespace pharos {

struct SideLayer : MatchLayer {
  std::optional<double> ms;             // of one query, as the profile tells
  std::string type, tactic, precision;  // empty: not told
  std::string fallback;                 // a fallback in the same log is about it: where it runs ("CPU"); empty: none
};

struct SideFallback {
  std::string op, where;  // op: empty where the log does not tell; where: "CPU", "framework"
  bool layer = false;     // `op` is the name of a layer
  std::string file;
  int64_t line = 0;
};

struct Side {
  std::string label;  // as given on the command line
  std::vector<std::string> files;
  LogModel log;                   // of all files together; the later file decides
  std::vector<Finding> findings;  // consequences too, each kind once
  std::vector<SideFallback> fallbacks;
  std::vector<SideLayer> layers;
  bool has_profile = false;   // layers have times
  bool profiled_run = false;  // the latency comes from the run that was profiled: the profiler slows it
};

// One file's diagnosis after the other; `finish` when all are in.
class SideBuilder {
 public:
  explicit SideBuilder(std::string label) { side_.label = std::move(label); }
  void add(const Diagnosis& diagnosis);
  void add(const RunDiagnosis& run);
  void file(std::string name) { side_.files.push_back(std::move(name)); }
  Side& side() { return side_; }  // for sources that are no logs
  Side finish();

 private:
  void collect(const Finding& finding);
  void make_layers();
  Side side_;
};

}  // namespace pharos
