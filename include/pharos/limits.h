#pragma once
// Models and engines come from elsewhere: every quantity that they can choose has a limit here. Beyond it stands a coded error.

#include <cstdint>

namespace pharos {

struct Limits {
  int64_t max_tensor_bytes = int64_t{16} << 30;   // one tensor
  int64_t max_total_bytes = int64_t{64} << 30;    // all live tensors of one run, weights apart
  int64_t max_model_bytes = int64_t{16} << 30;    // model file plus external data
  int64_t max_nodes = 2'000'000;                  // after inlining of functions
  int64_t max_loop_trips = 100'000'000;
  int max_rank = 64;
  int max_depth = 64;  // nesting of subgraphs, functions and types
};

}  // namespace pharos
