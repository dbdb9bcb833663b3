#include "cli/model/progress.h"

#include <csignal>

#include <fmt/format.h>

#include "base/text.h"

namespace pharos {
namespace {

volatile std::sig_atomic_t interrupted = 0;  // a signal handler can reach nothing else

extern "C" void on_interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);  // the second Ctrl-C ends the process
}

}  // namespace

Text stage_title(Stage stage) {
  switch (stage) {
    case Stage::Parse: return {"parse", "解析"};
    case Stage::Optimize: return {"optimize", "优化"};
    case Stage::Precision: return {"precision", "精度"};
    case Stage::Tune: return {"tune", "调优"};
    case Stage::Serialize: return {"serialize", "序列化"};
    case Stage::Load: return {"load", "加载"};
    case Stage::Run: return {"run", "运行"};
    case Stage::Verify: return {"verify", "校验"};
    case Stage::None: break;
  }
  return {"", ""};
}

ProgressDisplay::ProgressDisplay(Cli& cli) : cli_(cli) { std::signal(SIGINT, on_interrupt); }

ProgressDisplay::~ProgressDisplay() {
  std::signal(SIGINT, SIG_DFL);
  cli_.terminal().status("");
}

bool ProgressDisplay::cancelled() const noexcept { return interrupted != 0; }

void ProgressDisplay::stage_started(Stage stage, int64_t steps) noexcept {
  cli_.at(stage);
  started_ = shown_ = Clock::now();
  steps_ = steps;
  remaining_ms_ = -1;
}

void ProgressDisplay::step_done(Stage stage, int64_t step) noexcept {
  using namespace std::chrono_literals;
  const Clock::time_point now = Clock::now();
  if (cli_.console_threshold() < Severity::Info || now - started_ < 2s) return;
  if (now - shown_ < (cli_.terminal().status_possible() ? Clock::duration(100ms) : Clock::duration(10s))) return;
  shown_ = now;
  try {
    show(stage, step);
  } catch (...) {
    // Progress is worth no failure.
  }
}

void ProgressDisplay::remaining(Stage, double milliseconds) noexcept { remaining_ms_ = milliseconds; }

void ProgressDisplay::show(Stage stage, int64_t step) {
  const double elapsed = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
  std::string line = fmt::format("{}: {}", cli_.tr(stage_title(stage)), step);
  if (steps_ > 0) line += fmt::format("/{} ({:.0f} %)", steps_, 100.0 * double(step) / double(steps_));
  line += ", " + duration_text(elapsed);
  if (remaining_ms_ >= 0) {
    const bool zh = cli_.language() == Language::Chinese;
    line += zh ? fmt::format("，剩余约 {}", duration_text(remaining_ms_)) : fmt::format(", about {} left", duration_text(remaining_ms_));
  }
  if (cli_.terminal().status_possible()) cli_.terminal().status(line);
  else cli_.terminal().err_line(line);
}

void ProgressDisplay::stage_finished(Stage, double) noexcept {
  try {
    cli_.terminal().status("");
  } catch (...) {
  }
}

}  // namespace pharos
