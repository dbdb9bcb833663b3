// JUnit XML: a suite for each log, a test for each condition of the gate. Without a gate the condition is "fail_on
// error".

#include <algorithm>

#include <fmt/format.h>

#include "reports/facts_view.h"
#include "reports/formats.h"
#include "reports/words.h"

namespace pharos {
namespace {

// `shown` has left no control character; what remains that XML does not allow are two characters of no meaning.
std::string xml(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\n') out += "&#10;";
    else if (text.substr(i, 3) == "\xef\xbf\xbe" || text.substr(i, 3) == "\xef\xbf\xbf") {
      out += "\xef\xbf\xbd";
      i += 2;
    } else out += c;
  }
  return out;
}

class Writer {
 public:
  explicit Writer(Language l) : l_(l) {}

  std::string report(Diagnoses logs, std::span<const Verdict> gate) {
    std::string suites;
    for (size_t i = 0; i < logs.size(); ++i) suites += suite(logs[i], gate[i]);
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pharos doctor\" tests=\"{}\" failures=\"{}\" "
        "errors=\"0\" skipped=\"{}\" time=\"0\">\n{}</testsuites>\n",
        tests_, failures_, skipped_, suites);
  }

 private:
  std::string suite(const Diagnosis& d, const Verdict& gate) {
    size_t failures = 0;
    std::string cases;
    for (size_t c = 0; c < gate.conditions.size(); ++c) {
      failures += !gate.holds(c);
      cases += test(d, gate, c);
    }
    for (const Objection& w : gate.waived) {
      cases +=
          fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"><skipped message=\"{}\"/></testcase>\n",
                      xml(shown(d.files.front())), xml(fmt::format("waiver {}", w.finding->report.code())),
                      xml(shown(w.message(l_))));
    }
    const size_t tests = gate.conditions.size() + gate.waived.size();
    tests_ += tests;
    failures_ += failures;
    skipped_ += gate.waived.size();
    return fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"0\">\n{}{}{}  "
        "</testsuite>\n",
        xml(shown(d.files.front())), tests, failures, gate.waived.size(), properties(d), cases, rest(d, gate));
  }

  std::string properties(const Diagnosis& d) const {
    std::string out = property("verdict", category_name(d.verdict()));
    for (const RunDiagnosis& r : d.runs) {
      for (const FactLine& f : fact_lines(r.log)) out += property(f.label.in(l_), f.text(l_));
    }
    return fmt::format("    <properties>\n{}    </properties>\n", out);
  }
  static std::string property(std::string_view name, std::string_view value) {
    return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", xml(name), xml(shown(value)));
  }

  // One failure for all that a condition objects to: most readers of the format show the first alone.
  std::string test(const Diagnosis& d, const Verdict& gate, size_t condition) const {
    const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
                                         xml(shown(d.files.front())), xml(gate.conditions[condition]));
    if (gate.holds(condition)) return head + "/>\n";
    std::string type, message, body;
    size_t count = 0;
    for (const Objection& o : gate.reasons) {
      if (o.condition != condition) continue;
      if (count++ == 0) {
        type = o.finding ? o.finding->report.code() : o.code();
        message = o.finding ? fmt::format("{} {}", type, shown(o.finding->title(l_))) : shown(o.message(l_));
      }
      body += (body.empty() ? "" : "\n\n") + shown(o.message(l_)) + (o.finding ? details(*o.finding) : "");
    }
    if (count > 1) message += fmt::format(" (+{} {})", count - 1, words::more.in(l_));
    return fmt::format("{}>\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n", head,
                       xml(type), xml(message), text(body));
  }

  std::string details(const Finding& f) const {
    std::string out = "\n" + labelled(words::cause, shown(f.cause(l_)), l_);
    for (const Evidence& e : f.evidence) out += fmt::format("\n{}:{}: {}", shown(e.file), e.line, shown(e.text));
    const std::string steps = numbered_remedy(f, l_);
    return steps.empty() ? out : fmt::format("{}\n{}\n{}", out, heading(words::remedy, l_), steps);
  }

  // Findings that the gate lets pass.
  std::string rest(const Diagnosis& d, const Verdict& gate) const {
    std::string out;
    for (const RunDiagnosis& r : d.runs) {
      for (const Finding& f : r.findings) {
        if (std::none_of(gate.reasons.begin(), gate.reasons.end(),
                         [&](const Objection& o) { return o.finding == &f; })) {
          out += fmt::format("{} {} {}\n", severity_name(f.severity), f.report.code(), shown(f.message(l_)));
        }
      }
    }
    for (const Report& r : d.remarks)
      out += fmt::format("{} {} {}\n", severity_name(r.diagnostic().severity), r.code(), shown(r.message(l_)));
    return out.empty() ? "" : fmt::format("    <system-out>{}</system-out>\n", text(out));
  }

  // Between tags lines may stay lines.
  static std::string text(std::string_view t) {
    std::string out = xml(t);
    for (size_t at = 0; (at = out.find("&#10;", at)) != std::string::npos; ++at) out.replace(at, 5, "\n");
    return out;
  }

  Language l_;
  size_t tests_ = 0, failures_ = 0, skipped_ = 0;
};

}  // namespace

std::string junit_report(Diagnoses logs, const ReportOptions& o) {
  if (!o.gate.empty()) return Writer(o.language).report(logs, o.gate);
  std::vector<Verdict> gate;
  for (const Diagnosis& d : logs) gate.push_back(judge(d, {.fail_on = FailOn::Error}, 0));
  return Writer(o.language).report(logs, gate);
}

}  // namespace pharos
