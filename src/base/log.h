#pragma once
// How the engine speaks: a non-owning handle on the application's Logger plus the current stage. Cheap to copy.

#include "base/result.h"

namespace pharos {

class Log {
 public:
  Log() = default;  // silent
  explicit Log(Logger* logger, Stage stage = Stage::None) : logger_(logger), stage_(stage) {}
  Log at(Stage stage) const { return Log(logger_, stage); }
  Stage stage() const { return stage_; }
  bool wants(Severity s) const { return logger_ && s <= logger_->threshold(); }
  // With the diagnostic's own severity. `layer`: the node or step it is about.
  void report(const Diagnostic& d, Arguments arguments = {}, std::string layer = "") const;
  void report(Report report, std::string layer = "") const;
 private:
  Logger* logger_ = nullptr;
  Stage stage_ = Stage::None;
};

}  // namespace pharos
