#include <memory>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/model_options.h"
#include "cli/model/shapes.h"
#include "cli/options.h"
#include "base/json.h"
#include "onnx/lint/lint.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

struct Settings {
  std::string model, json;
  std::vector<std::string> plugins;
  LintOptions lint;
};

std::string json_report(const std::string& model, const std::vector<Report>& findings, Language language) {
  Json j(2);
  j.begin_object().member("model", model).key("findings").begin_array();
  for (const Report& f : findings) {
    j.begin_object().member("code", f.code()).member("slug", f.diagnostic().slug).member("severity", severity_name(f.diagnostic().severity));
    j.member("message", f.message(language)).member("remedy", f.diagnostic().remedy.in(language)).key("arguments").begin_object();
    for (const auto& [name, value] : f.arguments()) j.member(name, value);
    j.end_object().end_object();
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

int lint(Cli& cli, const Settings& s) {
  const auto ops = ops_with_plugins(s.plugins);
  if (!ops) return cli.fail(ops.error());
  const auto found = lint_model(s.model, *ops, s.lint);
  if (!found) return cli.fail(found.error());
  int64_t errors = 0, warnings = 0;
  for (const Report& f : *found) {
    const Severity severity = f.diagnostic().severity;
    errors += severity <= Severity::Error;
    warnings += severity == Severity::Warning;
    const auto color = severity <= Severity::Error ? Terminal::Color::Red : severity == Severity::Warning ? Terminal::Color::Yellow : Terminal::Color::None;
    cli.terminal().out_line(fmt::format("{} [{}] {}", severity_name(severity), f.code(), escape_control(f.message(cli.language()))), color);
    if (severity <= Severity::Warning) cli.terminal().out_line(fmt::format("    {}", cli.tr(f.diagnostic().remedy)), Terminal::Color::Dim);
  }
  if (!s.json.empty()) {
    if (auto written = write_file(s.json, json_report(s.model, *found, cli.language())); !written) return cli.fail(written.error());
  }
  cli.terminal().out_line(fmt::format("{} error{}, {} warning{}", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s"));
  return errors + warnings > 0 ? exit_found : exit_fine;
}

}  // namespace

void define_verb_lint(VerbSet& verbs) {
  verbs.add({.name = "lint",
             .group = VerbGroup::Check,
             .one_line = {"says what will hurt in a model, before it is built", "在构建之前指出模型中的隐患"},
             .examples = "pharos lint model.onnx\npharos lint model.onnx --target tensorrt:10.7\npharos lint model.onnx --shapes images:4x3x640x640 --json lint.json",
             .define = [](Options& o) -> Runner {
               auto s = std::make_shared<Settings>();
               o.positional("MODEL", s->model, "an ONNX file");
               o.text("--target", "NAME:VERSION", s->lint.target, "check operators against another runtime: tensorrt:10.7");
               o.call("--shapes", "NAME:DIMS", [s](std::string_view value) -> std::string {
                 const auto shapes = parse_shapes(value);
                 if (!shapes) return "NAME:DIMS, as x:1x3x224x224";
                 for (const auto& [name, dims] : *shapes) s->lint.shapes[name] = dims;
                 return "";
               }, "shapes of dynamic inputs, for the memory needed");
               define_plugins(o, s->plugins);
               o.text("--json", "FILE", s->json, "write the findings to FILE");
               define_limits(o, s->lint.limits);
               return [s](Cli& cli) { return lint(cli, *s); };
             }});
}

}  // namespace pharos
