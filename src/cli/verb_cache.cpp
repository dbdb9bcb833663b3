// Looks into timing caches, combines and cleans them.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "base/threads.h"
#include "builder/timing_cache.h"
#include "catalog/command_line.h"
#include "catalog/timing_cache.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

struct CacheArguments {
  std::string action, match;
  std::vector<std::string> files;
  bool elsewhere = false, replace = false;
  int threads = 0;
};

// "problem|layouts|tactic|configuration"; a rate of the machine has no bars.
struct KeyParts { std::string_view problem, formats, tactic, config; };
KeyParts parts_of(std::string_view key) {
  const size_t config = key.rfind('|');
  if (config == key.npos || config == 0) return {key, {}, {}, {}};
  const size_t tactic = key.rfind('|', config - 1);
  const size_t formats = tactic == key.npos || tactic == 0 ? key.npos : key.rfind('|', tactic - 1);
  if (formats == key.npos) return {key, {}, {}, {}};
  return {key.substr(0, formats), key.substr(formats + 1, tactic - formats - 1), key.substr(tactic + 1, config - tactic - 1),
          key.substr(config + 1)};
}

bool matches(const std::string& text, const std::string& key, const std::string& environment) {
  return text.empty() || key.find(text) != key.npos || environment.find(text) != environment.npos ||
         TimingCache::address(key, environment).starts_with(text);
}

// Damage is reported on the way, as when a build reads it.
Result<TimingCache> open_cache(Cli& cli, const std::string& path, TimingEnvironment environment = {}) {
  PHAROS_TRY(File::open(path));  // a build takes a missing file for an empty cache; here it is a mistake
  return TimingCache::load(path, std::move(environment), Log(&cli.log()));
}

// Keeps what loading says.
class Listener final : public Logger {
 public:
  void log(const Record& r) noexcept override {
    try { reports.push_back(r.report); } catch (...) {}
  }
  Severity threshold() const noexcept override { return Severity::Verbose; }
  std::vector<Report> reports;
};

int list(Cli& cli, const CacheArguments& a) {
  Table table("llrrrr", {"file", "environment", "entries", "problems", "tactics", "sum"});
  for (const std::string& file : a.files) {
    const auto cache = open_cache(cli, file);
    if (!cache) return cli.fail(cache.error());
    struct Group { int64_t entries = 0, ns = 0; std::set<std::string_view> problems, tactics; };
    std::map<std::string_view, Group> groups;
    for (const auto& [id, ns] : cache->entries()) {
      if (!matches(a.match, id.first, id.second)) continue;
      const KeyParts p = parts_of(id.first);
      Group& g = groups[id.second];
      ++g.entries;
      if (p.tactic.empty()) continue;
      g.ns += std::max<int64_t>(0, ns);
      g.problems.insert(p.problem);
      g.tactics.insert(p.tactic);
    }
    for (const auto& [environment, g] : groups)
      table.row({escape_control(file), escape_control(environment), std::to_string(g.entries), std::to_string(g.problems.size()),
                 std::to_string(g.tactics.size()), duration_text(double(g.ns) * 1e-6)});
  }
  cli.print(table.text());
  return exit_fine;
}

int show(Cli& cli, const CacheArguments& a) {
  for (const std::string& file : a.files) {
    const auto cache = open_cache(cli, file);
    if (!cache) return cli.fail(cache.error());
    std::string last;
    for (const auto& [id, ns] : cache->entries()) {
      if (!matches(a.match, id.first, id.second)) continue;
      const KeyParts p = parts_of(id.first);
      const std::string problem = escape_control(p.problem);
      if (problem != last) cli.print(problem + "\n");
      last = problem;
      cli.print(fmt::format("  {}  {:>9}  {} {} {}  [{}]\n", TimingCache::address(id.first, id.second), ns < 0 ? "refused" : duration_text(double(ns) * 1e-6),
                            escape_control(p.tactic), escape_control(p.formats), escape_control(p.config), escape_control(id.second)));
    }
  }
  return exit_fine;
}

int merge(Cli& cli, const CacheArguments& a) {
  if (a.files.size() < 2)
    return cli.fail({diag::argument_missing, {{"verb", "cache merge"}, {"what", "INTO and FROM..."}}});
  TimingCache gathered;
  for (size_t i = 1; i < a.files.size(); ++i) {
    const auto cache = open_cache(cli, a.files[i]);
    if (!cache) return cli.fail(cache.error());
    gathered.merge(*cache, a.replace);
  }
  auto into = TimingCache::load(a.files[0], {}, Log(&cli.log()));
  if (!into) return cli.fail(into.error());
  const size_t before = into->entries().size();
  const size_t changes = into->merge(gathered, a.replace);
  const size_t added = into->entries().size() - before;
  if (auto saved = into->save(a.files[0]); !saved) return cli.fail(saved.error());
  cli.print(fmt::format("{}: {} entries added, {} replaced, {} in all\n", escape_control(a.files[0]), added, changes - added,
                        into->entries().size()));
  return exit_fine;
}

