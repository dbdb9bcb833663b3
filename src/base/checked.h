#pragma once
// Integer arithmetic on sizes that somebody else has chosen: nothing where the result does not fit.

#include <concepts>
#include <cstdint>
#include <optional>

namespace pharos {

template <std::integral T>
constexpr std::optional<T> checked_add(T a, T b) {
  T r;
  return __builtin_add_overflow(a, b, &r) ? std::nullopt : std::optional<T>(r);
}

template <std::integral T>
constexpr std::optional<T> checked_sub(T a, T b) {
  T r;
  return __builtin_sub_overflow(a, b, &r) ? std::nullopt : std::optional<T>(r);
}

template <std::integral T>
constexpr std::optional<T> checked_mul(T a, T b) {
  T r;
  return __builtin_mul_overflow(a, b, &r) ? std::nullopt : std::optional<T>(r);
}

// The next multiple of `alignment`, a power of two, at or above `n`.
template <std::integral T>
constexpr std::optional<T> checked_align(T n, T alignment) {
  const auto up = checked_add<T>(n, alignment - 1);
  return up ? std::optional<T>(*up & ~(alignment - 1)) : std::nullopt;
}

// Whether [offset, offset + size) lies within [0, total).
constexpr bool within(uint64_t offset, uint64_t size, uint64_t total) { return offset <= total && size <= total - offset; }

}  // namespace pharos
