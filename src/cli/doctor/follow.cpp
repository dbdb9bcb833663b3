#include "cli/doctor/follow.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "catalog/doctor.h"

namespace pharos {
namespace {

// Delivers what is there now, then says "end" once: the reader comes back later.
class Available final : public ByteSource {
 public:
  explicit Available(int descriptor) : descriptor_(descriptor) {}
  Result<size_t> read(std::span<char> out) override {
    pollfd p{descriptor_, POLLIN, 0};
    if (taken_ && ::poll(&p, 1, 0) == 0) return size_t{0};
    const ssize_t n = ::read(descriptor_, out.data(), out.size());
    if (n <= 0) { ended_ = n == 0 || errno != EINTR; return size_t{0}; }
    taken_ = true;
    return size_t(n);
  }
  bool taken() const { return taken_; }
  bool ended() const { return ended_; }

 private:
  int descriptor_;
  bool taken_ = false, ended_ = false;
};

class Followed {
 public:
  explicit Followed(std::string path) : path_(std::move(path)) {}
  Followed(const Followed&) = delete;
  Followed& operator=(const Followed&) = delete;
  ~Followed() { close(); }

  bool open() {
    close();
    descriptor_ = path_ == "-" ? 0 : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat s{};
    if (descriptor_ < 0 || ::fstat(descriptor_, &s) != 0) return false;
    inode_ = s.st_ino;
    device_ = s.st_dev;
    return !S_ISDIR(s.st_mode);
  }
  int descriptor() const { return descriptor_; }
  // The name stands for another file now (rotation), or the file was emptied (copytruncate).
  bool replaced() const {
    if (path_ == "-") return false;
    struct stat s{};
    if (::stat(path_.c_str(), &s) != 0) return false;  // between two files: wait
    return s.st_ino != inode_ || s.st_dev != device_ || s.st_size < ::lseek(descriptor_, 0, SEEK_CUR);
  }

 private:
  void close() {
    if (descriptor_ > 0) ::close(descriptor_);
    descriptor_ = -1;
  }
  std::string path_;
  int descriptor_ = -1;
  ino_t inode_ = 0;
  dev_t device_ = 0;
};

}  // namespace

Result<Diagnosis> follow(const Doctor& doctor, const FollowOptions& o) {
  Followed file(o.path);
  if (!file.open()) return Report(diag::log_unreadable, {{"path", o.path}, {"reason", std::strerror(errno ? errno : EISDIR)}});
  Examination examination(doctor, o.path == "-" ? "standard input" : o.path);
  const auto pause = std::chrono::duration<double>(o.poll_seconds);
  bool quiet = true;
  while (!(o.stop && *o.stop)) {
    if (o.path == "-") {
      pollfd p{0, POLLIN, 0};
      if (::poll(&p, 1, int(o.poll_seconds * 1000)) == 0) {
        if (!quiet) { examination.settle(); o.changed(examination.diagnosis()); quiet = true; }
        continue;
      }
    }
    Available source(file.descriptor());
    PHAROS_TRY(examination.read(source));
    if (source.taken()) { o.changed(examination.diagnosis()); quiet = false; continue; }
    if (o.path == "-" && source.ended()) break;
    if (!quiet) { examination.settle(); o.changed(examination.diagnosis()); quiet = true; }
    if (file.replaced()) {
      if (!file.open()) std::this_thread::sleep_for(pause);
      continue;
    }
    std::this_thread::sleep_for(pause);
  }
  return examination.finish();
}

}  // namespace pharos
