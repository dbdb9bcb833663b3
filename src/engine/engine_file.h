#pragma once
// The engine file: data only. A fixed header, a plan section (FlatBuffers, verified before it is read) and a section of
// aligned weights; every section has its checksum. Equal plans give equal bytes.

#include <span>
#include <vector>

#include "engine/plan.h"

namespace pharos {

Result<std::vector<std::byte>> serialize_plan(const Plan& plan);

// Both check everything (version, instruction set of this machine, structure, checksums, graph) before anything is
// used. From a file: tensors are views into the page cache, or into a copy where that is not safe, which the plan keeps alive.
// From bytes: the bytes are copied once.
Result<Plan> load_plan(const std::string& path);
Result<Plan> load_plan(std::span<const std::byte> bytes);

// What a file holds, also where its version, instruction set or device would be refused. Weights may be left out.
struct InspectedPlan {
  Plan plan;
  std::string pharos_version;
};
Result<InspectedPlan> inspect_plan(const std::string& path);

}  // namespace pharos
