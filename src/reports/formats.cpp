#include "reports/formats.h"

namespace pharos {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats{
      {"text", {"for a terminal", "终端文本"}, text_report},
      {"json", {"everything, for programs", "完整内容，供程序使用"}, json_report},
      {"jsonl", {"one record a line", "每行一条记录"}, jsonl_report},
      {"markdown", {"for a comment on a change", "用于合并请求评论"}, markdown_report},
      {"sarif", {"SARIF 2.1.0, for code scanning", "SARIF 2.1.0，用于代码扫描"}, sarif_report},
      {"junit", {"JUnit XML: a test for each condition of the gate", "JUnit XML：门禁的每个条件为一个测试"}, junit_report},
      {"github", {"annotations of GitHub Actions", "GitHub Actions 注释"}, github_report},
      {"html", {"one page with figures, for a browser", "带图表的单个网页，供浏览器阅读"}, html_report},
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
