#pragma once
// PH6xxx: running and memory.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> runtime_entries{};

}  // namespace pharos::diag
