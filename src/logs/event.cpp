#include "logs/event.h"

#include <array>

namespace pharos {

std::string_view level_name(Level l) {
  constexpr std::array<std::string_view, 6> names{"fatal", "error", "warning", "info", "verbose", "none"};
  return size_t(l) < names.size() ? names[size_t(l)] : names[5];
}

}  // namespace pharos
