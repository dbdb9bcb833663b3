#include "builder/machine_peak.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "builder/flush.h"
#include "tactics/cpu/kernels/peak.h"

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int bursts = 5;                             // the best counts: a peak is what was possible
constexpr int64_t fma_rounds = 20'000;                // a fraction of a millisecond each
constexpr int64_t memory_floats = int64_t{8} << 18;   // 8 MiB a thread, flushed
constexpr int64_t cache_floats = int64_t{1} << 18;    // 1 MiB a thread, warm

double seconds(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double gflops(const Device& device) {
  const auto& kernels = cpu::peak_kernels(device.isa);
  std::vector<float> sinks(size_t(device.threads) * 16, 1.0f);
  double best = 0, flops = 0;
  for (int i = 0; i < bursts; ++i) {
    const auto start = Clock::now();
    Threads(device.threads).for_each(device.threads, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; ++t) {
        const double done = kernels.multiply_add(fma_rounds, &sinks[size_t(t) * 16]);
        if (t == 0) flops = done * device.threads;
      }
    });
    best = std::max(best, flops / seconds(start) * 1e-9);
  }
  return best;
}

// GB/s of reading `floats` a thread, `cold` from memory or warm from a cache.
double read_rate(const Device& device, int64_t floats, bool cold) {
  const auto& kernels = cpu::peak_kernels(device.isa);
  std::vector<float> data(size_t(floats * device.threads), 1.0f), sinks(size_t(device.threads) * 16);
  double best = 0;
  for (int i = 0; i < bursts; ++i) {
    if (cold) flush_from_caches(data.data(), data.size() * sizeof(float));
    const auto start = Clock::now();
    Threads(device.threads).for_each(device.threads, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; ++t) sinks[size_t(t) * 16] = kernels.read(data.data() + t * floats, floats);
    });
    best = std::max(best, double(data.size()) * sizeof(float) / seconds(start) * 1e-9);
  }
  return best;
}

// Rates are kept as times like everything else: milliseconds for 1e9 operations or bytes.
double kept(TimingCache& cache, const char* key, const auto& measure) {
  if (const auto ms = cache.find(key); ms && *ms > 0) return 1e3 / *ms;
  cache.put(key, 1e3 / std::max(1e-3, measure()));
  return 1e3 / *cache.find(key);
}

}  // namespace

MachinePeak machine_peak(const Device& device, TimingCache& cache) {
  MachinePeak p;
  p.threads = device.threads;
  p.gflops = kept(cache, "peak fma", [&] { return gflops(device); });
  p.memory_gbs = kept(cache, "peak memory", [&] { return read_rate(device, memory_floats, true); });
  p.cache_gbs = kept(cache, "peak cache", [&] { return read_rate(device, cache_floats, false); });
  return p;
}

Bound roofline(const Work& work, const MachinePeak& peak) {
  const double compute = work.flops / peak.gflops * 1e-6;
  const double memory = work.weight_bytes / peak.memory_gbs * 1e-6 + work.activation_bytes / peak.cache_gbs * 1e-6;
  return {std::max(compute, memory), compute >= memory};
}

}  // namespace pharos
