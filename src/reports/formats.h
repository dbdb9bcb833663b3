#pragma once
// The formats of 'pharos doctor --format': one table, one function each.

#include <string_view>
#include <vector>

#include "reports/report.h"

namespace pharos {

std::string text_report(Diagnoses logs, const ReportOptions& options);      // for a terminal
std::string json_report(Diagnoses logs, const ReportOptions& options);      // docs/schema/doctor.schema.json
std::string jsonl_report(Diagnoses logs, const ReportOptions& options);     // a record a line
std::string markdown_report(Diagnoses logs, const ReportOptions& options);  // a comment on a change
std::string sarif_report(Diagnoses logs, const ReportOptions& options);     // SARIF 2.1.0
std::string junit_report(Diagnoses logs, const ReportOptions& options);     // JUnit XML
std::string github_report(Diagnoses logs, const ReportOptions& options);    // workflow commands
std::string html_report(Diagnoses logs, const ReportOptions& options);      // a page with figures

struct ReportFormat {
  std::string_view name;
  Text doc;
  std::string (*render)(Diagnoses logs, const ReportOptions& options);
};

const std::vector<ReportFormat>& report_formats();
const ReportFormat* find_report_format(std::string_view name);
std::vector<std::string_view> report_format_names();

}  // namespace pharos
