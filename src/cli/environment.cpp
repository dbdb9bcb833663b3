#include "cli/environment.h"

#include <cstdlib>

#include "cli/options.h"

namespace pharos {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Language language_from_locale() {
  for (const char* name : {"PHAROS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const std::string value = variable(name); !value.empty()) {
      return value.starts_with("zh") ? Language::Chinese : Language::English;
    }
  }
  return Language::English;
}

}  // namespace

Environment read_environment() {
  Environment e;
  e.language = language_from_locale();
  e.log_level = variable("PHAROS_LOG_LEVEL");
  if (!variable("NO_COLOR").empty()) e.color = "never";
  if (const std::string color = variable("PHAROS_COLOR"); !color.empty()) e.color = color;
  if (int64_t n = 0; parse_integer(variable("PHAROS_THREADS"), n) && n > 0 && n <= 4096) e.threads = int(n);
  e.timing_cache = variable("PHAROS_TIMING_CACHE");
  return e;
}

}  // namespace pharos
