#pragma once
// Every quantity that input can choose has a limit here; each is an option of the command line and of the API.

#include <cstdint>

namespace pharos {

struct Limits {
  int64_t max_tensor_bytes = int64_t{16} << 30;   // one tensor
  int64_t max_total_bytes = int64_t{64} << 30;    // all live tensors of one run
  int64_t max_model_bytes = int64_t{16} << 30;    // model file plus external data
  int64_t max_nodes = 2'000'000;                  // after inlining of functions
  int64_t max_loop_trips = 100'000'000;
  int max_rank = 64;
  int max_depth = 64;  // nesting of subgraphs, functions and types
};

}  // namespace pharos
