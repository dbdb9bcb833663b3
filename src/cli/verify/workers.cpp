#include "cli/verify/workers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "catalog/command_line.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

struct Child {
  pid_t pid;
  int pipe;
  size_t index;
  Clock::time_point deadline;
  std::string text;
};

// A result as it travels through the pipe: numbers on the first line, then code and message.
std::string encode(const CaseResult& r) {
  return fmt::format("{} {} {} {}\n{}\n{}", int(r.outcome), r.milliseconds, r.max_abs, r.max_rel, r.code, r.message);
}

bool decode(const std::string& text, CaseResult& r) {
  int outcome = 0;
  const size_t first = text.find('\n');
  const size_t second = first == text.npos ? text.npos : text.find('\n', first + 1);
  if (second == text.npos || std::sscanf(text.c_str(), "%d %lf %lf %lf", &outcome, &r.milliseconds, &r.max_abs, &r.max_rel) != 4) return false;
  if (outcome < 0 || outcome > 2) return false;
  r.outcome = Outcome(outcome);
  r.code = text.substr(first + 1, second - first - 1);
  r.message = text.substr(second + 1);
  return true;
}

CaseResult broken(const Diagnostic& d, Arguments arguments) {
  CaseResult r;
  r.code = d.code;
  r.message = Report(d, std::move(arguments)).message();
  return r;
}

[[noreturn]] void child_main(int out, size_t index, const std::function<CaseResult(size_t)>& work) {
  std::string text = encode(work(index));
  if (text.size() > 32768) text.resize(32768);
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t n = write(out, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    rest.remove_prefix(size_t(n));
  }
  _exit(0);
}

class Pool {
 public:
  Pool(const WorkerOptions& options, const std::function<CaseResult(size_t)>& work, const std::function<void(size_t, const CaseResult&)>& done)
      : options_(options), work_(work), done_(done) {}

  bool full() const { return children_.size() >= size_t(options_.jobs); }
  bool empty() const { return children_.empty(); }

  void start(size_t index) {
    int ends[2];
    std::fflush(nullptr);  // or the child would print the parent's buffers again
    if (pipe(ends) != 0) return done_(index, broken(diag::verify_crash, {{"how", fmt::format("could not be started: {}", std::strerror(errno))}}));
    const pid_t pid = fork();
    if (pid == 0) {
      close(ends[0]);
      for (const Child& c : children_) close(c.pipe);
      child_main(ends[1], index, work_);
    }
    close(ends[1]);
    if (pid < 0) {
      close(ends[0]);
      return done_(index, broken(diag::verify_crash, {{"how", fmt::format("could not be started: {}", std::strerror(errno))}}));
    }
    const auto limit = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.timeout_seconds));
    children_.push_back({pid, ends[0], index, Clock::now() + limit, {}});
  }

  // Waits until something happens: output, an end, or a deadline.
  void wait() {
    std::vector<pollfd> fds;
    auto next = Clock::time_point::max();
    for (const Child& c : children_) {
      fds.push_back({c.pipe, POLLIN, 0});
      next = std::min(next, c.deadline);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    poll(fds.data(), fds.size(), int(std::clamp<int64_t>(left, 0, 60000)));
    std::vector<Child> remaining;
    for (size_t i = 0; i < fds.size(); ++i)
      if (!finished(children_[i], fds[i].revents)) remaining.push_back(std::move(children_[i]));
    children_ = std::move(remaining);
  }

 private:
  bool finished(Child& c, short events) {
    if (events) {
      char buffer[4096];
      const ssize_t n = read(c.pipe, buffer, sizeof buffer);
      if (n > 0) { c.text.append(buffer, size_t(n)); return false; }
      if (n < 0 && errno == EINTR) return false;
      reap(c, false);
      return true;
    }
    if (Clock::now() < c.deadline) return false;
    kill(c.pid, SIGKILL);
    reap(c, true);
    return true;
  }

  void reap(Child& c, bool late) {
    close(c.pipe);
    int status = 0;
    while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {}
    CaseResult r;
    if (late) r = broken(diag::verify_timeout, {{"seconds", fmt::format("{:g}", options_.timeout_seconds)}});
    else if (WIFSIGNALED(status)) r = broken(diag::verify_crash, {{"how", fmt::format("was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)))}});
    else if (!decode(c.text, r)) r = broken(diag::verify_crash, {{"how", fmt::format("ended with code {} and no result", WEXITSTATUS(status))}});
    done_(c.index, r);
  }

  const WorkerOptions& options_;
  const std::function<CaseResult(size_t)>& work_;
  const std::function<void(size_t, const CaseResult&)>& done_;
  std::vector<Child> children_;
};

}  // namespace

void run_in_workers(size_t count, const WorkerOptions& options, const std::function<CaseResult(size_t)>& work,
                    const std::function<void(size_t, const CaseResult&)>& done) {
  Pool pool(options, work, done);
  for (size_t next = 0; next < count || !pool.empty();) {
    while (next < count && !pool.full()) pool.start(next++);
    if (!pool.empty()) pool.wait();
  }
}

}  // namespace pharos
