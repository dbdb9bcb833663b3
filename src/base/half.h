#pragma once
// The small float formats as value types: storage of the stated width, arithmetic through float.
// Rounding is to nearest, ties to even, everywhere. FP8 and FP4 follow the ONNX specification ("Float stored in 8 bits"):
// conversions saturate or not by the caller's choice; plain construction saturates.

#include <bit>
#include <cstdint>

namespace pharos {

float f16_to_float(uint16_t bits);
uint16_t float_to_f16(float value);

struct Float16 {
  uint16_t bits = 0;
  Float16() = default;
  Float16(float v) : bits(float_to_f16(v)) {}
  operator float() const { return f16_to_float(bits); }
};

struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  BFloat16(float v) {
    const uint32_t u = std::bit_cast<uint32_t>(v);
    if ((u & 0x7fffffffu) > 0x7f800000u) { bits = uint16_t((u >> 16) | 0x40u); return; }
    bits = uint16_t((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
  }
  operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }
};

enum class Float8Kind : uint8_t { E4M3FN, E4M3FNUZ, E5M2, E5M2FNUZ, E8M0 };
float f8_to_float(uint8_t bits, Float8Kind kind);
// `saturate`: out-of-range finite values and infinities become the largest finite value; otherwise NaN (or infinity
// where the format has one).
uint8_t float_to_f8(float value, Float8Kind kind, bool saturate = true);

template <Float8Kind kind>
struct Float8 {
  uint8_t bits = 0;
  Float8() = default;
  Float8(float v) : bits(float_to_f8(v, kind)) {}
  operator float() const { return f8_to_float(bits, kind); }
};

float f4_to_float(uint8_t bits);  // E2M1, low four bits
uint8_t float_to_f4(float value);
struct Float4 {
  uint8_t bits = 0;
  Float4() = default;
  Float4(float v) : bits(float_to_f4(v)) {}
  operator float() const { return f4_to_float(bits); }
};

// Integers narrower than a byte: one byte in memory, wrapping like their width.
template <int width, bool is_signed_>
struct SmallInt {
  int8_t value = 0;
  SmallInt() = default;
  SmallInt(int64_t v) {
    const unsigned masked = unsigned(v) & ((1u << width) - 1);
    value = is_signed_ && (masked >> (width - 1)) ? int8_t(int(masked) - (1 << width)) : int8_t(masked);
  }
  operator int() const { return value; }
};
using Int4 = SmallInt<4, true>;
using UInt4 = SmallInt<4, false>;
using Int2 = SmallInt<2, true>;
using UInt2 = SmallInt<2, false>;

}  // namespace pharos
