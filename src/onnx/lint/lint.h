#pragma once
// What will hurt in a model, before anything is built.

#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "onnx/import.h"

namespace pharos {

struct LintOptions {
  std::string target;                       // "tensorrt:10.7", or empty: Pharos itself
  std::map<std::string, Dims, std::less<>> shapes;  // of dynamic inputs; those without are reported and count with 1
  Limits limits;
};

// Errors first, then warnings, then facts. Fails only where the file cannot be read or breaks the rules of ONNX.
Result<std::vector<Report>> lint_model(const std::string& path, const OpSet& ops, const LintOptions& options = {});

}  // namespace pharos
