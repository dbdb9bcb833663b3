#pragma once
// What the machine can do at most: measured once for a number of threads, then kept in the timing cache.

#include "builder/timing_cache.h"
#include "pharos/builder.h"
#include "tactics/work.h"

namespace pharos {

MachinePeak machine_peak(const Device& device, TimingCache& cache);

// The least time that the work can take on such a machine, and what it is bound by.
struct Bound {
  double milliseconds = 0;
  bool compute = false;
};
Bound roofline(const Work& work, const MachinePeak& peak);

}  // namespace pharos
