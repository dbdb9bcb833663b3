#pragma once
#include <string>

#include "cli/cli.h"
#include "cli/model/model_options.h"
#include "graph/graph.h"

namespace pharos {

// Reads the model and gives it the ranges of the profiles, as a build does before the passes.
Result<Graph> read_graph(Cli& cli, const ModelOptions& options);
// The graph after the named pass has done all its work; "" is after every pass.
Result<Graph> optimized_graph(Cli& cli, const ModelOptions& options, const std::string& pass);
// Prints the graph as text to stdout after each run of the pass that changed something.
Result<void> dump_after(Cli& cli, const ModelOptions& options, const std::string& pass);

}  // namespace pharos
