#pragma once
// Elementwise loops over contiguous elements of any arithmetic type: what f32 programs (elementwise.h) do not cover.
// The results are those of the reference evaluations, bit for bit: integers wrap.

#include "tactics/tactic.h"

namespace pharos::cpu {

enum class TypedBinary : uint8_t {
  Add, Sub, Mul, Div, Mod, Remainder, Min, Max, BitAnd, BitOr, BitXor, ShiftLeft, ShiftRight,  // to the operands' type
  Equal, Greater, GreaterOrEqual, Less, LessOrEqual, And, Or, Xor,                              // to bool
};
enum class TypedUnary : uint8_t {
  Neg, Abs, Sign, BitNot,               // to the operand's type
  Not, IsNaN, IsInf, IsPosInf, IsNegInf  // to bool
};
constexpr bool gives_bool(TypedBinary op) { return op >= TypedBinary::Equal; }

using BinaryLoop = void (*)(const void* a, const void* b, void* out, int64_t n);  // out may be a or b where types agree
using UnaryLoop = void (*)(const void* x, void* out, int64_t n);
using SelectLoop = void (*)(const uint8_t* condition, const void* a, const void* b, void* out, int64_t n);

// nullptr where the operation has no loop for the type.
BinaryLoop typed_binary(TypedBinary op, DType type, Isa isa);
UnaryLoop typed_unary(TypedUnary op, DType type, Isa isa);
UnaryLoop typed_cast(DType from, DType to, Isa isa);
SelectLoop typed_select(size_t element_size, Isa isa);

}  // namespace pharos::cpu
