#pragma once
// Writes JSON. Text that is not valid UTF-8 is written with replacement characters, numbers so that they read back as
// the same double; infinities and NaN become null.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace pharos {

std::string json_string(std::string_view text);  // quoted

class Json {
 public:
  // `indent` 0: everything on one line.
  explicit Json(int indent = 0) : indent_(indent) {}

  Json& begin_object() { return open('{'); }
  Json& end_object() { return close('}'); }
  Json& begin_array() { return open('['); }
  Json& end_array() { return close(']'); }
  Json& key(std::string_view name);
  Json& value(std::string_view text) { return raw(json_string(text)); }
  Json& value(const char* text) { return value(std::string_view(text)); }
  Json& value(const std::string& text) { return value(std::string_view(text)); }
  Json& value(double number);
  template <class T>
    requires std::is_integral_v<T>
  Json& value(T number) {
    if constexpr (std::is_same_v<T, bool>) return raw(number ? "true" : "false");
    else return raw(std::to_string(number));
  }
  Json& null() { return raw("null"); }
  template <class T>
  Json& member(std::string_view name, const T& v) { return key(name).value(v); }

  const std::string& text() const { return text_; }

 private:
  Json& open(char bracket);
  Json& close(char bracket);
  Json& raw(std::string_view text);
  void separate();
  void new_line();
  std::string text_;
  int indent_, depth_ = 0;
  bool first_ = true, after_key_ = false;
};

}  // namespace pharos
