#pragma once
// PH95xx: engines of another version or device, damaged engine files.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_engines_entries{};

}  // namespace pharos::diag
