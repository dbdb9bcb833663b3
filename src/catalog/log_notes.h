#pragma once
// PH99xx: notes on habits, harmless messages, options that newer versions have removed.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_notes_entries{};

}  // namespace pharos::diag
