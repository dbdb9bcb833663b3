#include "cli/model/dump_after.h"

#include <fmt/format.h>

#include "builder/profiles.h"
#include "catalog/command_line.h"
#include "cli/suggest.h"
#include "onnx/import.h"
#include "passes/pipeline.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

Report unknown_pass(const std::string& name) {
  std::vector<std::string> names;
  for (const PassDef& p : all_passes()) names.emplace_back(p.name);
  return {diag::name_unknown, {{"kind", "pass"}, {"name", name}, {"suggestion", suggestion_text(name, names)}}};
}

}  // namespace

Result<Graph> read_graph(Cli& cli, const ModelOptions& options) {
  cli.at(Stage::Parse);
  const OpSet ops = PHAROS_TRY(ops_with_plugins(options.build.plugins));
  ImportedModel model = PHAROS_TRY(import_model(options.path, ops, {}, Log(&cli.log(), Stage::Parse)));
  return std::move(model.graph);
}

Result<Graph> optimized_graph(Cli& cli, const ModelOptions& options, const std::string& pass) {
  if (!pass.empty() && !find_pass(pass)) return unknown_pass(pass);
  const OpSet ops = PHAROS_TRY(ops_with_plugins(options.build.plugins));
  Graph graph = PHAROS_TRY(read_graph(cli, options));
  cli.at(Stage::Optimize);
  const auto profiles = PHAROS_TRY(options.finish_profiles());
  // Without profiles dynamic dims stay symbols; with them the passes see their ranges.
  if (!profiles.empty()) PHAROS_TRY(check_profiles(graph, profiles));
  Graph wanted;
  bool seen = false;
  PipelineOptions pipeline{.disabled = options.build.disabled_passes, .level = options.build.optimization_level,
                           .log = Log(&cli.log(), Stage::Optimize)};
  pipeline.after_pass = [&](const Graph& g, std::string_view name, int) {
    if (name != pass || seen) return;
    wanted = g;
    seen = true;
  };
  PHAROS_TRY(run_pipeline(graph, ops, pipeline));
  return seen ? std::move(wanted) : std::move(graph);
}

Result<void> dump_after(Cli& cli, const ModelOptions& options, const std::string& pass) {
  if (!find_pass(pass)) return unknown_pass(pass);
  const Graph graph = PHAROS_TRY(optimized_graph(cli, options, pass));
  cli.print(fmt::format("# after {}\n{}\n", pass, print(graph)));
  return {};
}

}  // namespace pharos
