#include "cli/cli.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "base/threads.h"
#include "catalog/command_line.h"
#include "catalog/environment.h"
#include "cli/options.h"
#include "cli/sinks/json_sink.h"

namespace pharos {

void CommonOptions::define(Options& o) {
  o.group("Common options");
  o.choice("--lang", {"en", "zh"}, language, "language of messages; default from the locale");
  o.choice("--log-level", {"error", "warning", "info", "verbose"}, log_level, "least severe messages to show");
  o.flag("--verbose,-v", verbose, "same as --log-level verbose");
  o.flag("--quiet,-q", quiet, "same as --log-level error");
  o.choice("--color", {"auto", "always", "never"}, color, "colours; auto: only on a terminal");
  o.text("--log-json", "FILE", log_json, "also write every record as a JSON line (- is stderr)");
  o.text("--log-file", "FILE", log_file, "also write every record to a rotated log file");
  o.bytes("--log-max-size", "SIZE", retention.max_bytes, "size at which the log file is set aside [16M]");
  o.integer("--log-max-files", "N", retention.max_files, 1, 999, "log files to keep, the current one included");
  o.number("--log-max-age", "DAYS", retention.max_age_days, 0, 36500, "age at which files set aside are deleted");
}

Cli::Cli(const VerbSet& verbs, Environment environment)
    : verbs_(verbs),
      environment_(std::move(environment)),
      language_(environment_.language),
      terminal_(environment_.color) {
  auto console = std::make_unique<ConsoleSink>(terminal_, language_);
  console_ = console.get();
  router_.add(std::move(console));
}

Result<void> Cli::configure(const CommonOptions& options) {
  if (!options.language.empty()) language_ = options.language == "zh" ? Language::Chinese : Language::English;
  console_->set_language(language_);
  terminal_.set_color(options.color.empty() ? environment_.color : options.color);
  if (const auto& fault = environment_.fault)
    return Report(diag::option_value_invalid,
                  {{"option", std::string(fault->name)}, {"actual", fault->actual}, {"expected", std::string(fault->expected)}});
  const std::string& level = !options.log_level.empty() ? options.log_level : environment_.log_level;
  if (level == "error") console_->threshold = Severity::Error;
  else if (level == "warning") console_->threshold = Severity::Warning;
  else if (level == "verbose") console_->threshold = Severity::Verbose;
  if (options.quiet) console_->threshold = Severity::Error;
  if (options.verbose) console_->threshold = Severity::Verbose;
  const Severity file_threshold = std::max(console_->threshold, Severity::Info);
  const auto lost = [&](const std::string& path) {
    router_.say({diag::log_sink_failed, {{"path", path}, {"details", std::strerror(errno)}}});
  };
  if (!options.log_json.empty()) {
    auto sink = std::make_unique<JsonSink>(options.log_json, language_);
    sink->threshold = file_threshold;
    if (sink->ok()) router_.add(std::move(sink));
    else lost(options.log_json);
  }
  if (!options.log_file.empty()) {
    auto sink = std::make_unique<FileSink>(options.log_file, options.retention, language_);
    sink->threshold = file_threshold;
    if (sink->ok()) router_.add(std::move(sink));
    else lost(options.log_file);
  }
  return {};
}

int Cli::threads(int option) {
  const int granted = available_cpus();
  const int wanted = option > 0 ? option : environment_.threads > 0 ? environment_.threads : granted;
  if (wanted > granted) {
    router_.say(
        {diag::threads_above_cpus, {{"threads", std::to_string(wanted)}, {"granted", std::to_string(granted)}}});
  } else if (const long present = sysconf(_SC_NPROCESSORS_ONLN);
             option == 0 && environment_.threads == 0 && present > granted) {
    router_.say({diag::cpus_restricted, {{"granted", std::to_string(granted)}, {"present", std::to_string(present)}}});
  }
  return wanted;
}

int Cli::fail(const Report& report) {
  router_.say(report, stage_);
  const std::string remedy = escape_control(tr(report.diagnostic().remedy));
  if (console_->threshold >= Severity::Error && !remedy.empty())
    terminal_.err_line("    " + remedy, Terminal::Color::Dim);
  return exit_code_for(report);
}

}  // namespace pharos
