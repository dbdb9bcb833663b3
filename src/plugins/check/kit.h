#pragma once
// The test kit of plugins: every check on one case. `pharos plugin-check` runs each case in a process of its own.

#include "plugins/check/cases.h"

namespace pharos {

struct CaseVerdict {
  enum class Kind : uint8_t { Passed, Refused, Failed };
  Kind kind = Kind::Passed;
  std::vector<std::string> passed;  // names of the checks
  std::string failed;               // the first check that failed
  std::string details;
};

// "inference", "symbols", … in the order in which they are made.
std::span<const std::string_view> check_names();
CaseVerdict check_case(const Plugin& plugin, const CheckCase& c);

}  // namespace pharos
