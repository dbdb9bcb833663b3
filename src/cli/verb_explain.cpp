#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "catalog/catalog.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/suggest.h"
#include "cli/text/diagnostics.h"

namespace pharos {
namespace {

const Diagnostic* find_entry(std::string name) {
  if (const Diagnostic* d = find_diagnostic(name)) return d;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return find_diagnostic(name);
}

int explain(Cli& cli, const std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    const Diagnostic* d = find_entry(names[i]);
    if (!d) {
      std::vector<std::string> known;
      for (const Diagnostic* e : all_diagnostics()) {
        known.emplace_back(e->code);
        known.emplace_back(e->slug);
      }
      return cli.fail({diag::name_unknown,
                       {{"kind", "diagnostic"}, {"name", names[i]}, {"suggestion", suggestion_text(names[i], known)}}});
    }
    cli.print((i ? "\n" : "") + diagnostic_text(*d, cli.language()));
  }
  return exit_fine;
}

}  // namespace

void define_verb_explain(VerbSet& verbs) {
  verbs.add({.name = "explain",
             .group = VerbGroup::Help,
             .one_line = {"explains a code: what it means, why it happens, what to do", "解释诊断代码：含义、原因与处理方法"},
             .examples = "pharos explain PH2106\npharos explain op-unknown --lang zh",
             .define = [](Options& o) -> Runner {
               auto names = std::make_shared<std::vector<std::string>>();
               o.positionals("CODE", *names, "codes (PH2106) or names (op-unknown)");
               return [names](Cli& cli) { return explain(cli, *names); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
