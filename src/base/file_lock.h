#pragma once
// One writer at a time, between processes too: an advisory lock on the folder of a file. Nothing is left behind, and the
// system gives the lock back when its holder dies.

#include <string>

#include "base/result.h"

namespace pharos {

class FileLock {
 public:
  // Waits for its turn. The lock is that of the folder, because the file itself is replaced by a save.
  static Result<FileLock> beside(const std::string& path);
  FileLock(FileLock&& o) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace pharos
