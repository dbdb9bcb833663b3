#include "builder/explain.h"

#include <fmt/format.h>

#include "base/text.h"
#include "builder/candidates.h"
#include "builder/machine_peak.h"

namespace pharos {
namespace {

std::string shapes_text(const Problem& p) {
  std::string out;
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i)) out += (out.empty() ? "" : ", ") + p.inputs[i].text();
  out += " -> ";
  for (size_t o = 0; o < p.outputs.size(); ++o)
    if (p.outputs[o].kind != Type::Kind::Unknown) out += (o ? ", " : "") + p.outputs[o].text();
  return out;
}

// A winner that is not the fastest needs a reason.
std::string why_chosen(std::span<const Timed> candidates, int chosen) {
  const Timed& won = candidates[size_t(chosen)];
  if (!won.measured) return "not timed: chosen by estimate";
  const Timed* fastest = &won;
  for (const Timed& c : candidates)
    if (c.why_not.empty() && c.measured && c.milliseconds < fastest->milliseconds) fastest = &c;
  if (fastest == &won) return "";
  const std::string name = fmt::format("{} in {} was timed faster ({})", fastest->tactic->name, formats_text(fastest->formats),
                                       duration_text(fastest->milliseconds));
  if (fastest->formats != won.formats) return name + ", but its layouts would cost more elsewhere";
  if (fastest->tactic->handicap > won.tactic->handicap)
    return fmt::format("{}, but has to be {:.0f} % faster", name, 100 * (fastest->tactic->handicap - 1));
  if (fastest->more_weights > won.more_weights)
    return fmt::format("{}, whose {} of weights more do not pay", name, bytes_text(fastest->more_weights - won.more_weights));
  return name + ", by less than the margin of 2 %";
}

}  // namespace

LayerTuning explain_layer(const Problem& problem, std::span<const Timed> candidates, int chosen, std::string_view plain_way,
                          const std::optional<MachinePeak>& peak) {
  LayerTuning layer{.layer = problem.node->name, .op = problem.node->op, .shapes = shapes_text(problem)};
  for (int i = 0; i < int(candidates.size()); ++i) {
    const Timed& c = candidates[size_t(i)];
    layer.candidates.push_back({std::string(c.tactic->name), c.config, formats_text(c.formats), c.milliseconds, c.why_not,
                                i == chosen, c.measured, c.workspace});
  }
  const Work work = work_of(problem);
  layer.gflop = work.flops * 1e-9;
  layer.weight_bytes = int64_t(work.weight_bytes);
  layer.activation_bytes = int64_t(work.activation_bytes);
  if (chosen < 0) {
    layer.chosen = plain_way;
    return layer;
  }
  const Timed& won = candidates[size_t(chosen)];
  layer.chosen = won.tactic->name;
  layer.ms = won.milliseconds;
  layer.remark = why_chosen(candidates, chosen);
  if (!peak || won.milliseconds <= 0) return layer;
  const Bound bound = roofline(work, *peak);
  layer.compute_bound = bound.compute;
  layer.share_of_peak = bound.milliseconds / won.milliseconds;
  return layer;
}

}  // namespace pharos
