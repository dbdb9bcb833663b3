#include <cstring>

#include "base/checked.h"
#include "onnx/tensors.h"

namespace pharos {
namespace {

bool sign_extended(DType t) { return t == DType::i4 || t == DType::i2; }

}  // namespace

std::optional<int64_t> packed_bytes(DType dtype, int64_t count) {
  const auto bits = checked_mul<int64_t>(count, dtype_bits(dtype));
  return bits && *bits <= INT64_MAX - 7 ? std::optional((*bits + 7) / 8) : std::nullopt;
}

// Narrow elements stand with the first in the low bits.
void unpack_elements(Tensor& t, std::span<const std::byte> packed) {
  const int bits = dtype_bits(t.dtype());
  if (t.count() == 0) return;
  if (bits >= 8) {
    std::memcpy(t.data(), packed.data(), t.bytes());
  } else {
    const int per_byte = 8 / bits;
    const unsigned mask = (1u << bits) - 1, sign = sign_extended(t.dtype()) ? 1u << (bits - 1) : 0;
    const auto out = t.as<uint8_t>();
    for (size_t i = 0; i < out.size(); ++i) {
      const unsigned v = (unsigned(packed[i / size_t(per_byte)]) >> (bits * int(i % size_t(per_byte)))) & mask;
      out[i] = uint8_t((v ^ sign) - sign);
    }
  }
  // Any byte but 0 is true; in memory it has to be 1.
  if (t.dtype() == DType::boolean)
    for (uint8_t& b : t.as<uint8_t>()) b = b != 0;
}

std::vector<std::byte> pack_elements(const Tensor& t) {
  std::vector<std::byte> out(size_t(packed_bytes(t.dtype(), t.count()).value_or(0)));
  const int bits = dtype_bits(t.dtype());
  if (out.empty()) return out;
  if (bits >= 8) {
    std::memcpy(out.data(), t.data(), out.size());
    return out;
  }
  const int per_byte = 8 / bits;
  const unsigned mask = (1u << bits) - 1;
  const auto in = t.as<uint8_t>();
  for (size_t i = 0; i < in.size(); ++i)
    out[i / size_t(per_byte)] |= std::byte((in[i] & mask) << (bits * int(i % size_t(per_byte))));
  return out;
}

}  // namespace pharos
