#pragma once
// Makes chosen layouts explicit in the graph.

#include <map>

#include "graph/graph.h"
#include "tactics/tactic.h"

namespace pharos {

// Sets the format of every value to what its producer writes, and inserts a Reorder where a reader wants another one
// (one per value and format, shared by its readers). `formats` by node; missing nodes are plain.
// Returns the inserted nodes.
std::vector<NodeId> apply_layouts(Graph& graph, const std::map<NodeId, Formats>& formats);

}  // namespace pharos
