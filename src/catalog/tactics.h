#pragma once
// PH4xxx: tactics, tuning and the timing cache.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> tactics_entries{};

}  // namespace pharos::diag
