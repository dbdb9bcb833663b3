#include <sys/mman.h>

#include "runtime/context_impl.h"

namespace pharos {

Arena::~Arena() {
  if (data_) munmap(data_, size_);
}

bool Arena::reserve(size_t bytes) {
  if (bytes <= size_) return true;
  constexpr size_t page = 4096;
  const size_t wanted = (bytes + page - 1) / page * page;
  if (data_) munmap(data_, size_);
  data_ = nullptr;
  size_ = 0;
  void* p = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return false;
  if (wanted >= size_t{4} << 20) madvise(p, wanted, MADV_HUGEPAGE);  // fewer TLB misses; a hint only
  data_ = static_cast<std::byte*>(p);
  size_ = wanted;
  return true;
}

}  // namespace pharos
