#pragma once
// Which ONNX operators TensorRT's importer takes, by version.

#include <span>
#include <string_view>

namespace pharos::tensorrt {

struct Version {
  int major, minor;
  auto operator<=>(const Version&) const = default;
};

// A row holds for the versions from `first` to `last` (places in `versions()`).
struct Support {
  std::string_view op;
  int first, last;
  bool supported;
  std::string_view types;         // "FP32|FP16"; empty: any, or not stated
  std::string_view restrictions;  // empty: none known
};

std::span<const Version> versions();  // ascending
std::span<const Support> support();   // by operator

}  // namespace pharos::tensorrt
