#pragma once
// The build's log and the run's log are two halves of one story.

#include "facts/log_model.h"

namespace pharos {

// Adds what `from` tells to `into`; where both tell something, the later one counts.
void merge_log(LogModel& into, const LogModel& from);

// Whether merging takes the performance of `from`.
bool takes_performance(const LogModel& into, const LogModel& from);

// Whether the latency was measured while the layers were profiled, which slows it: up to TensorRT 10 trtexec does so
// unless
// --separateProfileRun is given.
bool profiled_while_measured(const LogModel& log);

}  // namespace pharos
