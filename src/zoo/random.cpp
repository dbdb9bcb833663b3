#include "zoo/random.h"

#include <cmath>

namespace pharos {
namespace {

uint64_t mix(uint64_t z) {  // splitmix64
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

uint64_t stream_of(std::string_view name, uint64_t seed) {
  uint64_t h = 0xcbf29ce484222325ull;  // FNV-1a
  for (const char c : name) h = (h ^ uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3ull;
  return mix(h + mix(seed));
}

// Four 16-bit uniform numbers added: near to normal, mean 0, within 3.46 deviations.
int32_t nearly_normal(uint64_t bits) {
  return int32_t(bits & 0xffff) + int32_t(bits >> 16 & 0xffff) + int32_t(bits >> 32 & 0xffff) + int32_t(bits >> 48) -
         2 * 65535;
}

}  // namespace

void fill_elements(const NetTensor& tensor, uint64_t seed, int64_t first, std::span<float> out) {
  const Fill& f = tensor.fill;
  const uint64_t stream = stream_of(tensor.name, seed);
  const auto bits = [&](size_t i) { return mix(stream + (uint64_t(first) + i + 1) * 0x9e3779b97f4a7c15ull); };
  switch (f.kind) {
    case Fill::Kind::Constant:
      for (float& v : out) v = float(f.a);
      return;
    case Fill::Kind::Normal: {
      const double scale = f.a / std::sqrt((65536.0 * 65536.0 - 1) / 3);  // the deviation of nearly_normal
      for (size_t i = 0; i < out.size(); ++i) out[i] = float(nearly_normal(bits(i)) * scale);
      return;
    }
    case Fill::Kind::Uniform: {
      // In steps of 2^-24 of the span; the sum is exact in double for the bounds used here.
      const double step = (f.b - f.a) / 16777216.0;
      for (size_t i = 0; i < out.size(); ++i) {
        const double offset = double(bits(i) >> 40) * step;
        out[i] = float(f.a + offset);
      }
      return;
    }
    case Fill::Kind::Range:
      for (size_t i = 0; i < out.size(); ++i) out[i] = float(f.a + double(first + int64_t(i)) * f.b);
      return;
    case Fill::Kind::Floats:
      for (size_t i = 0; i < out.size(); ++i) out[i] = f.floats[size_t(first) + i];
      return;
    case Fill::Kind::Ints:
      for (size_t i = 0; i < out.size(); ++i) out[i] = float(f.ints[size_t(first) + i]);
      return;
  }
}

void fill_elements(const NetTensor& tensor, int64_t first, std::span<int64_t> out) {
  const Fill& f = tensor.fill;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = f.kind == Fill::Kind::Ints
                 ? f.ints[size_t(first) + i]
                 : int64_t(f.a) + (first + int64_t(i)) * (f.kind == Fill::Kind::Range ? int64_t(f.b) : 0);
  }
}

}  // namespace pharos
