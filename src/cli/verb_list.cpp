#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/command_line.h"
#include "catalog/general.h"
#include "cli/cli.h"
#include "cli/model/model_options.h"
#include "cli/options.h"
#include "cli/suggest.h"
#include "cli/text/diagnostics.h"
#include "cli/text/format.h"
#include "findings/doctor.h"
#include "ops/op.h"
#include "ops/render.h"
#include "passes/pipeline.h"
#include "plugins/plugin.h"
#include "reports/formats.h"
#include "tactics/tactic.h"
#include "zoo/zoo.h"

namespace pharos {
namespace {

// The built-in sets and what the plugins named add to them.
struct Sets {
  OpSet ops = builtin_ops();
  TacticSet tactics = builtin_tactics();
};

Table list_diagnostics(const Cli& cli, const Sets&) {
  Table table("llll", {"code", "severity", "name", "title"});
  for (const Diagnostic* d : all_diagnostics()) {
    table.row({std::string(d->code), std::string(severity_name(d->severity)), std::string(d->slug),
               std::string(cli.tr(d->title))});
  }
  return table;
}

Table list_ops(const Cli&, const Sets& sets) {
  Table table("llrl", {"operator", "domain", "since", "description"});
  for (const OpDef* op : sets.ops.all()) {
    table.row({std::string(op->name), op->domain.empty() ? "ai.onnx" : std::string(op->domain),
               std::to_string(op->since), std::string(op->doc)});
  }
  return table;
}

Table list_tactics(const Cli&, const Sets& sets) {
  Table table("lll", {"tactic", "operators", "description"});
  for (const TacticDef* t : sets.tactics.all()) {
    std::string ops;
    for (const auto& [domain, op] : t->ops)
      ops += (ops.empty() ? "" : ", ") + (domain.empty() ? "" : std::string(domain) + "::") + std::string(op);
    table.row({std::string(t->name), ops.empty() ? "any" : ops, std::string(t->doc)});
  }
  table.row({"reference", "any", "the operator's own plain evaluation: the last resort"});
  return table;
}

Table list_passes(const Cli&, const Sets&) {
  static constexpr std::string_view stages[] = {"simplify", "fuse", "lower", "finish"};
  Table table("rllrl", {"", "pass", "stage", "level", "description"});
  int n = 0;
  for (const PassDef& p : all_passes()) {
    table.row({std::to_string(++n), std::string(p.name), std::string(stages[size_t(p.stage)]), std::to_string(p.level),
               std::string(p.doc)});
  }
  return table;
}

Table list_commands(const Cli& cli, const Sets&) {
  Table table("ll", {"command", "description"});
  for (const Verb& v : cli.verbs().all()) table.row({std::string(v.name), std::string(cli.tr(v.one_line))});
  return table;
}

Table list_zoo(const Cli& cli, const Sets&) {
  Table table("lrrl", {"network", "size", "tokens", "description"});
  const ZooSet zoo = builtin_zoo();
  for (const ZooNetwork* n : zoo.all()) {
    table.row({std::string(n->name), n->size ? std::to_string(n->size) : "-",
               n->seq_len ? std::to_string(n->seq_len) : "-", std::string(cli.tr(n->doc))});
  }
  return table;
}

Table list_dtypes(const Cli&, const Sets&) {
  Table table("lrr", {"type", "bytes in memory", "bits in files"});
  for (int i = 1; i < dtype_count; ++i) {
    const DType t = DType(i);
    const bool text = t == DType::string;
    table.row({std::string(dtype_name(t)), text ? "-" : std::to_string(dtype_size(t)),
               text ? "-" : std::to_string(dtype_bits(t))});
  }
  return table;
}

Table list_findings(const Cli& cli, const Sets&) {
  static constexpr std::string_view roles[] = {"cause", "consequence", "note", "harmless"};
  Table table("lllll", {"code", "category", "role", "severity", "title"});
  std::vector<const Rule*> rules;
  const RuleSet set = builtin_rules();
  for (const Rule& r : set.all()) rules.push_back(&r);
  std::sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) { return a->diagnostic->code < b->diagnostic->code; });
  for (const Rule* r : rules) {
    table.row({std::string(r->diagnostic->code), std::string(category_name(r->category)), std::string(roles[size_t(r->role)]),
               std::string(severity_name(r->diagnostic->severity)), std::string(cli.tr(r->diagnostic->title))});
  }
  return table;
}

Table list_dialects(const Cli&, const Sets&) {
  Table table("ll", {"dialect", "description"});
  const DialectSet set = builtin_dialects();
  for (const Dialect& d : set.all()) table.row({std::string(d.name), std::string(d.doc)});
  return table;
}

Table list_formats(const Cli& cli, const Sets&) {
  Table table("ll", {"format", "description"});
  for (const ReportFormat& f : report_formats()) table.row({std::string(f.name), std::string(cli.tr(f.doc))});
  return table;
}

// What a line must hold to be looked at by the doctor, besides announcing a warning or an error.
Table list_literals(const Cli&, const Sets&) {
  Table table("l", {"literal"});
  const Doctor doctor;
  for (const std::string& l : doctor.prefilter().literals()) table.row({l});
  return table;
}

Table list_exit_codes(const Cli& cli, const Sets&) {
  Table table("rl", {"code", "meaning"});
  for (const ExitCodeText& e : exit_code_table)
    table.row({std::to_string(int(e.code)), std::string(cli.tr(e.meaning))});
  return table;
}

