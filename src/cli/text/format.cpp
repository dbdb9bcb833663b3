#include "cli/text/format.h"

#include <algorithm>

namespace pharos {

std::string padded(std::string_view text, size_t width, bool right) {
  const size_t now = display_width(text);
  const std::string gap(width > now ? width - now : 0, ' ');
  return right ? gap + std::string(text) : std::string(text) + gap;
}

std::string Table::text(std::string_view indent) const {
  std::vector<size_t> widths(align_.size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      if (i) line += "  ";
      line += padded(row[i], widths[i], align_[i] == 'r');
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  }
  return out;
}

std::string Table::markdown() const {
  std::string out;
  for (size_t r = 0; r < rows_.size(); ++r) {
    out += "|";
    for (const std::string& cell : rows_[r]) {
      std::string safe;
      for (const char c : cell) safe += c == '|' ? std::string("\\|") : std::string(1, c);
      out += " " + safe + " |";
    }
    out += "\n";
    if (r > 0) continue;
    out += "|";
    for (const char a : align_) out += a == 'r' ? " ---: |" : " --- |";
    out += "\n";
  }
  return out;
}

}  // namespace pharos
