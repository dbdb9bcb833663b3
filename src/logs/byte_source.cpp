#include "logs/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "catalog/doctor.h"
#include "logs/decoders.h"

namespace pharos {
namespace {

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(int descriptor, std::string name, bool owned)
      : descriptor_(descriptor), name_(std::move(name)), owned_(owned) {}
  DescriptorSource(const DescriptorSource&) = delete;
  DescriptorSource& operator=(const DescriptorSource&) = delete;
  ~DescriptorSource() override {
    if (owned_) ::close(descriptor_);
  }
  Result<size_t> read(std::span<char> out) override {
    for (;;) {
      const ssize_t n = ::read(descriptor_, out.data(), out.size());
      if (n >= 0) return size_t(n);
      if (errno != EINTR) return Report(diag::log_unreadable, {{"path", name_}, {"reason", std::strerror(errno)}});
    }
  }

 private:
  int descriptor_;
  std::string name_;
  bool owned_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}
  Result<size_t> read(std::span<char> out) override {
    const size_t n = std::min(out.size(), text_.size());
    std::copy_n(text_.begin(), n, out.begin());  // nothing of an empty text, whose data may be null
    text_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view text_;
};

}  // namespace

std::unique_ptr<ByteSource> memory_source(std::string_view text) { return std::make_unique<MemorySource>(text); }

std::unique_ptr<ByteSource> descriptor_source(int descriptor, std::string name) {
  return std::make_unique<DescriptorSource>(descriptor, std::move(name), false);
}

Result<std::unique_ptr<ByteSource>> open_log(const std::string& path) {
  if (path == "-") return decoded(descriptor_source(0, "standard input"), "standard input");
  const auto refused = [&](std::string reason) {
    return Report(diag::log_unreadable, {{"path", path}, {"reason", std::move(reason)}});
  };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return refused(std::strerror(errno));
  auto source = std::make_unique<DescriptorSource>(descriptor, path, true);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return refused(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return refused("it is a directory");
  ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return decoded(std::move(source), path);
}

}  // namespace pharos
