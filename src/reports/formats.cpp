#include "reports/formats.h"

namespace pharos {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats{
      {"text", {"for a terminal", "终端文本"}, text_report},
      {"json", {"everything, for programs", "完整内容，供程序使用"}, json_report},
      {"jsonl", {"one finding a line", "每行一个发现"}, jsonl_report},
  };
  return formats;
}

const ReportFormat* find_report_format(std::string_view name) {
  for (const ReportFormat& f : report_formats()) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

std::vector<std::string_view> report_format_names() {
  std::vector<std::string_view> names;
  for (const ReportFormat& f : report_formats()) names.push_back(f.name);
  return names;
}

}  // namespace pharos
