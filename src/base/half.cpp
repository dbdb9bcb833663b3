#include "base/half.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pharos {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

// A sign-exponent-mantissa format of at most eight bits.
struct SmallFloat {
  int mantissa_bits, bias;
  int largest;         // code of the largest finite magnitude
  int nan;             // code of NaN, sign included where it has one meaning only
  bool unsigned_zero;  // "UZ": one zero, and NaN where minus zero would be
  bool infinity;       // the code after `largest` is infinity
};

constexpr SmallFloat layout(Float8Kind kind) {
  switch (kind) {
    case Float8Kind::E4M3FN: return {3, 7, 0x7e, 0x7f, false, false};
    case Float8Kind::E4M3FNUZ: return {3, 8, 0x7f, 0x80, true, false};
    case Float8Kind::E5M2: return {2, 15, 0x7b, 0x7f, false, true};
    default: return {2, 16, 0x7f, 0x80, true, false};
  }
}
constexpr SmallFloat e2m1{1, 1, 7, 7, false, false};

// Code of a finite magnitude, rounded to nearest even; may exceed `largest`.
int magnitude_code(float magnitude, const SmallFloat& f) {
  if (magnitude == 0) return 0;
  const int lowest = 1 - f.bias;  // exponent of the smallest normal number
  const int exponent = std::max(std::ilogb(magnitude), lowest);
  const int steps = int(std::nearbyint(std::ldexp(double(magnitude), f.mantissa_bits - exponent)));
  // A mantissa that rounds up to the next power of two carries into the exponent by itself; below `lowest` the code is
  // the number of steps.
  const int one = 1 << f.mantissa_bits;
  return steps < one ? steps : ((exponent - lowest + 1) << f.mantissa_bits) + (steps - one);
}

float magnitude_value(int code, const SmallFloat& f) {
  const int mantissa = code & ((1 << f.mantissa_bits) - 1), exponent = code >> f.mantissa_bits;
  if (exponent == 0) return std::ldexp(float(mantissa), 1 - f.bias - f.mantissa_bits);
  return std::ldexp(float(mantissa + (1 << f.mantissa_bits)), exponent - f.bias - f.mantissa_bits);
}

// A power of two without sign: the sign of the argument is dropped, ties go to the even exponent.
uint8_t float_to_e8m0(float value, bool saturate) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const int exponent = int((bits >> 23) & 0xff);
  if (exponent == 0xff) return 0xff;
  const uint32_t fraction = bits & 0x7fffffu;
  const bool up = fraction > 0x400000u || (fraction == 0x400000u && exponent > 0);
  if (!up) return uint8_t(exponent);
  return uint8_t(exponent == 0xfe && saturate ? exponent : exponent + 1);
}

}  // namespace

float f16_to_float(uint16_t h) {
  const uint32_t sign = uint32_t(h & 0x8000u) << 16;
  const uint32_t exponent = (h >> 10) & 0x1fu, mantissa = h & 0x3ffu;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  // Zero and subnormal numbers: mantissa * 2^-24 is exact in float.
  const float magnitude = float(mantissa) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
}

uint16_t float_to_f16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = uint16_t((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return uint16_t(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x477ff000u) return uint16_t(sign | 0x7c00u);  // 65520 and above round to infinity
  if (magnitude < 0x38800000u) {  // below 2^-14: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return uint16_t(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000u));
  }
  const uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
  return uint16_t(sign | ((rounded - 0x38000000u) >> 13));
}

float f8_to_float(uint8_t bits, Float8Kind kind) {
  if (kind == Float8Kind::E8M0) return bits == 0xff ? nan_value : std::ldexp(1.0f, int(bits) - 127);
  const SmallFloat f = layout(kind);
  const int code = bits & 0x7f;
  if (f.unsigned_zero ? bits == 0x80 : code > f.largest) {
    if (f.infinity && code == f.largest + 1)
      return bits & 0x80 ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();
    return nan_value;
  }
  const float magnitude = magnitude_value(code, f);
  return bits & 0x80 ? -magnitude : magnitude;
}

uint8_t float_to_f8(float value, Float8Kind kind, bool saturate) {
  if (kind == Float8Kind::E8M0) return float_to_e8m0(value, saturate);
  const SmallFloat f = layout(kind);
  const int sign = std::signbit(value) ? 0x80 : 0;
  if (std::isnan(value)) return uint8_t(f.unsigned_zero ? f.nan : f.nan | sign);
  int code = std::isinf(value) ? f.largest + 1 : magnitude_code(std::fabs(value), f);
  if (code > f.largest) {
    if (saturate) code = f.largest;
    else if (f.infinity) code = f.largest + 1;
    else return uint8_t(f.unsigned_zero ? f.nan : f.nan | sign);
  }
  if (code == 0 && f.unsigned_zero) return 0;
  return uint8_t(code | sign);
}

float f4_to_float(uint8_t bits) {
  const float magnitude = magnitude_value(bits & 7, e2m1);
  return bits & 8 ? -magnitude : magnitude;
}

uint8_t float_to_f4(float value) {
  if (std::isnan(value)) return 8;  // the format has no NaN: minus zero, as the reference data of ONNX has it
  const int sign = std::signbit(value) ? 8 : 0;
  const int code = std::isinf(value) ? e2m1.largest : magnitude_code(std::fabs(value), e2m1);
  return uint8_t(sign | std::min(code, e2m1.largest));
}

}  // namespace pharos
