#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "cli/sinks/sink.h"

namespace pharos {

// The Logger of the command: hands every record to all sinks and keeps count.
class Router final : public Logger {
 public:
  Sink& add(std::unique_ptr<Sink> sink);
  void log(const Record& record) noexcept override;
  Severity threshold() const noexcept override;
  // Makes a record now; for the command's own messages.
  void say(const Report& report, Stage stage = Stage::None);
  int64_t warnings() const { return warnings_; }
  int64_t errors() const { return errors_; }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  int64_t warnings_ = 0, errors_ = 0;
};

}  // namespace pharos
