#pragma once
// Conversion between element types as Cast, CastLike and the quantising operators do it.

#include "graph/graph.h"

namespace pharos {

struct CastOptions {
  bool saturate = true;                                  // f8 targets only
  enum class Rounding : uint8_t { Up, Down, Nearest } e8m0 = Rounding::Up;  // f8e8m0 target only
};

// The options of a Cast or CastLike node; fails on an unknown `round_mode`.
Result<CastOptions> cast_options(const Node& node);
// Converts every element of `from` into `to` (same number of elements). Fails where a string is no number.
Result<void> cast_elements(const Node& node, const Tensor& from, Tensor& to, const CastOptions& options);

}  // namespace pharos
