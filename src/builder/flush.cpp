#include "builder/flush.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pharos {

void flush_from_caches(const void* data, size_t bytes) {
#if defined(__x86_64__)
  const auto* p = static_cast<const char*>(data);
  for (size_t i = 0; i < bytes; i += 64) _mm_clflush(p + i);
  _mm_mfence();
#else
  (void)data, (void)bytes;
#endif
}

void touch(const void* data, size_t bytes) {
  const auto* p = static_cast<const volatile char*>(data);
  for (size_t i = 0; i < bytes; i += 64) (void)p[i];
}

}  // namespace pharos
