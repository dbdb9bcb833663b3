#pragma once
// Strings of JSON that stands in a log.

#include <string>
#include <string_view>

namespace pharos {

// Appends the string whose first character is at `at`, behind its opening quote; `at` is then behind the closing one.
// False where the text ends before or an escape is broken.
bool read_json_string(std::string_view text, size_t& at, std::string& out);

}  // namespace pharos
