#pragma once
// Files that are not ONNX, known by their contents, and what to do with each.

#include <optional>
#include <string>

#include "onnx/source.h"

namespace pharos {

// The report that fits the file, or nothing where it may be ONNX.
std::optional<Report> recognise_foreign(const Source& source);
std::optional<Report> recognise_foreign_folder(const std::string& path);

}  // namespace pharos
