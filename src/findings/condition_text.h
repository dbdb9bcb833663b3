#pragma once
// What a condition of TensorRT's parameter checks means: "Parameter check failed ... condition: index < nbInputs".

#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos {

struct ConditionMeaning {
  std::string_view words;  // of the condition; ASCII case ignored
  Text meaning;            // a sentence
  Text step;               // what to look at first
};

// The first row whose words stand in the condition; the last row fits any.
const ConditionMeaning& meaning_of(std::string_view condition);

}  // namespace pharos
