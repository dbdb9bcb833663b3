#pragma once
// A verb is one command of 'pharos': its name, its help and its options with the function that runs it. One file per
// verb, cli/verb_<name>.cpp; `define_verb_<name>(VerbSet&)` is collected from the folder listing.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pharos/diagnostics.h"

namespace pharos {

class Cli;
class Options;

using Runner = std::function<int(Cli&)>;

enum class VerbGroup : uint8_t { Use, Look, Check, Help };

struct Verb {
  std::string_view name;
  VerbGroup group = VerbGroup::Use;
  Text one_line;
  std::string_view examples;             // one command per line, as printed by --help
  // Declares the options; the function returned runs the verb with the values they were given.
  Runner (*define)(Options&) = nullptr;
  // For a verb with a grammar of its own (trtexec): gets the words behind its name and does everything itself.
  int (*run_raw)(Cli&, std::span<const std::string>) = nullptr;
  bool data_on_stdout = false;           // log records then go to stderr, whatever their severity
};

class VerbSet {
 public:
  void add(Verb verb) { verbs_.push_back(verb); }
  const Verb* find(std::string_view name) const;
  const std::vector<Verb>& all() const { return verbs_; }

 private:
  std::vector<Verb> verbs_;
};

VerbSet builtin_verbs();  // generated

}  // namespace pharos
