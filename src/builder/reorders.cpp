#include "builder/reorders.h"

namespace pharos {

double Reorders::milliseconds(const Type& type, Format from, Format to) {
  if (from == to) return 0;
  const auto found = best(type, from, to);
  return found ? found->milliseconds : impossible_ms;
}

std::optional<Timed> Reorders::best(const Type& type, Format from, Format to) {
  if (!type.is_concrete()) return std::nullopt;
  Type plain = type;
  plain.format = Format::Plain;
  const auto key = std::tuple(plain.text(), from, to);
  if (const auto it = known_.find(key); it != known_.end()) return it->second;
  return known_[key] = find(plain, from, to);
}

std::optional<Timed> Reorders::find(Type t, Format from, Format to) {
  Node node;
  node.domain = "pharos";
  node.op = "Reorder";
  node.name = "reorder";
  node.inputs = {ValueId{0}};
  node.outputs = {ValueId{0}};
  node.attributes["to"] = std::string(format_name(to));
  Problem p;
  p.node = &node;
  t.format = from;
  p.inputs = {t};
  t.format = to;
  p.outputs = {t};
  p.constants = {nullptr};
  std::vector<Timed> candidates;
  for (const TacticDef* tactic : tactics_.candidates(node)) {
    if (tactic->supports && !tactic->supports(p, device_)) continue;
    for (const Config& config : tactic->configs ? tactic->configs(p, device_) : std::vector<Config>{""}) {
      Timed c;
      c.tactic = tactic;
      c.config = config;
      c.formats = {{from}, {to}};
      if (tactic->workspace) c.workspace = int64_t(tactic->workspace(p, config, device_));
      candidates.push_back(std::move(c));
    }
  }
  measurer_.measure(p, node.name, candidates);
  std::optional<Timed> best;
  for (const Timed& c : candidates)
    if (c.why_not.empty() && (!best || c.milliseconds < 0.98 * best->milliseconds)) best = c;
  return best;
}

}  // namespace pharos
