#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "catalog/general.h"
#include "cli/cli.h"
#include "cli/model/inputs.h"
#include "cli/model/model_options.h"
#include "cli/model/npy.h"
#include "cli/model/outputs.h"
#include "cli/options.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

struct RunArguments {
  ModelOptions model;
  InputOptions inputs;
  std::string output_dir, compare;
  double rtol = 1e-4, atol = 1e-5;
};

// "input:0" and "a/b" become names of files inside the folder.
std::string file_name(const std::string& output) {
  std::string name;
  for (const char c : output)
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' ? c : '_';
  if (name.empty() || name[0] == '.') name.insert(0, "_");
  return name.substr(0, 200) + ".npy";
}

Result<void> save_outputs(const std::vector<HostTensor>& outputs, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Report(diag::file_write_failed, {{"path", escape_control(folder)}, {"reason", error.message()}});
  for (const HostTensor& t : outputs) {
    if (t.dtype == DType::string || t.dtype == DType::undefined) continue;
    PHAROS_TRY(write_file(folder + "/" + file_name(t.name), npy_bytes(t.dtype, t.dims, t.data)));
  }
  return {};
}

struct RunResult { std::vector<HostTensor> outputs; RunTimes times; };

Result<RunResult> run_once(Cli& cli, const ModelOptions& model, const InputOptions& options) {
  OpenedEngine opened = PHAROS_TRY(open_engine(cli, model));
  InputOptions with_shapes = options;
  with_shapes.shapes = model.shapes;
  const auto inputs = PHAROS_TRY(prepare_inputs(cli, opened.engine->info(), with_shapes));
  const auto context = PHAROS_TRY(opened.engine->create_context());
  PHAROS_TRY(bind_inputs(*context, inputs));
  RunResult result;
  PHAROS_TRY(context->run(&result.times));
  result.outputs = PHAROS_TRY(collect_outputs(*context, opened.engine->info()));
  return result;
}

int compare_with_reference(Cli& cli, const RunArguments& a, const std::vector<HostTensor>& outputs) {
  ModelOptions reference = a.model;
  reference.path = a.compare;
  reference.build.reference_only = true;
  InputOptions inputs = a.inputs;
  inputs.announce = false;
  auto expected = run_once(cli, reference, inputs);
  if (!expected) return cli.fail(expected.error().in("while running the reference"));
  int code = exit_fine;
  for (const HostTensor& e : expected->outputs) {
    for (const HostTensor& t : outputs) {
      if (t.name != e.name) continue;
      const Comparison c = compare_tensors(t, e, a.rtol, a.atol);
      if (!c.equal)
        code = cli.fail({diag::outputs_differ, {{"output", escape_control(t.name)}, {"details", c.details}}});
      else
        cli.terminal().out_line(
            fmt::format("output '{}' agrees with the reference: {}", escape_control(t.name), c.details));
    }
  }
  return code;
}

int run_model(Cli& cli, const RunArguments& a) {
  auto result = run_once(cli, a.model, a.inputs);
  if (!result) return cli.fail(result.error());
  if (!a.output_dir.empty()) {
    if (auto saved = save_outputs(result->outputs, a.output_dir); !saved) return cli.fail(saved.error());
  }
  Table table("lllrrrr", {"output", "type", "shape", "min", "max", "mean", "first"});
  for (const HostTensor& t : result->outputs) table.row(output_row(t));
  cli.print(fmt::format("{}compute {}, enqueue {}\n", table.text(), duration_text(result->times.compute_ms),
                        duration_text(result->times.enqueue_ms)));
  return a.compare.empty() ? exit_fine : compare_with_reference(cli, a, result->outputs);
}

}  // namespace

void define_verb_run(VerbSet& verbs) {
  verbs.add({.name = "run",
             .group = VerbGroup::Use,
             .one_line = {"runs a model or an engine once", "运行一次模型或引擎"},
             .examples = "pharos run resnet50.onnx --input input=cat.npy --output-dir out\n"
                         "pharos run model.engine --shapes x:4x3x224x224 --seed 7\n"
                         "pharos run model.engine --compare model.onnx",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<RunArguments>();
               o.positional("MODEL", a->model.path, "an ONNX file or an engine");
               o.texts("--input,-i", "NAME=FILE", a->inputs.files, ".npy, .pb (TensorProto) or raw data for an input");
               o.integer("--seed", "N", a->inputs.seed, 0, INT64_MAX, "of the random values for inputs without a file");
               o.text("--output-dir", "FOLDER", a->output_dir, "write every output there as .npy");
               o.text("--compare", "MODEL", a->compare,
                      "also run this ONNX file by the reference and compare the outputs");
               o.number("--rtol", "X", a->rtol, 0, 1e9, "allowed difference relative to the output's scale");
               o.number("--atol", "X", a->atol, 0, 1e9, "allowed absolute difference");
               a->model.define(o);
               a->model.define_build(o);
               return [a](Cli& cli) { return run_model(cli, *a); };
             }});
}

}  // namespace pharos
