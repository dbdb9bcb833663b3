#pragma once
// The gate for continuous integration: a policy says what may not be in a log, and which figures it must keep to.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "findings/finding.h"

namespace pharos {

enum class FailOn : uint8_t { Never, Error, Warning };

// A budget that is not set is not checked; one that is set and not told by the log is a violation of its own, so that a
// gate cannot pass because somebody forgot an option.
struct Budgets {
  std::optional<double> latency_median_ms, latency_p99_ms, throughput_qps, peak_gpu_mib, peak_cpu_mib, build_seconds,
      engine_mib, int8_layers_percent;
  std::optional<int64_t> fallbacks, warnings;
};

struct Waiver {
  std::string code;      // of the finding
  std::string match;     // a part of its message; empty: every one
  std::string reason;
  int64_t expires = 0;   // days since 1970; the last day on which it holds
};

struct Policy {
  FailOn fail_on = FailOn::Never;
  std::vector<std::string> fail_codes, ignore_codes;
  Budgets budgets;
  std::vector<Waiver> waivers;
};

// TOML; PH9021 with line, column and what was expected.
Result<Policy> read_policy(const std::string& path);
Result<Policy> parse_policy(std::string_view text, const std::string& name);
// A commented policy to start from, as `pharos doctor init` writes it.
std::string_view policy_template();

// What the gate says about one finding or one figure.
struct Objection : Report {
  size_t condition;                   // index into Verdict::conditions
  const Finding* finding = nullptr;   // of the diagnosis that was judged, which must outlive this; null for a figure
};

struct Verdict {
  std::vector<std::string> conditions;  // all that were checked: "fail_on error", "codes.fail PH9401", "budgets.latency_p99_ms"
  std::vector<Objection> reasons;       // why it fails; empty: it passes
  std::vector<Objection> waived;        // findings that a waiver let pass, with its reason and end
  bool passed() const { return reasons.empty(); }
  bool holds(size_t condition) const;
};

// `today`: days since 1970.
Verdict judge(const Diagnosis& diagnosis, const Policy& policy, int64_t today);

}  // namespace pharos
