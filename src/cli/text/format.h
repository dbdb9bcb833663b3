#pragma once
// Numbers and tables as people read them.

#include <string>
#include <string_view>
#include <vector>

#include "base/wrap.h"

namespace pharos {

std::string padded(std::string_view text, size_t width, bool right = false);

// Columns as wide as their widest cell; `right` has one letter for each column: 'l' or 'r'.
class Table {
 public:
  Table(std::string_view align, std::vector<std::string> header) : align_(align) { rows_.push_back(std::move(header)); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.size() < 2; }
  std::string text(std::string_view indent = "") const;
  std::string markdown() const;

 private:
  std::string align_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace pharos
