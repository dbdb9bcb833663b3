#pragma once
// Element types, shapes and views of tensors.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pharos {

// The numbers are those of ONNX's TensorProto.DataType.
enum class DType : uint8_t {
  undefined = 0,
  f32 = 1, u8 = 2, i8 = 3, u16 = 4, i16 = 5, i32 = 6, i64 = 7, string = 8, boolean = 9, f16 = 10, f64 = 11,
  u32 = 12, u64 = 13, c64 = 14, c128 = 15, bf16 = 16, f8e4m3fn = 17, f8e4m3fnuz = 18, f8e5m2 = 19, f8e5m2fnuz = 20,
  u4 = 21, i4 = 22, f4e2m1 = 23, f8e8m0 = 24, u2 = 25, i2 = 26,
};
inline constexpr int dtype_count = 27;

std::string_view dtype_name(DType t);  // "f32", "bool", …; "undefined" for numbers outside the enumeration
std::optional<DType> dtype_from_name(std::string_view name);
// Bytes of one element in memory. Types narrower than a byte take one byte each in memory (value in the low bits, signed
// ones sign-extended) and are packed only in files. 0 for strings and undefined.
size_t dtype_size(DType t);
int dtype_bits(DType t);  // bits of one element in a file: 4 for i4, 2 for u2, 8 * dtype_size otherwise
bool is_float(DType t);    // f16, bf16, f32, f64 and the 8- and 4-bit floats
bool is_integer(DType t);  // signed and unsigned, without bool
bool is_signed_integer(DType t);

// Concrete extents, outermost first; empty for a scalar. Never negative.
using Dims = std::vector<int64_t>;
std::string dims_text(std::span<const int64_t> dims);  // "1x3x224x224", "scalar"
// Product of the extents, or nothing where it does not fit int64_t.
std::optional<int64_t> element_count(std::span<const int64_t> dims);

}  // namespace pharos
