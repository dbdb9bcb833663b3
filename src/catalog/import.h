#pragma once
// PH1xxx: reading models.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> import_entries{};

}  // namespace pharos::diag
