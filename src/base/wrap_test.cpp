#include "base/wrap.h"

#include <gtest/gtest.h>

namespace pharos {
namespace {

using Lines = std::vector<std::string>;

TEST(Wrap, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc – ×"), 7u);
  EXPECT_EQ(display_width("显存 8G"), 7u);
  EXPECT_EQ(display_width("e\u0301"), 1u);       // a letter with an accent of its own
  EXPECT_EQ(display_width("（ｱ）"), 5u);          // half-width katakana
  EXPECT_EQ(display_width("\xe5\x86"), 2u);       // cut off: a column for each byte
}

TEST(Wrap, BreaksAtBlanks) {
  EXPECT_EQ(wrap("one two  three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap("one two", 7), (Lines{"one two"}));
  EXPECT_EQ(wrap("one two", 6), (Lines{"one", "two"}));
  EXPECT_EQ(wrap("", 10), (Lines{""}));
  EXPECT_EQ(wrap("a /very/long/path/to/it b", 8), (Lines{"a", "/very/long/path/to/it", "b"}));  // whole, so that it can be copied
}

TEST(Wrap, BreaksBetweenEastAsianCharacters) {
  EXPECT_EQ(wrap("显存不足时降低批大小", 8), (Lines{"显存不足", "时降低批", "大小"}));
  EXPECT_EQ(wrap("显存不足，请降低", 8), (Lines{"显存不", "足，请降", "低"}));  // no line begins with a comma
  EXPECT_EQ(wrap("降低批（batch）大小", 8), (Lines{"降低批", "（batch）", "大小"}));
  for (const std::string& line : wrap("以 --maxShapes=input:16x3x224x224 构建并重新测量延迟", 20)) EXPECT_LE(display_width(line), 33u) << line;
}

TEST(Wrap, ClippedTextSaysSo) {
  EXPECT_EQ(clipped("short", 5), "short");
  EXPECT_EQ(clipped("longer", 5), "lo...");
  EXPECT_EQ(clipped("显存不足", 7), "显存...");  // never half a character
  EXPECT_EQ(clipped("显存不足", 6), "显...");
}

}  // namespace
}  // namespace pharos
