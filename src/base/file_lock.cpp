#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "catalog/general.h"

namespace pharos {

Result<FileLock> FileLock::beside(const std::string& path) {
  std::error_code ignored;
  const auto target = std::filesystem::weakly_canonical(path, ignored);  // a link is followed, as the save does
  const std::string folder = (ignored ? std::filesystem::path(path) : target).parent_path().string();
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return Report(diag::file_write_failed, {{"path", path}, {"reason", std::strerror(errno)}});
  while (flock(descriptor, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const Report failed(diag::file_write_failed, {{"path", path}, {"reason", std::strerror(errno)}});
    close(descriptor);
    return failed;
  }
  return FileLock(descriptor);
}

FileLock::FileLock(FileLock&& o) noexcept : descriptor_(std::exchange(o.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace pharos
