#include "reports/formats.h"

#include <array>

#include "reports/json_report.h"
#include "reports/text_report.h"

namespace pharos {
namespace {

std::string text(std::span<const Diagnosis> diagnoses, const ReportOptions& o) {
  std::string out;
  for (const Diagnosis& d : diagnoses) out += (out.empty() ? "" : "\n") + text_report(d, {.language = o.language, .all = o.all, .color = o.color});
  return out;
}

std::string json(std::span<const Diagnosis> diagnoses, const ReportOptions& o) {
  std::string out;
  for (const Diagnosis& d : diagnoses) out += json_report(d, o.language);
  return out;
}

constexpr std::array formats{
    ReportFormat{"text", {"for people", "供阅读"}, text},
    ReportFormat{"json", {"for programs", "供程序使用"}, json},
};

}  // namespace

std::span<const ReportFormat> report_formats() { return formats; }

const ReportFormat* find_report_format(std::string_view name) {
  for (const ReportFormat& f : formats) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

}  // namespace pharos
