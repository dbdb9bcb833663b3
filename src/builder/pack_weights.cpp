#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "builder/profiles.h"
#include "builder/stages.h"
#include "ops/infer.h"
#include "runtime/shape_plan.h"

namespace pharos {

Result<void> pack_weights(Plan& plan, const TacticSet& tactics, const Device& device, std::span<const Type> input_types,
                          const OpSet& ops) {
  Graph& g = plan.graph;
  auto inferred = infer_types_for(g, ops, input_types);
  if (!inferred) return std::move(inferred).error();
  std::set<std::pair<ValueId, NodeId>> taken;  // constants and the nodes that have packed them
  for (const NodeId id : g.topological_order()) {
    Choice& choice = plan.choices[id.index];
    const TacticDef* t = tactics.find(choice.tactic);
    if (!t || !t->pack) continue;
    const Problem p = make_problem(g, g[id], inferred->types);
    auto packed = t->pack(p, choice.config, device);
    if (!packed) return std::move(packed).error().in(fmt::format("packing the weights of '{}'", g[id].name));
    choice.packed = std::move(*packed);
    if (t->packed_inputs)
      for (const size_t i : t->packed_inputs(p)) taken.emplace(g[id].inputs[i], id);
  }
  for (const auto& [value, node] : taken) {
    Value& v = g.value(value);
    const bool all = std::all_of(v.uses.begin(), v.uses.end(), [&](NodeId user) { return taken.contains({value, user}); });
    if (!v.constant || !all || g.is_output(value)) continue;
    v.constant.reset();
    v.packed = true;
  }
  return {};
}

Result<void> plan_activations(Plan& plan, const OpSet& ops, const TacticSet& tactics, const Device& device,
                              const std::vector<OptimizationProfile>& profiles, const Limits& limits) {
  const ShapePlanContext context{plan, ops, tactics, device, limits};
  plan.profiles.clear();
  int64_t most = 0;
  for (const OptimizationProfile& p : profiles) {
    // Tactics are asked at every end of the range now, so that no run inside it can be refused later.
    int64_t bytes = 0;
    for (const ProfilePoint point : {ProfilePoint::Min, ProfilePoint::Opt, ProfilePoint::Max}) {
      auto made = make_shape_plan(context, input_types_at(plan.graph, &p, point));
      if (!made) return std::move(made).error();
      bytes = std::max(bytes, made->total_bytes());
    }
    plan.profiles.push_back({p.inputs, bytes});
    most = std::max(most, bytes);
  }
  if (profiles.empty()) {
    auto made = make_shape_plan(context, input_types_at(plan.graph, nullptr, ProfilePoint::Opt));
    if (!made) return std::move(made).error();
    most = made->total_bytes();
  }
  plan.activation_bytes = most;
  return {};
}

}  // namespace pharos
