#pragma once
// Data for the inputs of an engine: from files, or random but seeded.

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/model/shapes.h"
#include "pharos/engine.h"

namespace pharos {

struct HostTensor {
  std::string name;
  DType dtype = DType::undefined;
  Dims dims;
  std::vector<std::byte> data;
  std::vector<std::string> strings;
};

struct InputOptions {
  std::vector<std::string> files;  // NAME=FILE
  NamedShapes shapes;
  int64_t seed = 0;
  bool announce = true;            // say which inputs are random
};

// One tensor for every input, in the engine's order.
Result<std::vector<HostTensor>> prepare_inputs(Cli& cli, const EngineInfo& info, const InputOptions& options);
Result<void> bind_inputs(ExecutionContext& context, const std::vector<HostTensor>& inputs);

}  // namespace pharos
