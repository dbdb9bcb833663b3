#include "cli/sinks/console_sink.h"

namespace pharos {

void ConsoleSink::write(const Record& record) {
  const std::string line = record_line(record, language_);
  switch (record.severity) {
    case Severity::InternalError:
    case Severity::Error: terminal_.err_line(line, Terminal::Color::Red); return;
    case Severity::Warning: terminal_.err_line(line, Terminal::Color::Yellow); return;
    case Severity::Info:
    case Severity::Verbose: break;
  }
  const auto color = record.severity == Severity::Verbose ? Terminal::Color::Dim : Terminal::Color::None;
  if (only_stderr_) terminal_.err_line(line, color);
  else terminal_.out_line(line, color);
}

}  // namespace pharos
