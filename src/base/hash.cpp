#include "base/hash.h"

#define XXH_STATIC_LINKING_ONLY  // the streaming state by value
#include <xxhash.h>

// The library's own choice among SSE2, AVX2 and AVX-512: weights are checked half as fast again as with SSE2 alone.
#ifdef PHAROS_XXHASH_DISPATCH
#include <xxh_x86dispatch.h>
#endif

namespace pharos {

struct Hasher::State { XXH3_state_t xxh; };

std::string hex64(uint64_t value) {
  std::string out(16, '0');
  for (size_t i = 0; i < 16; ++i) out[15 - i] = "0123456789abcdef"[(value >> (4 * i)) & 15];
  return out;
}

std::string Hash128::hex() const { return hex64(high) + hex64(low); }

uint64_t hash64(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
uint64_t hash64(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

Hash128 hash128(std::span<const std::byte> bytes) {
  const XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  return {h.low64, h.high64};
}

// 64- and 128-bit digests need the same accumulation, so one state serves both.
Hasher::Hasher() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->xxh); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::update(std::span<const std::byte> bytes) {
  if (!bytes.empty()) XXH3_128bits_update(&state_->xxh, bytes.data(), bytes.size());
  return *this;
}

uint64_t Hasher::digest64() const { return XXH3_64bits_digest(&state_->xxh); }

Hash128 Hasher::digest128() const {
  const XXH128_hash_t h = XXH3_128bits_digest(&state_->xxh);
  return {h.low64, h.high64};
}

}  // namespace pharos
