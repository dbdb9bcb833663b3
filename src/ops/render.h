#pragma once
// The page docs/operators.md, rendered from the definitions.

#include <functional>
#include <string>
#include <vector>

#include "ops/op.h"

namespace pharos {

// `tactics_of` names the fast ways to compute an operator: they are known further up.
std::string render_operators_markdown(const OpSet& ops, const std::function<std::vector<std::string>(const OpDef&)>& tactics_of);

}  // namespace pharos
