#pragma once
// PH98xx: wrong use of the API (PH980x to PH984x), crashes (PH985x to PH989x).

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr std::array<const Diagnostic*, 0> log_api_entries{};

}  // namespace pharos::diag
