#pragma once
// Options of a verb: declared once next to the verb; parsing, --help, docs/cli.md and the suggestions for misspelt
// names are all made from the declarations. Every misuse is a catalogued report.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pharos {

class Options {
 public:
  // Receives the value as given; an empty optional text means "fine", otherwise what was expected.
  using Setter = std::function<std::string(std::string_view value)>;

  explicit Options(std::string verb) : verb_(std::move(verb)) {}

  // `names` is "--output" or "--output,-o". The current value of the variable is the default.
  void flag(std::string_view names, bool& into, std::string_view doc);
  void text(std::string_view names, std::string_view value, std::string& into, std::string_view doc);
  void texts(std::string_view names, std::string_view value, std::vector<std::string>& into, std::string_view doc);
  void integer(std::string_view names, std::string_view value, int64_t& into, int64_t low, int64_t high,
               std::string_view doc);
  void integer(std::string_view names, std::string_view value, int& into, int low, int high, std::string_view doc);
  void number(std::string_view names, std::string_view value, double& into, double low, double high,
              std::string_view doc);
  void bytes(std::string_view names, std::string_view value, int64_t& into, std::string_view doc);  // "512M", "2G"
  void choice(std::string_view names, const std::vector<std::string_view>& allowed, std::string& into,
              std::string_view doc);
  // Called at each occurrence, in order. Without `value` the option takes none.
  void call(std::string_view names, std::string_view value, Setter set, std::string_view doc);
  void positional(std::string_view name, std::string& into, std::string_view doc, bool required = true);
  void positionals(std::string_view name, std::vector<std::string>& into, std::string_view doc, bool required = true);
  // Everything behind a lone "--": a command of somebody else, whose options are not ours.
  void rest(std::string_view name, std::vector<std::string>& into, std::string_view doc);
  // Options declared from here on stand under this heading in the help; the names of those given are added to `given`.
  void group(std::string_view heading, std::vector<std::string>* given = nullptr) { group_ = heading, given_ = given; }

  Result<void> parse(std::span<const std::string> args);
  // Whether `name` ("--lang", "-t") is declared and has a value.
  bool takes_value(std::string_view name) const;
  bool help_wanted() const { return help_; }
  const std::string& verb() const { return verb_; }
  std::string usage() const;  // "pharos build [OPTIONS] MODEL"
  std::string help() const;   // arguments and options, by group

 private:
  struct Option {
    std::string name, short_name, value, doc, group, otherwise;
    Setter set;
    std::vector<std::string>* given = nullptr;
  };
  struct Positional { std::string name, doc; bool required, many; std::function<void(std::string)> set; };

  Option& add(std::string_view names, std::string_view value, std::string_view doc, Setter set);
  const Option* find(std::string_view name) const;
  Result<void> set_option(const Option& option, std::string_view spelling, std::string_view value) const;
  Report unknown(std::string_view spelling) const;
  Result<size_t> parse_option(std::span<const std::string> args, size_t at);

  std::string verb_, group_ = "Options";
  std::vector<Option> options_;
  std::vector<Positional> positionals_;
  struct Rest { std::string name, doc; std::vector<std::string>* into = nullptr; } rest_;
  std::vector<std::string>* given_ = nullptr;
  bool help_ = false;
};

// "512", "64K", "1.5G" (powers of 1024); negative and overflowing sizes are refused.
bool parse_bytes(std::string_view text, int64_t& bytes);
bool parse_integer(std::string_view text, int64_t& value);
bool parse_number(std::string_view text, double& value);

}  // namespace pharos
