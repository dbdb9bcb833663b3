#pragma once
// Which layers of one engine are which of the other.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "compare/layer_name.h"

namespace pharos {

struct MatchLayer {
  std::string name;
  LayerName parsed;  // its nodes may come from a better source than the name
};

// Layers that compute the same on both sides. One to one mostly; several where a fusion came or went; one side is empty
// for a layer that the other engine does not have.
struct LayerGroup {
  std::vector<size_t> a, b;
  bool renamed = false;  // matched by what they compute and by their place, not by name
};

struct LayerMatching {
  std::vector<LayerGroup> groups;
  size_t matched = 0;  // groups with both sides that are no reformats
  size_t by_name = 0;  // of these, by name or by the nodes they stem from
};

LayerMatching match_layers(std::span<const MatchLayer> a, std::span<const MatchLayer> b);

}  // namespace pharos
