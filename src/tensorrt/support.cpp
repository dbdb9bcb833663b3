#include <algorithm>

#include "tensorrt/operators.h"

namespace pharos::tensorrt {

std::optional<int> table_at(Version version) {
  std::optional<int> found;
  const auto all = versions();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] <= version) found = int(i);
  }
  return found;
}

const Support* find_support(std::string_view op, int table) {
  const auto rows = support();
  const auto it = std::find_if(rows.begin(), rows.end(), [&](const Support& s) { return s.op == op && s.first <= table && table <= s.last; });
  return it == rows.end() ? nullptr : &*it;
}

std::optional<Version> supported_since(std::string_view op) {
  for (const Support& s : support()) {
    if (s.op == op && s.supported) return versions()[size_t(s.first)];
  }
  return std::nullopt;
}

}  // namespace pharos::tensorrt
