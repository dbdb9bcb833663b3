// Workflow commands of GitHub Actions: an annotation for each finding, then the whole report as a folded group.

#include <fmt/format.h>

#include "base/hash.h"
#include "reports/formats.h"
#include "reports/words.h"

namespace pharos {
namespace {

// What a runner would take for the end of the command or of a property is percent-encoded.
std::string encoded(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') out += "%25";
    else if (c == '\r') out += "%0D";
    else if (c == '\n') out += "%0A";
    else if (property && c == ':') out += "%3A";
    else if (property && c == ',') out += "%2C";
    else out += c;
  }
  return out;
}

std::string_view level(const Finding& f) {
  return f.severity <= Severity::Error ? "error" : f.severity == Severity::Warning ? "warning" : "notice";
}

std::string annotation(const Finding& f, Language l) {
  std::string where;
  if (!f.evidence.empty())
    where = fmt::format(" file={},line={},", encoded(shown(f.evidence[0].file), true), f.evidence[0].line);
  std::string text = shown(f.message(l)) + "\n" + shown(f.cause(l));
  if (const std::string steps = numbered_remedy(f, l); !steps.empty()) text += "\n" + steps;
  return fmt::format("::{}{}title={}::{}\n", level(f), where.empty() ? " " : where,
                     encoded(fmt::format("{} {}", f.report.code(), shown(f.title(l))), true), encoded(text, false));
}

// A budget or a damaged log: what no finding tells.
std::string annotation(const Objection& o, const Diagnosis& log, Language l) {
  return fmt::format("::error file={},title={}::{}\n", encoded(shown(log.files.front()), true),
                     encoded(fmt::format("{} {}", o.code(), o.diagnostic().title.in(l)), true),
                     encoded(shown(o.message(l)), false));
}

// Lines of a log must not be taken for commands: between the two tokens the runner looks for nothing but the second.
// Who wrote the log cannot know the token, since it depends on all of the report.
std::string muted(const std::string& text) {
  const std::string token = "pharos-" + hex64(hash64(text));
  return fmt::format("::stop-commands::{0}\n{1}::{0}::\n", token, text);
}

}  // namespace

std::string github_report(Diagnoses logs, const ReportOptions& o) {
  std::string out;
  // The runner shows the first ten of a level.
  for (const Placed& p : ranked(logs)) {
    if (o.all || !is_minor(*p.finding)) out += annotation(*p.finding, o.language);
  }
  for (size_t i = 0; i < o.gate.size(); ++i) {
    for (const Objection& reason : o.gate[i].reasons) {
      if (!reason.finding) out += annotation(reason, logs[i], o.language);
    }
  }
  ReportOptions plain = o;
  plain.color = false;
  plain.columns = 0;
  std::string title = fmt::format("pharos doctor: {}", verdict_text(top_finding(logs), o.language));
  if (!o.gate.empty())
    title +=
        phrase(words::in_brackets, o.language,
               labelled(words::gate, (gate_passed(o.gate) ? words::passed : words::failed).in(o.language), o.language));
  return out + fmt::format("::group::{}\n", encoded(title, false)) + muted(text_report(logs, plain)) + "::endgroup::\n";
}

}  // namespace pharos
