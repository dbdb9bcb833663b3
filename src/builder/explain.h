#pragma once
// What --explain-tactics says about a layer.

#include <optional>
#include <span>

#include "builder/timer.h"
#include "pharos/builder.h"

namespace pharos {

// `chosen`: index of a candidate, or -1 for `plain_way` ("view", "reference").
LayerTuning explain_layer(const Problem& problem, std::span<const Timed> candidates, int chosen, std::string_view plain_way,
                          const std::optional<MachinePeak>& peak);

}  // namespace pharos
