#include "base/leased_map.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "catalog/general.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22  // since Linux 5.14
#endif

namespace pharos {
namespace {

// SIGIO, sent to the watching thread alone, which has it blocked: handlers and masks of the application never meet it.
constexpr int alarm_signal = SIGIO;
constexpr int most_tries = 800;  // 40 seconds; /proc/sys/fs/lease-break-time is 45

// Leases are known to work, and all writers pass through this kernel.
bool is_local(int descriptor) {
  constexpr uint32_t xfs = 0x58465342, zfs = 0x2fc12fc1;
  constexpr std::array<uint32_t, 7> types{EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC,
                                          OVERLAYFS_SUPER_MAGIC, xfs, zfs};
  struct statfs fs{};
  return fstatfs(descriptor, &fs) == 0 && std::find(types.begin(), types.end(), uint32_t(fs.f_type)) != types.end();
}

class LeasedMap {
 public:
  static std::shared_ptr<LeasedMap> make(int descriptor, size_t size) {
    auto map = std::make_shared<LeasedMap>();
    map->descriptor_ = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    map->size_ = size;
    if (map->descriptor_ < 0 || !map->watch()) return nullptr;
    // Only from here on the size cannot change.
    struct stat st{};
    if (fstat(map->descriptor_, &st) != 0 || size_t(st.st_size) != size) return nullptr;
    void* p = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, map->descriptor_, 0);
    if (p == MAP_FAILED) return nullptr;
    madvise(p, size, MADV_HUGEPAGE);  // what is not in the page cache yet comes in large pages; a hint only
    map->data_.store(p, std::memory_order_release);
    map->mapped_.store(true, std::memory_order_release);
    map->mapped_.notify_one();
    return map;
  }

  LeasedMap() = default;
  LeasedMap(const LeasedMap&) = delete;
  LeasedMap& operator=(const LeasedMap&) = delete;
  ~LeasedMap() {
    if (watcher_.joinable()) {
      stop_.store(true, std::memory_order_release);
      mapped_.store(true, std::memory_order_release);
      mapped_.notify_one();
      pthread_kill(watcher_.native_handle(), alarm_signal);
      watcher_.join();
    }
    if (descriptor_ >= 0) {
      fcntl(descriptor_, F_SETLEASE, F_UNLCK);  // a forked child may hold the descriptor for longer
      ::close(descriptor_);
    }
    if (void* p = data_.load(std::memory_order_acquire)) munmap(p, size_);
  }

  std::byte* data() const { return static_cast<std::byte*>(data_.load(std::memory_order_acquire)); }

 private:
  // Starts the watching thread; false where there is no thread or no lease.
  bool watch() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // inherited by the thread
    try {
      watcher_ = std::thread([this] { run(); });
    } catch (...) {
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (!watcher_.joinable()) return false;
    pthread_setname_np(watcher_.native_handle(), "pharos-lease");
    leased_.wait(Lease::Unknown, std::memory_order_acquire);
    return leased_.load(std::memory_order_acquire) == Lease::Granted;
  }

  void run() {
    // The owner first: otherwise the lease makes it the process.
    const f_owner_ex owner{F_OWNER_TID, pid_t(syscall(SYS_gettid))};
    const bool granted = fcntl(descriptor_, F_SETOWN_EX, &owner) == 0 &&
                         fcntl(descriptor_, F_SETSIG, alarm_signal) == 0 && fcntl(descriptor_, F_SETLEASE, F_RDLCK) == 0;
    leased_.store(granted ? Lease::Granted : Lease::Refused, std::memory_order_release);
    leased_.notify_one();
    if (!granted) return;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, alarm_signal);
    while (!stop_.load(std::memory_order_acquire)) {
      siginfo_t info;
      if (sigwaitinfo(&signals, &info) < 0 || stop_.load(std::memory_order_acquire)) continue;
      if (fcntl(descriptor_, F_GETLEASE) == F_RDLCK) continue;  // not about the lease
      mapped_.wait(false, std::memory_order_acquire);
      // Without memory for the copy the writer is kept waiting, until the system takes the lease back by itself.
      for (int tries = 0; data_.load(std::memory_order_acquire) && !become_copy() && tries < most_tries; ++tries) {
        if (stop_.load(std::memory_order_acquire)) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
      fcntl(descriptor_, F_SETLEASE, F_UNLCK);
      return;
    }
  }

  // Whoever reads meanwhile reads the same bytes, before and after: the system replaces the pages in one step.
  bool become_copy() {
    void* p = data_.load(std::memory_order_acquire);
    void* copy = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) return false;
    madvise(copy, size_, MADV_HUGEPAGE);
    std::memcpy(copy, p, size_);
    const bool moved = mprotect(copy, size_, PROT_READ) == 0 &&
                       mremap(copy, size_, size_, MREMAP_MAYMOVE | MREMAP_FIXED, p) != MAP_FAILED;
    if (!moved) munmap(copy, size_);
    return moved;
  }

  enum class Lease : int { Unknown, Granted, Refused };
  int descriptor_ = -1;
  size_t size_ = 0;
  std::atomic<void*> data_{nullptr};
  std::atomic<Lease> leased_{Lease::Unknown};
  std::atomic<bool> mapped_{false};  // data_ is there, or never will be
  std::atomic<bool> stop_{false};
  std::thread watcher_;
};

}  // namespace

std::optional<Bytes> map_under_lease(const File& file) {
  if (file.size() <= 0 || !is_local(file.descriptor())) return std::nullopt;
  const auto map = LeasedMap::make(file.descriptor(), size_t(file.size()));
  if (!map) return std::nullopt;
  return Bytes{map, map->data(), size_t(file.size())};
}

Result<void> populate(std::span<const std::byte> mapped, const std::string& path) {
  const auto page = uintptr_t(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<uintptr_t>(mapped.data()) & ~(page - 1);
  const size_t size = reinterpret_cast<uintptr_t>(mapped.data()) + mapped.size() - first;
  while (madvise(reinterpret_cast<void*>(first), size, MADV_POPULATE_READ) != 0) {
    if (errno == EFAULT || errno == EHWPOISON)
      return Report(diag::file_not_readable, {{"path", path}, {"reason", "the disk failed, or the file shrank"}});
    if (errno != EINTR && errno != EAGAIN) break;  // an old system does not know the advice: pages come when they are touched
  }
  return {};
}

}  // namespace pharos
