#include "exports/json_reader.h"

#include <charconv>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/exports.h"
#include "logs/utf8.h"

namespace pharos {
namespace {

constexpr size_t buffer_bytes = 256 << 10;
constexpr size_t look_ahead = 256;   // blanks between a quote and what follows it
constexpr size_t max_word = 400;     // of a number; a double needs 24

bool is_blank(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool in_word(int c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' || c == '(' || c == ')';
}

std::string shown(int c) {
  if (c < 0) return "the end of the file";
  const char byte = char(c);
  return c < 0x80 ? "'" + escape_control(std::string_view(&byte, 1)) + "'" : fmt::format("the byte 0x{:02x}", c);
}

// The words that C and C++ libraries print for numbers that are none.
std::optional<double> special(std::string_view word) {
  const bool negative = word.starts_with('-');
  if (negative) word.remove_prefix(1);
  if (word == "nan" || word == "NaN" || word.starts_with("nan(")) return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf" || word == "Infinity" || word == "infinity") return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

JsonReader::JsonReader(ByteSource& source, std::string name) : source_(source), name_(std::move(name)), buffer_(buffer_bytes, '\0') {}

Report JsonReader::fault(std::string actual, std::string expected) const {
  return {diag::export_invalid, {{"path", name_}, {"line", std::to_string(token_line_)}, {"column", std::to_string(token_column_)},
                                 {"actual", std::move(actual)}, {"expected", std::move(expected)}}};
}

Report JsonReader::cut_off() const {
  if (failure_) return *failure_;
  return {diag::export_invalid, {{"path", name_}, {"line", std::to_string(line_)}, {"column", std::to_string(column_)},
                                 {"actual", "the file ends"}, {"expected", depth_ > 0 && objects_[size_t(depth_ - 1)] ? "the rest of an object ('}')" : depth_ > 0 ? "the rest of a list (']')" : "a value"}}};
}

bool JsonReader::fill(size_t ahead) {
  while (size_ - at_ < ahead && !source_ended_) {
    if (at_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + at_, size_ - at_);
      size_ -= at_;
      at_ = 0;
    }
    const auto n = source_.read({buffer_.data() + size_, buffer_.size() - size_});
    if (!n) failure_ = n.error();
    if (!n || *n == 0) source_ended_ = true;
    else size_ += *n;
  }
  return size_ - at_ >= ahead;
}

int JsonReader::take() {
  const int c = peek();
  if (c == end_of_file) return c;
  ++at_;
  ++bytes_;
  if (c == '\n') { ++line_; column_ = 1; } else { ++column_; }
  return c;
}

void JsonReader::blanks() {
  while (is_blank(peek())) take();
}

JsonReader::Token JsonReader::ended(Token t) {
  expect_ = depth_ > 0 ? Expect::CommaOrEnd : Expect::Nothing;
  return t;
}

Result<JsonReader::Token> JsonReader::next() {
  blanks();
  token_line_ = line_;
  token_column_ = column_;
  int c = peek();
  if (expect_ == Expect::Nothing) {
    if (c == end_of_file && failure_) return *failure_;
    if (c == end_of_file) return Token::End;
    return fault(shown(c), "nothing more");
  }
  if (c == end_of_file) return cut_off();
  if (expect_ == Expect::CommaOrEnd) {
    if (c == '}' || c == ']') return close(c);
    if (c != ',') return fault(shown(c), in_object() ? "',' or '}'" : "',' or ']'");
    take();
    blanks();
    token_line_ = line_;
    token_column_ = column_;
    c = peek();
    if (c == end_of_file) return cut_off();
    expect_ = in_object() ? Expect::Key : Expect::Value;
  }
  if (expect_ == Expect::Key || expect_ == Expect::KeyOrEnd) {
    if (c == '}' && expect_ == Expect::KeyOrEnd) return close(c);
    if (c != '"') return fault(shown(c), "a key in quotes");
    PHAROS_TRY(string(true));
    blanks();
    if (peek() == end_of_file) return cut_off();
    if (peek() != ':') return fault(shown(peek()), "':' behind a key");
    take();
    expect_ = Expect::Value;
    return Token::Key;
  }
  if (c == ']' && expect_ == Expect::ValueOrEnd) return close(c);
  return value(c);
}

Result<JsonReader::Token> JsonReader::value(int c) {
  if (c == '{' || c == '[') return open(c == '{');
  if (c == '"') {
    PHAROS_TRY(string(false));
    return ended(Token::String);
  }
  if (in_word(c) && c != '(' && c != ')') return word();
  return fault(shown(c), "a value");
}

Result<JsonReader::Token> JsonReader::open(bool object) {
  if (depth_ == max_depth) return Report(diag::export_too_large, {{"path", name_}, {"line", std::to_string(line_)}, {"what", "nesting"}, {"limit", std::to_string(max_depth) + " levels"}});
  take();
  objects_[size_t(depth_++)] = object;
  expect_ = object ? Expect::KeyOrEnd : Expect::ValueOrEnd;
  return object ? Token::BeginObject : Token::BeginArray;
}

Result<JsonReader::Token> JsonReader::close(int bracket) {
  const bool object = bracket == '}';
  if (object != in_object()) return fault(shown(bracket), in_object() ? "'}'" : "']'");
  take();
  --depth_;
  return ended(object ? Token::EndObject : Token::EndArray);
}

Result<JsonReader::Token> JsonReader::word() {
  std::string w;
  while (in_word(peek())) {
    if (w.size() == max_word) return fault(fmt::format("a number of more than {} characters", max_word), "a number");
    w += char(take());
  }
  if (w == "true") return ended(Token::True);
  if (w == "false") return ended(Token::False);
  if (w == "null") return ended(Token::Null);
  if (const auto s = special(w)) {
    number_ = *s;
    return ended(Token::Number);
  }
  const auto [end, error] = std::from_chars(w.data(), w.data() + w.size(), number_);
  if (end != w.data() + w.size() || error == std::errc::invalid_argument) {
    if (peek() == end_of_file) return cut_off();
    return fault(fmt::format("'{}'", escape_control(w.substr(0, 40))), "a value");
  }
  if (error == std::errc::result_out_of_range) {
    if (w.find("e-") == w.npos && w.find("E-") == w.npos) return fault(fmt::format("the number {}", w.substr(0, 40)), "a number that fits a double");
    number_ = 0;
  }
  return ended(Token::Number);
}

bool JsonReader::ends_string(bool key) {
  fill(look_ahead);
  size_t i = at_;
  const auto skip_blanks = [&] {
    while (i < size_ && is_blank(uint8_t(buffer_[i]))) ++i;
    return i < size_ ? int(uint8_t(buffer_[i])) : end_of_file;
  };
  const int c = skip_blanks();
  if (c == end_of_file) return true;
  if (key) return c == ':';
  if (c == '}' || c == ']') return true;
  if (c != ',') return false;
  ++i;
  const int after = skip_blanks();
  return !in_object() || after == '"' || after == end_of_file;
}

Result<void> JsonReader::string(bool key) {
  text_.clear();
  take();  // the quote
  for (;;) {
    // The plain part at once.
    if (at_ < size_ || fill(1)) {
      size_t end = at_;
      while (end < size_ && buffer_[end] != '"' && buffer_[end] != '\\' && buffer_[end] != '\n') ++end;
      text_.append(buffer_, at_, std::min(end - at_, max_text - std::min(text_.size(), max_text)));
      column_ += int64_t(end - at_);
      bytes_ += int64_t(end - at_);
      at_ = end;
    }
    const int c = take();
    if (c == end_of_file) return cut_off();
    if (c == '\\') escape();
    else if (c == '"' && ends_string(key)) return {};
    else keep(char(c));
  }
}

// An escape of JSON; a backslash before anything else is one that the writer forgot to escape.
void JsonReader::escape() {
  const int c = peek();
  switch (c) {
    case '"': case '\\': case '/': keep(char(take())); return;
    case 'n': take(); keep('\n'); return;
    case 't': take(); keep('\t'); return;
    case 'r': take(); keep('\r'); return;
    case 'b': take(); keep('\b'); return;
    case 'f': take(); keep('\f'); return;
    case 'u': break;
    default: keep('\\'); return;
  }
  const auto unit = [&](size_t from) -> std::optional<uint32_t> {
    uint32_t v = 0;
    const char* begin = buffer_.data() + at_ + from;
    const auto [end, error] = std::from_chars(begin, begin + 4, v, 16);
    return error == std::errc() && end == begin + 4 ? std::optional(v) : std::nullopt;
  };
  const bool one = fill(5), two = fill(11);
  const auto first = one ? unit(1) : std::nullopt;
  if (!first) { keep('\\'); return; }
  size_t length = 5;
  uint32_t code = *first;
  if (code >= 0xd800 && code < 0xdc00 && two && buffer_[at_ + 5] == '\\' && buffer_[at_ + 6] == 'u') {
    if (const auto second = unit(7); second && *second >= 0xdc00 && *second < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (*second - 0xdc00);
      length = 11;
    }
  }
  if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
  for (size_t i = 0; i < length; ++i) take();
  if (text_.size() < max_text) append_utf8(text_, code);
}

Result<void> JsonReader::skip(Token first) {
  int depth = first == Token::BeginObject || first == Token::BeginArray ? 1 : 0;
  while (depth > 0) {
    const Token t = PHAROS_TRY(next());
    if (t == Token::BeginObject || t == Token::BeginArray) ++depth;
    if (t == Token::EndObject || t == Token::EndArray) --depth;
  }
  return {};
}

}  // namespace pharos
