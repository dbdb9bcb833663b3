#pragma once
// NumPy's .npy files, versions 1 to 3, C order, little-endian.

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "pharos/types.h"

namespace pharos {

struct NpyArray {
  DType dtype = DType::undefined;
  Dims dims;
  std::vector<std::byte> data;
};

// `what`: the input it is for, as named in errors.
Result<NpyArray> parse_npy(std::span<const std::byte> file, const std::string& what, const std::string& path);
// The file's bytes. Types that NumPy lacks (bfloat16, 8-bit floats) are written as unsigned integers of their width.
std::string npy_bytes(DType dtype, const Dims& dims, std::span<const std::byte> data);

}  // namespace pharos
