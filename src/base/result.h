#pragma once
#include "pharos/result.h"

// The project's one macro: evaluates an expression of type Result<T>; on failure returns its Report from the enclosing
// function, otherwise yields the value (GNU statement expression, supported by GCC and Clang).
#define PHAROS_TRY(...)                                        \
  ({                                                           \
    auto&& pharos_try_result = (__VA_ARGS__);                  \
    if (!pharos_try_result) return std::move(pharos_try_result).error(); \
    ::pharos::detail::take(std::move(pharos_try_result));      \
  })

namespace pharos::detail {
template <class T>
T take(Result<T>&& r) { return std::move(r).value(); }
inline void take(Result<void>&&) {}
}  // namespace pharos::detail
