#pragma once
// The stages of a build after the model was read, one function each.

#include "builder/tuner.h"
#include "graph/graph.h"
#include "pharos/builder.h"

namespace pharos {

// Half-precision values are computed in f32 where every operator of the graph takes that: returns how many.
Result<int64_t> widen_half(Graph& graph, const OpSet& ops);

// Packs weights by the chosen tactics; constants that nobody else reads lose their contents.
Result<void> pack_weights(Plan& plan, const TacticSet& tactics, const Device& device, std::span<const Type> input_types,
                          const OpSet& ops);

// Memory of one context at every profile's maximum.
Result<void> plan_activations(Plan& plan, const OpSet& ops, const TacticSet& tactics, const Device& device,
                              const std::vector<OptimizationProfile>& profiles, const Limits& limits);

// Runs the engine twice, warns of steps in the reference with the share of the time they take, and puts their times into
// the summary.
Result<void> measure_fallbacks(const Engine& engine, const std::vector<OptimizationProfile>& profiles, BuildSummary& summary, Log log);

}  // namespace pharos
