#pragma once
// Writes a code point as UTF-8.

#include <cstdint>
#include <string>

namespace pharos {

inline void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) { out += char(c); return; }
  if (c < 0x800) {
    out += char(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      out += char(0xe0 | c >> 12);
    } else {
      out += char(0xf0 | c >> 18);
      out += char(0x80 | (c >> 12 & 63));
    }
    out += char(0x80 | (c >> 6 & 63));
  }
  out += char(0x80 | (c & 63));
}

}  // namespace pharos
