#pragma once
// What a verb sees of the command: language, log, terminal, environment.

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "cli/environment.h"
#include "cli/exit_codes.h"
#include "cli/sinks/console_sink.h"
#include "cli/sinks/file_sink.h"
#include "cli/sinks/router.h"
#include "cli/verb.h"
#include "pharos/result.h"

namespace pharos {

// Options that every verb has.
struct CommonOptions {
  std::string language, log_level, color, log_json, log_file;
  bool verbose = false, quiet = false;
  Retention retention;

  void define(Options& options);
};

class Cli {
 public:
  Cli(const VerbSet& verbs, Environment environment);

  Language language() const { return language_; }
  std::string_view tr(const Text& text) const { return text.in(language_); }
  const Environment& environment() const { return environment_; }
  const VerbSet& verbs() const { return verbs_; }
  Router& log() { return router_; }
  ConsoleSink& console() { return *console_; }
  Terminal& terminal() { return terminal_; }
  Severity console_threshold() const { return console_->threshold; }
  // The words as they were typed, for verbs that print them back.
  const std::vector<std::string>& words() const { return words_; }

  Result<void> configure(const CommonOptions& options);
  // --threads, else PHAROS_THREADS, else what affinity and cgroup grant. Says so where it is unwise.
  int threads(int option);
  // To stdout; whether all of it arrived is checked once, at the end.
  void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
  // Which part of the work goes on: what a failure reported by `fail` belongs to.
  void at(Stage stage) { stage_ = stage; }
  // Logs the report with its remedy; the exit code that belongs to it.
  int fail(const Report& report);

  void keep_words(std::vector<std::string> words) { words_ = std::move(words); }

 private:
  const VerbSet& verbs_;
  Environment environment_;
  Language language_;
  Terminal terminal_;
  Router router_;
  ConsoleSink* console_;
  Stage stage_ = Stage::None;
  std::vector<std::string> words_;
};

// The whole command: words without the program's name; returns the exit code.
int run_command(std::vector<std::string> words);

}  // namespace pharos
