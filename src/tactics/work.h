#pragma once
// What a node has to do, whoever does it: arithmetic and memory traffic. The measure that times are held against.

#include "tactics/tactic.h"

namespace pharos {

struct Work {
  double flops = 0;             // of the direct method; 0 where the operator is no sum of products
  double weight_bytes = 0;      // constants: come from memory, once a run
  double activation_bytes = 0;  // variable inputs and outputs: as a rule still in a cache
};
Work work_of(const Problem& p);

}  // namespace pharos
