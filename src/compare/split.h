#pragma once
// The change in latency, split into causes. Everything is counted in whole nanoseconds, so that the terms add up
// exactly; what no cause accounts for is a term of its own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/side.h"
#include "pharos/diagnostics.h"

namespace pharos {

enum class Cause : uint8_t {
  Fallback,   // the layer runs on the CPU or in the framework, or came back from there
  Precision,  // another type
  Reformat,   // copies between types and layouts, added or removed
  Fusion,     // layers fused on one side only
  Tactic,     // another kernel
  Added,
  Removed,
  Shapes,   // the same layers at other input shapes
  Device,   // the same layers on another device
  Uniform,  // all layers changed by the same factor: clocks, power limit, load
  Slower,   // the same layer, nothing visible changed
  H2D,
  D2H,     // transfers
  Launch,  // the CPU does not submit fast enough
  Host,    // between the queries, on the host
  Unexplained,
};
std::string_view cause_name(Cause c);  // "fallback"
Text cause_title(Cause c);

enum class Metric : uint8_t {
  Latency,
  Compute,
  EndToEnd,
  Period,
  Profile
};  // Period: wall time over queries; Profile: sum of the layers
std::string_view metric_name(Metric m);
Text metric_title(Metric m);

struct LayerChange {
  Cause cause = Cause::Slower;
  std::vector<std::string> a, b;  // names; empty: not on that side
  int64_t before_ns = 0, after_ns = 0;
  std::string from, to;  // precision, tactic or place, where the cause is about one
  bool renamed = false;
  int64_t ns() const { return after_ns - before_ns; }
  // Of the side with fewer layers: a fused layer names all that it holds.
  const std::vector<std::string>& names() const { return b.empty() || (!a.empty() && a.size() < b.size()) ? a : b; }
  const std::string& name() const { return names().front(); }
};

struct CauseTerm {
  Cause cause = Cause::Unexplained;
  int64_t ns = 0;
  int64_t share = 0;                // of the whole change, in tenths of a percent; they sum to 1000
  std::vector<LayerChange> layers;  // that make it up, largest first; empty for causes that are no layers'
};

struct LatencySplit {
  Metric metric = Metric::Latency;
  bool mean = false;  // means, where a side has no medians
  int64_t before_ns = 0, after_ns = 0;
  bool has_shares = false;       // false: the change is too small to be divided
  bool within_scatter = false;   // and no larger than chance makes it, as the exported times of the queries tell
  bool has_layers = false;       // both sides have a profile
  double factor = 1;             // of Cause::Uniform
  std::vector<CauseTerm> terms;  // largest first, the unexplained rest last; their sum is delta_ns()
  int64_t delta_ns() const { return after_ns - before_ns; }
  const CauseTerm* find(Cause c) const;
};

// Whether a side tells the metric.
bool has_metric(const Side& side, Metric metric);

struct SplitOptions {
  std::optional<Metric> metric;  // none: the best that both sides tell
  bool shapes_changed = false;
};

// Nothing where no metric is told by both sides.
std::optional<LatencySplit> split_latency(const Side& a, const Side& b, const LayerMatching& matching,
                                          const SplitOptions& options);

}  // namespace pharos
