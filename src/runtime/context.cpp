#include <fmt/format.h>

#include <chrono>
#include <cstring>

#include "base/workers.h"
#include "catalog/graph.h"
#include "catalog/runtime.h"
#include "ops/interpret.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;
double milliseconds(Clock::time_point a, Clock::time_point b) { return std::chrono::duration<double, std::milli>(b - a).count(); }

std::string names_of(const Graph& g, const std::vector<ValueId>& values) {
  std::string out;
  for (const ValueId v : values) out += (out.empty() ? "'" : ", '") + g.value(v).name + "'";
  return out.empty() ? "none" : out;
}

Result<size_t> index_of(const Graph& g, const std::vector<ValueId>& values, std::string_view name, std::string_view kind) {
  for (size_t i = 0; i < values.size(); ++i)
    if (g.value(values[i]).name == name) return i;
  return Report(diag::binding_unknown, {{"kind", std::string(kind)}, {"name", std::string(name)}, {"known", names_of(g, values)}});
}

}  // namespace

ExecutionContext::Impl::Impl(std::shared_ptr<const Engine::Impl> e) : engine(std::move(e)) {
  const Graph& g = engine->plan.graph;
  input_types.resize(g.inputs().size());
  input_data.resize(g.inputs().size());
  output_views.resize(g.outputs().size());
  for (size_t i = 0; i < g.inputs().size(); ++i)
    if (const Type& t = g.value(g.inputs()[i]).type; t.is_concrete() || !t.is_tensor()) input_types[i] = t;
}

Result<void> ExecutionContext::Impl::prepare_fixed_shapes() {
  for (const Type& t : input_types)
    if (!t.is_concrete()) return {};
  return resolve();
}

Result<size_t> ExecutionContext::Impl::input_index(std::string_view name) const {
  return index_of(engine->plan.graph, engine->plan.graph.inputs(), name, "input");
}

Result<size_t> ExecutionContext::Impl::output_index(std::string_view name) const {
  return index_of(engine->plan.graph, engine->plan.graph.outputs(), name, "output");
}

Result<void> ExecutionContext::Impl::set_input_datum(size_t index, Datum datum) {
  const Value& v = engine->plan.graph.value(engine->plan.graph.inputs()[index]);
  const Type type = type_of(datum);
  if (v.type.kind != Type::Kind::Unknown && !merge(type, v.type))
    return Report(diag::binding_type_mismatch, {{"name", v.name}, {"actual", type.text()}, {"expected", v.type.text()}});
  const Tensor* t = datum.tensor();
  if (!t || !(input_types[index].is_concrete() && *input_types[index].dims() == t->dims())) {
    input_types[index] = type;
    stale_ = true;
  }
  input_data[index] = std::move(datum);
  return {};
}

void ExecutionContext::Impl::set_shape(size_t index, const Type& type) {
  const Tensor* data = input_data[index].tensor();
  if (data && data->dims() != *type.dims()) input_data[index] = {};
  if (input_types[index].is_concrete() && *input_types[index].dims() == *type.dims()) return;
  input_types[index] = type;
  stale_ = true;
}

Result<void> ExecutionContext::Impl::check_inputs() const {
  const Graph& g = engine->plan.graph;
  for (size_t i = 0; i < input_data.size(); ++i)
    if (input_data[i].missing()) {
      const Value& v = g.value(g.inputs()[i]);
      return Report(diag::input_missing, {{"name", v.name}, {"type", v.type.text()}});
    }
  return {};
}

Result<void> ExecutionContext::Impl::resolve() {
  if (plan && !stale_) return {};
  auto made = engine->shape_plan(input_types);
  if (!made) return std::move(made).error();
  if (!arena.reserve(size_t((*made)->total_bytes())))
    return Report(diag::arena_out_of_memory, {{"what", "arena of a context"}, {"requested", std::to_string((*made)->total_bytes())}});
  plan = std::move(*made);
  stale_ = false;
  bind_values();
  return {};
}

