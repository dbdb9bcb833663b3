#include <fmt/format.h>

#include "base/files.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/dump_after.h"
#include "cli/model/model_options.h"
#include "cli/options.h"

namespace pharos {
namespace {

struct GraphArguments {
  ModelOptions model;
  std::string after, output;
  bool optimized = false, all_constants = false, no_types = false, no_origins = false;
};

Result<Graph> wanted_graph(Cli& cli, const GraphArguments& a) {
  if (a.model.path.ends_with(".txt")) {  // our own text form: reads it, checks it, prints it again
    const Bytes bytes = PHAROS_TRY(read_file(a.model.path, int64_t{1} << 30));
    return parse_graph({reinterpret_cast<const char*>(bytes.data), bytes.size});
  }
  if (!a.after.empty() || a.optimized) return optimized_graph(cli, a.model, a.after);
  return read_graph(cli, a.model);
}

int print_graph(Cli& cli, const GraphArguments& a) {
  auto graph = wanted_graph(cli, a);
  if (!graph) return cli.fail(graph.error());
  const std::string text =
      print(*graph, {.inline_limit = a.all_constants ? -1 : 16, .origins = !a.no_origins, .types = !a.no_types});
  if (a.output.empty()) {
    cli.print(text);
  } else if (auto written = write_file(a.output, text); !written) {
    return cli.fail(written.error());
  }
  return exit_fine;
}

}  // namespace

void define_verb_graph(VerbSet& verbs) {
  verbs.add({.name = "graph",
             .group = VerbGroup::Look,
             .one_line = {"prints the graph as text, before or after any pass", "以文本形式打印计算图（任意优化过程前后）"},
             .examples = "pharos graph resnet50.onnx\npharos graph resnet50.onnx --after fuse-conv-batchnorm\n"
                         "pharos graph resnet50.onnx --optimized -o resnet50.txt",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<GraphArguments>();
               o.positional("MODEL", a->model.path, "an ONNX file, or a .txt in the graph's text form");
               o.flag("--optimized,-O", a->optimized, "after all passes");
               o.text("--after", "PASS", a->after,
                      "after the first pass that bears this name (see 'pharos list passes')");
               o.text("--output,-o", "FILE", a->output, "write to a file");
               o.flag("--all-constants", a->all_constants, "write out every constant: such a file can be read back");
               o.flag("--no-types", a->no_types, "leave the types of values out");
               o.flag("--no-origins", a->no_origins, "leave the names of the ONNX nodes out");
               a->model.define(o);
               a->model.define_build(o);
               return [a](Cli& cli) { return print_graph(cli, *a); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
