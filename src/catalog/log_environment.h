#pragma once
// PH97xx: drivers, libraries, devices.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_environment_entries{};

}  // namespace pharos::diag
