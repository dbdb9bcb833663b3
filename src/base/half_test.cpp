#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace pharos {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
const float nan_value = std::numeric_limits<float>::quiet_NaN();

TEST(Half, F16RoundTripsEveryCode) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float f = f16_to_float(uint16_t(bits));
    if (std::isnan(f)) {
      ASSERT_GT(bits & 0x7fff, 0x7c00u);
      ASSERT_TRUE(std::isnan(f16_to_float(float_to_f16(f))));
      continue;
    }
    ASSERT_EQ(float_to_f16(f), bits);
    // Against the definition.
    const int exponent = int(bits >> 10 & 31), mantissa = int(bits & 1023);
    const float magnitude = exponent == 31 ? inf
                            : exponent     ? std::ldexp(float(1024 + mantissa), exponent - 25)
                                           : std::ldexp(float(mantissa), -24);
    ASSERT_EQ(f, bits & 0x8000 ? -magnitude : magnitude);
  }
}

// Values between two neighbours go to the nearer one, ties to the even code.
TEST(Half, F16RoundsToNearestEven) {
  for (uint16_t bits = 0; bits < 0x7bff; ++bits) {
    const float low = f16_to_float(bits), high = f16_to_float(uint16_t(bits + 1)), middle = (low + high) / 2;
    ASSERT_EQ(float_to_f16(middle), bits % 2 ? bits + 1 : bits);
    ASSERT_EQ(float_to_f16(std::nextafter(middle, 0.0f)), bits);
    ASSERT_EQ(float_to_f16(std::nextafter(middle, inf)), bits + 1);
    ASSERT_EQ(float_to_f16(-middle), 0x8000 | (bits % 2 ? bits + 1 : bits));
  }
  EXPECT_EQ(float_to_f16(65519.996f), 0x7bff);
  EXPECT_EQ(float_to_f16(65520), 0x7c00);
  EXPECT_EQ(float_to_f16(inf), 0x7c00);
  EXPECT_EQ(float_to_f16(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(Half, BFloat16) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    BFloat16 b;
    b.bits = uint16_t(bits);
    const float f = b;
    if (std::isnan(f)) ASSERT_TRUE(std::isnan(float(BFloat16(f))));
    else ASSERT_EQ(BFloat16(f).bits, bits);
  }
  EXPECT_EQ(float(BFloat16(1.00390625f)), 1.0f);  // a tie: to even
  EXPECT_EQ(float(BFloat16(1.01171875f)), 1.015625f);
}

struct Layout { Float8Kind kind; int exponent_bits, mantissa_bits, bias; float largest; };

TEST(Half, Float8RoundTripsAndRounds) {
  const Layout layouts[] = {{Float8Kind::E4M3FN, 4, 3, 7, 448}, {Float8Kind::E4M3FNUZ, 4, 3, 8, 240},
                            {Float8Kind::E5M2, 5, 2, 15, 57344}, {Float8Kind::E5M2FNUZ, 5, 2, 16, 57344}};
  for (const Layout& l : layouts) {
    std::vector<std::pair<float, int>> finite;
    for (int bits = 0; bits < 256; ++bits) {
      const float f = f8_to_float(uint8_t(bits), l.kind);
      if (std::isnan(f)) { ASSERT_TRUE(std::isnan(f8_to_float(float_to_f8(f, l.kind), l.kind))); continue; }
      ASSERT_EQ(float_to_f8(f, l.kind, false), bits) << int(l.kind);
      if (bits < 128 && std::isfinite(f)) {
        const int e = bits >> l.mantissa_bits, m = bits & ((1 << l.mantissa_bits) - 1);
        ASSERT_EQ(f, e ? std::ldexp(float(m + (1 << l.mantissa_bits)), e - l.bias - l.mantissa_bits)
                       : std::ldexp(float(m), 1 - l.bias - l.mantissa_bits));
        finite.emplace_back(f, bits);
      }
    }
    ASSERT_EQ(finite.back().first, l.largest);
    for (size_t i = 0; i + 1 < finite.size(); ++i) {
      const float middle = (finite[i].first + finite[i + 1].first) / 2;
      ASSERT_EQ(float_to_f8(middle, l.kind), finite[i].second % 2 ? finite[i + 1].second : finite[i].second);
    }
    EXPECT_EQ(f8_to_float(float_to_f8(1e9f, l.kind), l.kind), l.largest);
    EXPECT_EQ(f8_to_float(float_to_f8(-inf, l.kind), l.kind), -l.largest);
    const float beyond = f8_to_float(float_to_f8(1e9f, l.kind, false), l.kind);
    EXPECT_TRUE(l.kind == Float8Kind::E5M2 ? beyond == inf : std::isnan(beyond));
  }
  EXPECT_EQ(float_to_f8(-0.0f, Float8Kind::E4M3FN), 0x80);
  EXPECT_EQ(float_to_f8(-0.0f, Float8Kind::E4M3FNUZ), 0);
}

TEST(Half, E8M0) {
  for (int bits = 0; bits < 255; ++bits)
    ASSERT_EQ(float_to_f8(f8_to_float(uint8_t(bits), Float8Kind::E8M0), Float8Kind::E8M0), bits);
  EXPECT_EQ(float_to_f8(3.1f, Float8Kind::E8M0), 129);
  EXPECT_EQ(float_to_f8(2.9f, Float8Kind::E8M0), 128);
  EXPECT_EQ(float_to_f8(nan_value, Float8Kind::E8M0), 255);
}

TEST(Half, Float4) {
  const float values[] = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(f4_to_float(uint8_t(i)), values[i]);
    EXPECT_EQ(float_to_f4(values[i]), i);
    EXPECT_EQ(float_to_f4(-values[i]), i | 8);
    if (i < 7) { EXPECT_EQ(float_to_f4((values[i] + values[i + 1]) / 2), i % 2 ? i + 1 : i); }
  }
  EXPECT_EQ(float_to_f4(100), 7);
  EXPECT_EQ(float_to_f4(-inf), 15);
}

TEST(Half, SmallIntegersWrap) {
  EXPECT_EQ(int(Int4(7)), 7);
  EXPECT_EQ(int(Int4(8)), -8);
  EXPECT_EQ(int(Int4(-9)), 7);
  EXPECT_EQ(int(UInt4(17)), 1);
  EXPECT_EQ(int(Int2(3)), -1);
  EXPECT_EQ(int(UInt2(5)), 1);
}

}  // namespace
}  // namespace pharos
