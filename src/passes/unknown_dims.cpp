#include "passes/unknown_dims.h"

#include <fmt/format.h>

#include "ops/infer.h"

namespace pharos::passes {
namespace {

constexpr char mark = '?';
constexpr int max_rounds = 24;  // each costs one inference; what is still unknown then stays so

bool has_unknown(const Graph& g, ValueId v) {
  const Type& t = g.value(v).type;
  if (!v || !t.is_tensor() || !t.shape) return false;
  for (const Dim& d : *t.shape)
    if (d.is_unknown()) return true;
  return false;
}

void name_dims(Graph& g, ValueId v, int& count) {
  for (Dim& d : *g.value(v).type.shape)
    if (d.is_unknown()) d = Dim::symbol(fmt::format("{}{}", mark, count++));
}

// Names the dims of values that nothing unknown leads to; the others follow by inference. Returns how many.
int name_sources(Graph& g, int& count) {
  const int before = count;
  std::vector<ValueId> sources;
  for (const ValueId v : g.inputs())
    if (has_unknown(g, v)) sources.push_back(v);
  for (const NodeId id : g.topological_order()) {
    bool known = true;
    for (const ValueId v : g[id].inputs) known = known && !(v && has_unknown(g, v));
    if (!known) continue;
    for (const ValueId v : g[id].outputs)
      if (v && has_unknown(g, v)) sources.push_back(v);
  }
  for (const ValueId v : sources) name_dims(g, v, count);
  return count - before;
}

bool is_ours(const Dim& d) {
  std::vector<std::string> names;
  d.collect_symbols(names);
  for (const std::string& n : names)
    if (!n.empty() && n[0] == mark) return true;
  return false;
}

}  // namespace

Result<void> name_unknown_dims(Graph& g, const OpSet& ops, const Limits& limits) {
  int count = 0;
  PHAROS_TRY(infer_types(g, ops, {.limits = limits}));
  for (int round = 0; round < max_rounds && name_sources(g, count) > 0; ++round)
    PHAROS_TRY(infer_types(g, ops, {.limits = limits}));
  return {};
}

void forget_names(Graph& g) {
  for (uint32_t i = 0; i < g.value_slots(); ++i) {
    Type& t = g.value(ValueId{i}).type;
    if (!t.is_tensor() || !t.shape) continue;
    for (Dim& d : *t.shape)
      if (is_ours(d)) d = Dim();
  }
}

}  // namespace pharos::passes
