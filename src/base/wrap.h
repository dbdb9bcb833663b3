#pragma once
// Text in columns: how wide it is on a terminal, and where it may be broken. East Asian characters take two columns and
// may be broken between any two of them, except before closing and after opening punctuation.

#include <string>
#include <string_view>
#include <vector>

namespace pharos {

size_t display_width(std::string_view utf8);
// Lines of at most `columns` columns. A word that is longer stays whole (a path, an option), so that it can be copied.
std::vector<std::string> wrap(std::string_view utf8, size_t columns);
// The first `columns` columns, with "..." where something was cut.
std::string clipped(std::string_view utf8, size_t columns);

}  // namespace pharos
