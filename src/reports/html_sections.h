#pragma once
// The sections of the HTML report. What they return is markup.

#include <string>

#include "reports/excerpts.h"
#include "reports/html_markup.h"
#include "reports/report.h"

namespace pharos {

inline constexpr size_t max_told_findings = 100;  // of one run, in full
inline constexpr size_t max_told_runs = 40;       // in full; the overview lists max_listed_runs
inline constexpr size_t max_listed_runs = 400;

struct PageContext {
  Words words;
  const Excerpts& excerpts;
  bool all = false;       // notes and harmless messages open from the start
  int heading = 3;        // level of a section's parts
};

// "error", "warning", "info": the style class of a severity.
std::string_view severity_class(Severity s);

std::string findings_section(const RunDiagnosis& run, const PageContext& page);
// Every kind of message with its count and first line.
std::string messages_table(const RunDiagnosis& run, Words w);
std::string key_figures(const LogModel& log, Words w);
// Versions, device, command line, options, inputs and profiles, layers after each pass, what memory was planned.
std::string facts_section(const LogModel& log, Words w);
std::string gate_section(std::span<const Verdict> gate, Diagnoses logs, Words w);

}  // namespace pharos
