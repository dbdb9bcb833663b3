#pragma once
// PH92xx: dynamic shapes and optimisation profiles.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_shapes_entries{};

}  // namespace pharos::diag
