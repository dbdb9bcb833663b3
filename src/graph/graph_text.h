#pragma once
// What printing and parsing of the text form share. Private to print*.cpp and parse*.cpp.

#include <string>
#include <string_view>

namespace pharos::graph_text {

// May a name stand without quotes?
inline bool bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '/' || c == '-' || c == '$';
}
inline bool bare(std::string_view name) {
  if (name.empty() || name == "_" || name == "const" || name == "return" || name == "graph" || name[0] == '-')
    return false;
  for (const char c : name)
    if (!bare(c)) return false;
  return true;
}

std::string quoted(std::string_view s);  // "with \"escapes\""
std::string name_text(std::string_view name);

}  // namespace pharos::graph_text
