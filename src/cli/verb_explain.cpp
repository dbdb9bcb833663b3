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

const Diagnostic* find(std::string name) {
  if (const Diagnostic* d = find_diagnostic(name)) return d;
  if (const Diagnostic* d = find_diagnostic("log-" + name)) return d;  // a finding of the doctor
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::toupper(c)); });
  return find_diagnostic(name);
}

// Names that hold the word, else the nearest one.
std::vector<std::string> candidates_for(const std::string& word) {
  constexpr size_t least = 4, most = 6;
  std::vector<std::string> known, out;
  for (const Diagnostic* e : all_diagnostics()) {
    known.emplace_back(e->code);
    known.emplace_back(e->slug);
    if (word.size() >= least && e->slug.find(word) != e->slug.npos && out.size() < most) out.emplace_back(e->slug);
  }
  if (out.empty()) {
    if (std::string best = nearest(word, known); !best.empty()) out.push_back(std::move(best));
  }
  return out;
}

Report unknown(const std::string& name) {
  std::string names;
  for (const std::string& c : candidates_for(name)) names += (names.empty() ? "'" : ", '") + c + "'";
  Arguments arguments{{"kind", "diagnostic"}, {"kind_zh", "诊断"}, {"name", name}, {"suggestion", ""}};
  if (!names.empty()) arguments.back().second = "; did you mean " + names + "?";
  if (!names.empty()) arguments.emplace_back("suggestion_zh", "；是否想找 " + names + "？");
  return {diag::name_unknown, std::move(arguments)};
}

int explain(Cli& cli, const std::vector<std::string>& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    const Diagnostic* d = find(names[i]);
    if (!d) return cli.fail(unknown(names[i]));
    const auto entry = doctor::find_entry(d->code);
    cli.print((i ? "\n" : "") + diagnostic_text(*d, entry ? &*entry : nullptr, cli.language()));
  }
  return exit_fine;
}

}  // namespace

void define_verb_explain(VerbSet& verbs) {
  verbs.add({.name = "explain",
             .group = VerbGroup::Help,
             .one_line = {"explains a code: what it means, why it happens, what to do", "解释诊断代码：含义、原因与处理方法"},
             .examples = "pharos explain PH2106\npharos explain op-unknown --lang zh\npharos explain operator-fallback",
             .define = [](Options& o) -> Runner {
               auto names = std::make_shared<std::vector<std::string>>();
               o.positionals("CODE", *names, "codes (PH2106) or names (op-unknown)");
               return [names](Cli& cli) { return explain(cli, *names); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