void ExecutionContext::Impl::bind_values() {
  values_.assign(plan->slots.size(), {});
  aliases_.clear();
  for (uint32_t v = 0; v < plan->slots.size(); ++v) {
    const Slot& s = plan->slots[v];
    if (s.place == Slot::Place::Constant) values_[v] = *s.constant;
    if (s.place == Slot::Place::Arena) values_[v] = Tensor(s.dtype, s.dims, arena.data() + s.offset);
    if (s.place == Slot::Place::Input) values_[v] = Tensor(s.dtype, s.dims, nullptr);
    if (s.place == Slot::Place::Alias) {
      values_[v] = Tensor(s.dtype, s.dims, nullptr);
      aliases_.push_back(v);
    }
  }
  const std::vector<StepInfo>& infos = engine->info.steps;
  std::vector<const StepInfo*> by_node(engine->plan.graph.node_slots(), nullptr);
  const auto order = engine->plan.graph.topological_order();
  for (size_t i = 0; i < order.size() && i < infos.size(); ++i) by_node[order[i].index] = &infos[i];
  bound_.assign(plan->steps.size(), {});
  for (size_t i = 0; i < bound_.size(); ++i) {
    const Step& step = plan->steps[i];
    bound_[i].info = by_node[step.node.index];
    const auto dynamic = [&](uint32_t v) { return v != no_value && plan->slots[v].place == Slot::Place::Dynamic; };
    bound_[i].late = !step.kernel && (std::any_of(step.inputs.begin(), step.inputs.end(), dynamic) || std::any_of(step.outputs.begin(), step.outputs.end(), dynamic));
    for (const uint32_t v : step.inputs) bound_[i].constant.push_back(v != no_value && plan->slots[v].place == Slot::Place::Constant);
    for (const uint32_t v : step.inputs) bound_[i].inputs.push_back(v == no_value ? nullptr : values_[v].tensor());
    for (const uint32_t v : step.outputs) bound_[i].outputs.push_back(v == no_value ? nullptr : values_[v].tensor());
  }
}

void ExecutionContext::Impl::point_to_callers() {
  const Graph& g = engine->plan.graph;
  for (size_t i = 0; i < input_data.size(); ++i) {
    const uint32_t v = g.inputs()[i].index;
    if (plan->slots[v].place == Slot::Place::Input) values_[v].tensor()->rebind(input_data[i].tensor()->data());
    else values_[v] = input_data[i];
  }
  for (size_t o = 0; o < g.outputs().size(); ++o) {
    const uint32_t v = g.outputs()[o].index;
    if (plan->slots[v].place != Slot::Place::Arena || !output_views[o]) continue;
    if (output_views[o]->dims() == plan->slots[v].dims) values_[v].tensor()->rebind(output_views[o]->data());
  }
  for (const uint32_t v : aliases_) {
    const Slot& s = plan->slots[v];
    values_[v].tensor()->rebind(static_cast<std::byte*>(values_[s.root].tensor()->data()) + s.offset);
  }
}

// What a reference evaluation sees of a step: planned outputs are written in place, others are kept by the context.
class StepEvaluation final : public EvalContext {
 public:
  StepEvaluation(ExecutionContext::Impl& c, const Node& node, const Step& step, const std::vector<bool>& constant)
      : c_(c), node_(node), step_(step), constant_(constant) {}