int prune(Cli& cli, const CacheArguments& a) {
  const TimingEnvironment here = timing_environment(this_cpu(a.threads > 0 ? a.threads : available_cpus()));
  for (const std::string& file : a.files) {
    auto cache = open_cache(cli, file, here);
    if (!cache) return cli.fail(cache.error());
    const size_t dropped = cache->prune([&](const std::string& key, const std::string& environment) {
      if (!a.match.empty()) return matches(a.match, key, environment);
      const TimingEnvironment e = *TimingEnvironment::parse(environment);
      if (e.version != here.version) return true;
      return a.elsewhere && (e.cpu != here.cpu || e.isa != here.isa || (a.threads > 0 && e.threads != here.threads));
    });
    if (auto saved = cache->save(file); !saved) return cli.fail(saved.error());
    cli.print(fmt::format("{}: {} entries removed, {} kept\n", escape_control(file), dropped, cache->entries().size()));
  }
  return exit_fine;
}

int check(Cli& cli, const CacheArguments& a) {
  const TimingEnvironment here = timing_environment(this_cpu(a.threads > 0 ? a.threads : available_cpus()));
  bool found = false;
  for (const std::string& file : a.files) {
    if (auto there = File::open(file); !there) return cli.fail(there.error());
    Listener listener;
    const auto cache = TimingCache::load(file, here, Log(&listener));
    if (!cache) return cli.fail(cache.error());
    for (const Report& r : listener.reports) {
      const bool damage = &r.diagnostic() == &diag::timing_entry_damaged || &r.diagnostic() == &diag::timing_cache_rejected;
      found = found || damage;
      cli.print(fmt::format("{} {}\n", damage ? "damaged" : "unused ", escape_control(r.text(cli.language()))));
    }
    const auto usable = std::count_if(cache->entries().begin(), cache->entries().end(),
                                      [&](const auto& entry) { return entry.first.second == here.text(); });
    cli.print(fmt::format("{}: {} entries, {} for here ({})\n", escape_control(file), cache->entries().size(), usable,
                          escape_control(here.text())));
  }
  return found ? exit_found : exit_fine;
}

int run(Cli& cli, const CacheArguments& a) {
  static constexpr std::pair<std::string_view, int (*)(Cli&, const CacheArguments&)> actions[] = {
      {"list", list}, {"show", show}, {"merge", merge}, {"prune", prune}, {"verify", check}};
  for (const auto& [name, action] : actions)
    if (name == a.action) return action(cli, a);
  return cli.fail({diag::option_value_invalid, {{"option", "ACTION"}, {"actual", a.action}, {"expected", "list, show, merge, prune or verify"}}});
}

}  // namespace

void define_verb_cache(VerbSet& verbs) {
  verbs.add({.name = "cache",
             .group = VerbGroup::Look,
             .one_line = {"shows, merges, prunes and verifies timing caches", "查看、合并、清理并校验计时缓存"},
             .examples = "pharos cache list times.cache\n"
                         "pharos cache show times.cache --match cpu.conv.winograd\n"
                         "pharos cache merge all.cache a.cache b.cache\n"
                         "pharos cache prune times.cache --elsewhere\n"
                         "pharos cache verify times.cache",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<CacheArguments>();
               o.positional("ACTION", a->action,
                            "list: environments and counts; show: every entry; merge INTO FROM...: adds entries; prune: removes "
                            "damaged ones and those of other versions; verify: names what a build here would not use");
               o.positionals("FILE", a->files, "timing caches, as written by --timing-cache");
               o.text("--match", "TEXT", a->match, "only entries whose problem, tactic, environment or address has TEXT; prune: remove those");
               o.flag("--elsewhere", a->elsewhere, "prune: also what was measured on other processors (with --threads: for other numbers of threads)");
               o.flag("--replace", a->replace, "merge: where both have an entry, take that of FROM");
               o.integer("--threads,-t", "N", a->threads, 0, 1024, "threads of the builds in question; 0: what affinity and cgroup grant");
               return [a](Cli& cli) { return run(cli, *a); };
             }});
}

}  // namespace pharos
