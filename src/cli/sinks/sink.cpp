#include "cli/sinks/sink.h"

#include <ctime>

#include <fmt/format.h>

namespace pharos {
namespace {

// Length of the well-formed UTF-8 sequence at the head of `s`; 0 where there is none. C1 controls and the marks that
// reverse the direction of text count as ill-formed, because a terminal obeys them.
size_t printable_sequence(std::string_view s) {
  const auto byte = [&](size_t i) { return i < s.size() ? unsigned(static_cast<unsigned char>(s[i])) : 0u; };
  const unsigned c = byte(0);
  const size_t n = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
  if (n == 0 || s.size() < n) return 0;
  unsigned code = n == 4 ? c & 7 : n == 3 ? c & 15 : c & 31;
  for (size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
  const bool obeyed = code < 0xa0 || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
                      code == 0x200e || code == 0x200f || code == 0x2028 || code == 0x2029;
  const bool invalid = overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff;
  return obeyed || invalid ? 0 : n;
}

}  // namespace

std::string trtexec_time(std::chrono::system_clock::time_point time) {
  const std::time_t t = std::chrono::system_clock::to_time_t(time);
  std::tm tm{};
  localtime_r(&t, &tm);
  return fmt::format("{:02}/{:02}/{:04}-{:02}:{:02}:{:02}", tm.tm_mon + 1, tm.tm_mday, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

std::string utc_time(std::chrono::system_clock::time_point time) {
  const std::time_t t = std::chrono::system_clock::to_time_t(time);
  std::tm tm{};
  gmtime_r(&t, &tm);
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count() % 1'000'000;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min, tm.tm_sec, since < 0 ? since + 1'000'000 : since);
}

std::string neutralised(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c >= 0x20 && c < 0x7f) || (lines && c == '\n')) {
      out += text[i++];
    } else if (const size_t n = printable_sequence(text.substr(i)); n > 0) {
      out += text.substr(i, n);
      i += n;
    } else {
      out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : fmt::format("\\x{:02x}", unsigned(c));
      ++i;
    }
  }
  return out;
}

std::string record_line(const Record& record, Language language) {
  return fmt::format("[{}] [{}] {}", trtexec_time(record.time), severity_letter(record.severity),
                     neutralised(record.report.text(language)));
}

}  // namespace pharos
