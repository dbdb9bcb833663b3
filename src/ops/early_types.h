#pragma once
// What can be told about a value before inference has run: rewrites of older forms use it to become simple nodes
// instead of ones that look at ranks and types while the model runs. Both follow the main operand of well-known
// operators.

#include "graph/graph.h"

namespace pharos {

DType early_dtype(const Graph& graph, ValueId value);  // undefined: cannot be told
std::optional<int> early_rank(const Graph& graph, ValueId value);

}  // namespace pharos
