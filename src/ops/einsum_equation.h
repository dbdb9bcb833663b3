#pragma once
// The equation of an Einsum, read once. Labels are letters; the dims that "..." stands for get numbers from 256 on, counted
// from the right.

#include "ops/op.h"

namespace pharos {

struct EinsumEquation {
  std::vector<std::vector<int>> inputs;  // a label per dim
  std::vector<int> output;
};
Result<EinsumEquation> einsum_equation(const Node& node, std::span<const size_t> ranks);

}  // namespace pharos
