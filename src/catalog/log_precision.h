#pragma once
// PH93xx: INT8 and calibration (PH930x to PH934x), reduced precision (PH935x to PH939x).

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_precision_entries{};

}  // namespace pharos::diag
