#include <memory>

#include <unistd.h>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "findings/doctor.h"
#include "reports/json_report.h"
#include "reports/text_report.h"

namespace pharos {
namespace {

struct Settings {
  std::vector<std::string> files;
  std::string format = "text", output;
  bool all = false;
};

int doctor(Cli& cli, const Settings& s) {
  const Doctor doctor;
  std::string text;
  for (const std::string& file : s.files) {
    auto diagnosis = doctor.examine_file(file);
    if (!diagnosis) return cli.fail(diagnosis.error());
    if (s.format == "json") text += json_report(*diagnosis, cli.language());
    else text += text_report(*diagnosis, {.language = cli.language(), .all = s.all, .color = s.output.empty() && isatty(1)});
  }
  if (s.output.empty()) { cli.print(text); return exit_fine; }
  if (auto written = write_file(s.output, std::string_view(text)); !written) return cli.fail(written.error());
  return exit_fine;
}

}  // namespace

void define_verb_doctor(VerbSet& verbs) {
  verbs.add({.name = "doctor",
             .group = VerbGroup::Check,
             .one_line = {"reads logs of TensorRT and Pharos: names the cause, shows the line, tells the remedy", "阅读 TensorRT 与 Pharos 日志：指出原因、证据行与处理方法"},
             .examples = "pharos doctor build.log\ntrtexec --onnx=model.onnx --verbose 2>&1 | pharos doctor -\npharos doctor build.log --format json -o report.json",
             .define = [](Options& o) -> Runner {
               auto s = std::make_shared<Settings>();
               o.positionals("FILE", s->files, "logs; - is standard input");
               o.choice("--format", {"text", "json"}, s->format, "how to report");
               o.text("--output,-o", "FILE", s->output, "write the report to FILE");
               o.flag("--all", s->all, "notes and harmless messages in full");
               return [s](Cli& cli) { return doctor(cli, *s); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
