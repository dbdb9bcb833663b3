#pragma once
// Reads JSON token by token from a stream, with flat memory and without recursion. Lenient where trtexec is no JSON writer:
// names with bare quotes, backslashes or control characters, and `nan`, `-nan(ind)`, `inf` as numbers. Everything else that
// is no JSON is refused with its line and column.

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "logs/byte_source.h"

namespace pharos {

class JsonReader {
 public:
  enum class Token : uint8_t { BeginObject, EndObject, BeginArray, EndArray, Key, String, Number, True, False, Null, End };
  static constexpr int max_depth = 64;
  static constexpr size_t max_text = 64 << 10;  // of one string; what is beyond is read and not kept

  // `source` must outlive the reader; `name` is the file in messages.
  JsonReader(ByteSource& source, std::string name);

  Result<Token> next();
  // Reads to the end of the value whose first token was `first`.
  Result<void> skip(Token first);
  const std::string& text() const { return text_; }  // of the last key or string
  double number() const { return number_; }          // of the last number; may be NaN or infinite
  int64_t line() const { return token_line_; }       // where the last token began
  int64_t lines() const { return line_; }            // read so far
  int64_t bytes() const { return bytes_; }
  const std::string& name() const { return name_; }
  // PH9041 at the last token.
  Report fault(std::string actual, std::string expected) const;

 private:
  static constexpr int end_of_file = -1;
  enum class Expect : uint8_t { Value, ValueOrEnd, Key, KeyOrEnd, CommaOrEnd, Nothing };

  bool fill(size_t ahead);  // at least `ahead` bytes are in the buffer, unless the stream ends before
  int peek() { return at_ < size_ || fill(1) ? uint8_t(buffer_[at_]) : end_of_file; }
  int take();
  void blanks();
  bool in_object() const { return depth_ > 0 && objects_[size_t(depth_ - 1)]; }
  Result<Token> value(int c);
  Result<Token> open(bool object);
  Result<Token> close(int bracket);
  Result<Token> word();
  Result<void> string(bool key);
  void escape();
  // Whether the quote before the read position ends a string: what follows it says so.
  bool ends_string(bool key);
  void keep(char c) { if (text_.size() < max_text) text_ += c; }
  Token ended(Token t);  // a value: what comes next
  Report cut_off() const;

  ByteSource& source_;
  std::string name_;
  std::string buffer_;
  size_t at_ = 0, size_ = 0;
  bool source_ended_ = false;
  std::optional<Report> failure_;  // of the source; what was read before it comes first
  int64_t line_ = 1, column_ = 1, token_line_ = 1, token_column_ = 1, bytes_ = 0;
  std::string text_;
  double number_ = 0;
  int depth_ = 0;
  std::bitset<max_depth> objects_;  // by depth: an object, else an array
  Expect expect_ = Expect::Value;
};

}  // namespace pharos
