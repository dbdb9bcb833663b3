#pragma once
// PH96xx: what makes it slow (PH960x to PH965x), what a profile shows (PH966x to PH969x).

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_performance_entries{};

}  // namespace pharos::diag
