#include "base/text.h"

#include <fmt/format.h>

#include <cmath>

namespace pharos {
namespace {

// Length of the well-formed, printable UTF-8 character at `text[i]`; 0 where there is none.
size_t utf8_length(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) { return k < text.size() ? uint8_t(text[k]) : uint8_t(0); };
  const uint8_t lead = byte(i);
  const size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3
                        : lead >= 0xf0 && lead < 0xf5 ? 4
                                                      : 0;
  if (length == 0) return 0;
  uint32_t code = lead & (0xffu >> (length + 1));
  for (size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i + k) & 0x3fu);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  const bool control = code < 0xa0;                                    // C1
  const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
                         code == 0x2028 || code == 0x2029;             // reorder or break what is shown
  return overlong || surrogate || control || direction || code > 0x10ffff ? 0 : length;
}

}  // namespace

std::string bytes_text(int64_t bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = double(bytes);
  size_t unit = 0;
  while (std::fabs(value) >= 1024 && unit < 6) { value /= 1024; ++unit; }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.2f} {}", value, units[unit]);
}

std::string duration_text(double ms) {
  if (!std::isfinite(ms)) return "unknown";
  if (ms < 1) return fmt::format("{:.0f} us", ms * 1000);
  if (ms < 1000) return fmt::format("{:.{}f} ms", ms, ms < 10 ? 2 : 1);
  if (ms < 120'000) return fmt::format("{:.2f} s", ms / 1000);
  const int64_t seconds = ms < 9e18 ? int64_t(ms / 1000 + 0.5) : int64_t{9'000'000'000'000'000};
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string escape_control(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const uint8_t c = uint8_t(text[i]);
    if (c >= 0x20 && c < 0x7f) { out += char(c); ++i; continue; }
    if (const size_t length = c < 0x80 ? 0 : utf8_length(text, i)) {
      out += text.substr(i, length);
      i += length;
      continue;
    }
    out += fmt::format("\\x{:02x}", c);
    ++i;
  }
  return out;
}

}  // namespace pharos
