#include <array>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "catalog/compare.h"
#include "cli/cli.h"
#include "cli/compare/load.h"
#include "cli/compare/render.h"
#include "cli/options.h"
#include "compare/comparison.h"

namespace pharos {
namespace {

struct Settings {
  std::string a, b, format = "text", output, metric;
  std::vector<std::string> more_a, more_b;
  double limit = -1;  // percent; negative: none
  bool all = false;
};

std::vector<std::string> paths(const std::string& first, const std::vector<std::string>& more) {
  std::vector<std::string> out{first};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

constexpr std::array metrics{Metric::Latency, Metric::Compute, Metric::EndToEnd, Metric::Period, Metric::Profile};

std::optional<Metric> metric_named(const std::string& name) {
  for (const Metric m : metrics)
    if (name == metric_name(m)) return m;
  return std::nullopt;
}

// A gate that cannot see does not let pass.
int gate(Cli& cli, const Settings& s, const Comparison& c) {
  if (s.limit < 0) return exit_fine;
  const auto growth = c.growth();
  if (!growth) {
    cli.log().say({diag::compare_regression_unknown, {}}, Stage::None);
    return exit_found;
  }
  if (*growth <= s.limit) return exit_fine;
  cli.log().say({diag::compare_regression,
                 {{"metric", std::string(metric_title(c.split->metric).in(cli.language()))},
                  {"growth", fmt::format("{:.1f}", *growth)},
                  {"before", fmt::format("{:.4g}", double(c.split->before_ns) / 1e6)},
                  {"after", fmt::format("{:.4g}", double(c.split->after_ns) / 1e6)},
                  {"limit", fmt::format("{:g}", s.limit)}}},
                Stage::None);
  return exit_found;
}

int compare_verb(Cli& cli, const Settings& s) {
  const Doctor doctor;
  auto a = load_side(doctor, paths(s.a, s.more_a));
  if (!a) return cli.fail(a.error());
  auto b = load_side(doctor, paths(s.b, s.more_b));
  if (!b) return cli.fail(b.error());
  const Comparison c = compare(std::move(*a), std::move(*b), {.metric = metric_named(s.metric)});
  const CompareView view{
      .language = cli.language(), .all = s.all, .color = s.output.empty() && cli.terminal().colored(false)};
  const std::string text = s.format == "json"       ? compare_json(c, cli.language())
                           : s.format == "markdown" ? compare_markdown(c, view)
                                                    : compare_text(c, view);
  if (s.output.empty()) cli.print(text);
  else if (auto written = write_file(s.output, std::string_view(text)); !written) return cli.fail(written.error());
  return gate(cli, s, c);
}

Runner define(Options& o) {
  auto s = std::make_shared<Settings>();
  o.positional("A", s->a,
               "the build or run before: a log, a JSON export, a folder of both, or LOG#N for the N-th run in a log");
  o.positional("B", s->b, "the build or run after");
  o.texts("--a", "FILE", s->more_a,
          "one more file of side A, as often as needed; a later file decides where two tell the same");
  o.texts("--b", "FILE", s->more_b, "one more file of side B");
  o.choice("--of", {"latency", "compute", "end-to-end", "period", "profile"}, s->metric,
           "what to split; period: wall time per query, profile: sum of the layers; otherwise the first that both "
           "sides tell");
  o.choice("--format", {"text", "json", "markdown"}, s->format, "how to report");
  o.text("--output,-o", "FILE", s->output, "write the report to FILE");
  o.flag("--all", s->all, "every row instead of the largest");
  o.number("--fail-on-regression", "PERCENT", s->limit, 0, 1e6,
           "exit with 1 where B is slower than A by more than PERCENT, or no latency is told");
  return [s](Cli& cli) { return compare_verb(cli, *s); };
}

}  // namespace

void define_verb_compare(VerbSet& verbs) {
  verbs.add(
      {.name = "compare",
       .group = VerbGroup::Check,
       .one_line =
           {"compares two builds or runs: what changed, and which part of the change in latency it accounts for",
            "比较两次构建或运行：改变了什么，各占延迟变化的多少"},
       .examples =
           "pharos compare week1/run.log week2/run.log\npharos compare week1 week2 --format markdown -o report.md\n"
           "pharos compare build1.log build2.log --a profile1.json --b profile2.json\npharos compare main.log "
           "branch.log --fail-on-regression 5",
       .define = define,
       .data_on_stdout = true});
}

}  // namespace pharos
