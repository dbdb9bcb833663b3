#pragma once
#include "cli/sinks/sink.h"
#include "cli/sinks/terminal.h"

namespace pharos {

// Errors and warnings to stderr, the rest to stdout, or all to stderr where stdout carries data.
class ConsoleSink final : public Sink {
 public:
  ConsoleSink(Terminal& terminal, Language language) : terminal_(terminal), language_(language) {}
  void write(const Record& record) override;
  void set_language(Language language) { language_ = language; }
  void keep_stdout_clean(bool clean) { only_stderr_ = clean; }

 private:
  Terminal& terminal_;
  Language language_;
  bool only_stderr_ = false;
};

}  // namespace pharos
