#pragma once
#include <string>

#include "base/result.h"
#include "zoo/net.h"

namespace pharos {

// Writes the network as an ONNX file (opset 17). Weights are made and written piece by piece, so that memory stays
// small; the file appears under its name only when it is complete.
Result<void> write_onnx(const Net& net, const std::string& path);

}  // namespace pharos
