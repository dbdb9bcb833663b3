#include "graph/element_text.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "graph/graph_text.h"

namespace pharos {
namespace {

template <class F> struct BitsOf;
template <> struct BitsOf<float> { using type = uint32_t; };
template <> struct BitsOf<double> { using type = uint64_t; };
template <class F> using Bits = typename BitsOf<F>::type;

// Shortest text that reads back to the same bits, and that does not look like an integer.
template <class F>
std::string real_text(F v) {
  if (std::isnan(v)) {
    const auto bits = std::bit_cast<Bits<F>>(v);
    return bits == std::bit_cast<Bits<F>>(std::numeric_limits<F>::quiet_NaN()) ? "nan" : fmt::format("nan:{:x}", bits);
  }
  if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
  std::string s = fmt::format("{}", v);
  if (s.find_first_of(".e") == std::string::npos) s += ".0";
  return s;
}

template <class I>
std::optional<I> whole(std::string_view s, int base = 10) {
  I v{};
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v, base);
  return error == std::errc() && end == s.data() + s.size() && !s.empty() ? std::optional(v) : std::nullopt;
}

template <class F>
std::optional<F> real_from(std::string_view s) {
  if (s == "nan") return std::numeric_limits<F>::quiet_NaN();
  if (s.starts_with("nan:")) {
    const auto bits = whole<Bits<F>>(s.substr(4), 16);
    return bits && std::isnan(std::bit_cast<F>(*bits)) ? std::optional(std::bit_cast<F>(*bits)) : std::nullopt;
  }
  F v{};
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  return error == std::errc() && end == s.data() + s.size() && !s.empty() ? std::optional(v) : std::nullopt;
}

// The narrow floats, printed through float; their NaNs by their bits.
std::optional<Float8Kind> float8_kind(DType t) {
  switch (t) {
    case DType::f8e4m3fn: return Float8Kind::E4M3FN;
    case DType::f8e4m3fnuz: return Float8Kind::E4M3FNUZ;
    case DType::f8e5m2: return Float8Kind::E5M2;
    case DType::f8e5m2fnuz: return Float8Kind::E5M2FNUZ;
    case DType::f8e8m0: return Float8Kind::E8M0;
    default: return std::nullopt;
  }
}

unsigned narrow_bits(const Tensor& t, int64_t i) {
  return dtype_size(t.dtype()) == 2 ? static_cast<const uint16_t*>(t.data())[i]
                                    : static_cast<const uint8_t*>(t.data())[i];
}

std::optional<unsigned> narrow_from(DType dtype, std::string_view s) {
  if (s.starts_with("nan:")) {
    const auto bits = whole<unsigned>(s.substr(4), 16);
    return bits && *bits <= (dtype_size(dtype) == 2 ? 0xffffu : 0xffu) ? bits : std::nullopt;
  }
  const auto v = real_from<float>(s);
  if (!v) return std::nullopt;
  if (dtype == DType::f16) return Float16(*v).bits;
  if (dtype == DType::bf16) return BFloat16(*v).bits;
  if (dtype == DType::f4e2m1) return Float4(*v).bits;
  return float_to_f8(*v, *float8_kind(dtype), false);
}

std::string narrow_text(const Tensor& t, int64_t i) {
  const float v = float(t.double_at(i));
  return std::isnan(v) ? fmt::format("nan:{:x}", narrow_bits(t, i)) : real_text(v);
}

bool is_narrow(DType t) { return is_float(t) && t != DType::f32 && t != DType::f64; }

template <class T, class V>
bool put(Tensor& t, int64_t i, std::optional<V> v) {
  if (!v) return false;
  static_cast<T*>(t.data())[i] = T(*v);
  return true;
}

bool set_integer(Tensor& t, int64_t i, std::string_view s) {
  const int bits = dtype_bits(t.dtype());
  if (is_signed_integer(t.dtype())) {
    const auto v = whole<int64_t>(s);
    const int64_t top = bits == 64 ? INT64_MAX : (int64_t{1} << (bits - 1)) - 1;
    if (!v || *v > top || *v < -top - 1) return false;
    switch (dtype_size(t.dtype())) {
      case 1: return put<int8_t>(t, i, v);
      case 2: return put<int16_t>(t, i, v);
      case 4: return put<int32_t>(t, i, v);
      default: return put<int64_t>(t, i, v);
    }
  }
  const auto v = whole<uint64_t>(s);
  if (!v || (bits < 64 && *v >> bits)) return false;
  switch (dtype_size(t.dtype())) {
    case 1: return put<uint8_t>(t, i, v);
    case 2: return put<uint16_t>(t, i, v);
    case 4: return put<uint32_t>(t, i, v);
    default: return put<uint64_t>(t, i, v);
  }
}

}  // namespace

std::string float_text(float v) { return real_text(v); }
std::optional<float> float_from_text(std::string_view text) { return real_from<float>(text); }

std::string element_text(const Tensor& t, int64_t i) {
  switch (t.dtype()) {
    case DType::string: return graph_text::quoted(t.as<std::string>()[size_t(i)]);
    case DType::boolean: return t.int_at(i) ? "true" : "false";
    case DType::f32: return real_text(static_cast<const float*>(t.data())[i]);
    case DType::f64: return real_text(static_cast<const double*>(t.data())[i]);
    case DType::u64: return std::to_string(static_cast<const uint64_t*>(t.data())[i]);
    case DType::c64: {
      const auto* p = static_cast<const float*>(t.data()) + 2 * i;
      return "(" + real_text(p[0]) + ", " + real_text(p[1]) + ")";
    }
    case DType::c128: {
      const auto* p = static_cast<const double*>(t.data()) + 2 * i;
      return "(" + real_text(p[0]) + ", " + real_text(p[1]) + ")";
    }
    default: return is_narrow(t.dtype()) ? narrow_text(t, i) : std::to_string(t.int_at(i));
  }
}

bool set_element(Tensor& t, int64_t i, std::string_view s, int part) {
  switch (t.dtype()) {
    case DType::string: t.as<std::string>()[size_t(i)] = s; return true;
    case DType::boolean: t.as<uint8_t>()[size_t(i)] = s == "true"; return s == "true" || s == "false";
    case DType::f32: return put<float>(t, i, real_from<float>(s));
    case DType::f64: return put<double>(t, i, real_from<double>(s));
    case DType::c64: return put<float>(t, 2 * i + part, real_from<float>(s));
    case DType::c128: return put<double>(t, 2 * i + part, real_from<double>(s));
    default: break;
  }
  if (!is_narrow(t.dtype())) return is_integer(t.dtype()) && set_integer(t, i, s);
  const auto bits = narrow_from(t.dtype(), s);
  return dtype_size(t.dtype()) == 2 ? put<uint16_t>(t, i, bits) : put<uint8_t>(t, i, bits);
}

}  // namespace pharos
