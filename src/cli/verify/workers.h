#pragma once
// Every case runs in a process of its own, so that a crash or a hang is a result like any other.

#include <functional>

#include "cli/verify/run_case.h"

namespace pharos {

struct WorkerOptions {
  int jobs = 1;
  double timeout_seconds = 120;  // of one case
};

// Runs `work(i)` for i < count in child processes; `done(i, result)` is called here, in order of completion.
void run_in_workers(size_t count, const WorkerOptions& options, const std::function<CaseResult(size_t)>& work,
                    const std::function<void(size_t, const CaseResult&)>& done);

}  // namespace pharos
