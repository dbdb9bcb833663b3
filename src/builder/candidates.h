#pragma once
// The ways to compute one node, before they are timed.

#include "builder/tuner.h"

namespace pharos {

// Nodes that get a tactic: every type concrete, no text. Others run in the reference.
bool is_tunable(const Node& node, std::span<const Type> types);

// Every tactic, layout and configuration that supports the node at all shape sets; those ruled out are returned too, with
// the reason. Sorted by tactic, layout and configuration.
std::vector<Timed> find_candidates(const Graph& graph, const Node& node, const TunerContext& context);

// What a time depends on besides the environment.
std::string timing_key(const Problem& problem, const Timed& candidate);
std::string formats_text(const Formats& f);  // "c16,plain>c16"

}  // namespace pharos
