#include "baselines/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "base/stats.h"
#include "catalog/log_performance.h"

namespace pharos {
namespace {

using Getter = std::optional<double> Measurement::*;

std::vector<double> values_of(const std::vector<Measurement>& list, Getter get) {
  std::vector<double> out;
  for (const Measurement& m : list) {
    if (m.*get) out.push_back(*(m.*get));
  }
  return out;
}

double middle(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return median_of(v);
}

std::vector<std::vector<double>> samples_of(const std::vector<Measurement>& list) {
  std::vector<std::vector<double>> out;
  for (const Measurement& m : list) {
    if (!m.samples.empty()) out.push_back(m.samples);
  }
  return out;
}

Summary summary_of(const std::vector<Measurement>& list) {
  Summary s{.median = middle(values_of(list, &Measurement::median)), .p90 = 0, .queries = 0};
  const std::vector<double> p90 = values_of(list, &Measurement::p90);
  if (p90.size() == list.size()) s.p90 = middle(p90);
  for (const Measurement& m : list) s.queries += m.queries;
  return s;
}

// Latency with transfers and compute time are different figures: those of another basis than the present run's are left out.
std::vector<Measurement> comparable(std::vector<Measurement> list, const std::string& basis) {
  for (Measurement& m : list) {
    if (m.basis == basis) continue;
    m.median = m.mean = m.p90 = m.p95 = m.p99 = m.longest = std::nullopt;
    m.samples.clear();
  }
  return list;
}

std::string basis_of(const std::vector<Measurement>& list) {
  for (const Measurement& m : list) {
    if (!m.basis.empty()) return m.basis;
  }
  return "";
}

class Check {
 public:
  Check(const std::vector<Measurement>& before, const std::vector<Measurement>& now, bool paired, const CheckOptions& o)
      : before_(comparable(before, basis_of(now))), now_(comparable(now, basis_of(now))), paired_(paired), o_(o) {
    const std::vector<double> told = values_of(before, &Measurement::median);
    if (!told.empty() && (values_of(now_, &Measurement::median).empty() || values_of(before_, &Measurement::median).empty())) out_.untold_median = middle(told);
  }

  CheckResult run() {
    counts();
    latency(Figure::Median, &Measurement::median, o_.tolerance);
    latency(Figure::P99, &Measurement::p99, o_.tolerance_p99);
    throughput();
    amount(Figure::PeakGpu, &Measurement::peak_gpu_mib, o_.floor_mib);
    amount(Figure::PeakCpu, &Measurement::peak_cpu_mib, o_.floor_mib);
    amount(Figure::Engine, &Measurement::engine_mib, 1);
    if (auto row = plain(Figure::BuildTime, &Measurement::build_seconds, 0)) {
      row->standing = Standing::Shown;  // depends on the timing cache and on what else the machine did
      out_.rows.push_back(*row);
    }
    findings();
    return std::move(out_);
  }

 private:
  void counts() {
    out_.runs_before = int64_t(before_.size());
    out_.runs_now = int64_t(now_.size());
    for (const Measurement& m : before_) out_.queries_before += m.queries;
    for (const Measurement& m : now_) out_.queries_now += m.queries;
  }

  std::optional<CheckRow> plain(Figure figure, Getter get, double tolerance) const {
    const std::vector<double> a = values_of(before_, get), b = values_of(now_, get);
    if (a.empty() || b.empty()) return std::nullopt;
    CheckRow row{.figure = figure, .before = middle(a), .now = middle(b), .tolerance = tolerance};
    row.change = row.before > 0 ? row.now / row.before - 1 : 0;
    return row;
  }

  // The best that the data allow: alternated rounds, else enough runs, else the queries, else the summaries.
  std::optional<Change> interval(Figure figure, Getter get) const {
    const std::vector<double> a = values_of(before_, get), b = values_of(now_, get);
    if (paired_ && a.size() == b.size()) {
      if (auto c = paired_change(a, b)) return c;
    }
    if (auto c = run_change(a, b)) return c;
    const auto queries_a = samples_of(before_), queries_b = samples_of(now_);
    if (auto c = figure == Figure::Median ? median_change(queries_a, queries_b) : quantile_change(queries_a, queries_b, 0.99)) return c;
    return figure == Figure::Median ? summary_change(summary_of(before_), summary_of(now_)) : std::nullopt;
  }

  void latency(Figure figure, Getter get, double tolerance) {
    auto row = plain(figure, get, tolerance);
    if (!row) return;
    row->interval = interval(figure, get);
    if (row->interval) row->change = row->interval->estimate;
    row->standing = standing(*row);
    out_.rows.push_back(*row);
  }

