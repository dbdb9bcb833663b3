#pragma once
// Elements of tensors as text and back, exactly: decimal for numbers, "nan:7fc00001" for a NaN that is not the usual
// one.

#include <optional>
#include <string>
#include <string_view>

#include "graph/tensor.h"

namespace pharos {

std::string float_text(float v);                        // "1.0", "-0.5", "inf", "nan"
std::optional<float> float_from_text(std::string_view text);

std::string element_text(const Tensor& t, int64_t i);   // strings are quoted; complex: "(re, im)"
// Sets element `i` from a token as printed (strings: without quotes and escapes, complex numbers: element `part` of
// two).
bool set_element(Tensor& t, int64_t i, std::string_view text, int part = 0);

}  // namespace pharos
