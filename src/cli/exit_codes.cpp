#include "cli/exit_codes.h"

#include "catalog/baselines.h"
#include "catalog/build.h"
#include "catalog/command_line.h"
#include "catalog/general.h"
#include "catalog/import.h"
#include "catalog/lint.h"
#include "catalog/plugins.h"
#include "catalog/policy.h"
#include "catalog/timing_cache.h"

namespace pharos {

ExitCode exit_code_for(const Report& report) {
  const Diagnostic& d = report.diagnostic();
  if (&d == &diag::warnings_fatal || &d == &diag::outputs_differ || &d == &diag::plugin_check_failed) return exit_found;
  if (&d == &diag::input_file_invalid || &d == &diag::timing_cache_foreign_file) return exit_unreadable;
  if (&d == &diag::verify_case_invalid) return exit_unreadable;
  if (&d == &diag::plugin_not_loaded || &d == &diag::plugin_no_entry) return exit_unreadable;
  if (&d == &diag::plugin_case_invalid) return exit_usage;
  if (&d == &diag::baseline_not_found) return exit_found;
  if (&d == &diag::baseline_key_unknown || &d == &diag::baseline_pairs_uneven) return exit_usage;
  if (&d == &diag::option_invalid || &d == &diag::profile_missing || &d == &diag::profile_misfit) return exit_usage;
  if (&d == &diag::lint_target_unknown) return exit_usage;
  switch (d.layer) {
    case Layer::General:
      if (d.code >= "PH0100") return exit_usage;
      return d.code >= "PH0010" && &d != &diag::file_write_failed ? exit_unreadable : exit_failed;
    case Layer::Import: return &d == &diag::operators_unsupported ? exit_failed : exit_unreadable;
    case Layer::Engine: return exit_unreadable;
    case Layer::Doctor: return &d == &diag::child_failed || &d == &diag::metrics_port ? exit_failed : exit_unreadable;
    default: return exit_failed;
  }
}

}  // namespace pharos
