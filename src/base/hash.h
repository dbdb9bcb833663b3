#pragma once
// XXH3: fast, not cryptographic. The values are stored in files, so the algorithm is part of their format.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace pharos {

struct Hash128 {
  uint64_t low = 0, high = 0;
  std::string hex() const;  // 32 digits
  auto operator<=>(const Hash128&) const = default;
};

uint64_t hash64(std::span<const std::byte> bytes);
uint64_t hash64(std::string_view text);
Hash128 hash128(std::span<const std::byte> bytes);
std::string hex64(uint64_t value);  // 16 digits

// The same for data that comes in pieces: the result does not depend on where they are cut.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& update(std::span<const std::byte> bytes);
  Hasher& update(std::string_view text) { return update(std::as_bytes(std::span(text.data(), text.size()))); }
  // A number, by its bytes.
  template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  Hasher& add(T value) { return update(std::as_bytes(std::span(&value, 1))); }
  uint64_t digest64() const;
  Hash128 digest128() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pharos
