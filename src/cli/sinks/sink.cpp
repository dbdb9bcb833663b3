#include "cli/sinks/sink.h"

#include <ctime>

#include <fmt/format.h>

#include "base/text.h"

namespace pharos {
std::string trtexec_time(std::chrono::system_clock::time_point time) {
  const std::time_t t = std::chrono::system_clock::to_time_t(time);
  std::tm tm{};
  localtime_r(&t, &tm);
  return fmt::format("{:02}/{:02}/{:04}-{:02}:{:02}:{:02}", tm.tm_mon + 1, tm.tm_mday, tm.tm_year + 1900, tm.tm_hour,
                     tm.tm_min, tm.tm_sec);
}

std::string utc_time(std::chrono::system_clock::time_point time) {
  const std::time_t t = std::chrono::system_clock::to_time_t(time);
  std::tm tm{};
  gmtime_r(&t, &tm);
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec, since < 0 ? since + 1'000'000 : since);
}

std::string record_line(const Record& record, Language language) {
  return fmt::format("[{}] [{}] {}", trtexec_time(record.time), severity_letter(record.severity),
                     escape_control(record.report.text(language)));
}

}  // namespace pharos
