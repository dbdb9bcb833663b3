#include "reports/json_finding.h"

#include <algorithm>

namespace pharos {
namespace {

void write_arguments(Json& j, const Arguments& arguments) {
  j.key("arguments").begin_object();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto same = [&](const auto& other) { return other.first == arguments[i].first; };
    // The first of a name counts, as in messages; JSON allows each name once.
    if (std::none_of(arguments.begin(), arguments.begin() + ptrdiff_t(i), same))
      j.member(arguments[i].first, printable(arguments[i].second));
  }
  j.end_object();
}

// Of one condition; of all of them where it is none.
void write_objections(Json& j, std::string_view name, const std::vector<Objection>& objections,
                      std::optional<size_t> condition, Language l) {
  j.key(name).begin_array();
  for (const Objection& o : objections) {
    if (condition && o.condition != *condition) continue;
    j.begin_object().member("code", o.code()).member("message", printable(o.message(l))).end_object();
  }
  j.end_array();
}

}  // namespace

void write_finding_members(Json& j, const Finding& f, size_t run, Language l) {
  const Diagnostic& d = f.report.diagnostic();
  j.member("code", d.code).member("slug", d.slug).member("category", category_name(f.category));
  j.member("severity", severity_name(f.severity)).member("role", role_name(f.role)).member("confidence", f.confidence);
  j.member("phase", phase_name(f.stage))
      .member("stage", f.stage == Stage::None ? "" : stage_name(f.stage))
      .member("run", run)
      .member("count", f.count);
  j.member("title", printable(f.title(l)))
      .member("message", printable(f.message(l)))
      .member("cause", printable(f.cause(l)));
  j.key("remedy").begin_array();
  for (const std::string& step : f.remedy(l)) j.value(printable(step));
  j.end_array();
  write_arguments(j, f.report.arguments());
  j.key("evidence").begin_array();
  for (const Evidence& e : f.evidence)
    j.begin_object().member("file", e.file).member("line", e.line).member("text", printable(e.text)).end_object();
  j.end_array().key("consequences").begin_array();
  for (const Finding& c : f.consequences) {
    j.begin_object();
    write_finding_members(j, c, run, l);
    j.end_object();
  }
  j.end_array().member("reference", f.reference());
}

void write_gate_members(Json& j, const Diagnosis& log, const Verdict& gate, Language l) {
  j.member("file", log.files.front()).member("passed", gate.passed()).key("conditions").begin_array();
  for (size_t c = 0; c < gate.conditions.size(); ++c) {
    j.begin_object().member("name", gate.conditions[c]).member("passed", gate.holds(c));
    write_objections(j, "objections", gate.reasons, c, l);
    j.end_object();
  }
  j.end_array();
  write_objections(j, "waived", gate.waived, std::nullopt, l);
}

}  // namespace pharos
