#pragma once
// Puts memory into the state that a run finds it in.

#include <cstddef>

namespace pharos {

// Evicts from all caches. Without the instruction nothing happens: times are then those of warm data.
void flush_from_caches(const void* data, size_t bytes);
// Brings into the nearest cache.
void touch(const void* data, size_t bytes);

}  // namespace pharos
