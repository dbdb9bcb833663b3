#include "base/log.h"

namespace pharos {

void Log::report(const Diagnostic& d, Arguments arguments, std::string layer) const {
  if (wants(d.severity)) report(Report(d, std::move(arguments)), std::move(layer));
}

void Log::report(Report report, std::string layer) const {
  const Severity severity = report.diagnostic().severity;
  if (!wants(severity)) return;
  logger_->log({severity, stage_, std::chrono::system_clock::now(), std::move(layer), std::move(report)});
}

}  // namespace pharos
