#include "cli/sinks/router.h"

#include <algorithm>

namespace pharos {

Sink& Router::add(std::unique_ptr<Sink> sink) {
  sinks_.push_back(std::move(sink));
  return *sinks_.back();
}

void Router::log(const Record& record) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (record.severity == Severity::Warning) ++warnings_;
    if (record.severity <= Severity::Error) ++errors_;
    for (const auto& sink : sinks_) {
      if (record.severity <= sink->threshold) sink->write(record);
    }
  } catch (...) {
    // Out of memory while formatting: losing a record is better than ending the run.
  }
}

Severity Router::threshold() const noexcept {
  Severity most = Severity::InternalError;
  for (const auto& sink : sinks_) most = std::max(most, sink->threshold);
  return most;
}

void Router::say(const Report& report, Stage stage) {
  log({report.diagnostic().severity, stage, std::chrono::system_clock::now(), "", report});
}

}  // namespace pharos
