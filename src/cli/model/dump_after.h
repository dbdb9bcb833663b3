#pragma once
#include <string>

#include "cli/cli.h"
#include "cli/model/model_options.h"
#include "graph/graph.h"

namespace pharos {

// Reads the model and gives it the ranges of the profiles, as a build does before the passes.
Result<Graph> read_graph(Cli& cli, const ModelOptions& options);
// The same; a path that ends in .txt is read as the graph's text form.
Result<Graph> read_graph_or_text(Cli& cli, const ModelOptions& options);
// The graph after every pass.
Result<Graph> optimized_graph(Cli& cli, const ModelOptions& options);
// The graph before or after the first run of the named pass that changed something; where it found nothing to do, the graph
// that it first saw.
enum class Side : uint8_t { Before, After };
Result<Graph> graph_at(Cli& cli, const ModelOptions& options, const std::string& pass, Side side);
// Prints the graph as text to stdout as it is after the pass.
Result<void> dump_after(Cli& cli, const ModelOptions& options, const std::string& pass);

}  // namespace pharos
