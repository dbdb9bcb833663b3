#pragma once
// A log that grows: read on as lines come, over rotation and truncation.

#include <atomic>
#include <functional>
#include <string>

#include "findings/doctor.h"

namespace pharos {

struct FollowOptions {
  std::string path;                       // "-": standard input, until its end
  double poll_seconds = 0.25;
  // Called after each piece that was read, and when the log was quiet for a while.
  std::function<void(const Diagnosis&)> changed;
  const std::atomic<bool>* stop = nullptr;
};

// Until `stop`, or the end of standard input. The diagnosis of everything that was read.
Result<Diagnosis> follow(const Doctor& doctor, const FollowOptions& options);

}  // namespace pharos
