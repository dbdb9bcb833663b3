#pragma once
// Types that a model declares, compared with those that follow from its operators.

#include "onnx/import.h"
#include "onnx/proto.h"

namespace pharos {

// Contradictions of dims are noted; those of element type or rank fail. A declaration fills in where inference knows
// neither element type nor rank. Returns how many types were filled in.
Result<int> apply_declared_types(const onnx::GraphProto& proto, const Limits& limits, ImportedModel& model);

}  // namespace pharos
