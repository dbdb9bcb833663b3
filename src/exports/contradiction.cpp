// Whether a file belongs to the run beside which it lies: what both tell must agree.

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "catalog/exports.h"
#include "exports/export.h"

namespace pharos {
namespace {

struct Difference { std::string en, zh; };

// The log's summary is of the same queries and rounded to six digits.
std::optional<Difference> of_medians(double file, const LogModel& m) {
  constexpr double tolerance = 0.05, rounding_ms = 0.005;
  if (!m.performance_file.empty() || !m.performance || !m.performance->compute) return std::nullopt;
  const double log = m.performance->compute->median;
  if (file <= 0 || log <= 0 || std::fabs(file - log) <= std::max(tolerance * std::max(file, log), rounding_ms)) return std::nullopt;
  return Difference{fmt::format("median compute time {:.3f} ms against {:.3f} ms", file, log), fmt::format("计算时间中位数 {:.3f} ms 与 {:.3f} ms 不符", file, log)};
}

template <class Layer>
std::set<std::string_view> names_of(const std::vector<Layer>& layers) {
  std::set<std::string_view> out;
  for (const Layer& l : layers) out.insert(l.name);
  return out;
}

template <class Layer>
std::optional<Difference> of_names(const std::vector<Layer>& layers, const std::set<std::string_view>& known) {
  const size_t looked_at = std::min(layers.size(), max_facts);
  if (looked_at == 0 || known.empty()) return std::nullopt;
  const auto end = layers.begin() + std::ptrdiff_t(looked_at);
  const auto shared = size_t(std::count_if(layers.begin(), end, [&](const Layer& l) { return known.contains(l.name); }));
  if (2 * shared >= std::min(looked_at, known.size())) return std::nullopt;
  return Difference{fmt::format("{} of its {} layers are known there, {} for instance is not", shared, looked_at, layers.front().name),
                    fmt::format("其 {} 层中只有 {} 层在那里出现，例如 {}", looked_at, shared, layers.front().name)};
}

}  // namespace

std::optional<Report> contradiction(const Export& file, const LogModel& m, std::string_view log) {
  std::optional<Difference> found;
  std::string against(log);
  if (const auto* t = file.as<TimeSamples>(); t && !t->warm_up_included) found = of_medians(statistic_of(t->compute).median, m);
  if (const auto* b = file.as<BenchSummary>()) found = of_medians(b->compute.median, m);
  if (const auto* p = file.as<ProfileTable>()) {
    const bool table = m.layers_file.empty() && !m.layers.empty();
    if (table && p->iterations > 0 && m.profile_iterations > 0 && p->iterations != m.profile_iterations) {
      found = Difference{fmt::format("a profile of {} runs against {}", p->iterations, m.profile_iterations), fmt::format("剖析 {} 次与 {} 次不符", p->iterations, m.profile_iterations)};
    } else if (table) {
      found = of_names(p->layers, names_of(m.layers));
    } else if (found = of_names(p->layers, names_of(m.engine_layers)); found && !m.engine_layers_file.empty()) {
      against = m.engine_layers_file;
    }
  }
  if (const auto* l = file.as<LayerInformation>()) {
    if (found = of_names(l->layers, names_of(m.layers)); found && !m.layers_file.empty()) against = m.layers_file;
  }
  if (!found) return std::nullopt;
  return Report(diag::export_other_run, {{"path", file.path}, {"log", against}, {"difference", found->en}, {"difference_zh", found->zh}});
}

}  // namespace pharos
