// Cases run as users run models: built into an engine, loaded, executed.

#include <algorithm>

#include "cli/verify/run_case.h"
#include "pharos/builder.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

// One profile that covers the shapes of all data sets; the largest counts as usual.
std::vector<OptimizationProfile> profiles_for(const Graph& graph, std::span<const Values> data_sets) {
  OptimizationProfile profile;
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const Value& v = graph.value(graph.inputs()[i]);
    if (!v.type.is_tensor() || v.type.is_concrete()) continue;
    DimBounds bounds;
    for (const Values& set : data_sets) {
      const Tensor* t = set[i].tensor();
      if (!t) continue;
      if (bounds.opt.empty()) bounds = {t->dims(), t->dims(), t->dims()};
      for (size_t d = 0; d < std::min(bounds.min.size(), t->dims().size()); ++d) {
        bounds.min[d] = std::min(bounds.min[d], t->dims()[d]);
        bounds.max[d] = bounds.opt[d] = std::max(bounds.max[d], t->dims()[d]);
      }
    }
    profile.inputs.emplace_back(v.name, std::move(bounds));
  }
  if (profile.inputs.empty()) return {};
  return {std::move(profile)};
}

class EngineRun final : public ModelRun {
 public:
  EngineRun(std::vector<std::byte> bytes, const Graph& graph) : bytes_(std::move(bytes)), graph_(graph) {}

  Result<void> load(int threads, const std::vector<std::string>& plugins) {
    LoadOptions options;
    options.threads = threads;
    options.plugins = plugins;
    engine_ = PHAROS_TRY(Engine::load(bytes_, options));
    context_ = PHAROS_TRY(engine_->create_context());
    return {};
  }

  // Through the context's inside: sequences and optionals have no place in the public functions.
  Result<Values> run(const Values& inputs) override {
    ExecutionContext::Impl& impl = context_->impl();
    for (size_t i = 0; i < inputs.size(); ++i)
      PHAROS_TRY(impl.set_input_datum(PHAROS_TRY(impl.input_index(graph_.value(graph_.inputs()[i]).name)), inputs[i]));
    PHAROS_TRY(context_->run());
    Values out;
    for (size_t i = 0; i < graph_.outputs().size(); ++i) out.push_back(PHAROS_TRY(impl.output_datum(i)));
    return out;
  }

 private:
  std::vector<std::byte> bytes_;
  const Graph& graph_;
  std::shared_ptr<Engine> engine_;
  std::unique_ptr<ExecutionContext> context_;
};

}  // namespace

PrepareModel engine_runs(int threads, int optimization_level, std::vector<std::string> plugins) {
  return [=](const std::string& path, const ImportedModel& model, std::span<const Values> data_sets) -> Result<std::unique_ptr<ModelRun>> {
    BuildOptions options;
    options.threads = threads;
    options.optimization_level = optimization_level;
    options.plugins = plugins;
    options.profiles = profiles_for(model.graph, data_sets);
    auto run = std::make_unique<EngineRun>(PHAROS_TRY(build(path, options)).bytes, model.graph);
    PHAROS_TRY(run->load(threads, plugins));
    return std::unique_ptr<ModelRun>(std::move(run));
  };
}

}  // namespace pharos
