#pragma once
// Which ONNX operators TensorRT's importer takes, by version.

#include <compare>
#include <optional>
#include <span>
#include <string>
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

// The place of the nearest table at or below a version; nothing where all are newer.
std::optional<int> table_at(Version version);
const Support* find_support(std::string_view op, int table);
// The first version whose importer takes the operator; nothing where none does.
std::optional<Version> supported_since(std::string_view op);

}  // namespace pharos::tensorrt
