#include "graph/scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "catalog/graph.h"
#include "graph/graph_text.h"

namespace pharos::graph_text {

void Scanner::skip_lines() {
  for (spaces(); peek() == '\n' || peek() == '#'; spaces()) {
    if (peek() == '#') skip_comment();
    else ++at_;
  }
}

bool Scanner::accept(std::string_view token) {
  spaces();
  if (!text_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

bool Scanner::accept_word(std::string_view word) {
  spaces();
  const std::string_view rest = text_.substr(at_);
  if (!rest.starts_with(word) || (rest.size() > word.size() && bare(rest[word.size()]))) return false;
  at_ += word.size();
  return true;
}

Result<void> Scanner::expect(std::string_view token) {
  if (!accept(token)) return expected("'" + std::string(token) + "'");
  return {};
}

Report Scanner::fail(const std::string& details) const {
  size_t line = 1, start = 0;
  for (size_t i = 0; i < std::min(at_, text_.size()); ++i)
    if (text_[i] == '\n') { ++line; start = i + 1; }
  return Report(diag::graph_text_invalid, {{"line", std::to_string(line)}, {"column", std::to_string(at_ - start + 1)},
                                           {"details", escape_control(details)}});
}

Report Scanner::expected(std::string_view what) const {
  size_t end = at_;
  while (end < text_.size() && text_[end] != '\n' && end - at_ < 20) ++end;
  return fail(fmt::format("expected {}, found {}", what,
                          end == at_ ? "the end of the line" : "'" + std::string(text_.substr(at_, end - at_)) + "'"));
}

Result<std::string> Scanner::quoted() {
  spaces();
  if (peek() != '"') return expected("a text in quotes");
  std::string out;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') { ++at_; return out; }
    if (c == '\n') break;
    if (c != '\\') { out += c; continue; }
    const char escape = ++at_ < text_.size() ? text_[at_] : '\0';
    if (escape == 'n') out += '\n';
    else if (escape == 't') out += '\t';
    else if (escape == '"' || escape == '\\') out += escape;
    else if (escape == 'x' && at_ + 2 < text_.size()) {
      uint8_t byte = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_ + 1, text_.data() + at_ + 3, byte, 16);
      if (error != std::errc() || end != text_.data() + at_ + 3) return fail("'\\x' needs two hexadecimal digits");
      out += char(byte);
      at_ += 2;
    } else return fail("unknown escape in a text");
  }
  return fail("a text without closing quote");
}

Result<std::string> Scanner::name() {
  spaces();
  if (peek() == '"') return quoted();
  const size_t from = at_;
  while (bare(peek())) ++at_;
  const std::string_view s = text_.substr(from, at_ - from);
  if (!bare(s)) { at_ = from; return expected("a name"); }
  return std::string(s);
}

std::string_view Scanner::word() {
  spaces();
  const size_t from = at_;
  while (bare(peek()) || peek() == '+' || peek() == ':') ++at_;
  return text_.substr(from, at_ - from);
}

Result<int64_t> Scanner::integer() {
  spaces();
  int64_t v = 0;
  const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), v);
  if (error != std::errc()) return expected("a whole number");
  at_ = size_t(end - text_.data());
  return v;
}

}  // namespace pharos::graph_text
