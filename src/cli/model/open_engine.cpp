#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/model/model_options.h"
#include "cli/model/progress.h"

namespace pharos {

Result<OpenedEngine> open_engine(Cli& cli, const ModelOptions& options) {
  OpenedEngine opened;
  LoadOptions load{.logger = &cli.log(),
                   .threads = cli.threads(options.threads),
                   .limits = options.build.limits,
                   .plugins = options.build.plugins};
  std::vector<std::byte> bytes;
  if (is_engine_file(options.path) && !options.build_options_given.empty()) {
    return Report(diag::options_conflict, {{"first", options.build_options_given[0]},
                                           {"second", fmt::format("the engine '{}'", escape_control(options.path))},
                                           {"why", "it is built already"}});
  }
  if (!is_engine_file(options.path)) {
    ProgressDisplay progress(cli);
    BuildOptions build = PHAROS_TRY(options.finish(cli));
    build.progress = &progress;
    BuiltEngine built = PHAROS_TRY(pharos::build(options.path, build));
    opened.built = true;
    opened.summary = std::move(built.summary);
    bytes = std::move(built.bytes);
  }
  cli.at(Stage::Load);
  const auto start = std::chrono::steady_clock::now();
  opened.engine = opened.built ? PHAROS_TRY(Engine::load(bytes, load)) : PHAROS_TRY(Engine::load(options.path, load));
  opened.load_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  cli.at(Stage::Run);
  return opened;
}

}  // namespace pharos
