#include "graph/dim.h"

#include <gtest/gtest.h>

#include <random>

namespace pharos {
namespace {

const Dim N = Dim::symbol("N"), H = Dim::symbol("H"), W = Dim::symbol("W");

TEST(Dim, EqualPolynomialsAreEqual) {
  EXPECT_EQ((N + Dim(1)) * (N - Dim(1)), N * N - Dim(1));
  EXPECT_EQ(N + H, H + N);
  EXPECT_EQ(N - N, Dim(0));
  EXPECT_EQ(floor_div(Dim(4) * N + Dim(6), Dim(4)), N + Dim(1));
  EXPECT_EQ(floor_div(Dim(2) * N + Dim(1), Dim(2)), N);
  EXPECT_EQ(floor_div(N * H, N), H);
  EXPECT_EQ(floor_div(floor_div(H, Dim(2)), Dim(2)), floor_div(H, Dim(4)));
  EXPECT_EQ(ceil_div(H, Dim(2)), floor_div(H + Dim(1), Dim(2)));
  EXPECT_EQ(min(N, N + Dim(2)), N);
  EXPECT_EQ(max(Dim(3), Dim(7)), Dim(7));
  EXPECT_FALSE(N == H);
  EXPECT_FALSE(Dim() == Dim());
}

TEST(Dim, Text) {
  EXPECT_EQ((Dim(2) * N + Dim(1)).text(), "2*N + 1");
  EXPECT_EQ((floor_div(H - Dim(1), Dim(2)) + Dim(1)).text(), "floor((H + 1)/2)");
  EXPECT_EQ((Dim(0) - N * H).text(), "-H*N");
  EXPECT_EQ(Dim::symbol("batch size").text(), "'batch size'");
  EXPECT_EQ(Dim().text(), "?");
  EXPECT_EQ(Dim::parse("past_len + 1")->text(), "past_len + 1");
  for (const char* bad :
       {"", "N +", "(N", "2 N", "floor(N)", "min(N)", "'open", "99999999999999999999", "N//2", "floor"})
    EXPECT_FALSE(Dim::parse(bad)) << bad;
}

// A random expression beside a direct computation of its value.
struct Sample { Dim dim; std::optional<int64_t> value; };

class DimProperties : public ::testing::Test {
 protected:
  int64_t pick(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random_); }

  Sample random_sample(const SymbolValues& values, int depth) {
    if (depth == 0 || pick(0, 5) == 0) {
      if (pick(0, 1)) { const int64_t n = pick(-9, 9); return {Dim(n), n}; }
      const char* names[] = {"N", "H", "W", "odd name"};
      const std::string name = names[pick(0, 3)];
      return {Dim::symbol(name), values.at(name)};
    }
    const Sample a = random_sample(values, depth - 1), b = random_sample(values, depth - 1);
    const auto floored = [](int64_t x, int64_t y) { return x / y - (x % y != 0 && (x < 0) != (y < 0)); };
    const bool known = a.value && b.value;
    switch (pick(0, 6)) {
      case 0: return {a.dim + b.dim, known ? std::optional(*a.value + *b.value) : std::nullopt};
      case 1: return {a.dim - b.dim, known ? std::optional(*a.value - *b.value) : std::nullopt};
      case 2: return {a.dim * b.dim, known ? std::optional(*a.value * *b.value) : std::nullopt};
      case 3: return {min(a.dim, b.dim), known ? std::optional(std::min(*a.value, *b.value)) : std::nullopt};
      case 4: return {max(a.dim, b.dim), known ? std::optional(std::max(*a.value, *b.value)) : std::nullopt};
      case 5:
        return {floor_div(a.dim, b.dim), known && *b.value ? std::optional(floored(*a.value, *b.value)) : std::nullopt};
      default:
        return {ceil_div(a.dim, b.dim),
                known && *b.value ? std::optional(-floored(-*a.value, *b.value)) : std::nullopt};
    }
  }

  std::mt19937_64 random_{20240611};
};

TEST_F(DimProperties, ValuesRangesAndTextAgree) {
  for (int round = 0; round < 20000; ++round) {
    const SymbolValues values{{"N", pick(0, 20)}, {"H", pick(0, 20)}, {"W", pick(0, 20)}, {"odd name", pick(0, 20)}};
    const Sample s = random_sample(values, 4);
    if (s.dim.is_unknown()) continue;
    // A division by a symbol that is zero here may have been simplified away; everything else is exact.
    if (s.value) { ASSERT_EQ(s.dim.evaluate(values), s.value) << s.dim.text(); }
    const auto again = Dim::parse(s.dim.text());
    ASSERT_TRUE(again) << s.dim.text();
    ASSERT_EQ(again->text(), s.dim.text());
    ASSERT_TRUE(*again == s.dim);
    if (!s.value) continue;
    SymbolRanges ranges;
    std::map<std::string, Dim, std::less<>> replacement;
    for (const auto& [name, value] : values) {
      ranges[name] = {std::max<int64_t>(0, value - 2), value + 2};
      replacement[name] = Dim(value);
    }
    const DimRange r = s.dim.range(ranges);
    ASSERT_LE(r.min, *s.value) << s.dim.text();
    ASSERT_GE(r.max, *s.value) << s.dim.text();
    const Dim number = s.dim.substitute(replacement);
    if (!number.is_unknown()) { ASSERT_EQ(number.maybe_number(), s.value) << s.dim.text(); }
  }
}

TEST(Dim, OverflowAndSizeGiveUnknown) {
  EXPECT_TRUE((Dim(INT64_MAX) + Dim(1)).is_unknown());
  EXPECT_TRUE((Dim(INT64_MAX) * N * Dim(2)).is_unknown());
  EXPECT_TRUE(floor_div(N, Dim(0)).is_unknown());
  Dim power = N;
  for (int i = 0; i < 40 && !power.is_unknown(); ++i) power = power * N;
  EXPECT_TRUE(power.is_unknown());
  Dim sum(0);
  for (int i = 0; i < 100; ++i) sum = sum + Dim::symbol("s" + std::to_string(i));
  EXPECT_TRUE(sum.is_unknown());
  Dim nested = N;
  for (int i = 0; i < 10000 && !nested.is_unknown(); ++i) nested = min(nested + H, floor_div(nested * W, H));
  EXPECT_TRUE(nested.is_unknown());
}

TEST(Dim, Broadcast) {
  EXPECT_EQ(*broadcast(N, Dim(1)), N);
  EXPECT_EQ(*broadcast(N, Dim(8)), Dim(8));
  EXPECT_FALSE(broadcast(Dim(3), Dim(2)));
  EXPECT_TRUE(broadcast(N, H)->is_unknown());
  EXPECT_EQ(shape_text(*broadcast(Shape{N, 1, 4}, Shape{3, 1})), "N,3,4");
  EXPECT_EQ(product({N, 2, 3}), Dim(6) * N);
}

}  // namespace
}  // namespace pharos
