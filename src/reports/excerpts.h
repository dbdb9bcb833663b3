#pragma once
// The lines around the evidence, read from the logs in a second pass: only a report that shows them pays for it.

#include <cstdint>
#include <map>
#include <string>

#include "reports/report.h"

namespace pharos {

class Excerpts {
 public:
  static constexpr size_t max_line = 600;    // bytes kept of one
  static constexpr size_t max_lines = 20'000;  // over all files

  // Null where the line is not at hand: standard input, a file that is gone or has changed.
  const std::string* line(const std::string& file, int64_t number) const;

 private:
  friend Excerpts read_excerpts(Diagnoses, int);
  std::map<std::string, std::map<int64_t, std::string>> files_;
};

// `around` lines before and after each piece of evidence.
Excerpts read_excerpts(Diagnoses logs, int around);

}  // namespace pharos
