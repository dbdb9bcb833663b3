#include "catalog/catalog.h"

#include <algorithm>
#include <array>

#include "catalog/baselines.h"
#include "catalog/build.h"
#include "catalog/command_line.h"
#include "catalog/compare.h"
#include "catalog/doctor.h"
#include "catalog/engine.h"
#include "catalog/environment.h"
#include "catalog/exports.h"
#include "catalog/general.h"
#include "catalog/graph.h"
#include "catalog/import.h"
#include "catalog/lint.h"
#include "catalog/log_api.h"
#include "catalog/log_crash.h"
#include "catalog/log_engines.h"
#include "catalog/log_environment.h"
#include "catalog/log_implementations.h"
#include "catalog/log_int8.h"
#include "catalog/log_memory.h"
#include "catalog/log_models.h"
#include "catalog/log_notes.h"
#include "catalog/log_operators.h"
#include "catalog/log_performance.h"
#include "catalog/log_precision.h"
#include "catalog/log_shapes.h"
#include "catalog/plugins.h"
#include "catalog/policy.h"
#include "catalog/precision.h"
#include "catalog/runtime.h"
#include "catalog/tactics.h"
#include "catalog/timing_cache.h"

namespace pharos {
namespace {

template <size_t... n>
constexpr auto joined(const std::array<const Diagnostic*, n>&... lists) {
  std::array<const Diagnostic*, (n + ... + 0)> out{};
  size_t next = 0;
  ((std::copy(lists.begin(), lists.end(), out.begin() + ptrdiff_t(next)), next += n), ...);
  std::sort(out.begin(), out.end(), [](const Diagnostic* a, const Diagnostic* b) { return a->code < b->code; });
  return out;
}

constexpr auto entries = joined(diag::general_entries, diag::command_line_entries, diag::import_entries, diag::lint_entries, diag::graph_entries,
                                diag::precision_entries, diag::tactics_entries, diag::build_entries, diag::timing_cache_entries,
                                diag::engine_entries, diag::runtime_entries, diag::plugin_entries, diag::environment_entries, diag::doctor_entries,
                                diag::policy_entries, diag::export_entries, diag::compare_entries, diag::baseline_entries, diag::log_operators_entries, diag::log_models_entries, diag::log_shapes_entries,
                                diag::log_int8_entries, diag::log_precision_entries, diag::log_implementations_entries,
                                diag::log_crash_entries,
                                diag::log_memory_entries, diag::log_engines_entries, diag::log_performance_entries,
                                diag::log_environment_entries, diag::log_api_entries, diag::log_notes_entries);

}  // namespace

std::span<const Diagnostic* const> all_diagnostics() { return entries; }

const Diagnostic* find_diagnostic(std::string_view code_or_slug) {
  for (const Diagnostic* d : entries)
    if (d->code == code_or_slug || d->slug == code_or_slug) return d;
  return nullptr;
}

}  // namespace pharos
