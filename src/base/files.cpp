#include "base/files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <algorithm>
#include <new>
#include <utility>

#include "base/text.h"
#include "catalog/general.h"

namespace pharos {
namespace {

constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;  // a pipe must not block before it is refused

std::string reason(int error) {
  char text[128] = {};
  return strerror_r(error, text, sizeof text);
}

Report open_error(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) return Report(diag::file_not_found, {{"path", path}});
  return Report(diag::file_not_readable, {{"path", path}, {"reason", reason(error)}});
}

Report outside(const std::string& folder, const std::string& path, const char* why) {
  return Report(diag::path_outside_folder,
                {{"path", path}, {"folder", folder.empty() ? "." : folder}, {"details", why}});
}

// The next component of a path that has been checked to hold neither ".." nor a leading '/'.
std::string_view next_component(std::string_view& rest) {
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  const std::string_view part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(part.size());
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  return part;
}

bool climbs(std::string_view path) {
  while (!path.empty())
    if (next_component(path) == "..") return true;
  return false;
}

bool is_link(int folder, const std::string& name) {
  struct stat st{};
  return fstatat(folder, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

// For kernels without openat2, and containers that forbid it: one component after the other, none of them a link.
int open_by_components(int folder, std::string_view path) {
  int at = dup(folder);
  while (at >= 0) {
    const std::string part(next_component(path));
    const int next = openat(at, part.c_str(),
                            path.empty() ? read_flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int error = next < 0 && errno == ENOTDIR && is_link(at, part) ? ELOOP : errno;
    ::close(at);
    errno = error;
    if (path.empty() || next < 0) return next;
    at = next;
  }
  return at;
}

int open_below(int folder, const std::string& path) {
  open_how how{};
  how.flags = uint64_t(read_flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const int fd = int(syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != E2BIG && errno != EINVAL)) return fd;
  return open_by_components(folder, path);
}

bool write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), std::min<size_t>(bytes.size(), size_t{1} << 30));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(size_t(n));
  }
  return true;
}

Report write_error(const std::string& path, int error) {
  return Report(diag::file_write_failed, {{"path", path}, {"reason", reason(error)}});
}

Result<void> write_directly(const std::string& path, std::span<const std::byte> bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return write_error(path, errno);
  const bool written = write_all(fd, bytes);
  const int error = errno;
  ::close(fd);
  if (!written) return write_error(path, error);
  return {};
}

// A rename is only durable once the folder that holds the name is.
void sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  if (const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); fd >= 0) {
    fsync(fd);
    ::close(fd);
  }
}

Result<void> write_beside(const std::string& path, std::span<const std::byte> bytes, const struct stat* old) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return write_error(path, errno);
  const mode_t mask = umask(0);
  umask(mask);
  bool good = fchmod(fd, old ? old->st_mode & 07777 : 0666 & ~mask) == 0 && write_all(fd, bytes) && fsync(fd) == 0;
  int error = good ? 0 : errno;
  if (::close(fd) != 0 && good) { good = false; error = errno; }
  if (good && rename(temporary.c_str(), path.c_str()) != 0) { good = false; error = errno; }
  if (!good) {
    unlink(temporary.c_str());
    return write_error(path, error);
  }
  sync_folder_of(path);
  return {};
}

}  // namespace

Result<Bytes> allocate_bytes(size_t size) {
  constexpr size_t huge = size_t{2} << 20;
  const size_t alignment = size >= 2 * huge ? huge : 64;
  void* p = size < SIZE_MAX / 2 ? ::operator new(size ? size : 1, std::align_val_t(alignment), std::nothrow) : nullptr;
  if (!p)
    return Report(diag::out_of_memory,
                  {{"what", "a buffer"}, {"requested", bytes_text(int64_t(std::min<size_t>(size, INT64_MAX)))}});
  if (alignment == huge) madvise(p, size & ~(huge - 1), MADV_HUGEPAGE);  // a hint: failing is fine
  Bytes out;
  out.owner = std::shared_ptr<void>(p, [alignment](void* q) { ::operator delete(q, std::align_val_t(alignment)); });
  out.data = static_cast<std::byte*>(p);
  out.size = size;
  return out;
}

