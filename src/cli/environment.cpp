#include "cli/environment.h"

#include <cstdlib>

#include "cli/options.h"

namespace pharos {
namespace {

constexpr int64_t most_threads = 4096;  // as --threads

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
  const auto expect = [&](std::string_view name, const std::string& value, bool right, std::string_view expected) {
    if (!right && !value.empty() && !e.fault) e.fault = EnvironmentFault{name, value, expected};
    return right;
  };
  const std::string language = variable("PHAROS_LANG"), color = variable("PHAROS_COLOR"), threads = variable("PHAROS_THREADS");
  expect("PHAROS_LANG", language, language.starts_with("en") || language.starts_with("zh"), "en or zh");
  e.language = language_from_locale();
  e.log_level = variable("PHAROS_LOG_LEVEL");
  expect("PHAROS_LOG_LEVEL", e.log_level, e.log_level == "error" || e.log_level == "warning" || e.log_level == "info" || e.log_level == "verbose",
         "error, warning, info or verbose");
  if (!variable("NO_COLOR").empty()) e.color = "never";
  if (expect("PHAROS_COLOR", color, color == "auto" || color == "always" || color == "never", "auto, always or never")) e.color = color;
  int64_t n = 0;
  if (expect("PHAROS_THREADS", threads, parse_integer(threads, n) && n >= 0 && n <= most_threads, "a whole number from 0 to 4096")) e.threads = int(n);
  e.timing_cache = variable("PHAROS_TIMING_CACHE");
  return e;
}

}  // namespace pharos
