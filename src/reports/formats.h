#pragma once
// The formats of a report, by name.

#include <span>
#include <string>
#include <string_view>

#include "findings/finding.h"

namespace pharos {

struct ReportOptions {
  Language language = Language::English;
  bool all = false;      // notes and harmless messages in full (text)
  bool color = false;    // ANSI (text)
};

struct ReportFormat {
  std::string_view name;
  Text doc;
  std::string (*render)(std::span<const Diagnosis> diagnoses, const ReportOptions& options);
};

std::span<const ReportFormat> report_formats();
const ReportFormat* find_report_format(std::string_view name);

}  // namespace pharos
