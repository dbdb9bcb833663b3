#pragma once
// UTF-8 text: code points, case, white space. Case mapping is the simple one of Unicode (one code point to one), the
// same in every locale, plus the German sharp s to "SS".

#include <cstdint>
#include <string>
#include <string_view>

namespace pharos {

// The code point at `at`, which moves behind it. A byte that is no UTF-8 comes back as 0x110000 + byte.
uint32_t next_code_point(std::string_view text, size_t& at);
void append_code_point(std::string& text, uint32_t code);  // the inverse, also for such bytes

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
bool is_white_space(uint32_t code);

}  // namespace pharos
