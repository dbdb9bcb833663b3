#include "base/wrap.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pharos {
namespace {

struct Glyph {
  std::string_view bytes;
  uint32_t code = 0;
  size_t width = 1;
};

bool is_wide(uint32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) || (c >= 0x3041 && c <= 0x33ff) ||
         (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xa000 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) ||
         (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) ||
         (c >= 0x1f900 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd);
}

bool is_mark(uint32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) || (c >= 0xfe00 && c <= 0xfe0f);
}

// The character at `at`; a byte that starts none is taken for one column.
Glyph glyph_at(std::string_view s, size_t at) {
  const auto byte = [&](size_t i) { return uint32_t(uint8_t(s[i])); };
  const uint32_t lead = byte(at);
  const size_t n = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (n == 1 || at + n > s.size()) return {s.substr(at, 1), lead, 1};
  uint32_t code = lead & (0xffu >> (n + 1));
  for (size_t i = 1; i < n; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return {s.substr(at, 1), lead, 1};
    code = code << 6 | (byte(at + i) & 0x3f);
  }
  return {s.substr(at, n), code, is_mark(code) ? size_t(0) : is_wide(code) ? size_t(2) : size_t(1)};
}

// Must not begin a line: 、。〉》」』】〕！），．：；？｝” and must not end one: 〈《「『【〔（｛“.
constexpr std::array<uint32_t, 19> closing{0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011,
                                           0x3015, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b,
                                           0xff1f, 0xff5d, 0x201d, 0x2019, 0x2026};
constexpr std::array<uint32_t, 9> opening{0x3008, 0x300a, 0x300c, 0x300e, 0x3010, 0x3014, 0xff08, 0xff5b, 0x201c};

template <size_t n>
bool one_of(uint32_t c, const std::array<uint32_t, n>& set) {
  return std::find(set.begin(), set.end(), c) != set.end();
}

bool breaks_between(const Glyph& a, const Glyph& b) {
  if (a.width != 2 && b.width != 2) return false;
  return !one_of(b.code, closing) && !one_of(a.code, opening) && b.width > 0;
}

struct Unit {
  std::string_view bytes;
  size_t width;
  bool blank_before;
};  // never broken inside

std::vector<Unit> units(std::string_view s) {
  std::vector<Unit> out;
  bool blank = false, open = false;
  Glyph last;
  for (size_t at = 0; at < s.size();) {
    const Glyph g = glyph_at(s, at);
    if (g.bytes == " ") {
      blank = true;
      open = false;
    } else if (open && !breaks_between(last, g)) {
      Unit& u = out.back();
      u.bytes = s.substr(size_t(u.bytes.data() - s.data()), u.bytes.size() + g.bytes.size());
      u.width += g.width;
    } else {
      out.push_back({g.bytes, g.width, blank});
      blank = false;
      open = true;
    }
    last = g;
    at += g.bytes.size();
  }
  return out;
}

}  // namespace

size_t display_width(std::string_view utf8) {
  size_t width = 0;
  for (size_t at = 0; at < utf8.size();) {
    const Glyph g = glyph_at(utf8, at);
    width += g.width;
    at += g.bytes.size();
  }
  return width;
}

std::vector<std::string> wrap(std::string_view utf8, size_t columns) {
  std::vector<std::string> lines(1);
  size_t used = 0;
  for (const Unit& u : units(utf8)) {
    const size_t blank = u.blank_before && used > 0 ? 1 : 0;
    if (used > 0 && used + blank + u.width > columns) {
      lines.emplace_back(u.bytes);
      used = u.width;
      continue;
    }
    if (blank) lines.back() += ' ';
    lines.back() += u.bytes;
    used += blank + u.width;
  }
  return lines;
}

std::string clipped(std::string_view utf8, size_t columns) {
  if (display_width(utf8) <= columns) return std::string(utf8);
  const size_t room = columns > 3 ? columns - 3 : 0;
  size_t width = 0, at = 0;
  while (at < utf8.size()) {
    const Glyph g = glyph_at(utf8, at);
    if (width + g.width > room) break;
    width += g.width;
    at += g.bytes.size();
  }
  return std::string(utf8.substr(0, at)) + "...";
}

}  // namespace pharos
