// The five stages of a build: parse, optimise, precision, tune, serialise.

#include "pharos/builder.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "base/files.h"
#include "builder/profiles.h"
#include "builder/stages.h"
#include "catalog/build.h"
#include "catalog/environment.h"
#include "catalog/timing_cache.h"
#include "engine/engine_file.h"
#include "onnx/import.h"
#include "passes/pipeline.h"
#include "plugins/plugin.h"
#include "runtime/engine_impl.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

// Keeps warnings and worse for the summary and the engine file, and passes everything on.
class Collector final : public Logger {
 public:
  explicit Collector(Logger* next) : next_(next) {}
  void log(const Record& r) noexcept override {
    if (r.severity <= Severity::Warning) {
      try { reports.push_back(r.report); } catch (...) { lost = true; }
    }
    if (next_ && r.severity <= next_->threshold()) next_->log(r);
  }
  Severity threshold() const noexcept override { return next_ ? std::max(next_->threshold(), Severity::Warning) : Severity::Warning; }
  std::vector<Report> reports;
  bool lost = false;  // memory ran out while a warning was kept

 private:
  Logger* next_;
};

struct Builder {
  const BuildOptions& options;
  Collector collector;
  Log log;
  OpSet ops = builtin_ops();
  TacticSet tactics = builtin_tactics();
  Device device;
  Limits limits = options.limits;
  TimingCache cache;
  BuildSummary summary;
  std::vector<OptimizationProfile> profiles;
  Plan plan;
  Clock::time_point started = Clock::now();

  explicit Builder(const BuildOptions& o)
      : options(o), collector(o.logger), log(&collector), device(this_cpu(o.threads > 0 ? o.threads : available_cpus())),
        cache(timing_environment(device)) {
    limits.max_tensor_bytes = std::min(limits.max_tensor_bytes, limits.max_total_bytes);
  }

  // Runs one stage, timed and announced.
  template <class Body>
  Result<void> stage(Stage s, Body&& body) {
    if (options.progress) {
      if (options.progress->cancelled()) return Report(diag::build_cancelled, {{"stage", std::string(stage_name(s))}});
      if (s != Stage::Tune) options.progress->stage_started(s, 0);
    }
    log = Log(&collector, s);
    const auto start = Clock::now();
    Result<std::string> details = body();
    if (!details) return std::move(details).error();
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    summary.stages.emplace_back(s, ms);
    if (options.progress) options.progress->stage_finished(s, ms);
    log.report(diag::stage_finished, {{"stage", std::string(stage_name(s))}, {"ms", fmt::format("{:.1f}", ms)}, {"details", *details}});
    return {};
  }

  Result<void> load() {
    const auto plugins = PHAROS_TRY(load_plugins(options.plugins));
    return add_plugins(plugins, ops, &tactics);
  }

  Result<void> check_options() const {
    if (options.optimization_level < 0 || options.optimization_level > 5)
      return Report(diag::option_invalid, {{"option", "--opt-level"}, {"actual", std::to_string(options.optimization_level)}, {"expected", "0 to 5"}});
    if (options.threads < 0 || options.threads > 1024)
      return Report(diag::option_invalid, {{"option", "--threads"}, {"actual", std::to_string(options.threads)}, {"expected", "0 to 1024"}});
    // The negated comparison takes NaN in.
    if (!(options.budget_seconds >= 0 && options.budget_seconds <= 1e7))
      return Report(diag::option_invalid, {{"option", "--build-budget"}, {"actual", fmt::format("{:g}", options.budget_seconds)},
                                           {"expected", "seconds, from 0 (no limit) to 10000000"}});
    if (options.workspace_bytes < -1)
      return Report(diag::option_invalid, {{"option", "--workspace"}, {"actual", std::to_string(options.workspace_bytes)}, {"expected", "bytes, or -1 for no limit"}});
    if (options.timing_iterations < 0 || options.timing_iterations > 10000)
      return Report(diag::option_invalid, {{"option", "--timing-iterations"}, {"actual", std::to_string(options.timing_iterations)}, {"expected", "0 to 10000"}});
    for (const std::string& f : options.forced_tactics)
      if (const size_t eq = f.rfind('='); eq == std::string::npos || !tactics.find(std::string_view(f).substr(eq + 1)))
        return Report(diag::option_invalid, {{"option", "--force-tactic"}, {"actual", f}, {"expected", "NODE=TACTIC with a tactic of 'pharos list tactics'"}});
    for (const std::string& p : options.disabled_passes)
      if (!find_pass(p))
        return Report(diag::option_invalid, {{"option", "--disable-pass"}, {"actual", p}, {"expected", "a pass of 'pharos list passes'"}});
    return {};
  }

