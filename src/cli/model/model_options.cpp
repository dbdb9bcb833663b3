#include "cli/model/model_options.h"

#include <fstream>

#include "cli/options.h"

namespace pharos {
namespace {

Options::Setter into_profile(ProfileOptions& profiles, ProfileOptions::Which which) {
  return [&profiles, which](std::string_view text) -> std::string {
    const auto shapes = parse_shapes(text);
    if (!shapes) return "NAME:1x3x224x224, several separated by commas";
    profiles.add(which, *shapes);
    return "";
  };
}

}  // namespace

void define_plugins(Options& o, std::vector<std::string>& into) {
  o.texts("--plugin", "FILE", into, "load a shared library with operators of its own (docs/guide/plugins.md)");
}

void define_limits(Options& o, Limits& into) {
  o.group("Limits, for models from elsewhere");
  o.bytes("--max-memory", "SIZE", into.max_total_bytes, "tensors of one run together, weights apart [64G]");
  o.bytes("--max-tensor-bytes", "SIZE", into.max_tensor_bytes, "one tensor [16G]");
  o.bytes("--max-model-bytes", "SIZE", into.max_model_bytes, "model file and external data [16G]");
  o.integer("--max-nodes", "N", into.max_nodes, 1, INT64_MAX / 16, "nodes, after functions were put in place");
  o.integer("--max-loop-trips", "N", into.max_loop_trips, 0, INT64_MAX, "iterations of one Loop or Scan");
  o.integer("--max-rank", "N", into.max_rank, 0, 1024, "dimensions of a tensor");
  o.integer("--max-depth", "N", into.max_depth, 1, 64, "nesting of subgraphs, functions and types");
}

void ModelOptions::define(Options& o) {
  o.integer("--threads,-t", "N", threads, 0, 4096, "threads to run on; 0: what affinity and cgroup grant");
  o.call("--shapes", "NAME:DIMS", [this](std::string_view text) -> std::string {
    auto parsed = parse_shapes(text);
    if (!parsed) return "NAME:1x3x224x224, several separated by commas";
    shapes.insert(shapes.end(), parsed->begin(), parsed->end());
    return "";
  }, "shapes of dynamic inputs to run with, as x:1x3x224x224,y:8");
  define_plugins(o, build.plugins);
}

void ModelOptions::define_build(Options& o) {
  using enum ProfileOptions::Which;
  o.group("Build options", &build_options_given);
  o.call("--min-shapes", "NAME:DIMS", into_profile(profiles, Min), "smallest shapes of dynamic inputs");
  o.call("--opt-shapes", "NAME:DIMS", into_profile(profiles, Opt), "shapes to be fastest at");
  o.call("--max-shapes", "NAME:DIMS", into_profile(profiles, Max), "largest shapes; memory is planned for them");
  o.call("--next-profile", "", [this](std::string_view) { profiles.next_profile(); return std::string(); },
         "the shape options behind it belong to a further profile");
  o.integer("--opt-level", "LEVEL", build.optimization_level, 0, 5, "0: nothing is fused or timed … 3: every candidate is timed; 5: most often");
  o.texts("--disable-pass", "PASS", build.disabled_passes, "leave a pass out (see 'pharos list passes')");
  o.texts("--force-tactic", "NODE=TACTIC", build.forced_tactics, "use a tactic for a node or an operator");
  o.flag("--reference", build.reference_only, "unoptimised graph and reference kernels: slow, the oracle");
  o.bytes("--workspace", "SIZE", build.workspace_bytes, "most scratch memory that one tactic may use");
  o.flag("--strict-fp32", build.strict_fp32, "no tactic that rounds clearly more than the direct method (Winograd)");
  o.number("--build-budget", "SECONDS", build.budget_seconds, 1e-3, 1e7, "end by then, with the best plan so far");
  o.integer("--timing-iterations", "N", build.timing_iterations, 0, 10000, "runs timed per tactic; 0: by --opt-level");
  o.text("--timing-cache", "FILE", build.timing_cache_path, "read measured times from here, write new ones back");
  o.flag("--error-on-cache-miss", build.require_cached_times, "fail where a time is not in the timing cache");
  define_limits(o, build.limits);
}

Result<std::vector<OptimizationProfile>> ModelOptions::finish_profiles() const {
  ProfileOptions wanted = profiles;
  if (wanted.empty() && !shapes.empty()) wanted.add(ProfileOptions::Which::Opt, shapes);
  return wanted.finish();
}

Result<BuildOptions> ModelOptions::finish(Cli& cli) const {
  BuildOptions b = build;
  b.logger = &cli.log();
  b.threads = cli.threads(threads);
  if (b.timing_cache_path.empty()) b.timing_cache_path = cli.environment().timing_cache;
  b.profiles = PHAROS_TRY(finish_profiles());
  return b;
}

bool is_engine_file(const std::string& path) {
  char head[6] = {};
  std::ifstream(path, std::ios::binary).read(head, sizeof head);
  if (std::string_view(head, sizeof head) == "PHAROS") return true;
  // The loader knows best what to say about something else under such a name.
  return path.ends_with(".engine") || path.ends_with(".plan") || path.ends_with(".trt");
}

}  // namespace pharos
