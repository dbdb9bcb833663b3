// The processor's own FP32 multiply-add rate, as registers alone allow: GFLOP/s of THREADS threads, each on its own
// processor, median of a few short bursts. What the benchmarks call the peak.
//   fma_peak [THREADS]

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr int accumulators = 24;  // more than latency times throughput
constexpr int64_t steps = 400000;
constexpr int bursts = 9;

// The assembler statement keeps the compiler from merging or vectorising the chains.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) double burst_avx512() {
  __m512 acc[accumulators], x = _mm512_set1_ps(1e-30f);
#pragma GCC unroll 24  // everywhere, or the accumulators live in memory
  for (int i = 0; i < accumulators; ++i) acc[i] = _mm512_set1_ps(float(i) * 1e-30f);
  for (int64_t k = 0; k < steps; ++k) {
#pragma GCC unroll 24
    for (int i = 0; i < accumulators; ++i) asm volatile("vfmadd231ps %1, %1, %0" : "+v"(acc[i]) : "v"(x));
  }
  volatile float keep = 0;
#pragma GCC unroll 24
  for (int i = 0; i < accumulators; ++i) keep = keep + _mm512_reduce_add_ps(acc[i]);
  return 2.0 * 16 * accumulators * double(steps);
}

__attribute__((target("avx2,fma"))) double burst_avx2() {
  constexpr int count = 12;
  __m256 acc[count], x = _mm256_set1_ps(1e-30f);
#pragma GCC unroll 12
  for (int i = 0; i < count; ++i) acc[i] = _mm256_set1_ps(float(i) * 1e-30f);
  for (int64_t k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (int i = 0; i < count; ++i) asm volatile("vfmadd231ps %1, %1, %0" : "+x"(acc[i]) : "x"(x));
  }
  volatile float keep = 0;
#pragma GCC unroll 12
  for (int i = 0; i < count; ++i) keep = keep + _mm256_cvtss_f32(acc[i]);
  return 2.0 * 8 * count * double(steps);
}

double burst() { return __builtin_cpu_supports("avx512f") ? burst_avx512() : burst_avx2(); }
#else
double burst() {
  using V = float __attribute__((vector_size(16)));
  V acc[accumulators] = {}, x = {1e-30f, 1e-30f, 1e-30f, 1e-30f};
  for (int64_t k = 0; k < steps; ++k)
#pragma GCC unroll 24
    for (int i = 0; i < accumulators; ++i) acc[i] += x * x;
  volatile float keep = 0;
  for (int i = 0; i < accumulators; ++i) keep = keep + acc[i][0];
  return 2.0 * 4 * accumulators * double(steps);
}
#endif

void pin(int thread) {
  cpu_set_t all, one;
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  int seen = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &all) || seen++ != thread % CPU_COUNT(&all)) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

double rate(int threads) {
  std::vector<double> seconds(size_t(threads), 0.0), flops(size_t(threads), 0.0);
  std::atomic<int> ready{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&, i] {
      pin(i);
      ++ready;
      while (ready < threads) {}
      const auto start = std::chrono::steady_clock::now();
      flops[size_t(i)] = burst();
      seconds[size_t(i)] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    });
  for (std::thread& w : workers) w.join();
  double total = 0;
  for (const double f : flops) total += f;
  return total / *std::max_element(seconds.begin(), seconds.end()) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  std::vector<double> rates;
  for (int i = 0; i < bursts; ++i) rates.push_back(rate(threads));
  std::sort(rates.begin(), rates.end());
  fmt::print("{:.1f}\n", rates[bursts / 2]);
}
