#include "runtime/body.h"

#include <chrono>

#include <fmt/format.h>

#include "catalog/graph.h"
#include "ops/interpret.h"
#include "ops/op_errors.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Result<std::shared_ptr<const BodyPlan>> BodyPlans::find(const Graph& body, const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const BodyPlan>& known = plans_[&body];
  if (known) return known;
  auto plan = std::make_shared<BodyPlan>();
  plan->path = path;
  for (uint32_t v = 0; v < body.value_slots(); ++v)
    if (const auto& constant = body.value(ValueId{v}).constant) plan->constants.emplace_back(v, constant);
  std::vector<int64_t> last_reader(body.value_slots(), -1);
  for (const NodeId id : body.topological_order()) {
    const Node& node = body[id];
    const OpDef* op = ops_.find(node);
    const std::string name = node.domain.empty() ? node.op : node.domain + "::" + node.op;
    if (!op || !op->evaluate) return Report(diag::op_unknown, {{"op", name}, {"opset", "-"}, {"count", "1"}, {"nodes", node.name}});
    for (const ValueId i : node.inputs)
      if (i) last_reader[i.index] = int64_t(plan->items.size());
    BodyPlan::Item item{&node, op, {}, {}};
    item.info.name = path + node.name;
    item.info.op = name;
    item.info.origin = node.origin;
    item.info.tactic = node.captures > 0 || node.has_subgraphs() ? "bodies" : is_view(node) ? "view" : "reference";
    plan->items.push_back(std::move(item));
  }
  for (const ValueId v : body.outputs()) last_reader[v.index] = -1;
  for (uint32_t v = 0; v < last_reader.size(); ++v)
    if (last_reader[v] >= 0 && !body.value(ValueId{v}).constant) plan->items[size_t(last_reader[v])].released.push_back(v);
  known = std::move(plan);
  return known;
}

Result<std::vector<Datum>> BodyRunner::run(const Node& owner, const Graph& body, std::vector<Datum> inputs, const std::vector<bool>& constant,
                                           const std::string& path) {
  if (depth_ >= shared_.limits.max_depth)
    return too_large(owner, "nesting of subgraphs", fmt::format("{} levels", depth_ + 1), fmt::format("{} levels", shared_.limits.max_depth));
  if (inputs.size() != body.inputs().size())
    return Report(diag::graph_invalid, {{"graph", body.name}, {"details", fmt::format("takes {} inputs; given {}", body.inputs().size(), inputs.size())}});
  const auto plan = PHAROS_TRY(shared_.plans.find(body, path + owner.name + "/"));
  std::vector<Datum> values(body.value_slots());
  std::vector<bool> fixed(body.value_slots(), false);
  for (const auto& [v, tensor] : plan->constants) values[v] = *tensor, fixed[v] = true;
  const size_t formal = inputs.size() - std::min<size_t>(owner.captures, inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const uint32_t v = body.inputs()[i].index;
    values[v] = std::move(inputs[i]);
    fixed[v] = i >= formal && constant[owner.formal_inputs() + i - formal];
  }
  ++depth_;
  std::vector<Datum> args;
  std::vector<bool> args_fixed;
  for (const BodyPlan::Item& item : plan->items) {
    const Node& node = *item.node;
    args.clear();
    args_fixed.clear();
    for (const ValueId i : node.inputs) {
      args.push_back(i ? values[i.index] : Datum{});
      args_fixed.push_back(i && fixed[i.index]);
    }
    for (const uint32_t v : item.released) values[v] = {};
    auto outputs = run_node(*plan, item, args, args_fixed);
    if (!outputs) return --depth_, std::move(outputs).error();
    for (size_t o = 0; o < node.outputs.size(); ++o)
      if (node.outputs[o]) values[node.outputs[o].index] = std::move((*outputs)[o]);
  }
  --depth_;
  std::vector<Datum> out;
  for (const ValueId v : body.outputs()) out.push_back(values[v.index]);
  return out;
}

Result<std::vector<Datum>> BodyRunner::run_node(const BodyPlan& plan, const BodyPlan::Item& item, std::span<const Datum> inputs,
                                                const std::vector<bool>& constant) {
  const auto start = shared_.profiler ? Clock::now() : Clock::time_point();
  const double reported_before = reported_ms_;
  const auto report = [&](const StepInfo& info) {
    if (!shared_.profiler) return;
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count() - (reported_ms_ - reported_before);
    shared_.profiler->step(info, ms);
    reported_ms_ += ms;
  };
  const Node& node = *item.node;
  if (const auto late = shared_.kernels.find(node, inputs, constant, plan.path)) {
    auto outputs = PHAROS_TRY(run_late(*late, inputs, shared_.limits, shared_.threads, shared_.scratch));
    report(late->info);
    return outputs;
  }
  InterpretOptions options;
  options.limits = shared_.limits;
  options.check_inputs = false;
  options.seed = next_seed_ = next_seed_ * 6364136223846793005u + 1442695040888963407u;
  if (node.has_subgraphs())
    options.run_body = [&](const Node& owner, const Graph& body, std::vector<Datum> args) {
      return run(owner, body, std::move(args), constant, plan.path);
    };
  auto outputs = PHAROS_TRY(evaluate_node(*item.op, shared_.ops, node, inputs, options));
  report(item.info);
  return outputs;
}

}  // namespace pharos
