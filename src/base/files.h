#pragma once
// Files: reading with a limit, reading beneath a folder without following links, writing that is whole or not at all.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pharos {

// Memory with its owner, aligned to 64 bytes at least. Never changes after it was made.
struct Bytes {
  std::shared_ptr<void> owner;
  std::byte* data = nullptr;
  size_t size = 0;
  std::span<const std::byte> span() const { return {data, size}; }
};

// Memory of `size` bytes, not initialised, in huge pages where the system has them; fails with PH0002.
Result<Bytes> allocate_bytes(size_t size);

// An open regular file. Its size is that at opening; a file that shrinks under us makes reads fail, never crash.
class File {
 public:
  static Result<File> open(const std::string& path);
  // `path` relative to `folder`: refused where it is absolute, has "..", passes through a symbolic link, or (unless
  // allowed) names a file with further hard links. All of it is checked on the descriptor that is read from later.
  static Result<File> open_beneath(const std::string& folder, const std::string& path, bool allow_hard_links = false);

  File(File&& o) noexcept;
  File& operator=(File&& o) noexcept;
  ~File();

  const std::string& path() const { return path_; }
  int64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }  // stays the file's own
  Result<void> read_at(int64_t offset, std::span<std::byte> out) const;  // all of it, or an error
  Result<Bytes> read(int64_t limit) const;                               // the whole file

 private:
  File(int descriptor, std::string path, int64_t size) : descriptor_(descriptor), path_(std::move(path)), size_(size) {}
  static Result<File> checked(int descriptor, std::string path, bool allow_hard_links);
  int descriptor_ = -1;
  std::string path_;
  int64_t size_ = 0;
};

// The whole file; PH0014 where it is larger than `limit`.
Result<Bytes> read_file(const std::string& path, int64_t limit);

// Writes a temporary file beside `path`, syncs it and renames it over `path`; on failure nothing is left behind. A link is
// followed; a device or pipe (such as /dev/null) is written to directly.
Result<void> write_file(const std::string& path, std::span<const std::byte> bytes);
Result<void> write_file(const std::string& path, std::string_view text);

}  // namespace pharos
