#include "logs/json_string.h"

#include <cstdint>

#include "logs/utf8.h"

namespace pharos {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The four digits behind "\\u"; false where they are not there.
bool read_code_unit(std::string_view text, size_t at, uint32_t& out) {
  if (at + 4 > text.size()) return false;
  out = 0;
  for (const char c : text.substr(at, 4)) {
    const int digit = hex_digit(c);
    if (digit < 0) return false;
    out = out * 16 + uint32_t(digit);
  }
  return true;
}

}  // namespace

bool read_json_string(std::string_view text, size_t& at, std::string& out) {
  while (at < text.size()) {
    const char c = text[at++];
    if (c == '"') return true;
    if (c != '\\') { out += c; continue; }
    if (at >= text.size()) return false;
    const char escaped = text[at++];
    switch (escaped) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': case 'f': break;
      case 'u': {
        uint32_t code = 0, low = 0;
        if (!read_code_unit(text, at, code)) return false;
        at += 4;
        if (code >= 0xd800 && code < 0xdc00 && text.substr(at, 2) == "\\u" && read_code_unit(text, at + 2, low) && low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
          at += 6;
        }
        append_utf8(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
        break;
      }
      default: out += escaped;
    }
  }
  return false;
}

}  // namespace pharos
