#pragma once
// The plan section: a Plan as a FlatBuffer whose tensors point into the weights section. Private to the module.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace pharos {

// Tensors to store, in the order of use, with their offsets in the weights section.
struct WeightsLayout {
  struct Place { const Tensor* tensor; uint64_t offset; };
  std::vector<Place> places;
  uint64_t size = 0;
};

struct PlanBytes {
  std::string plan;       // the FlatBuffer
  WeightsLayout weights;  // points into the Plan that was encoded, and `keep`
  std::vector<std::shared_ptr<const Graph>> keep;
};
Result<PlanBytes> encode_plan(const Plan& plan);

struct WeightsMemory {
  std::span<std::byte> bytes;
  std::shared_ptr<void> owner;
  bool loaded = true;  // false: sizes only, contents are not looked at
};
// Checks everything it reads; `plan` need not be trusted.
Result<Plan> decode_plan(std::span<const std::byte> plan, const WeightsMemory& weights);

// Where tables lie of which a run reads a few rows only (Gather looks them up, nobody else reads them). A hint about a plan
// that is not checked yet: the stretches may overlap, or lie outside of the weights.
struct Stretch { uint64_t first, last; };
std::vector<Stretch> lookup_tables(std::span<const std::byte> plan);

}  // namespace pharos
