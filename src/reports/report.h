#pragma once
// What every report is made from: the diagnoses of the logs that were given, in their order, and how to tell them.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "findings/finding.h"
#include "policy/policy.h"
#include "reports/html_trend.h"

namespace pharos {

using Diagnoses = std::span<const Diagnosis>;  // one per log

struct ReportOptions {
  Language language = Language::English;
  bool all = false;    // text: notes and harmless messages in full
  bool color = false;  // text: ANSI
  int columns = 0;     // text: width of the terminal; 0: there is none
  std::span<const Verdict> gate;  // one per log; empty where no gate was asked for
  std::span<const TrendSeries> trends;  // html: of the baselines
};

// A finding with the log and the run it was made in.
struct Placed {
  const Finding* finding;
  const Diagnosis* log;
  const RunDiagnosis* run;
  size_t run_number;  // over all logs, from 0
  const std::string& file() const { return log->files.front(); }
};

// Over all logs, best first: the first gives the verdict where there is one.
std::vector<Placed> ranked(Diagnoses logs);
// The finding that gives the verdict over all logs; null where they are clean.
const Finding* top_finding(Diagnoses logs);
Category verdict_of(Diagnoses logs);
// Of one run alone.
const Finding* top_finding(const RunDiagnosis& run);

// Foreign text as one line of plain text: what could steer a terminal becomes "\x1b"; tabs stay, or become blanks.
std::string printable(std::string_view foreign);
std::string shown(std::string_view foreign);
// "Cause: text", with the colon of the language.
std::string labelled(const Text& label, std::string_view text, Language l);
// "Cause:", above what follows on lines of its own.
std::string heading(const Text& label, Language l);
// The remedy as lines "1. ...", without a line end behind the last; empty where there is none.
std::string numbered_remedy(const Finding& f, Language l);
// A phrase of words.h with its places filled.
template <class... Values>
std::string phrase(const Text& t, Language l, const Values&... values) { return fmt::format(fmt::runtime(t.in(l)), values...); }
// "out of memory - Tactics were left out because memory was short"; what to say without a defect.
std::string verdict_text(const Finding* top, Language l);

bool gate_passed(std::span<const Verdict> gate);

// Told in short unless everything is asked for: harmless messages, notes without a warning.
bool is_minor(const Finding& f);
std::string_view role_name(Role r);      // "cause"
Text severity_title(Severity s);         // "error", "错误"
Text phase_title(const Finding& f);      // "at build time"; empty where unknown
std::string_view phase_name(Stage s);    // "build", "run", ""
// "build", "run", "build_and_run", or "" where the log does not tell.
std::string_view phase_name(const LogModel& log);
// As the log states it, else from the times of its messages.
std::optional<double> stage_seconds(const StageSpan& s);

}  // namespace pharos
