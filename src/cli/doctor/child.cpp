#include "cli/doctor/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "catalog/policy.h"

namespace pharos {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int d = -1) : d_(d) {}
  Descriptor(Descriptor&& o) noexcept : d_(std::exchange(o.d_, -1)) {}
  Descriptor& operator=(Descriptor&& o) noexcept { close(); d_ = std::exchange(o.d_, -1); return *this; }
  ~Descriptor() { close(); }
  void close() { if (d_ >= 0) ::close(d_); d_ = -1; }
  int get() const { return d_; }

 private:
  int d_;
};

struct Pipe {
  Descriptor read, write;
  static std::optional<Pipe> make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

// While the command runs, an interrupt from the keyboard is for the command; we stay to report.
class InterruptsIgnored {
 public:
  InterruptsIgnored() {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGINT, &ignore, &interrupt_);
    ::sigaction(SIGQUIT, &ignore, &quit_);
  }
  InterruptsIgnored(const InterruptsIgnored&) = delete;
  InterruptsIgnored& operator=(const InterruptsIgnored&) = delete;
  ~InterruptsIgnored() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGQUIT, &quit_, nullptr);
  }

 private:
  struct sigaction interrupt_{}, quit_{};
};

void write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(to, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // nobody reads any more: the diagnosis goes on
    bytes.remove_prefix(size_t(n));
  }
}

// One of the command's streams: what came since the last line break waits here.
struct Stream {
  static constexpr size_t max_partial = 1 << 20;
  Descriptor from;
  int to;
  std::string partial;

  // False at the end.
  bool pump(const std::function<void(std::string_view)>& lines) {
    std::array<char, 65536> buffer;
    const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) return true;
    if (n <= 0) {
      if (!partial.empty()) { partial += '\n'; lines(partial); partial.clear(); }
      from.close();
      return false;
    }
    const std::string_view fresh(buffer.data(), size_t(n));
    write_all(to, fresh);
    partial += fresh;
    if (const size_t end = partial.rfind('\n'); end != partial.npos) {
      lines(std::string_view(partial).substr(0, end + 1));
      partial.erase(0, end + 1);
    } else if (partial.size() > max_partial) {
      lines(partial);
      partial.clear();
    }
    return true;
  }
};

}  // namespace

Result<int> run_child(const std::vector<std::string>& words, const std::function<void(std::string_view)>& lines) {
  const auto failed = [&](int error) { return Report(diag::child_failed, {{"command", words[0]}, {"reason", std::strerror(error)}}); };
  auto out = Pipe::make(), err = Pipe::make();
  if (!out || !err) return failed(errno);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out->write.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err->write.get(), 2);
  std::vector<char*> argv;
  for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failed(error);
  const InterruptsIgnored guard;
  out->write.close();
  err->write.close();

  std::array streams{Stream{std::move(out->read), 1, {}}, Stream{std::move(err->read), 2, {}}};
  while (streams[0].from.get() >= 0 || streams[1].from.get() >= 0) {
    std::array<pollfd, 2> polled{};
    for (size_t i = 0; i < 2; ++i) polled[i] = {streams[i].from.get(), POLLIN, 0};
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
    for (size_t i = 0; i < 2; ++i) {
      if (polled[i].fd >= 0 && polled[i].revents != 0) streams[i].pump(lines);
    }
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
  return WEXITSTATUS(status);
}

}  // namespace pharos
