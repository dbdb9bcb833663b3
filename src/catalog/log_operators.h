#pragma once
// PH91xx: operators without an importer or plugin (PH910x to PH914x), models that cannot be read (PH915x to PH919x).

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_operators_entries{};

}  // namespace pharos::diag