  const Node& node() const override { return node_; }
  const Datum& input_datum(size_t i) const override {
    static const Datum none;
    return i < step_.inputs.size() && step_.inputs[i] != no_value ? c_.values_[step_.inputs[i]] : none;
  }
  Result<Tensor> output(size_t i, DType dtype, const Dims& dims) override {
    const uint32_t v = i < step_.outputs.size() ? step_.outputs[i] : no_value;
    if (v != no_value && c_.plan->slots[v].planned()) {
      const Tensor& planned = *c_.values_[v].tensor();
      if (planned.dtype() == dtype && planned.dims() == dims) return planned;
      return Report(diag::op_shapes_mismatch, {{"op", node_.op}, {"node", node_.name},
                    {"details", fmt::format("output {} came out as {} {}; inferred {} {}", i, dtype_name(dtype), dims_text(dims),
                                            dtype_name(planned.dtype()), dims_text(planned.dims()))}});
    }
    const auto count = element_count(dims);
    const int64_t size = int64_t(std::max<size_t>(1, dtype == DType::string ? sizeof(std::string) : dtype_size(dtype)));
    const int64_t limit = c_.engine->limits.max_tensor_bytes;
    if (!count || *count > limit / size) return too_large(i, dims, limit);
    Tensor t(dtype, dims);
    if (!t.valid()) return too_large(i, dims, limit);
    if (v != no_value) c_.values_[v] = t;
    return t;
  }
  void set_output(size_t i, Datum value) override {
    const uint32_t v = i < step_.outputs.size() ? step_.outputs[i] : no_value;
    if (v == no_value) return;
    if (!c_.plan->slots[v].planned()) { c_.values_[v] = std::move(value); return; }
    Tensor& planned = *c_.values_[v].tensor();
    if (const Tensor* t = value.tensor(); t && t->dtype() == planned.dtype() && t->count() == planned.count()) {
      if (t->data() != planned.data() && t->bytes()) std::memmove(planned.data(), t->data(), t->bytes());
    } else {
      contradiction_ = true;
    }
  }
  Result<std::vector<Datum>> run_subgraph(const Graph& graph, std::vector<Datum> inputs) override {
    const Engine::Impl& e = *c_.engine;
    BodyRunner runner({e.ops, e.limits, *e.body_plans, *e.late_kernels, c_.scratch_, e.device.threads, c_.profiler}, seed());
    auto results = runner.run(node_, graph, std::move(inputs), constant_, "");
    c_.reported_ms_ += runner.reported_ms();
    return results;
  }
  const Limits& limits() const override { return c_.engine->limits; }
  int threads() const override { return c_.engine->device.threads; }
  bool is_oracle() const override {
    const auto& choices = c_.engine->plan.choices;
    return step_.node.index >= choices.size() || choices[step_.node.index].tactic == "reference";
  }
  uint64_t seed() override { return (c_.runs_ << 32) ^ (uint64_t(step_.node.index) << 8) ^ draws_++; }

  Result<void> check() const {
    if (!contradiction_) return {};
    return Report(diag::op_shapes_mismatch, {{"op", node_.op}, {"node", node_.name},
                  {"details", "an output came out with another type or size than inferred"}});
  }

 private:
  Report too_large(size_t i, const Dims& dims, int64_t limit) const {
    return Report(diag::op_too_large, {{"op", node_.op}, {"node", node_.name}, {"what", fmt::format("output {}", i)},
                  {"requested", "shape " + dims_text(dims)}, {"limit", fmt::format("{} bytes", limit)}});
  }
  ExecutionContext::Impl& c_;
  const Node& node_;
  const Step& step_;
  const std::vector<bool>& constant_;
  uint64_t draws_ = 0;
  bool contradiction_ = false;
};

Result<void> ExecutionContext::Impl::run_reference(size_t i) {
  const Step& step = plan->steps[i];
  const Node& node = engine->plan.graph[step.node];
  // Types of inputs that were not known before are checked now, as the importer would have.
  std::vector<Type> types;
  for (const uint32_t v : step.inputs) types.push_back(v == no_value || values_[v].missing() ? Type{} : type_of(values_[v]));
  PHAROS_TRY(check_node(*step.op, node, types));
  for (const uint32_t v : step.outputs)
    if (v != no_value && plan->slots[v].place == Slot::Place::Dynamic) values_[v] = {};
  StepEvaluation evaluation(*this, node, step, bound_[i].constant);
  evaluation.custom = step.op->custom.get();
  PHAROS_TRY(step.op->evaluate(evaluation));
  return evaluation.check();
}

