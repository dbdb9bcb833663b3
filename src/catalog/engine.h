#pragma once
// PH5xxx: engine files.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> engine_entries{};

}  // namespace pharos::diag
