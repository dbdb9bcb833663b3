#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "zoo/net.h"

namespace pharos {

// Elements [first, first + out.size()) of a weight. They depend on the seed, the weight's name and the position only;
// made from integers with one exactly rounded multiplication, so that every machine writes the same bytes.
void fill_elements(const NetTensor& tensor, uint64_t seed, int64_t first, std::span<float> out);
void fill_elements(const NetTensor& tensor, int64_t first, std::span<int64_t> out);

}  // namespace pharos
