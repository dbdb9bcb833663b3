#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/dump_after.h"
#include "cli/model/model_options.h"
#include "cli/model/progress.h"
#include "cli/model/summary.h"
#include "cli/options.h"

namespace pharos {
namespace {

struct BuildArguments {
  ModelOptions model;
  std::string output, json;
  std::vector<std::string> dump_after;
  bool explain_tactics = false, fail_on_warning = false;
};

std::string codes_of(const std::vector<Report>& warnings) {
  std::string codes;
  for (const Report& w : warnings) {
    if (codes.find(w.code()) == codes.npos) codes += (codes.empty() ? "" : ", ") + std::string(w.code());
  }
  return codes;
}

int build_model(Cli& cli, const BuildArguments& a) {
  auto options = a.model.finish(cli);
  if (!options) return cli.fail(options.error());
  for (const std::string& pass : a.dump_after) {
    if (auto dumped = dump_after(cli, a.model, pass); !dumped) return cli.fail(dumped.error());
  }
  ProgressDisplay progress(cli);
  options->progress = &progress;
  options->roofline = a.explain_tactics || !a.json.empty();
  auto built = build(a.model.path, *options);
  if (!built) return cli.fail(built.error());
  const BuildSummary& s = built->summary;
  if (a.fail_on_warning && !s.warnings.empty()) {
    return cli.fail(
        {diag::warnings_fatal, {{"count", std::to_string(s.warnings.size())}, {"codes", codes_of(s.warnings)}}});
  }
  const std::string path = a.output.empty() ? default_engine_name(a.model.path) : a.output;
  if (auto saved = save_engine(*built, path); !saved) return cli.fail(saved.error());
  if (!a.json.empty()) {
    if (auto written = write_file(a.json, summary_json(s, path)); !written) return cli.fail(written.error());
  }
  if (cli.console_threshold() < Severity::Info) return exit_fine;
  if (a.explain_tactics) cli.print(tuning_text(s) + "\n");
  cli.print(summary_text(cli, s, path));
  return exit_fine;
}

}  // namespace

void define_verb_build(VerbSet& verbs) {
  verbs.add(
      {.name = "build",
       .group = VerbGroup::Use,
       .one_line = {"compiles an ONNX model into an engine file", "将 ONNX 模型编译为引擎文件"},
       .examples = "pharos build resnet50.onnx\n"
                   "pharos build bert.onnx -o bert.engine --min-shapes input_ids:1x128 --max-shapes input_ids:8x128\n"
                   "pharos build model.onnx --explain-tactics --timing-cache times.cache --json summary.json",
       .define = [](Options& o) -> Runner {
         auto a = std::make_shared<BuildArguments>();
         o.positional("MODEL", a->model.path, "an ONNX file");
         o.text("--output,-o", "FILE", a->output,
                "engine file; default: a name with version and instruction set, here");
         o.flag("--explain-tactics", a->explain_tactics, "print every candidate with its time or why it was not used, and the share of the machine's peak");
         o.texts("--dump-after", "PASS", a->dump_after, "print the graph as it is after a pass");
         o.flag("--fail-on-warning", a->fail_on_warning, "exit with 1 and write nothing if there was a warning");
         o.text("--json", "FILE", a->json, "write the summary as JSON");
         a->model.define(o);
         a->model.define_build(o);
         return [a](Cli& cli) { return build_model(cli, *a); };
       }});
}

}  // namespace pharos
