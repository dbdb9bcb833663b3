// The public description of a plan.

#include <fmt/format.h>

#include "runtime/engine_impl.h"

namespace pharos {
namespace {

Binding binding(const Value& v) {
  Binding b;
  b.name = v.name;
  b.type = v.type.text();
  b.has_rank = v.type.has_rank();
  if (v.type.is_tensor()) b.dtype = v.type.dtype;
  if (v.type.shape)
    for (const Dim& d : *v.type.shape) b.dims.push_back(d.is_number() ? d.number() : -1);
  return b;
}

std::string operand(const Value& v) {
  return v.name + ":" + v.type.text();
}

StepInfo step(const Plan& plan, NodeId id) {
  const Node& n = plan.graph[id];
  StepInfo s;
  s.name = n.name;
  s.op = n.domain.empty() ? n.op : n.domain + "::" + n.op;
  s.origin = n.origin;
  for (const ValueId i : n.inputs)
    if (i) s.inputs.push_back(operand(plan.graph.value(i)));
  for (const ValueId o : n.outputs) {
    if (!o) continue;
    const Value& v = plan.graph.value(o);
    s.outputs.push_back(operand(v));
    s.output_bytes += v.type.stored_bytes().value_or(0);
    if (s.precision.empty() && v.type.is_tensor()) s.precision = dtype_name(v.type.dtype);
  }
  s.tactic = is_view(n) ? "view" : "reference";
  if (id.index < plan.choices.size() && !is_view(n)) {
    const Choice& c = plan.choices[id.index];
    s.tactic = c.tactic == "reference" && n.has_subgraphs() ? "bodies" : c.tactic;
    s.config = c.config;
    s.workspace_bytes = c.workspace;
    s.tuned_ms = c.tuned_ms;
    for (const Tensor& t : c.packed.parts) s.weights_bytes += int64_t(t.bytes());
  }
  for (const ValueId i : n.inputs)
    if (const Tensor* t = plan.graph.constant(i)) s.weights_bytes += int64_t(t->bytes());
  return s;
}

}  // namespace

EngineInfo describe(const Plan& plan) {
  EngineInfo info;
  info.name = plan.name;
  info.pharos_version = PHAROS_VERSION;
  info.isa = isa_name(plan.device.isa);
  info.device = plan.device.cpu;
  info.producer = plan.producer;
  for (const ValueId v : plan.graph.inputs()) info.inputs.push_back(binding(plan.graph.value(v)));
  for (const ValueId v : plan.graph.outputs()) info.outputs.push_back(binding(plan.graph.value(v)));
  for (const PlanProfile& p : plan.profiles) info.profiles.push_back({p.inputs, p.activation_bytes});
  for (const NodeId id : plan.graph.topological_order()) {
    info.steps.push_back(step(plan, id));
    for (const Tensor& t : id.index < plan.choices.size() ? plan.choices[id.index].packed.parts : std::vector<Tensor>{})
      info.weights_bytes += int64_t(t.bytes());
  }
  for (uint32_t v = 0; v < plan.graph.value_slots(); ++v)
    if (const Tensor* t = plan.graph.constant(ValueId{v})) info.weights_bytes += int64_t(t->bytes());
  for (const PluginUse& u : plan.plugins) info.plugins.push_back({u.name, u.version, u.operators});
  info.options = plan.options;
  info.warnings = plan.warnings;
  return info;
}

}  // namespace pharos
