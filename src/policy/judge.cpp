#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "catalog/log_operators.h"
#include "catalog/policy.h"
#include "policy/policy.h"

namespace pharos {
namespace {

std::string day_text(int64_t days) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", int(d.year()), unsigned(d.month()), unsigned(d.day()));
}

bool has(const std::vector<std::string>& list, std::string_view code) { return std::find(list.begin(), list.end(), code) != list.end(); }

struct Int8Share { int64_t layers = 0, int8 = 0; };

// By the types that the layer information tells; without it by the names in the profile, which tell it for some engines only.
Int8Share int8_share(const LogModel& m) {
  Int8Share share;
  for (const EngineLayer& l : m.engine_layers) {
    if (l.precision.empty() || !l.computes()) continue;
    ++share.layers;
    share.int8 += l.precision == "INT8";
  }
  if (share.layers > 0) return share;
  for (const LayerTime& l : m.layers) {
    ++share.layers;
    share.int8 += l.name.find("int8") != std::string::npos || l.name.find("Int8") != std::string::npos || l.name.find("i8") != std::string::npos;
  }
  return share;
}

// Messages about work that left the device: to the CPU, to the framework, from the DLA.
int64_t fallbacks_of(const std::vector<Finding>& findings) {
  int64_t n = 0;
  for (const Finding& f : findings) {
    for (const Diagnostic* d : {&diag::log_op_fallback, &diag::log_op_partition, &diag::log_op_nothing_converted, &diag::log_op_dla_fallback}) {
      if (&f.report.diagnostic() == d) n += f.count;
    }
    n += fallbacks_of(f.consequences);
  }
  return n;
}

class Judging {
 public:
  Judging(const Policy& p, int64_t today) : p_(p), today_(today) {}

  Verdict judge(const Diagnosis& d) {
    if (p_.fail_on != FailOn::Never) severities_ = condition(p_.fail_on == FailOn::Error ? "fail_on error" : "fail_on warning");
    for (const std::string& code : p_.fail_codes) codes_.emplace(code, condition("codes.fail " + code));
    for (const RunDiagnosis& run : d.runs) {
      for (const Finding& f : run.findings) finding(f);
    }
    // A log that could not be read to its end was not seen to be clean.
    for (const Report& r : d.remarks) {
      if (severe(r.diagnostic().severity)) object(severities_, r);
    }
    budgets(d);
    return std::move(verdict_);
  }

 private:
  size_t condition(std::string name) {
    verdict_.conditions.push_back(std::move(name));
    return verdict_.conditions.size() - 1;
  }
  void object(size_t condition, Report report, const Finding* finding = nullptr) {
    verdict_.reasons.push_back({std::move(report), condition, finding});
  }

  bool severe(Severity s) const {
    return (p_.fail_on == FailOn::Warning && s <= Severity::Warning) || (p_.fail_on == FailOn::Error && s <= Severity::Error);
  }

  void finding(const Finding& f) {
    const auto by_code = codes_.find(f.report.code());
    const bool counts = severe(f.severity) && f.role != Role::Harmless && !has(p_.ignore_codes, f.report.code());
    if (by_code != codes_.end() || counts) {
      const size_t c = by_code != codes_.end() ? by_code->second : severities_;
      if (!waived(f, c)) {
        object(c, {diag::policy_code_found, {{"code", std::string(f.report.code())}, {"message", f.message(Language::English)}, {"message_zh", f.message(Language::Chinese)},
                                             {"place", f.evidence.empty() ? "?" : fmt::format("{}:{}", f.evidence[0].file, f.evidence[0].line)}}}, &f);
      }
    }
    for (const Finding& c : f.consequences) {
      if (has(p_.fail_codes, c.report.code())) finding(c);
    }
  }

