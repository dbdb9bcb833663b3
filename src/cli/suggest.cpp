#include "cli/suggest.h"

#include <algorithm>

namespace pharos {

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = int(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = int(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > 100) return "";
  std::string best;
  int distance = int(std::max<size_t>(2, word.size() / 3)) + 1;
  for (const std::string& c : candidates) {
    if (word.size() > 3 && c.starts_with(word)) return c;  // an abbreviation
    if (const int d = edit_distance(word, c); d < distance) {
      distance = d;
      best = c;
    }
  }
  return best;
}

std::string suggestion_text(std::string_view word, std::span<const std::string> candidates) {
  const std::string best = nearest(word, candidates);
  return best.empty() ? "" : "; did you mean '" + best + "'?";
}

}  // namespace pharos
