#include <fmt/format.h>

#include <map>

#include "base/files.h"
#include "catalog/runtime.h"
#include "engine/engine_file.h"
#include "runtime/context_impl.h"
#include "runtime/engine_impl.h"

namespace pharos {
namespace {

std::string key_of(std::span<const Type> types) {
  std::string key;
  for (const Type& t : types) key += t.text() + ";";
  return key;
}

bool within(const Dims& dims, const DimBounds& bounds) {
  if (dims.size() != bounds.min.size()) return false;
  for (size_t i = 0; i < dims.size(); ++i)
    if (dims[i] < bounds.min[i] || dims[i] > bounds.max[i]) return false;
  return true;
}

}  // namespace

Result<void> Engine::Impl::check_profiles(std::span<const Type> input_types) const {
  if (plan.profiles.empty()) return {};
  const auto& inputs = plan.graph.inputs();
  std::string worst_name, worst_shape, ranges;
  for (const PlanProfile& profile : plan.profiles) {
    bool fits = true;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const auto dims = input_types[i].dims();
      if (!dims) continue;
      const std::string& name = plan.graph.value(inputs[i]).name;
      for (const auto& [input, bounds] : profile.inputs) {
        if (input != name || within(*dims, bounds)) continue;
        fits = false;
        worst_name = name;
        worst_shape = dims_text(*dims);
        ranges += (ranges.empty() ? "" : ", ") + dims_text(bounds.min) + " to " + dims_text(bounds.max);
      }
    }
    if (fits) return {};
  }
  return Report(diag::shape_outside_profile, {{"name", worst_name}, {"actual", worst_shape}, {"expected", ranges}});
}

Result<void> Engine::Impl::check_named_dims(std::span<const Type> input_types) const {
  std::map<std::string, std::pair<int64_t, std::string>, std::less<>> known;  // size, and the input that gave it
  for (size_t i = 0; i < input_types.size(); ++i) {
    const Value& v = plan.graph.value(plan.graph.inputs()[i]);
    const auto dims = input_types[i].dims();
    if (!dims || !v.type.shape || v.type.shape->size() != dims->size()) continue;
    for (size_t d = 0; d < dims->size(); ++d) {
      const auto symbol = (*v.type.shape)[d].symbol_name();
      if (!symbol) continue;
      const auto& [size, other] = known.try_emplace(*symbol, (*dims)[d], v.name).first->second;
      if (size != (*dims)[d])
        return Report(diag::named_dims_differ, {{"symbol", *symbol}, {"name", v.name}, {"actual", std::to_string((*dims)[d])},
                                                {"other", other}, {"expected", std::to_string(size)}});
    }
  }
  return {};
}

Result<std::shared_ptr<const ShapePlan>> Engine::Impl::shape_plan(std::span<const Type> input_types) const {
  const std::string key = key_of(input_types);
  {
    const std::lock_guard lock(mutex_);
    for (auto it = plans_.begin(); it != plans_.end(); ++it)
      if (it->key == key) {
        plans_.splice(plans_.begin(), plans_, it);
        return plans_.front().plan;
      }
  }
  PHAROS_TRY(check_profiles(input_types));
  PHAROS_TRY(check_named_dims(input_types));
  // Made outside the lock: two threads may make the same plan once, which is cheaper than waiting for each other always.
  auto made = make_shape_plan({plan, ops, tactics, device, limits}, input_types);
  if (!made) return std::move(made).error();
  auto shared = std::make_shared<const ShapePlan>(std::move(*made));
  const std::lock_guard lock(mutex_);
  plans_.push_front({key, shared});
  if (plans_.size() > kept_plans) plans_.pop_back();
  return std::shared_ptr<const ShapePlan>(shared);
}

Result<std::shared_ptr<Engine>> Engine::Impl::make(Plan plan, const LoadOptions& options) {
  auto impl = std::make_shared<Impl>();
  impl->log = Log(options.logger, Stage::Load);
  impl->info = describe(plan);
  impl->plan = std::move(plan);
  impl->ops = builtin_ops();
  impl->tactics = builtin_tactics();
  PHAROS_TRY(impl->add_plugins(options.plugins));
  impl->device = this_cpu(options.threads > 0 ? options.threads : available_cpus());
  // The plan's formats are part of it, whatever this processor would prefer.
  if (impl->plan.device.isa < impl->device.isa) impl->device.isa = impl->plan.device.isa;
  impl->late_kernels = std::make_unique<LateKernels>(impl->ops, impl->tactics, impl->device, impl->limits);
  impl->body_plans = std::make_unique<BodyPlans>(impl->ops);
  impl->limits = options.limits;
  if (!impl->plan.device.cpu.empty() && impl->plan.device.cpu != impl->device.name)
    impl->log.report(diag::cpu_differs, {{"built", impl->plan.device.cpu}, {"here", impl->device.name}});
  return std::make_shared<Engine>(std::shared_ptr<const Impl>(impl));
}

Engine::Engine(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

const EngineInfo& Engine::info() const { return impl_->info; }

Result<std::shared_ptr<Engine>> Engine::load(const std::string& path, const LoadOptions& options) {
  auto plan = load_plan(path);
  if (!plan) return std::move(plan).error().in(fmt::format("loading '{}'", path));
  return Impl::make(std::move(*plan), options);
}

Result<std::shared_ptr<Engine>> Engine::load(std::span<const std::byte> bytes, const LoadOptions& options) {
  auto plan = load_plan(bytes);
  if (!plan) return std::move(plan).error();
  return Impl::make(std::move(*plan), options);
}

Result<EngineInfo> Engine::inspect(const std::string& path) {
  auto plan = inspect_plan(path);
  if (!plan) return std::move(plan).error().in(fmt::format("reading '{}'", path));
  EngineInfo info = describe(plan->plan);
  info.pharos_version = plan->pharos_version;
  return info;
}

Result<std::unique_ptr<ExecutionContext>> Engine::create_context() const {
  auto impl = std::make_unique<ExecutionContext::Impl>(impl_);
  PHAROS_TRY(impl->prepare_fixed_shapes());
  return std::make_unique<ExecutionContext>(std::move(impl));
}

}  // namespace pharos
