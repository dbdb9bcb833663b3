#include "builder/timer.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "builder/flush.h"

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
    if (candidate->workspace > 0 && !workspace.valid()) {
      candidate->why_not = fmt::format("no memory for its {} of workspace", bytes_text(candidate->workspace));
      return false;
    }
    return true;
  }

  bool refuse(const Report& r) {
    candidate->why_not = r.text();
    candidate->over_workspace = false;
    return false;
  }

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

  // Each thread holds its share of what the step before has written.
  void warm_up(const Threads& threads) {
    for (const size_t b : warm) {
      const auto* data = static_cast<const char*>(buffers[b].storage.data());
      threads.for_each(int64_t(buffers[b].storage.bytes()),
                       [&](int64_t first, int64_t last) { touch(data + first, size_t(last - first)); }, 4096);
    }
  }

  bool run_once(const Device& device, bool record) {
    for (const Tensor* t : cold) flush_from_caches(t->data(), t->bytes());
    warm_up(Threads(device.threads));
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

double least(const std::vector<double>& times) { return *std::min_element(times.begin(), times.end()); }

// How much the better half of the times still varies, relative.
double noise(const std::vector<double>& times) { return centre(times) / least(times) - 1; }

class Contest {
 public:
  Contest(const Device& device, const TimerOptions& options) : device_(device), options_(options) {}

  // The first run makes caches, pages and code warm; it also tells which candidates are not worth the time.
  void enter(const Problem& problem, Timed& c) {
    if (stopped(c.milliseconds)) return;
    auto r = std::make_unique<Runner>();
    r->candidate = &c;
    if (!r->prepare(problem, device_) || !r->run_once(device_, false)) return;
    if (r->spent > 5 * best_ + 1) {
      c.milliseconds = r->spent;
      c.measured = true;
      return;
    }
    if (!r->run_once(device_, true)) return;
    best_ = std::min(best_, r->times.back());
    runners_.push_back(std::move(r));
  }

  void play() {
    for (int round = 1; round < options_.rounds; ++round) turn(2.0);
    for (int round = 0; round < 2 * options_.rounds && undecided(); ++round) turn(1.1);
    for (auto& r : runners_) {
      if (!r->candidate->why_not.empty() && !r->candidate->over_workspace) continue;
      r->candidate->milliseconds = centre(r->times);
      r->candidate->measured = true;
    }
  }

 private:
  bool stopped(double expected_ms) const { return options_.stop && options_.stop(expected_ms); }

  // Everyone whose best is within `factor` of the best of all runs once more.
  void turn(double factor) {
    for (auto& r : runners_) {
      if (r->spent >= options_.max_ms_per_candidate || least(r->times) > factor * best_ + 0.002) continue;
      if (stopped(least(r->times)) || !r->run_once(device_, true)) return;
      best_ = std::min(best_, r->times.back());
    }
  }

  // The two best of different tactics are closer than the noise of either.
  bool undecided() const {
    const Runner *first = nullptr, *second = nullptr;
    for (const auto& r : runners_)
      if (!first || centre(r->times) < centre(first->times)) first = r.get();
    for (const auto& r : runners_)
      if (first && r->candidate->tactic != first->candidate->tactic && (!second || centre(r->times) < centre(second->times))) second = r.get();
    if (!second || first->spent > options_.max_ms_per_candidate) return false;
    const double gap = centre(second->times) / centre(first->times) - 1;
    return gap < 0.1 && gap < std::max(noise(first->times), noise(second->times));
  }

  const Device& device_;
  const TimerOptions& options_;
  std::vector<std::unique_ptr<Runner>> runners_;
  double best_ = 1e30;
};

}  // namespace

Problem with_formats(const Problem& problem, const Formats& formats) {
  Problem p = problem;
  for (size_t i = 0; i < p.inputs.size() && i < formats.inputs.size(); ++i) p.inputs[i].format = formats.inputs[i];
  for (size_t i = 0; i < p.outputs.size() && i < formats.outputs.size(); ++i) p.outputs[i].format = formats.outputs[i];
  return p;
}

void time_candidates(const Problem& problem, std::span<Timed> candidates, const Device& device, const TimerOptions& options) {
  Contest contest(device, options);
  for (Timed& c : candidates)
    if (c.why_not.empty() || c.over_workspace) contest.enter(problem, c);
  contest.play();
}

}  // namespace pharos
