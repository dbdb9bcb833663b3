#include "cli/model/dump_after.h"

#include <optional>

#include <fmt/format.h>

#include "base/files.h"
#include "builder/profiles.h"
#include "catalog/command_line.h"
#include "cli/suggest.h"
#include "onnx/import.h"
#include "ops/infer.h"
#include "passes/pipeline.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

Report unknown_pass(const std::string& name) {
  std::vector<std::string> names;
  for (const PassDef& p : all_passes()) names.emplace_back(p.name);
  return {diag::name_unknown, {{"kind", "pass"}, {"name", name}, {"suggestion", suggestion_text(name, names)}}};
}

Result<Graph> run_passes(Cli& cli, const ModelOptions& options, PipelineOptions pipeline) {
  const OpSet ops = PHAROS_TRY(ops_with_plugins(options.build.plugins));
  Graph graph = PHAROS_TRY(read_graph_or_text(cli, options));
  PHAROS_TRY(infer_types(graph, ops));  // a text may leave them out
  cli.at(Stage::Optimize);
  const auto profiles = PHAROS_TRY(options.finish_profiles());
  // Without profiles dynamic dims stay symbols; with them the passes see their ranges.
  if (!profiles.empty()) PHAROS_TRY(check_profiles(graph, profiles));
  pipeline.disabled = options.build.disabled_passes;
  pipeline.level = options.build.optimization_level;
  pipeline.limits = options.build.limits;
  pipeline.log = Log(&cli.log(), Stage::Optimize);
  PHAROS_TRY(run_pipeline(graph, ops, pipeline));
  return graph;
}

}  // namespace

Result<Graph> read_graph(Cli& cli, const ModelOptions& options) {
  cli.at(Stage::Parse);
  const OpSet ops = PHAROS_TRY(ops_with_plugins(options.build.plugins));
  ImportedModel model = PHAROS_TRY(import_model(options.path, ops, {.limits = options.build.limits}, Log(&cli.log(), Stage::Parse)));
  return std::move(model.graph);
}

Result<Graph> read_graph_or_text(Cli& cli, const ModelOptions& options) {
  if (!options.path.ends_with(".txt")) return read_graph(cli, options);
  const Bytes bytes = PHAROS_TRY(read_file(options.path, int64_t{1} << 30));
  return parse_graph({reinterpret_cast<const char*>(bytes.data), bytes.size});
}

Result<Graph> optimized_graph(Cli& cli, const ModelOptions& options) { return run_passes(cli, options, {}); }

Result<Graph> graph_at(Cli& cli, const ModelOptions& options, const std::string& pass, Side side) {
  if (!find_pass(pass)) return unknown_pass(pass);
  std::optional<Graph> first, before, after;
  PipelineOptions watched;
  watched.before_pass = [&](const Graph& g, std::string_view name) {
    if (name != pass || after) return;
    if (!first) first = g;
    if (side == Side::Before) before = g;
  };
  watched.after_pass = [&](const Graph& g, std::string_view name, int) {
    if (name == pass && !after) after = g;
  };
  PHAROS_TRY(run_passes(cli, options, std::move(watched)));
  if (!first)
    return Report(diag::option_value_invalid,
                  {{"option", "the pass"}, {"actual", pass},
                   {"expected", "a pass that runs: this one is disabled, or of a higher --opt-level"}});
  if (!after) return std::move(*first);
  return side == Side::Before ? std::move(*before) : std::move(*after);
}

Result<void> dump_after(Cli& cli, const ModelOptions& options, const std::string& pass) {
  const Graph graph = PHAROS_TRY(graph_at(cli, options, pass, Side::After));
  cli.print(fmt::format("# after {}\n{}\n", pass, print(graph)));
  return {};
}

}  // namespace pharos
