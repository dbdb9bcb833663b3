#pragma once
// Options of every verb that takes a model: how to build it, on how many threads, with which shapes.

#include <memory>
#include <string>

#include "cli/cli.h"
#include "cli/model/shapes.h"
#include "pharos/builder.h"

namespace pharos {

class ProgressDisplay;

// --plugin FILE, the same for every verb that reads a model.
void define_plugins(Options& options, std::vector<std::string>& into);

// The limits of pharos/limits.h, as a group of their own: declared last.
void define_limits(Options& options, Limits& into);

struct ModelOptions {
  std::string path;
  BuildOptions build;
  ProfileOptions profiles;
  NamedShapes shapes;  // --shapes: what to run with; the build profile too where none is given
  int threads = 0;
  std::vector<std::string> build_options_given;  // their names: an engine is built already

  void define(Options& options);
  void define_build(Options& options);  // what only matters when something is compiled
  // Those of the shape options; --shapes alone makes one.
  Result<std::vector<OptimizationProfile>> finish_profiles() const;
  // The options complete: threads, profiles, logger, environment.
  Result<BuildOptions> finish(Cli& cli) const;
};

// Whether the file starts like an engine; a model otherwise.
bool is_engine_file(const std::string& path);

struct OpenedEngine {
  std::shared_ptr<Engine> engine;
  bool built = false;
  BuildSummary summary;   // where it was built now
  double load_ms = 0;
};
// Loads an engine, or builds the model in memory.
Result<OpenedEngine> open_engine(Cli& cli, const ModelOptions& options);

}  // namespace pharos
