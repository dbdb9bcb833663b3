#include "base/json.h"

#include <cmath>

#include <fmt/format.h>

namespace pharos {
namespace {

// Length of the valid UTF-8 sequence that starts `s`, or 0.
size_t utf8_length(std::string_view s) {
  const auto at = [&](size_t i) { return unsigned(static_cast<unsigned char>(s[i])); };
  const unsigned c = at(0);
  if (c < 0x80) return 1;
  const size_t n = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
  if (n == 0 || s.size() < n) return 0;
  for (size_t i = 1; i < n; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  if (n == 3 && ((c == 0xe0 && at(1) < 0xa0) || (c == 0xed && at(1) >= 0xa0))) return 0;  // overlong, surrogates
  if (n == 4 && ((c == 0xf0 && at(1) < 0x90) || (c == 0xf4 && at(1) >= 0x90))) return 0;
  return n;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const size_t n = utf8_length(text.substr(i));
    if (n == 0) { out += "\\ufffd"; ++i; continue; }
    if (c == '"' || c == '\\') { out += '\\'; out += char(c); }
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (c < 0x20 || c == 0x7f) out += fmt::format("\\u{:04x}", unsigned(c));
    else out += text.substr(i, n);
    i += n;
  }
  return out + "\"";
}

void Json::new_line() {
  if (indent_ == 0) return;
  text_ += '\n';
  text_.append(size_t(depth_) * size_t(indent_), ' ');
}

void Json::separate() {
  if (after_key_) { after_key_ = false; return; }
  if (!first_) text_ += indent_ ? "," : ", ";
  if (depth_ > 0) new_line();
}

Json& Json::raw(std::string_view text) {
  separate();
  text_ += text;
  first_ = false;
  return *this;
}

Json& Json::open(char bracket) {
  separate();
  text_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

Json& Json::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  text_ += bracket;
  first_ = false;
  return *this;
}

Json& Json::key(std::string_view name) {
  separate();
  text_ += json_string(name);
  text_ += ": ";
  after_key_ = true;
  return *this;
}

Json& Json::value(double number) { return std::isfinite(number) ? raw(fmt::format("{}", number)) : null(); }

}  // namespace pharos
