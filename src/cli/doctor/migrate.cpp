#include "cli/doctor/migrate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/doctor.h"
#include "cli/cli.h"
#include "findings/doctor.h"
#include "findings/migration.h"

namespace pharos {
namespace {

constexpr Text nothing_changes{"nothing has to change for TensorRT {}", "无需为 TensorRT {} 修改"};
constexpr Text leave_out{"leave out", "删去"};
constexpr Text new_command{"New command:", "新命令："};

std::string migration_text(const std::string& command, int major, Language language) {
  const Migration m = migrate_command(command, major);
  std::string out = escape_control(command) + "\n";
  if (m.changes.empty()) return out + "  " + fmt::format(fmt::runtime(nothing_changes.in(language)), major) + "\n";
  size_t width = 0;
  for (const OptionChange& c : m.changes) width = std::max(width, c.given.size());
  for (const OptionChange& c : m.changes) {
    out += fmt::format("  {:<{}}  ->  {}\n", escape_control(c.given), width, c.instead.empty() ? leave_out.in(language) : escape_control(c.instead));
    out += fmt::format("  {:<{}}      {}\n", "", width, c.why.in(language));
  }
  return out + fmt::format("{}\n  {}\n", new_command.in(language), escape_control(m.command));
}

}  // namespace

int doctor_migrate(Cli& cli, int major, const std::string& command, const std::vector<std::string>& files) {
  std::vector<std::string> commands;
  if (!command.empty()) commands.push_back(command);
  const Doctor doctor;
  for (const std::string& file : files) {
    const auto diagnosis = doctor.examine_file(file);
    if (!diagnosis) return cli.fail(diagnosis.error());
    bool found = false;
    for (const RunDiagnosis& run : diagnosis->runs) {
      if (run.log.command.empty() || run.log.tool != "trtexec") continue;
      found = true;
      if (std::find(commands.begin(), commands.end(), run.log.command) == commands.end()) commands.push_back(run.log.command);
    }
    if (!found) return cli.fail({diag::log_without_command, {{"path", file}}});
  }
  std::string out;
  for (const std::string& c : commands) out += (out.empty() ? "" : "\n") + migration_text(c, major, cli.language());
  cli.print(out);
  return exit_fine;
}

}  // namespace pharos