struct List { std::string_view name; Text title; Table (*make)(const Cli&, const Sets&); };
constexpr List lists[] = {
    {"diagnostics", {"Diagnostics", "诊断代码"}, list_diagnostics},
    {"ops", {"Operators", "算子"}, list_ops},
    {"passes", {"Passes, in order", "优化过程（按顺序）"}, list_passes},
    {"tactics", {"Tactics", "策略"}, list_tactics},
    {"zoo", {"Sample networks", "示例网络"}, list_zoo},
    {"dtypes", {"Element types", "元素类型"}, list_dtypes},
    {"commands", {"Commands", "命令"}, list_commands},
    {"findings", {"What the doctor finds in logs", "日志诊断可发现的问题"}, list_findings},
    {"dialects", {"Log formats that the doctor reads", "日志诊断可读取的日志格式"}, list_dialects},
    {"formats", {"Formats of the doctor's report", "诊断报告的格式"}, list_formats},
    {"literals", {"Literals that the doctor searches for", "日志诊断搜索的字面量"}, list_literals},
    {"exit-codes", {"Exit codes", "退出码"}, list_exit_codes},
};

std::string list_names() {
  std::string names;
  for (const List& l : lists) names += (names.empty() ? "" : ", ") + std::string(l.name);
  return names;
}

// One page per layer, as docs/diagnostics/ holds them.
std::string diagnostics_page(Layer layer, Language language) {
  std::string page = fmt::format("# {}\n\n", layer_title(layer).in(language));
  page += language == Language::Chinese ? "由 `pharos list diagnostics --markdown` 生成，请勿手工修改。\n\n"
                                        : "Generated by `pharos list diagnostics --markdown`; not to be edited.\n\n";
  for (const Diagnostic* d : all_diagnostics()) {
    if (d->layer == layer) page += diagnostic_markdown(*d, language);
  }
  page.pop_back();
  return page;
}

constexpr std::string_view page_names[] = {"general", "import",  "graph",   "precision",   "tactics",
                                           "engine",  "runtime", "serving", "environment", "doctor"};

Result<void> write_pages(const std::string& folder) {
  for (const Language language : {Language::English, Language::Chinese}) {
    const std::string to = folder + (language == Language::Chinese ? "/zh" : "/en");
    std::error_code error;
    std::filesystem::create_directories(to, error);
    if (error) return Report(diag::file_write_failed, {{"path", to}, {"reason", error.message()}});
    Layer written = Layer::Doctor;
    for (const Diagnostic* d : all_diagnostics()) {  // by code, so by layer
      if (d->layer == std::exchange(written, d->layer)) continue;
      PHAROS_TRY(
          write_file(fmt::format("{}/{}.md", to, page_names[size_t(d->layer)]), diagnostics_page(d->layer, language)));
    }
  }
  return {};
}

struct ListArguments { std::string what, pages; std::vector<std::string> plugins; bool markdown = false; };

int list(Cli& cli, const ListArguments& a) {
  if (a.what.empty()) {
    cli.print(list_names() + "\n");
    return exit_fine;
  }
  for (const List& l : lists) {
    if (l.name != a.what) continue;
    if (a.what == "diagnostics" && !a.pages.empty()) {
      auto written = write_pages(a.pages);
      return written ? exit_fine : cli.fail(written.error());
    }
    Sets sets;
    const auto plugins = load_plugins(a.plugins);
    if (!plugins) return cli.fail(plugins.error());
    if (const auto added = add_plugins(*plugins, sets.ops, &sets.tactics); !added) return cli.fail(added.error());
    if (a.what == "ops" && a.markdown) {
      cli.print(render_operators_markdown(sets.ops, [&](const OpDef& op) {
        std::vector<std::string> names;
        for (const TacticDef* t : sets.tactics.all())
          if (std::find(t->ops.begin(), t->ops.end(), std::pair(op.domain, op.name)) != t->ops.end()) names.emplace_back(t->name);
        return names;
      }));
      return exit_fine;
    }
    const Table table = l.make(cli, sets);
    if (a.markdown) cli.print(fmt::format("# {}\n\n{}", cli.tr(l.title), table.markdown()));
    else cli.print(table.text());
    return exit_fine;
  }
  std::vector<std::string> names;
  for (const List& l : lists) names.emplace_back(l.name);
  return cli.fail(
      {diag::name_unknown,
       {{"kind", "list"}, {"name", escape_control(a.what)}, {"suggestion", suggestion_text(a.what, names)}}});
}

}  // namespace

void define_verb_list(VerbSet& verbs) {
  verbs.add({.name = "list",
             .group = VerbGroup::Help,
             .one_line = {"lists what there is: diagnostics, ops, passes, tactics, zoo and more",
                          "列出诊断代码、算子、优化过程、策略、示例网络等"},
             .examples = "pharos list ops\npharos list ops --plugin librows.so\npharos list diagnostics --lang zh\npharos list tactics --markdown",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<ListArguments>();
               o.positional("WHAT", a->what, list_names() + "; without it: these names", false);
               define_plugins(o, a->plugins);
               o.flag("--markdown", a->markdown, "as a Markdown table");
               o.text("--pages", "FOLDER", a->pages, "of diagnostics: write the pages of docs/diagnostics there");
               return [a](Cli& cli) { return list(cli, *a); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
