#include "reports/json_report.h"

#include "base/json.h"

namespace pharos {
namespace {

void write(Json& j, const Finding& f, Language l) {
  const Diagnostic& d = f.report.diagnostic();
  constexpr std::string_view roles[] = {"cause", "consequence", "note", "harmless"};
  j.begin_object();
  j.member("code", d.code).member("slug", d.slug).member("category", category_name(f.category));
  j.member("severity", severity_name(f.severity)).member("role", roles[size_t(f.role)]).member("confidence", f.confidence);
  j.member("phase", is_build_stage(f.stage) ? "build" : is_run_stage(f.stage) ? "run" : "").member("stage", stage_name(f.stage));
  j.member("count", f.count).member("title", f.title(l)).member("message", f.message(l)).member("cause", f.cause(l));
  j.key("remedy").begin_array();
  for (const std::string& step : f.remedy(l)) j.value(step);
  j.end_array().key("arguments").begin_object();
  for (const auto& [name, value] : f.report.arguments()) j.member(name, value);
  j.end_object().key("evidence").begin_array();
  for (const Evidence& e : f.evidence) j.begin_object().member("file", e.file).member("line", e.line).member("text", e.text).end_object();
  j.end_array().key("consequences").begin_array();
  for (const Finding& c : f.consequences) write(j, c, l);
  j.end_array().member("reference", f.reference()).end_object();
}

}  // namespace

std::string json_report(const Diagnosis& d, Language l, int indent) {
  Json j(indent);
  j.begin_object().member("verdict", category_name(d.verdict()));
  j.key("findings").begin_array();
  // Best first over all runs: the one that gives the verdict leads.
  const Finding* top = d.top();
  if (top) write(j, *top, l);
  for (const RunDiagnosis& run : d.runs) {
    for (const Finding& f : run.findings) {
      if (&f != top) write(j, f, l);
    }
  }
  j.end_array().member("lines", d.lines).key("files").begin_array();
  for (const std::string& f : d.files) j.value(f);
  j.end_array().end_object();
  return j.text() + "\n";
}

}  // namespace pharos
