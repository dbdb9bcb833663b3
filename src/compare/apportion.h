#pragma once
// Rounds parts of a whole so that what is printed adds up.

#include <cstdint>
#include <span>
#include <vector>

namespace pharos {

// The parts as whole units of which `total` make up their sum: each is its exact value rounded down or up, and together
// they are exactly `total` (largest remainder). Parts may be negative. Where the sum of the parts is 0 all are 0 and
// `total` has to be.
std::vector<int64_t> apportion(std::span<const int64_t> parts, int64_t total);

}  // namespace pharos
