#pragma once
// PH3xxx: precision and calibration.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> precision_entries{};

}  // namespace pharos::diag
