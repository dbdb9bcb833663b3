#pragma once
// Finds many literals in a block of text at once, ignoring ASCII case: the cheap first look that decides which lines of
// a log are parsed at all.
//
// Wu and Manber, "A fast algorithm for multi-pattern searching" (1994), with grams of four bytes: a table says for each
// gram how far the next literal can be at least, so most bytes are never read. Linear in the text for bounded literals.

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace pharos {

class Prefilter {
 public:
  static constexpr size_t min_length = 10;  // of a literal; a shorter one would slow down every other
  static constexpr size_t max_window = 14;  // how much of a literal steers the search

  // Literal i is reported as number i. Each must have at least `min_length` bytes.
  explicit Prefilter(std::vector<std::string> literals);

  struct Hit { size_t position; uint32_t literal; };  // where the literal starts

  // Appends every occurrence in `text`, in order of the literals' ends.
  void scan(std::string_view text, std::vector<Hit>& hits) const;

  const std::vector<std::string>& literals() const { return literals_; }

 private:
  static constexpr int table_bits = 15;
  static uint32_t gram(const char* p) {
    uint32_t g;
    std::memcpy(&g, p, 4);
    return g | 0x20202020u;  // folds the case of letters; what else it folds is told apart by the comparison
  }
  static uint32_t slot(uint32_t g) { return (g * 2654435761u) >> (32 - table_bits); }
  size_t best_window(std::string_view literal) const;
  bool matches(std::string_view text, size_t start, uint32_t literal) const;

  struct Candidate { uint32_t literal, offset; };  // offset: from the literal's start to its last gram in the window
  std::vector<std::string> literals_;
  size_t window_ = 0;
  std::array<uint8_t, size_t{1} << table_bits> shift_{};
  std::array<uint16_t, size_t{1} << table_bits> bucket_{};  // 0: none; else index into buckets_ plus 1
  std::vector<std::vector<Candidate>> buckets_;
};

}  // namespace pharos
