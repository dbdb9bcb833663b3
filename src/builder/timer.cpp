#include "builder/timer.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>

namespace pharos {
namespace {

using Clock = std::chrono::steady_clock;

// Small values around zero; index and size operands get zeros, which are always in range.
void fill(Tensor& t, uint32_t seed) {
  if (t.dtype() != DType::f32) return;
  uint32_t x = seed * 2654435761u + 1;
  for (float& v : t.as<float>()) {
    x ^= x << 13; x ^= x >> 17; x ^= x << 5;
    v = float(int32_t(x)) * (1.0f / 2147483648.0f);
  }
}

// Memory for a value in its format; the tensor says the logical dims.
struct Buffer {
  Tensor storage, view;
  Buffer(const Type& t, uint32_t seed) {
    const Dims dims = *t.dims();
    storage = Tensor(t.dtype, Dims{stored_elements(dims, t.format).value_or(0)});
    if (storage.valid()) fill(storage, seed);
    view = Tensor(t.dtype, dims, storage.data());
  }
};

// Evicts what a run touches only once. Without the instruction the times are those of warm weights.
void make_cold(const Tensor& t) {
#if defined(__x86_64__)
  const auto* p = static_cast<const char*>(t.data());
  for (size_t i = 0; i < t.bytes(); i += 64) _mm_clflush(p + i);
  _mm_mfence();
#else
  (void)t;
#endif
}

void touch(const Tensor& t) {
  const auto* p = static_cast<const volatile char*>(t.data());
  for (size_t i = 0; i < t.bytes(); i += 64) (void)p[i];
}

// One candidate, ready to run.
struct Runner {
  Timed* candidate = nullptr;
  PackedWeights packed;
  std::unique_ptr<Kernel> kernel;
  std::vector<Buffer> buffers;
  std::vector<const Tensor*> inputs, cold;
  std::vector<Tensor*> outputs;
  std::vector<size_t> warm;  // indices into buffers
  Tensor workspace;
  std::vector<double> times;
  double spent = 0;

  bool prepare(const Problem& base, const Device& device) {
    const Problem p = with_formats(base, candidate->formats);
    const TacticDef& t = *candidate->tactic;
    if (t.pack) {
      auto made = t.pack(p, candidate->config, device);
      if (!made) return refuse(made.error());
      packed = std::move(*made);
    }
    auto made = t.prepare(p, candidate->config, packed, device);
    if (!made) return refuse(made.error());
    kernel = std::move(*made);
    bind(p, t);
    workspace = Tensor(DType::u8, {candidate->workspace});
    return true;
  }

  bool refuse(const Report& r) { candidate->why_not = r.text(); return false; }

  void bind(const Problem& p, const TacticDef& t) {
    const auto taken = t.pack && t.packed_inputs ? t.packed_inputs(p) : std::vector<size_t>{};
    buffers.reserve(p.inputs.size() + p.outputs.size());
    for (size_t i = 0; i < p.inputs.size(); ++i) {
      const bool gone = std::find(taken.begin(), taken.end(), i) != taken.end();
      if (!p.has_input(i) || gone) { inputs.push_back(nullptr); continue; }
      if (p.constants[i]) { inputs.push_back(p.constants[i]); cold.push_back(p.constants[i]); continue; }
      warm.push_back(buffers.size());
      buffers.emplace_back(p.inputs[i], uint32_t(i + 1));
      inputs.push_back(&buffers.back().view);
    }
    for (const Tensor& part : packed.parts) cold.push_back(&part);
    for (const Type& o : p.outputs) {
      if (o.kind == Type::Kind::Unknown) { outputs.push_back(nullptr); continue; }
      buffers.emplace_back(o, 0);
      outputs.push_back(&buffers.back().view);
    }
  }

  bool run_once(const Device& device, bool record) {
    for (const Tensor* t : cold) make_cold(*t);
    for (const size_t b : warm) touch(buffers[b].storage);
    KernelArgs args;
    args.inputs = inputs;
    args.outputs = outputs;
    args.workspace = {static_cast<std::byte*>(workspace.data()), size_t(candidate->workspace)};
    const auto start = Clock::now();
    const auto result = kernel->run(args, Threads(device.threads));
    const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (!result) return refuse(result.error());
    spent += ms;
    if (record) times.push_back(ms);
    return true;
  }
};

// Robust centre: the mean of the lower half, so that interruptions do not count and a lucky run does not decide.
double centre(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  const size_t half = (times.size() + 1) / 2;
  double sum = 0;
  for (size_t i = 0; i < half; ++i) sum += times[i];
  return half ? sum / double(half) : 0;
}

}  // namespace

Problem with_formats(const Problem& problem, const Formats& formats) {
  Problem p = problem;
  for (size_t i = 0; i < p.inputs.size() && i < formats.inputs.size(); ++i) p.inputs[i].format = formats.inputs[i];
  for (size_t i = 0; i < p.outputs.size() && i < formats.outputs.size(); ++i) p.outputs[i].format = formats.outputs[i];
  return p;
}

void time_candidates(const Problem& problem, std::span<Timed> candidates, const Device& device, const TimerOptions& options) {
  std::vector<std::unique_ptr<Runner>> runners;
  double best = 1e30;
  for (Timed& c : candidates) {
    if (!c.why_not.empty()) continue;
    auto r = std::make_unique<Runner>();
    r->candidate = &c;
    // The first run makes caches, pages and code warm; it also tells which candidates are not worth the time.
    if (!r->prepare(problem, device) || !r->run_once(device, false)) continue;
    if (r->spent > 5 * best + 1) { c.milliseconds = r->spent; continue; }
    if (!r->run_once(device, true)) continue;
    best = std::min(best, r->times.back());
    runners.push_back(std::move(r));
  }
  for (int round = 1; round < options.rounds; ++round)
    for (auto& r : runners)
      if (r->spent < options.max_ms_per_candidate && *std::min_element(r->times.begin(), r->times.end()) < 2 * best + 0.002) {
        if (!r->run_once(device, true)) break;
        best = std::min(best, r->times.back());
      }
  for (auto& r : runners) r->candidate->milliseconds = centre(r->times);
}

}  // namespace pharos
