#pragma once
// Rows of QuantizeLinear and DequantizeLinear with one scale and zero point.

#include "tactics/tactic.h"

namespace pharos::cpu {

// round(x / scale) to the nearest even, plus zero, kept in the range of the type; NaN becomes its lowest number.
using QuantizeRow = void (*)(const float* x, void* y, int64_t n, float scale, float zero);
// (x - zero) * scale.
using DequantizeRow = void (*)(const void* x, float* y, int64_t n, float scale, float zero);

QuantizeRow quantize_row(DType to, Isa isa);        // i8, u8, i16, u16; otherwise nullptr
DequantizeRow dequantize_row(DType from, Isa isa);  // also i32

}  // namespace pharos::cpu
