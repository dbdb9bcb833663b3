#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pharos {

// Number of single-character changes, neighbours swapped counting as one.
int edit_distance(std::string_view a, std::string_view b);
// The candidate closest to `word`; empty where none is near enough to be a slip of the finger.
std::string nearest(std::string_view word, std::span<const std::string> candidates);
// "; did you mean 'build'?" or nothing.
std::string suggestion_text(std::string_view word, std::span<const std::string> candidates);

}  // namespace pharos
