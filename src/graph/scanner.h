#pragma once
// Characters and tokens of the text form, with the place of the error where one is not as expected.

#include <string>
#include <string_view>

#include "base/result.h"

namespace pharos::graph_text {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

 protected:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void spaces() { while (peek() == ' ' || peek() == '\t' || peek() == '\r') ++at_; }
  void skip_newlines() { for (spaces(); peek() == '\n'; spaces()) ++at_; }
  void skip_lines();  // blank ones and comments
  void skip_comment() { while (at_ < text_.size() && text_[at_] != '\n') ++at_; }

  bool accept(std::string_view token);
  bool accept_word(std::string_view word);  // not as the beginning of a longer one
  Result<void> expect(std::string_view token);
  Report fail(const std::string& details) const;
  Report expected(std::string_view what) const;

  Result<std::string> quoted();
  Result<std::string> name();  // bare or quoted
  std::string_view word();     // a run of characters that make a number or a keyword
  Result<int64_t> integer();

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace pharos::graph_text
