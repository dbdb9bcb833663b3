#pragma once
// Optimisation profiles against a graph's inputs.

#include "graph/graph.h"
#include "pharos/builder.h"

namespace pharos {

// Checks names, ranks, fixed dims and order; completes each profile with the fixed inputs' dims; sets the ranges of the
// graph's symbols. A dynamic input that no profile covers is an error that prints the option to type.
Result<std::vector<OptimizationProfile>> check_profiles(Graph& graph, const std::vector<OptimizationProfile>& profiles);

// Concrete types of the graph's inputs at one end of a profile (all fixed inputs: as declared).
enum class ProfilePoint { Min, Opt, Max };
std::vector<Type> input_types_at(const Graph& graph, const OptimizationProfile* profile, ProfilePoint point);

}  // namespace pharos