  bool waived(const Finding& f, size_t condition) {
    for (const Waiver& w : p_.waivers) {
      if (w.code != f.report.code() || f.message(Language::English).find(w.match) == std::string::npos) continue;
      const Arguments arguments{{"code", w.code}, {"reason", w.reason}, {"expires", day_text(w.expires)}};
      if (w.expires >= today_) {
        verdict_.waived.push_back({{diag::policy_waived, arguments}, condition, &f});
        return true;
      }
      object(condition, {diag::policy_waiver_expired, arguments}, &f);
    }
    return false;
  }

  // Over all runs of the log: the worst figure counts.
  void budget(std::string_view name, const std::optional<double>& limit, std::optional<double> actual, std::string_view unit, bool at_least = false) {
    if (!limit) return;
    const size_t c = condition(fmt::format("budgets.{}", name));
    if (!actual) {
      object(c, {diag::policy_budget_unknown, {{"budget", std::string(name)}}});
      return;
    }
    if (at_least ? *actual >= *limit : *actual <= *limit) return;
    object(c, {diag::policy_budget_exceeded, {{"budget", std::string(name)}, {"actual", fmt::format("{:.6g}{}", *actual, unit)},
                                              {"limit", fmt::format("{} {:.6g}{}", at_least ? "at least" : "at most", *limit, unit)},
                                              {"limit_zh", fmt::format("{} {:.6g}{}", at_least ? "至少" : "至多", *limit, unit)}}});
  }

  void budgets(const Diagnosis& d) {
    std::optional<double> median, p99, qps, gpu, cpu, build, engine;
    int64_t fallbacks = 0, warnings = 0, layers = 0, int8_layers = 0;
    const auto worst = [](std::optional<double>& into, std::optional<double> v, bool low = false) {
      if (v && *v > 0) into = !into ? *v : low ? std::min(*into, *v) : std::max(*into, *v);
    };
    for (const RunDiagnosis& run : d.runs) {
      const LogModel& m = run.log;
      const Statistic* s = m.latency();
      worst(median, s ? std::optional(s->median) : std::nullopt);
      worst(p99, s ? s->percentile(99) : std::nullopt);
      worst(qps, m.performance ? std::optional(m.performance->throughput) : std::nullopt, true);
      worst(gpu, m.peak_gpu_mib);
      worst(cpu, m.peak_cpu_mib);
      worst(build, m.build_seconds);
      worst(engine, m.engine_mib);
      fallbacks += fallbacks_of(run.findings);
      warnings += m.warnings;
      const Int8Share share = int8_share(m);
      layers += share.layers;
      int8_layers += share.int8;
    }
    const Budgets& b = p_.budgets;
    budget("latency_median_ms", b.latency_median_ms, median, " ms");
    budget("latency_p99_ms", b.latency_p99_ms, p99, " ms");
    budget("throughput_qps", b.throughput_qps, qps, " qps", true);
    budget("peak_gpu_mib", b.peak_gpu_mib, gpu, " MiB");
    budget("peak_cpu_mib", b.peak_cpu_mib, cpu, " MiB");
    budget("build_seconds", b.build_seconds, build, " s");
    budget("engine_mib", b.engine_mib, engine, " MiB");
    budget("int8_layers_percent", b.int8_layers_percent, layers ? std::optional(100.0 * double(int8_layers) / double(layers)) : std::nullopt, " %", true);
    const auto whole = [](const std::optional<int64_t>& n) { return n ? std::optional<double>(double(*n)) : std::nullopt; };
    budget("fallbacks", whole(b.fallbacks), double(fallbacks), "");
    budget("warnings", whole(b.warnings), double(warnings), "");
  }

  const Policy& p_;
  int64_t today_;
  size_t severities_ = 0;                             // the condition of `fail_on`
  std::map<std::string, size_t, std::less<>> codes_;  // the condition of each code that is listed
  Verdict verdict_;
};

}  // namespace

bool Verdict::holds(size_t condition) const {
  return std::none_of(reasons.begin(), reasons.end(), [&](const Objection& o) { return o.condition == condition; });
}

Verdict judge(const Diagnosis& diagnosis, const Policy& policy, int64_t today) { return Judging(policy, today).judge(diagnosis); }

}  // namespace pharos