  Result<std::string> parse(Result<ImportedModel> model, const std::string& name) {
    if (!model) return std::move(model).error();
    if (device.isa < Isa::X86_64_v3) log.report(diag::isa_slow, {{"isa", std::string(isa_name(device.isa))}});
    plan.graph = std::move(model->graph);
    plan.name = name;
    plan.producer = model->producer;
    summary.nodes_before = int64_t(plan.graph.node_count());
    auto checked = check_profiles(plan.graph, options.profiles);
    if (!checked) return std::move(checked).error();
    profiles = std::move(*checked);
    return fmt::format("{} nodes, {} inputs, {} outputs", plan.graph.node_count(), plan.graph.inputs().size(), plan.graph.outputs().size());
  }

  Result<std::string> optimize() {
    if (options.reference_only) return std::string("skipped: reference build");
    PipelineOptions p;
    p.disabled = options.disabled_passes;
    p.level = options.optimization_level;
    p.limits = limits;
    p.log = log;
    if (options.progress) p.cancelled = [this] { return options.progress->cancelled(); };
    auto report = run_pipeline(plan.graph, ops, p);
    if (!report) return std::move(report).error();
    int rewrites = 0;
    for (const PassTiming& t : report->passes) {
      rewrites += t.rewrites;
      auto& passes = summary.passes;
      const auto it = std::find_if(passes.begin(), passes.end(), [&](const PassInfo& i) { return i.name == t.name; });
      if (it == passes.end()) passes.push_back({t.name, t.rewrites, t.milliseconds});
      else { it->rewrites += t.rewrites; it->milliseconds += t.milliseconds; }
    }
    return fmt::format("{} rewrites, {} nodes left", rewrites, plan.graph.node_count());
  }

  Result<std::string> precision() {
    if (options.reference_only) return std::string("as in the model");
    auto widened = widen_half(plan.graph, ops);
    if (!widened) return std::move(widened).error();
    if (*widened == 0) return std::string("as in the model");
    log.report(diag::precision_widened, {{"count", std::to_string(*widened)}, {"dtype", "f16/bf16"}});
    // Fusions that ask for f32 are possible only now.
    PHAROS_TRY(optimize());
    return fmt::format("{} half-precision values computed in f32", *widened);
  }

  Result<std::string> run_tuner() {
    if (!options.timing_cache_path.empty())
      cache = PHAROS_TRY(TimingCache::load(options.timing_cache_path, timing_environment(device), log));
    TunerContext context{ops, tactics, device, options, log, cache, {}, tuning_deadline()};
    PHAROS_TRY(infer_at_all_shapes(context.types));
    auto tuned = tune(plan.graph, context);
    save_times();  // also of a build that ends here
    if (!tuned) return std::move(tuned).error();
    plan.choices = std::move(tuned->choices);
    summary.tuning = std::move(tuned->layers);
    summary.predicted_ms = tuned->predicted_ms;
    summary.peak = tuned->peak;
    summary.candidates_timed = tuned->timed;
    summary.candidates_from_cache = tuned->from_cache;
    summary.nodes_after = int64_t(plan.graph.node_count());
    PHAROS_TRY(verify(plan.graph));
    return fmt::format("{} candidates timed, {} from the cache, {} layers", tuned->timed, tuned->from_cache, summary.nodes_after);
  }

  void save_times() {
    if (options.timing_cache_path.empty() || !cache.changed()) return;
    if (auto saved = cache.save(options.timing_cache_path); !saved)
      log.report(diag::timing_cache_not_written, {{"file", options.timing_cache_path}, {"details", saved.error().message()}});
  }

