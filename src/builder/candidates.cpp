#include "builder/candidates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "runtime/shape_plan.h"

namespace pharos {
namespace {

// "node-or-op=tactic"; nothing where no option names the node.
std::string_view forced_tactic(const Node& node, const std::vector<std::string>& forced) {
  for (const std::string& f : forced) {
    const size_t eq = f.rfind('=');
    if (eq == std::string::npos) continue;
    const std::string_view who = std::string_view(f).substr(0, eq);
    if (who == node.name || who == node.op) return std::string_view(f).substr(eq + 1);
  }
  return {};
}

Timed ruled_out(const TacticDef* t, std::string why) {
  Timed c;
  c.tactic = t;
  c.why_not = std::move(why);
  return c;
}

// A layout other than plain for a constant would have to be made at every run.
bool blocks_a_constant(const Problem& p, const Formats& f, const std::vector<size_t>& packed) {
  for (size_t i = 0; i < p.constants.size() && i < f.inputs.size(); ++i)
    if (p.constants[i] && f.inputs[i] != Format::Plain && std::find(packed.begin(), packed.end(), i) == packed.end()) return true;
  return false;
}

// What packing adds to the weights.
int64_t added_weights(const TacticDef& t, const Problem& p, const std::vector<size_t>& packed, const Device& device) {
  if (!t.packed_bytes) return 0;
  int64_t bytes = t.packed_bytes(p, device);
  for (const size_t i : packed)
    if (p.constants[i]) bytes -= int64_t(p.constants[i]->bytes());
  return std::max<int64_t>(0, bytes);
}

}  // namespace

bool is_tunable(const Node& node, std::span<const Type> types) {
  for (const auto* list : {&node.inputs, &node.outputs})
    for (const ValueId v : *list)
      if (v && (!types[v.index].is_concrete() || types[v.index].dtype == DType::string)) return false;
  return node.captures == 0;
}

std::string formats_text(const Formats& f) {
  std::string out;
  for (const Format i : f.inputs) out += (out.empty() ? "" : ",") + std::string(format_name(i));
  out += ">";
  for (size_t o = 0; o < f.outputs.size(); ++o) out += (o ? "," : "") + std::string(format_name(f.outputs[o]));
  return out;
}

std::string timing_key(const Problem& problem, const Timed& c) {
  return fmt::format("{}|{}|{}|{}", problem_key(problem), formats_text(c.formats), c.tactic->name, c.config);
}

std::vector<Timed> find_candidates(const Graph& graph, const Node& node, const TunerContext& context) {
  std::vector<Problem> problems;  // one per shape set
  for (const auto& types : context.types) problems.push_back(make_problem(graph, node, types));
  const std::string_view forced = forced_tactic(node, context.options.forced_tactics);
  const int64_t limit = context.options.workspace_bytes;

  std::vector<Timed> out;
  for (const TacticDef* t : context.tactics.candidates(node)) {
    if (!forced.empty() && t->name != forced) { out.push_back(ruled_out(t, "another tactic is forced")); continue; }
    Support support = supported();
    for (size_t s = 0; support && s < problems.size(); ++s) support = t->supports ? t->supports(problems[s], context.device) : supported();
    if (!support) { out.push_back(ruled_out(t, support.reason)); continue; }
    if (context.options.strict_fp32 && t->numerics >= Numerics::Loose) {
      out.push_back(ruled_out(t, "left out by --strict-fp32"));
      continue;
    }
    const Problem& p = problems[0];
    const auto packed = t->pack && t->packed_inputs ? t->packed_inputs(p) : std::vector<size_t>{};
    std::vector<Formats> formats;
    if (t->formats) formats = t->formats(p, context.device);
    else formats.push_back({std::vector<Format>(p.inputs.size(), Format::Plain), std::vector<Format>(p.outputs.size(), Format::Plain)});
    for (const Formats& f : formats) {
      if (blocks_a_constant(p, f, packed)) continue;
      const Problem shaped = with_formats(p, f);
      for (const Config& config : t->configs ? t->configs(shaped, context.device) : std::vector<Config>{""}) {
        Timed c;
        c.tactic = t;
        c.formats = f;
        c.config = config;
        c.more_weights = added_weights(*t, p, packed, context.device);
        for (const Problem& each : problems)
          if (t->workspace) c.workspace = std::max(c.workspace, int64_t(t->workspace(with_formats(each, f), config, context.device)));
        if (limit >= 0 && c.workspace > limit) {
          c.why_not = fmt::format("needs {} of workspace; {} allowed", bytes_text(c.workspace), bytes_text(limit));
          c.over_workspace = true;
        }
        out.push_back(std::move(c));
      }
    }
  }
  return out;
}

}  // namespace pharos
