#include "reports/report.h"

#include <algorithm>

#include "base/text.h"
#include "reports/words.h"

namespace pharos {

std::vector<Placed> ranked(Diagnoses logs) {
  std::vector<Placed> out;
  size_t number = 0;
  for (const Diagnosis& d : logs) {
    for (const RunDiagnosis& r : d.runs) {
      for (const Finding& f : r.findings) out.push_back({&f, &d, &r, number});
      ++number;
    }
  }
  const Finding* top = top_finding(logs);
  std::stable_sort(out.begin(), out.end(), [top](const Placed& a, const Placed& b) {
    if ((a.finding == top) != (b.finding == top)) return a.finding == top;
    return told_before(*a.finding, *b.finding);
  });
  return out;
}

const Finding* top_finding(Diagnoses logs) {
  const Finding* best = nullptr;
  for (const Diagnosis& d : logs) {
    const Finding* top = d.top();
    if (top && (!best || told_before(*top, *best))) best = top;
  }
  return best;
}

Category verdict_of(Diagnoses logs) {
  const Finding* top = top_finding(logs);
  return top ? top->category : Category::Clean;
}

const Finding* top_finding(const RunDiagnosis& run) {
  for (const Finding& f : run.findings) {
    if (decides_verdict(f)) return &f;
  }
  return nullptr;
}

std::string printable(std::string_view foreign) {
  std::string out;
  for (size_t at = 0; at <= foreign.size();) {
    const size_t tab = std::min(foreign.find('\t', at), foreign.size());
    out += escape_control(foreign.substr(at, tab - at));
    if (tab < foreign.size()) out += '\t';
    at = tab + 1;
  }
  return out;
}

std::string shown(std::string_view foreign) {
  std::string out = printable(foreign);
  std::replace(out.begin(), out.end(), '\t', ' ');
  return out;
}

std::string labelled(const Text& label, std::string_view text, Language l) {
  return fmt::format("{}{}{}", label.in(l), words::colon.in(l), text);
}

std::string heading(const Text& label, Language l) {
  return fmt::format("{}{}", label.in(l), l == Language::Chinese ? "：" : ":");
}

std::string numbered_remedy(const Finding& f, Language l) {
  std::string out;
  const auto steps = f.remedy(l);
  for (size_t i = 0; i < steps.size(); ++i) out += fmt::format("{}{}. {}", i > 0 ? "\n" : "", i + 1, shown(steps[i]));
  return out;
}

std::string verdict_text(const Finding* top, Language l) {
  if (!top) return std::string(words::clean.in(l));
  return fmt::format("{} - {}", category_title(top->category).in(l), shown(top->title(l)));
}

bool gate_passed(std::span<const Verdict> gate) {
  return std::all_of(gate.begin(), gate.end(), [](const Verdict& v) { return v.passed(); });
}

bool is_minor(const Finding& f) {
  return f.role == Role::Harmless || (f.severity > Severity::Warning && f.role == Role::Note);
}

std::string_view role_name(Role r) {
  constexpr std::string_view names[] = {"cause", "consequence", "note", "harmless"};
  return names[size_t(r)];
}

Text severity_title(Severity s) {
  switch (s) {
    case Severity::InternalError: return {"internal error", "内部错误"};
    case Severity::Error: return {"error", "错误"};
    case Severity::Warning: return {"warning", "警告"};
    case Severity::Info: return {"note", "提示"};
    case Severity::Verbose: return {"detail", "详情"};
  }
  return {};
}

Text phase_title(const Finding& f) {
  if (is_build_stage(f.stage)) return {"at build time", "构建期"};
  if (is_run_stage(f.stage)) return {"at run time", "运行期"};
  return {"", ""};
}

std::string_view phase_name(Stage s) { return is_build_stage(s) ? "build" : is_run_stage(s) ? "run" : ""; }

std::string_view phase_name(const LogModel& log) {
  bool build = log.build_seconds.has_value(), run = log.performance.has_value() || !log.layers.empty();
  for (const StageSpan& s : log.stages) {
    build |= is_build_stage(s.stage);
    run |= s.stage == Stage::Run || (s.stage == Stage::Load && !build);
  }
  return build && run ? "build_and_run" : build ? "build" : run ? "run" : "";
}

std::optional<double> stage_seconds(const StageSpan& s) {
  if (s.seconds) return s.seconds;
  if (s.begin && s.end && *s.end >= *s.begin) return *s.end - *s.begin;
  return std::nullopt;
}

}  // namespace pharos
