#pragma once
// trtexec's command line: every option that versions 7 to 11 know, with what it means here.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pharos::trtexec {

enum class Meaning : uint8_t {
  Supported,
  Noted,       // nothing to do here: said in a note
  Lossy,       // asks for something that is not done: a warning
  Deprecated,  // supported under another name: a warning names it
};

struct Option {
  std::string_view name;      // without dashes
  std::string_view argument;  // shown after "="; empty: a flag
  Meaning meaning;
  std::string_view text;      // what it does; why it is noted or lossy; the successor
};

std::span<const Option> all_options();

class CommandLine {
 public:
  // Unknown options, and values for flags, fail with trtexec's words.
  static Result<CommandLine> parse(std::span<const std::string> words);
  bool has(std::string_view name) const;
  std::string value(std::string_view name, std::string_view otherwise = "") const;  // the last one given
  Result<int64_t> integer(std::string_view name, int64_t otherwise, int64_t low, int64_t high) const;
  Result<double> number(std::string_view name, double otherwise, double low, double high) const;
  const std::vector<std::pair<std::string, std::string>>& in_order() const { return given_; }
  std::vector<Report> remarks() const;  // notes and warnings for what was given

 private:
  std::vector<std::pair<std::string, std::string>> given_;
};

Report usage_error(std::string details);
std::string help_text();

}  // namespace pharos::trtexec
