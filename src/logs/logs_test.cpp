#include <gtest/gtest.h>

#include <random>

#include "logs/byte_source.h"
#include "logs/line_scanner.h"
#include "logs/prefilter.h"
#include "logs/unwrap.h"

namespace pharos {
namespace {

std::string lower(std::string s) {
  for (char& c : s) c = char(std::tolower(uint8_t(c)));
  return s;
}

// Against the plainest search: every literal at every position.
TEST(Prefilter, FindsWhatAPlainSearchFinds) {
  std::mt19937 rng(1);
  const auto word = [&](size_t n) {
    std::string s;
    for (size_t i = 0; i < n; ++i) s += "abcABC ["[rng() % 8];
    return s;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> literals;
    for (int i = 0; i < 20; ++i) literals.push_back(word(Prefilter::min_length + rng() % 12));
    std::string text = word(400);
    for (int i = 0; i < 10; ++i) text.replace(rng() % 380, 0, literals[rng() % literals.size()]);
    const Prefilter filter(literals);
    std::vector<Prefilter::Hit> hits;
    filter.scan(text, hits);
    std::vector<std::pair<size_t, uint32_t>> got, want;
    for (const auto& h : hits) got.emplace_back(h.position, h.literal);
    const std::string folded = lower(text);
    for (uint32_t l = 0; l < literals.size(); ++l) {
      for (size_t at = folded.find(lower(literals[l])); at != folded.npos; at = folded.find(lower(literals[l]), at + 1)) want.emplace_back(at, l);
    }
    std::sort(got.begin(), got.end());
    std::sort(want.begin(), want.end());
    ASSERT_EQ(got, want) << "round " << round;
  }
}

TEST(HeadIsSevere, KnowsTheShapes) {
  EXPECT_FALSE(head_is_severe("[09/19/2024-22:15:35] [V] [TRT] error in the text does not count"));
  EXPECT_FALSE(head_is_severe("[09/19/2024-22:15:35] [TRT] [I] Warning in the text does not count"));
  EXPECT_TRUE(head_is_severe("[09/19/2024-22:15:35] [W] [TRT] x"));
  EXPECT_TRUE(head_is_severe("[09/19/2024-22:15:35] [TRT] [E] x"));
  EXPECT_TRUE(head_is_severe("E0719 03:50:23.455711 1 logging.cc:43] x"));
  EXPECT_TRUE(head_is_severe("ERROR: [TRT]: x"));
  EXPECT_TRUE(head_is_severe("Traceback (most recent call last):"));
  EXPECT_FALSE(head_is_severe("Epoch 1/10"));
}

struct Lines final : LineReceiver {
  std::vector<std::pair<int64_t, std::string>> seen;
  bool every = true;
  void line(const RawLine& l) override { seen.emplace_back(l.number, l.text); }
  bool wants_every_line() const override { return every; }
};

TEST(LineScanner, LinesAcrossBlocksKeepTheirNumbers) {
  std::string text;
  for (int i = 1; i <= 60000; ++i) text += "line " + std::to_string(i) + " with some text to fill the block\r\n";
  text += "last without a break";
  const Prefilter none({"never there"});
  Lines lines;
  LineScanner scanner(none, lines);
  const auto source = memory_source(text);
  ASSERT_TRUE(scanner.read(*source));
  scanner.finish();
  ASSERT_EQ(lines.seen.size(), 60001u);
  EXPECT_EQ(lines.seen[59999].second, "line 60000 with some text to fill the block");
  EXPECT_EQ(lines.seen[60000], (std::pair<int64_t, std::string>(60001, "last without a break")));
}

TEST(LineScanner, AnEndlessLineIsCutAndCounted) {
  const std::string text = std::string(5 << 20, 'x') + "\n[E] behind it\n";
  const Prefilter none({"never there"});
  Lines lines;
  LineScanner scanner(none, lines);
  const auto source = memory_source(text);
  ASSERT_TRUE(scanner.read(*source));
  scanner.finish();
  ASSERT_EQ(lines.seen.size(), 2u);
  EXPECT_LE(lines.seen[0].second.size(), LineScanner::max_line);
  EXPECT_EQ(lines.seen[1].second, "[E] behind it");
  EXPECT_GE(scanner.cut_lines(), 1);
}

std::string unwrapped(std::string_view line) {
  std::string out;
  for (const std::string& part : unwrap(line)) out += (out.empty() ? "" : "|") + part;
  return out;
}

TEST(Unwrap, TakesWrappersOff) {
  EXPECT_EQ(unwrapped(R"({"log":"[E] [TRT] x \"y\"\n","stream":"stderr","time":"2024-01-01T00:00:00Z"})"), "[E] [TRT] x \"y\"");
  EXPECT_EQ(unwrapped("2024-01-01T00:00:00.000000000Z stderr F [E] x"), "[E] x");
  EXPECT_EQ(unwrapped("Nov 25 04:10:22 host triton[12]: E0719 x"), "E0719 x");
  EXPECT_EQ(unwrapped("<34>Nov 25 04:10:22 host app: [W] x"), "[W] x");
  EXPECT_EQ(unwrapped(R"({"MESSAGE":"[W] x","PRIORITY":"4"})"), "[W] x");
  EXPECT_EQ(unwrapped("\x1b[31m[E] x\x1b[0m"), "[E] x");
  EXPECT_EQ(unwrapped("10 %\r50 %\r100 %"), "100 %");
  EXPECT_EQ(unwrapped("triton-1  | [W] x"), "[W] x");
  EXPECT_EQ(unwrapped("[I] a plain | line"), "[I] a plain | line");
}

std::string decoded_text(std::string bytes, bool* failed = nullptr) {
  auto source = decoded(memory_source(bytes), "test");
  if (!source) { if (failed) *failed = true; return ""; }
  std::string out, buffer(7, '\0');
  for (;;) {
    auto n = (*source)->read(buffer);
    if (!n) { if (failed) *failed = true; return out; }
    if (*n == 0) return out;
    out += buffer.substr(0, *n);
  }
}

TEST(Decoded, MarksAndUtf16) {
  EXPECT_EQ(decoded_text("\xef\xbb\xbfplain text"), "plain text");
  EXPECT_EQ(decoded_text(std::string("\xff\xfe" "a\0" "\x2d\x4e" "b\0", 8)), "a\u4e2db");
  EXPECT_EQ(decoded_text(std::string("\0a\0b\0c", 6).insert(0, "\xfe\xff")), "abc");
  bool failed = false;
  decoded_text(std::string("\x7f" "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0", 20), &failed);
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace pharos
