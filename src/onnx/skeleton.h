#pragma once
// A model without its large weights. The wire format of a model is walked once, without recursion: it is checked for
// truncation, nesting and number of parts before protobuf sees it, and contents of large tensors are left out and
// noted by their place in the file, so that they are read once, directly to where they stay. (That also lifts
// protobuf's limit of 2 GB from everything but the structure.)

#include <cstdint>
#include <string>
#include <vector>

#include "pharos/limits.h"
#include "onnx/source.h"

namespace pharos {

struct WeightCut { int64_t offset, size; };

// Field of TensorProto that holds the number of its cut in the skeleton. ONNX does not use numbers that large.
inline constexpr int cut_field = 29999;

struct Skeleton {
  std::string bytes;
  std::vector<WeightCut> cuts;
  bool has_training_info = false;  // left out
  bool has_graph = false;
};

Result<Skeleton> read_skeleton(const Source& source, const Limits& limits);

}  // namespace pharos
