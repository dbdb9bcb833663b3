#pragma once
// What is known about operators that Pharos does not have: which tool they come from, and what helps.

#include <string>
#include <string_view>

#include "onnx/import.h"

namespace pharos {

struct KnownOperator {
  Text what;  // "a plugin of TensorRT: …"
  Text help;  // what to export instead, or which plugin is needed
};

// `full_name` as "mmcv::MMCVRoiAlign". By name where the name is known, by domain otherwise; never empty. `ops` is
// searched for the same name in another domain.
KnownOperator about_operator(std::string_view full_name, const OpSet& ops);

}  // namespace pharos
