#pragma once
// The inside of an Engine: the loaded plan and a bounded store of shape plans. Shared by its contexts.

#include <list>
#include <mutex>

#include "base/log.h"
#include "pharos/engine.h"
#include "runtime/body.h"
#include "runtime/shape_plan.h"

namespace pharos {

struct Engine::Impl {
  Plan plan;
  EngineInfo info;
  OpSet ops;
  TacticSet tactics;
  Device device;
  Limits limits;
  Log log;
  std::unique_ptr<LateKernels> late_kernels;  // for shapes that only a run shows
  std::unique_ptr<BodyPlans> body_plans;

  // The shape plan for these input types; made at the first call, then shared. Thread-safe.
  Result<std::shared_ptr<const ShapePlan>> shape_plan(std::span<const Type> input_types) const;
  // The first profile that holds these dims of all inputs; nothing wrong where there are no profiles.
  Result<void> check_profiles(std::span<const Type> input_types) const;

  // Dims of one name are equal: passes rely on it.
  Result<void> check_named_dims(std::span<const Type> input_types) const;

  // The plugins that the options name, if they are those that the plan needs.
  Result<void> add_plugins(std::span<const std::string> paths);

  static Result<std::shared_ptr<Engine>> make(Plan plan, const LoadOptions& options);

 private:
  struct Entry { std::string key; std::shared_ptr<const ShapePlan> plan; };
  static constexpr size_t kept_plans = 16;
  mutable std::mutex mutex_;
  mutable std::list<Entry> plans_;  // most recently used first
};

EngineInfo describe(const Plan& plan);
// The plugins that operators of the graph and its subgraphs come from, by name.
std::vector<PluginUse> plugins_used(const Graph& graph, const OpSet& ops);

}  // namespace pharos
