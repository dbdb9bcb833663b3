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
  std::string before, after, output;
  bool optimized = false, all_constants = false, no_types = false, no_origins = false;
};

Result<Graph> wanted_graph(Cli& cli, const GraphArguments& a) {
  if (!a.before.empty() && !a.after.empty())
    return Report(diag::options_conflict, {{"first", "--before"}, {"second", "--after"}, {"why", "one graph is printed"}});
  if (!a.before.empty()) return graph_at(cli, a.model, a.before, Side::Before);
  if (!a.after.empty()) return graph_at(cli, a.model, a.after, Side::After);
  if (a.optimized) return optimized_graph(cli, a.model);
  return read_graph_or_text(cli, a.model);
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
             .examples = "pharos graph resnet50.onnx\npharos graph resnet50.onnx --after fuse-affine\n"
                         "pharos graph resnet50.onnx --optimized -o resnet50.txt",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<GraphArguments>();
               o.positional("MODEL", a->model.path, "an ONNX file, or a .txt in the graph's text form");
               o.flag("--optimized,-O", a->optimized, "after all passes");
               o.text("--before", "PASS", a->before, "before the first run of a pass that changed something (see 'pharos list passes')");
               o.text("--after", "PASS", a->after, "after that run; a pass that finds nothing to do: where it first ran");
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
