#pragma once
#include <atomic>
#include <chrono>
#include <map>

#include "cli/cli.h"
#include "pharos/builder.h"

namespace pharos {

Text stage_title(Stage stage);

// Shows how far a build is, once a stage takes longer than two seconds: one line that is redrawn on a terminal, a plain
// line every ten seconds elsewhere. An interrupt (Ctrl-C) cancels the build at the next step.
class ProgressDisplay final : public ProgressMonitor {
 public:
  explicit ProgressDisplay(Cli& cli);
  ~ProgressDisplay() override;
  void stage_started(Stage stage, int64_t steps) noexcept override;
  void step_done(Stage stage, int64_t step) noexcept override;
  void stage_finished(Stage stage, double milliseconds) noexcept override;
  void remaining(Stage stage, double milliseconds) noexcept override;
  bool cancelled() const noexcept override;

 private:
  void show(Stage stage, int64_t step);
  Cli& cli_;
  using Clock = std::chrono::steady_clock;
  Clock::time_point started_, shown_;
  int64_t steps_ = 0;
  double remaining_ms_ = -1;  // not known
};

}  // namespace pharos
