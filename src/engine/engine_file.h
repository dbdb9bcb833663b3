#pragma once
// A Plan as bytes and back. The layout of the file is in docs/engine-file.md.

#include <span>
#include <vector>

#include "base/files.h"
#include "base/log.h"
#include "base/threads.h"
#include "engine/plan.h"

namespace pharos {

// Deterministic: equal plans give equal bytes. Weights lie in the order in which the steps read them.
Result<std::vector<std::byte>> serialize(const Plan& plan);

struct LoadChecks {
  Isa isa = Isa::Portable;    // of this machine: an engine for a higher one is refused
  std::string cpu;            // brand string of this machine; another one in the file is reported as a note
  int64_t max_bytes = int64_t{64} << 30;
  Log log;
  Threads threads{2};         // for the checksums
};

// Verifies everything (size, checksums, structure, versions, instruction set, the graph itself) before the plan is built.
// Tensors are views into `bytes`, whose owner they keep alive; nothing of the weights is copied.
Result<Plan> deserialize(const Bytes& bytes, const LoadChecks& checks);

// What the file says about itself; also for other versions and devices, as far as its header can be read.
Result<EngineInfo> inspect_engine(const Bytes& bytes, int64_t max_bytes = int64_t{64} << 30);

// The public description of a plan: bindings, profiles, steps in the order they run.
EngineInfo describe(const Plan& plan);

}  // namespace pharos