  // What follows tuning takes time as well: packing and writing the weights.
  Clock::time_point tuning_deadline() const {
    if (options.budget_seconds <= 0) return Clock::time_point::max();
    double bytes = 0;
    for (uint32_t v = 0; v < plan.graph.value_slots(); ++v)
      if (const auto& t = plan.graph.value(ValueId{v}).constant) bytes += double(t->bytes());
    const double reserve = 0.03 + bytes * 5e-9;
    return started + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.budget_seconds - reserve));
  }

  // Opt first (where tactics are timed), then the ends of each range.
  Result<void> infer_at_all_shapes(std::vector<std::vector<Type>>& out) const {
    InferOptions infer;
    infer.limits = limits;
    std::vector<std::vector<Type>> shapes;
    for (const ProfilePoint point : {ProfilePoint::Opt, ProfilePoint::Min, ProfilePoint::Max}) {
      for (const OptimizationProfile& p : profiles) shapes.push_back(input_types_at(plan.graph, &p, point));
      if (profiles.empty() && point == ProfilePoint::Opt) shapes.push_back(input_types_at(plan.graph, nullptr, point));
    }
    for (const auto& inputs : shapes) {
      auto types = infer_types_for(plan.graph, ops, inputs, infer);
      if (!types) return std::move(types).error();
      out.push_back(std::move(types->types));
    }
    return {};
  }

  Result<std::string> serialize(std::vector<std::byte>& bytes) {
    plan.device = {device.isa, device.name, device.block()};
    plan.plugins = plugins_used(plan.graph, ops);
    record_options();
    PHAROS_TRY(pack_weights(plan, tactics, device, input_types_at(plan.graph, profiles.empty() ? nullptr : &profiles[0], ProfilePoint::Opt), ops));
    PHAROS_TRY(plan_activations(plan, ops, tactics, device, profiles, limits));
    summary.activation_bytes = plan.activation_bytes;
    summary.weights_bytes = describe(plan).weights_bytes;
    PHAROS_TRY(write(bytes));
    if (!options.reference_only && !over_budget()) PHAROS_TRY(find_fallbacks(bytes));
    return fmt::format("{} bytes, {} bytes of weights", bytes.size(), summary.weights_bytes);
  }

  Result<void> write(std::vector<std::byte>& bytes) {
    auto made = serialize_plan(plan);
    if (!made) return std::move(made).error();
    bytes = std::move(*made);
    return {};
  }

  // The engine itself is run to find slow steps. Their times vary, so the file keeps only which code was raised where.
  Result<void> find_fallbacks(std::vector<std::byte>& bytes) {
    LoadOptions load;
    load.threads = device.threads;
    load.plugins = options.plugins;
    auto engine = Engine::load(bytes, load);
    if (!engine) return std::move(engine).error();
    return measure_fallbacks(**engine, profiles, summary, log);
  }

  bool over_budget() const {
    return options.budget_seconds > 0 && Clock::now() - started > std::chrono::duration<double>(options.budget_seconds);
  }

  void record_options() {
    plan.options.emplace_back("opt-level", std::to_string(options.optimization_level));
    plan.options.emplace_back("threads", std::to_string(device.threads));
    if (options.reference_only) plan.options.emplace_back("reference", "true");
    if (options.strict_fp32) plan.options.emplace_back("strict-fp32", "true");
    if (options.workspace_bytes >= 0) plan.options.emplace_back("workspace", std::to_string(options.workspace_bytes));
    for (const std::string& p : options.disabled_passes) plan.options.emplace_back("disable-pass", p);
    for (const std::string& f : options.forced_tactics) plan.options.emplace_back("force-tactic", f);
    for (const Report& r : collector.reports) plan.warnings.emplace_back(std::string(r.code()), r.message());
  }

  Result<BuiltEngine> run(Result<ImportedModel> (*import)(Builder&, const void*), const void* source, const std::string& name) {
    PHAROS_TRY(load());
    PHAROS_TRY(check_options());
    PHAROS_TRY(stage(Stage::Parse, [&] { return parse(import(*this, source), name); }));
    PHAROS_TRY(stage(Stage::Optimize, [&] { return optimize(); }));
    PHAROS_TRY(stage(Stage::Precision, [&] { return precision(); }));
    PHAROS_TRY(stage(Stage::Tune, [&] { return run_tuner(); }));
    BuiltEngine built;
    PHAROS_TRY(stage(Stage::Serialize, [&] { return serialize(built.bytes); }));
    summary.engine_bytes = int64_t(built.bytes.size());
    summary.warnings = std::move(collector.reports);
    built.summary = std::move(summary);
    return built;
  }
};

std::string stem_of(const std::string& path) {
  const std::string stem = std::filesystem::path(path).stem().string();
  return stem.empty() ? "model" : stem;
}

// Numbers that change with each patch release do not belong into a file name.
std::string short_version() {
  const std::string_view v = PHAROS_VERSION;
  return std::string(v.substr(0, v.rfind('.')));
}

}  // namespace

Result<BuiltEngine> build(const std::string& onnx_path, const BuildOptions& options) {
  Builder builder(options);
  const auto import = [](Builder& b, const void* source) {
    ImportOptions o;
    o.limits = b.limits;
    return import_model(*static_cast<const std::string*>(source), b.ops, o, b.log);
  };
  return builder.run(import, &onnx_path, stem_of(onnx_path));
}

Result<BuiltEngine> build(std::span<const std::byte> onnx_bytes, const std::string& folder, const BuildOptions& options) {
  struct Source { std::span<const std::byte> bytes; const std::string& folder; } source{onnx_bytes, folder};
  Builder builder(options);
  const auto import = [](Builder& b, const void* p) {
    const auto& s = *static_cast<const Source*>(p);
    ImportOptions o;
    o.limits = b.limits;
    return import_model(s.bytes, s.folder, b.ops, o, b.log);
  };
  return builder.run(import, &source, "model");
}

Result<void> save_engine(const BuiltEngine& engine, const std::string& path) { return write_file(path, engine.bytes); }

std::string default_engine_name(const std::string& onnx_path) {
  return fmt::format("{}_pharos{}_{}.engine", stem_of(onnx_path), short_version(), isa_name(this_cpu(1).isa));
}

}  // namespace pharos