Result<bool> ExecutionContext::Impl::run_late_step(size_t i) {
  const Step& step = plan->steps[i];
  const Node& node = engine->plan.graph[step.node];
  std::vector<Datum> inputs;
  for (const uint32_t v : step.inputs) inputs.push_back(v == no_value ? Datum{} : values_[v]);
  const auto late = engine->late_kernels->find(node, inputs, bound_[i].constant, "");
  if (!late) return false;
  auto outputs = PHAROS_TRY(run_late(*late, inputs, engine->limits, engine->device.threads, scratch_));
  StepEvaluation evaluation(*this, node, step, bound_[i].constant);
  for (size_t o = 0; o < outputs.size(); ++o) evaluation.set_output(o, std::move(outputs[o]));
  PHAROS_TRY(evaluation.check());
  ran_as_ = &late->info;
  return true;
}

Result<void> ExecutionContext::Impl::run_step(size_t i) {
  const Step& step = plan->steps[i];
  ran_as_ = bound_[i].info;
  reported_ms_ = 0;
  if (bound_[i].late && PHAROS_TRY(run_late_step(i))) return {};
  if (!step.kernel) return run_reference(i);
  KernelArgs args;
  args.inputs = bound_[i].inputs;
  args.outputs = bound_[i].outputs;
  args.workspace = {arena.data() + plan->arena_bytes, step.workspace};
  if (i + 1 < plan->steps.size()) {
    args.next_weights = plan->steps[i + 1].weights;
    args.next_weights_bytes = plan->steps[i + 1].weights_bytes;
  }
  return step.kernel->run(args, Threads(engine->device.threads));
}

Result<void> ExecutionContext::Impl::copy_outputs() {
  const Graph& g = engine->plan.graph;
  for (size_t o = 0; o < g.outputs().size(); ++o) {
    if (!output_views[o]) continue;
    const Tensor* made = values_[g.outputs()[o].index].tensor();
    if (!made || made->data() == output_views[o]->data()) continue;
    if (made->dtype() != output_views[o]->dtype() || made->bytes() > output_views[o]->bytes())
      return Report(diag::buffer_too_small, {{"name", g.value(g.outputs()[o]).name}, {"actual", std::to_string(output_views[o]->bytes())},
                                             {"shape", dims_text(made->dims())}, {"expected", std::to_string(made->bytes())}});
    if (made->bytes()) std::memcpy(output_views[o]->data(), made->data(), made->bytes());
  }
  return {};
}

Result<void> ExecutionContext::Impl::run(RunTimes* times) {
  const auto start = Clock::now();
  PHAROS_TRY(check_inputs());
  PHAROS_TRY(resolve());
  point_to_callers();
  ++runs_;
  ran = false;
  const Workers::Busy busy;
  const auto begin = Clock::now();
  auto last = begin;
  for (size_t i = 0; i < plan->steps.size(); ++i) {
    if (auto r = run_step(i); !r)
      return std::move(r).error().in(fmt::format("running step '{}'", engine->plan.graph[plan->steps[i].node].name));
    if (profiler && ran_as_) {
      const auto now = Clock::now();
      profiler->step(*ran_as_, milliseconds(last, now) - reported_ms_);
      last = Clock::now();
    }
  }
  PHAROS_TRY(copy_outputs());
  const auto end = Clock::now();
  ran = true;
  if (times) *times = {milliseconds(start, begin), milliseconds(begin, end)};
  return {};
}

Result<Datum> ExecutionContext::Impl::output_datum(size_t index) const {
  const Value& v = engine->plan.graph.value(engine->plan.graph.outputs()[index]);
  if (!ran) return Report(diag::output_not_available, {{"name", v.name}, {"details", "there was no run yet"}});
  return values_[engine->plan.graph.outputs()[index].index];
}

Result<const Tensor*> ExecutionContext::Impl::output_tensor(size_t index) const {
  const Value& v = engine->plan.graph.value(engine->plan.graph.outputs()[index]);
  if (!ran) return Report(diag::output_not_available, {{"name", v.name}, {"details", "there was no run yet"}});
  const Tensor* t = values_[engine->plan.graph.outputs()[index].index].tensor();
  if (!t) return Report(diag::output_not_available, {{"name", v.name}, {"details", "it is a sequence, a map or an absent optional"}});
  return t;
}

}  // namespace pharos
