#include "zoo/file_stream.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "catalog/general.h"

namespace pharos {
namespace {

Report failed(const std::string& path) {
  return {diag::file_write_failed, {{"path", path}, {"reason", std::strerror(errno)}}};
}

}  // namespace

Result<FileStream> FileStream::create(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    std::FILE* file = S_ISDIR(info.st_mode) ? (errno = EISDIR, nullptr) : std::fopen(path.c_str(), "wbe");
    if (!file) return failed(path);
    return FileStream(file, path, "");
  }
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), 02000000 /* O_CLOEXEC */);
  if (descriptor < 0) return failed(path);
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, 0666 & ~mask);
  return FileStream(fdopen(descriptor, "wb"), path, std::move(temporary));
}

FileStream::FileStream(FileStream&& o) noexcept
    : file_(std::exchange(o.file_, nullptr)), path_(std::move(o.path_)), temporary_(std::exchange(o.temporary_, "")) {}

FileStream::~FileStream() {
  if (file_) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Report FileStream::failure() const { return failed(path_); }

Result<void> FileStream::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return failure();
  return {};
}

Result<void> FileStream::commit() {
  if (std::fflush(file_) != 0 || (!temporary_.empty() && fsync(fileno(file_)) != 0)) return failure();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) return failure();
  if (temporary_.empty()) return {};
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failure();
  temporary_.clear();
  return {};
}

}  // namespace pharos
