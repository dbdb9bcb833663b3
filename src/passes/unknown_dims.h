#pragma once
#include "ops/op.h"

namespace pharos::passes {

// Gives every unknown dim that inference leaves a symbol of its own ("?3"), so that values which have it in common can
// be seen to: x + bias has the shape of x, whatever that is. Infers the types on the way.
Result<void> name_unknown_dims(Graph& graph, const OpSet& ops, const Limits& limits);
// Takes the names back: outside the passes these dims are unknown.
void forget_names(Graph& graph);

}  // namespace pharos::passes
