#include <fmt/format.h>

#include <map>

#include "builder/profiles.h"
#include "builder/stages.h"
#include "catalog/build.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

// Steps below this share, or this time, are no finding: a model of microseconds has nothing to gain.
constexpr double least_share = 0.01, least_ms = 0.01;

class ShareProfiler final : public Profiler {
 public:
  void step(const StepInfo& s, double ms) noexcept override {
    total_ += ms;
    if (s.tactic != "reference") return;
    for (auto& [info, sum] : reference_)
      if (info == &s) { sum += ms; return; }
    reference_.emplace_back(&s, ms);
  }
  double total_ = 0;
  std::vector<std::pair<const StepInfo*, double>> reference_;
};

Result<void> feed_zeros(ExecutionContext::Impl& context, std::span<const Type> types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i].is_concrete() || types[i].dtype == DType::string) continue;
    PHAROS_TRY(context.set_input_datum(i, Tensor(types[i].dtype, *types[i].dims())));
  }
  return {};
}

std::string reason(const std::vector<LayerTuning>& tuning, const std::string& layer) {
  std::string out;
  for (const LayerTuning& t : tuning)
    if (t.layer == layer)
      for (const CandidateInfo& c : t.candidates)
        if (!c.why_not.empty()) out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", c.tactic, c.why_not);
  return out.empty() ? "no tactic is made for this operator, or its shapes depend on data" : out;
}

// The tuner has no time for layers that have no candidate.
void count_in(BuildSummary& summary, const std::string& layer, double ms) {
  for (LayerTuning& t : summary.tuning) {
    if (t.layer != layer || t.ms > 0) continue;
    t.ms = ms;
    summary.predicted_ms += ms;
    return;
  }
}

}  // namespace

Result<void> measure_fallbacks(const Engine& engine, const std::vector<OptimizationProfile>& profiles, BuildSummary& summary, Log log) {
  bool any = false;
  for (const StepInfo& s : engine.info().steps) any |= s.tactic == "reference";
  if (!any) return {};
  auto context = engine.create_context();
  if (!context) return std::move(context).error();
  ExecutionContext::Impl& impl = (*context)->impl();
  PHAROS_TRY(feed_zeros(impl, input_types_at(engine.impl().plan.graph, profiles.empty() ? nullptr : &profiles[0], ProfilePoint::Opt)));
  ShareProfiler profiler;
  // Zeros may be input that the model refuses (an empty string, a size of 0): then no share can be told.
  if (!(*context)->run()) return {};
  (*context)->set_profiler(&profiler);
  if (!(*context)->run()) return {};
  for (const auto& [step, ms] : profiler.reference_) {
    const double share = profiler.total_ > 0 ? ms / profiler.total_ : 0;
    const bool matters = share >= least_share && ms >= least_ms;
    Arguments arguments{{"op", step->op}, {"layer", step->name}, {"share", fmt::format("{:.1f} %", 100 * share)}, {"ms", fmt::format("{:.3f}", ms)}};
    if (matters) arguments.emplace_back("reason", reason(summary.tuning, step->name));
    count_in(summary, step->name, ms);
    log.report(matters ? diag::slow_fallback : diag::reference_step, std::move(arguments), step->name);
  }
  return {};
}

}  // namespace pharos
