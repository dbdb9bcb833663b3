#pragma once
// The page docs/operators.md, rendered from the definitions.

#include <string>

#include "ops/op.h"

namespace pharos {

std::string render_operators_markdown(const OpSet& ops);

}  // namespace pharos
