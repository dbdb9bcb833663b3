#include "base/threads.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>

#include "base/workers.h"

namespace pharos {
namespace {

// CPUs granted by a CFS quota, or 0 where there is none.
double quota_cpus() {
  if (std::ifstream v2("/sys/fs/cgroup/cpu.max"); v2) {
    std::string quota;
    double period = 0;
    if (v2 >> quota >> period && quota != "max" && period > 0) return std::strtod(quota.c_str(), nullptr) / period;
  }
  std::ifstream q("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), p("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double quota = 0, period = 0;
  if (q >> quota && p >> period && quota > 0 && period > 0) return quota / period;
  return 0;
}

}  // namespace

int available_cpus() {
  int cpus = 1;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) cpus = CPU_COUNT(&set);
  if (const double quota = quota_cpus(); quota > 0 && quota < cpus) cpus = int(std::ceil(quota));
  return cpus < 1 ? 1 : cpus;
}

void Threads::run(int parts, int64_t n, void (*call)(void*, int64_t, int64_t), void* body) {
  struct Split {
    int64_t n, parts;
    void (*call)(void*, int64_t, int64_t);
    void* body;
    int64_t start(int64_t i) const { return n / parts * i + n % parts * i / parts; }
  } split{n, std::min(parts, Workers::most_parts), call, body};
  Workers::run(int(split.parts), [](void* s, int part) {
    const auto& job = *static_cast<const Split*>(s);
    job.call(job.body, job.start(part), job.start(part + 1));
  }, &split);
}

}  // namespace pharos
