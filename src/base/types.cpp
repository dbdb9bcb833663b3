#include "pharos/types.h"

#include <array>

namespace pharos {
namespace {

enum class Family : uint8_t { None, Float, Signed, Unsigned, Other };
struct Traits { std::string_view name; uint8_t size; uint8_t bits; Family family; };

constexpr std::array<Traits, dtype_count> table{{
    {"undefined", 0, 0, Family::None}, {"f32", 4, 32, Family::Float}, {"u8", 1, 8, Family::Unsigned},
    {"i8", 1, 8, Family::Signed}, {"u16", 2, 16, Family::Unsigned}, {"i16", 2, 16, Family::Signed},
    {"i32", 4, 32, Family::Signed}, {"i64", 8, 64, Family::Signed}, {"string", 0, 0, Family::Other},
    {"bool", 1, 8, Family::Other}, {"f16", 2, 16, Family::Float}, {"f64", 8, 64, Family::Float},
    {"u32", 4, 32, Family::Unsigned}, {"u64", 8, 64, Family::Unsigned}, {"c64", 8, 64, Family::Other},
    {"c128", 16, 128, Family::Other}, {"bf16", 2, 16, Family::Float}, {"f8e4m3fn", 1, 8, Family::Float},
    {"f8e4m3fnuz", 1, 8, Family::Float}, {"f8e5m2", 1, 8, Family::Float}, {"f8e5m2fnuz", 1, 8, Family::Float},
    {"u4", 1, 4, Family::Unsigned}, {"i4", 1, 4, Family::Signed}, {"f4e2m1", 1, 4, Family::Float},
    {"f8e8m0", 1, 8, Family::Float}, {"u2", 1, 2, Family::Unsigned}, {"i2", 1, 2, Family::Signed},
}};

const Traits& traits(DType t) { return table[size_t(t) < table.size() ? size_t(t) : 0]; }

}  // namespace

std::string_view dtype_name(DType t) { return traits(t).name; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (size_t i = 0; i < table.size(); ++i)
    if (table[i].name == name) return DType(i);
  return std::nullopt;
}

size_t dtype_size(DType t) { return traits(t).size; }
int dtype_bits(DType t) { return traits(t).bits; }
bool is_float(DType t) { return traits(t).family == Family::Float; }
bool is_integer(DType t) { return traits(t).family == Family::Signed || traits(t).family == Family::Unsigned; }
bool is_signed_integer(DType t) { return traits(t).family == Family::Signed; }

std::string dims_text(std::span<const int64_t> dims) {
  if (dims.empty()) return "scalar";
  std::string out;
  for (const int64_t d : dims) {
    if (!out.empty()) out += 'x';
    out += std::to_string(d);
  }
  return out;
}

std::optional<int64_t> element_count(std::span<const int64_t> dims) {
  int64_t count = 1;
  bool overflow = false, empty = false;
  for (const int64_t d : dims) {
    if (d < 0) return std::nullopt;
    if (d == 0) empty = true;
    else if (__builtin_mul_overflow(count, d, &count)) overflow = true;
  }
  // [2^62, 8, 0] holds nothing whatever the order of its extents.
  if (empty) return 0;
  return overflow ? std::nullopt : std::optional(count);
}

}  // namespace pharos
