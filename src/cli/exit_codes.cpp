#include "cli/exit_codes.h"

#include "catalog/command_line.h"

namespace pharos {

ExitCode exit_code_for(const Report& report) {
  const Diagnostic& d = report.diagnostic();
  if (&d == &diag::warnings_fatal) return exit_found;
  if (&d == &diag::input_file_invalid) return exit_unreadable;
  if (&d == &diag::output_file_failed) return exit_failed;
  switch (d.layer) {
    case Layer::General: return d.code >= "PH0100" ? exit_usage : exit_unreadable;  // PH00xx: files and limits
    case Layer::Import:
    case Layer::Engine: return exit_unreadable;
    default: return exit_failed;
  }
}

}  // namespace pharos
