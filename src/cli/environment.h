#pragma once
// The only place that reads environment variables.

#include <optional>
#include <string>
#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos {

struct EnvironmentVariable { std::string_view name; std::string_view doc; };
inline constexpr EnvironmentVariable environment_variables[] = {
    {"PHAROS_LANG", "en or zh, as --lang; without it LC_ALL, LC_MESSAGES and LANG are asked"},
    {"PHAROS_LOG_LEVEL", "error, warning, info or verbose, as --log-level"},
    {"PHAROS_COLOR", "auto, always or never, as --color; NO_COLOR is honoured too"},
    {"PHAROS_THREADS", "number of threads where --threads is not given"},
    {"PHAROS_TIMING_CACHE", "timing cache file where --timing-cache is not given"},
};

// A variable with a value that means nothing.
struct EnvironmentFault { std::string_view name; std::string actual; std::string_view expected; };

struct Environment {
  Language language = Language::English;
  std::string log_level;     // empty: not set
  std::string color = "auto";
  int threads = 0;
  std::string timing_cache;
  std::optional<EnvironmentFault> fault;  // the first
};

Environment read_environment();

}  // namespace pharos