  Standing standing(const CheckRow& r) const {
    const bool small = std::abs(r.change) * r.before < o_.floor_ms;
    const bool tail = r.figure == Figure::P99;
    if (!r.interval) {
      // A bare figure of each: only what no run of a machine explains is worse, and the p99 of few queries is chance.
      constexpr int64_t enough = 1000;
      const bool known = !tail || (out_.queries_before >= enough && out_.queries_now >= enough);
      return !small && known && r.change > 4 * r.tolerance ? Standing::Worse : Standing::Undecided;
    }
    if (tail && r.change > 0 && r.interval->low > 0) {
      constexpr double unlikely = 0.01;
      const auto a = samples_of(before_), b = samples_of(now_);
      if (!a.empty() && !b.empty() && tail_chance(a, b, 0.99) > unlikely) return Standing::Undecided;
    }
    if (!small && r.change > r.tolerance && r.interval->low > 0) return Standing::Worse;
    if (!small && r.change < -r.tolerance && r.interval->high < 0) return Standing::Better;
    const double allowed = std::max(2 * r.tolerance, r.before > 0 ? o_.floor_ms / r.before : 0);
    return r.interval->high > allowed ? Standing::Undecided : Standing::Same;
  }

  // One figure a run; the latency speaks of the same, so without enough runs only a large drop counts.
  void throughput() {
    auto row = plain(Figure::Throughput, &Measurement::throughput, o_.tolerance);
    if (!row) return;
    const std::vector<double> a = values_of(before_, &Measurement::throughput), b = values_of(now_, &Measurement::throughput);
    // The same floor as for the latency: what a query takes more.
    if (row->before > 0 && row->now > 0 && std::abs(1000 / row->now - 1000 / row->before) < o_.floor_ms) {
      out_.rows.push_back(*row);
      return;
    }
    if (paired_) row->interval = paired_change(a, b);
    if (!row->interval) row->interval = run_change(a, b);
    if (row->interval) {
      row->change = row->interval->estimate;
      row->standing = row->change < -row->tolerance && row->interval->high < 0 ? Standing::Worse : row->change > row->tolerance && row->interval->low > 0 ? Standing::Better : Standing::Same;
    } else {
      row->tolerance *= 2;
      row->standing = row->change < -row->tolerance ? Standing::Worse : row->change > row->tolerance ? Standing::Better : Standing::Same;
    }
    out_.rows.push_back(*row);
  }

  void amount(Figure figure, Getter get, double floor) {
    auto row = plain(figure, get, o_.tolerance_memory);
    if (!row) return;
    const double difference = row->now - row->before;
    if (std::abs(difference) >= floor && std::abs(row->change) > row->tolerance) row->standing = difference > 0 ? Standing::Worse : Standing::Better;
    out_.rows.push_back(*row);
  }

  void findings() {
    const bool seen = std::any_of(before_.begin(), before_.end(), [](const Measurement& m) { return m.has_log; });
    const bool looked = std::any_of(now_.begin(), now_.end(), [](const Measurement& m) { return m.has_log; });
    std::set<std::string> known, present;
    for (const Measurement& m : before_) {
      for (const KnownFinding& f : m.findings) known.insert(f.code);
    }
    for (const Measurement& m : now_) {
      for (const KnownFinding& f : m.findings) {
        // A baseline of times alone knows nothing of what its log said.
        if (!present.insert(f.code).second || known.contains(f.code) || is_about_scatter(f.code) || !seen) continue;
        out_.new_findings.push_back(f);
      }
    }
    if (!looked || before_.empty()) return;
    for (const KnownFinding& f : before_.back().findings) {
      if (!present.contains(f.code) && !is_about_scatter(f.code)) out_.gone_findings.push_back(f);
    }
  }

  const std::vector<Measurement> before_, now_;
  bool paired_;
  const CheckOptions& o_;
  CheckResult out_;
};

}  // namespace

std::string_view figure_name(Figure f) {
  constexpr std::string_view names[] = {"median_ms", "p99_ms", "throughput_qps", "peak_gpu_mib", "peak_cpu_mib", "engine_mib", "build_seconds"};
  return names[size_t(f)];
}

std::string_view standing_name(Standing s) {
  constexpr std::string_view names[] = {"same", "better", "worse", "undecided", "shown"};
  return names[size_t(s)];
}

bool is_about_scatter(std::string_view code) { return code == diag::log_unstable_clocks.code || code == diag::log_tail_latency.code; }

bool CheckResult::worse() const {
  return !new_findings.empty() || untold_median || std::any_of(rows.begin(), rows.end(), [](const CheckRow& r) { return r.standing == Standing::Worse; });
}

bool CheckResult::undecided() const {
  return std::any_of(rows.begin(), rows.end(), [](const CheckRow& r) { return r.standing == Standing::Undecided && r.figure == Figure::Median; });
}

CheckResult check_against(const std::vector<Measurement>& before, const std::vector<Measurement>& now, bool paired, const CheckOptions& options) {
  return Check(before, now, paired, options).run();
}

}  // namespace pharos