File::File(File&& o) noexcept
    : descriptor_(std::exchange(o.descriptor_, -1)), path_(std::move(o.path_)), size_(o.size_) {}

File& File::operator=(File&& o) noexcept {
  std::swap(descriptor_, o.descriptor_);
  std::swap(path_, o.path_);
  std::swap(size_, o.size_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> File::checked(int descriptor, std::string path, bool allow_hard_links) {
  File file(descriptor, std::move(path), 0);
  struct stat st{};
  if (fstat(descriptor, &st) != 0) return open_error(file.path_, errno);
  if (S_ISDIR(st.st_mode)) return Report(diag::file_is_directory, {{"path", file.path_}});
  if (!S_ISREG(st.st_mode)) return Report(diag::file_not_regular, {{"path", file.path_}});
  if (st.st_nlink > 1 && !allow_hard_links)
    return Report(diag::file_hard_linked, {{"path", file.path_}, {"links", std::to_string(st.st_nlink)}});
  file.size_ = int64_t(st.st_size);
  return file;
}

Result<File> File::open(const std::string& path) {
  const int fd = ::open(path.c_str(), read_flags);
  if (fd < 0) return open_error(path, errno);
  return checked(fd, path, true);
}

Result<File> File::open_beneath(const std::string& folder, const std::string& path, bool allow_hard_links) {
  if (path.empty() || path.find('\0') != std::string::npos)
    return outside(folder, path, "the path is empty or holds a zero byte");
  if (path.front() == '/') return outside(folder, path, "the path is absolute");
  if (climbs(path)) return outside(folder, path, "the path has a '..'");
  const std::string base = folder.empty() ? "." : folder;
  const int at = ::open(base.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (at < 0) return open_error(base, errno);
  const int fd = open_below(at, path);
  const int error = errno;
  ::close(at);
  const std::string whole = base == "." ? path : base + "/" + path;
  if (fd < 0 && (error == ELOOP || error == EXDEV))
    return outside(folder, path, "the path leads through a symbolic link");
  if (fd < 0) return open_error(whole, error);
  return checked(fd, whole, allow_hard_links);
}

Result<void> File::read_at(int64_t offset, std::span<std::byte> out) const {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = pread(descriptor_, out.data() + done, std::min<size_t>(out.size() - done, size_t{1} << 30),
                            offset + int64_t(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Report(diag::file_not_readable, {{"path", path_}, {"reason", reason(errno)}});
    if (n == 0)
      return Report(
          diag::file_truncated,
          {{"path", path_}, {"expected", bytes_text(int64_t(out.size()))}, {"actual", bytes_text(int64_t(done))}});
    done += size_t(n);
  }
  return {};
}

Result<Bytes> File::read(int64_t limit) const {
  if (size_ > limit)
    return Report(diag::file_too_large, {{"path", path_}, {"size", bytes_text(size_)}, {"limit", bytes_text(limit)}});
  Bytes out = PHAROS_TRY(allocate_bytes(size_t(size_)));
  PHAROS_TRY(read_at(0, {out.data, out.size}));
  return out;
}

Result<Bytes> read_file(const std::string& path, int64_t limit) { return PHAROS_TRY(File::open(path)).read(limit); }

Result<void> write_file(const std::string& path, std::span<const std::byte> bytes) {
  struct stat st{};
  const bool exists = stat(path.c_str(), &st) == 0;
  if (exists && S_ISDIR(st.st_mode)) return Report(diag::file_is_directory, {{"path", path}});
  if (exists && !S_ISREG(st.st_mode)) return write_directly(path, bytes);
  if (!exists) return write_beside(path, bytes, nullptr);
  const std::unique_ptr<char, void (*)(void*)> target(realpath(path.c_str(), nullptr), std::free);
  return write_beside(target ? target.get() : path, bytes, &st);
}

Result<void> write_file(const std::string& path, std::string_view text) {
  return write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace pharos
