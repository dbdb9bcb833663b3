// Markdown for a comment on a change (GitHub's and GitLab's kind): short at the top, details folded.

#include <algorithm>

#include <fmt/format.h>

#include "base/wrap.h"
#include "reports/facts_view.h"
#include "reports/formats.h"
#include "reports/words.h"

namespace pharos {
namespace {

constexpr size_t shown_evidence = 4, evidence_columns = 400;
constexpr size_t comment_bytes = 60'000;  // GitHub refuses a comment of more than 65536 characters

// Foreign text as text: no markup, no HTML, no '@name' that calls somebody, no '#1' that links an issue.
std::string plain(std::string_view text) {
  constexpr std::string_view markup = "\\`*_{}[]<>()|~&!#";
  std::string out;
  for (const char c : shown(text)) {
    if (markup.find(c) != std::string_view::npos) out += '\\';
    out += c;
    if (c == '@' || c == '#') out += "<!-- -->";
  }
  return out;
}

// In backticks; more of them than the text has in a row.
std::string code(std::string_view text) {
  const std::string t = shown(text);
  size_t longest = 0, now = 0;
  for (const char c : t) longest = std::max(longest, now = c == '`' ? now + 1 : 0);
  const std::string fence(longest + 1, '`');
  const std::string_view gap = t.starts_with('`') || t.ends_with('`') ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, gap, t);
}

std::string block(const std::string& lines) {
  size_t longest = 2, now = 0;
  for (const char c : lines) longest = std::max(longest, now = c == '`' ? now + 1 : 0);
  const std::string fence(longest + 1, '`');
  return fmt::format("{0}text\n{1}{0}\n", fence, lines);
}

class Writer {
 public:
  explicit Writer(const ReportOptions& o) : o_(o), l_(o.language) {}

  std::string report(Diagnoses logs) {
    out_ = fmt::format("### pharos doctor: {}\n", plain(verdict_text(top_finding(logs), l_)));
    if (!o_.gate.empty()) gate(logs);
    if (logs.size() > 1) table(logs);
    for (const Diagnosis& d : logs) log(d, logs.size() > 1);
    if (left_out_ > 0) {
      out_ += fmt::format("\n{}\n", phrase({"{} more finding(s) are left out for the size of a comment.",
                                            "另有 {} 项发现因评论长度限制未列出。"},
                                           l_, left_out_));
    }
    return std::move(out_);
  }

 private:
  std::string w(const Text& t) const { return std::string(t.in(l_)); }

  void gate(Diagnoses logs) {
    out_ +=
        fmt::format("\n**{}**\n\n", labelled(words::gate, w(gate_passed(o_.gate) ? words::passed : words::failed), l_));
    for (size_t i = 0; i < o_.gate.size(); ++i) {
      const std::string file = logs.size() > 1 ? code(logs[i].files.front()) + ": " : "";
      for (const Objection& r : o_.gate[i].reasons) {
        out_ += fmt::format("- {}{}: {}\n", file, code(o_.gate[i].conditions[r.condition]),
                            plain(clipped(shown(r.message(l_)), evidence_columns)));
      }
      for (const Objection& r : o_.gate[i].waived)
        out_ += fmt::format("- {}{}\n", file, labelled(words::waived, plain(r.message(l_)), l_));
    }
  }

  void table(Diagnoses logs) {
    out_ += fmt::format("\n| {} | {} |\n| --- | --- |\n", w(words::log), w(words::verdict));
    for (const Diagnosis& d : logs)
      out_ += fmt::format("| {} | {} |\n", plain(d.files.front()), plain(verdict_text(d.top(), l_)));
  }

  void log(const Diagnosis& d, bool one_of_several) {
    if (one_of_several) out_ += fmt::format("\n#### {}\n", code(d.files.front()));
    for (size_t r = 0; r < d.runs.size(); ++r) {
      const LogModel& m = d.runs[r].log;
      if (d.runs.size() > 1)
        out_ += fmt::format("\n**{}**\n", phrase(words::run_of, l_, r + 1, d.runs.size(), m.first_line, m.last_line));
      if (const std::string head = headline(m, l_); !head.empty()) out_ += fmt::format("\n{}\n", plain(head));
      run(d.runs[r]);
    }
    for (const Report& remark : d.remarks) out_ += fmt::format("\n> {}\n", plain(remark.text(l_)));
  }

  void run(const RunDiagnosis& r) {
    std::vector<const Finding*> brief;
    size_t number = 0;
    for (const Finding& f : r.findings) {
      if (is_minor(f) && !o_.all) brief.push_back(&f);
      else finding(f, ++number);
    }
    if (brief.empty()) return;
    std::string notes;
    for (const Finding* f : brief) notes += fmt::format("- {} {}\n", code(f->report.code()), plain(f->message(l_)));
    fold(w(words::notes) + phrase(words::in_brackets, l_, brief.size()), notes);
  }

  void finding(const Finding& f, size_t number) {
    std::string text = fmt::format(
        "\n**{}. {} {} {}**{}\n\n{}\n", number, severity_name(f.severity), code(f.report.code()), plain(f.title(l_)),
        f.count > 1 ? fmt::format(" ×{}", f.count) : "", plain(clipped(shown(f.message(l_)), 3 * evidence_columns)));
    text += fmt::format("\n{}\n", labelled(words::cause, plain(f.cause(l_)), l_));
    text += evidence(f);
    const auto steps = f.remedy(l_);
    if (!steps.empty()) text += fmt::format("\n{}\n\n", heading(words::remedy, l_));
    for (size_t i = 0; i < steps.size(); ++i) text += fmt::format("{}. {}\n", i + 1, plain(steps[i]));
    if (out_.size() + text.size() > comment_bytes) {
      ++left_out_;
      return;
    }
    out_ += text;
    if (f.consequences.empty()) return;
    std::string led_to;
    for (const Finding& c : f.consequences) {
      const std::string where = c.evidence.empty() ? "" : phrase(words::at_line, l_, c.evidence[0].line);
      led_to += fmt::format("- {} {}{}\n", code(c.report.code()),
                            plain(clipped(shown(c.message(l_)), evidence_columns)), where);
    }
    fold(w(words::leads_to) + phrase(words::in_brackets, l_, f.consequences.size()), led_to);
  }

  std::string evidence(const Finding& f) const {
    if (f.evidence.empty()) return "";
    const size_t count = o_.all ? f.evidence.size() : std::min(shown_evidence, f.evidence.size());
    std::string lines;
    for (size_t i = 0; i < count; ++i) {
      lines += fmt::format("{}:{}: {}\n", shown(f.evidence[i].file), f.evidence[i].line,
                           clipped(shown(f.evidence[i].text), evidence_columns));
    }
    const int64_t rest = std::max<int64_t>(f.count, int64_t(f.evidence.size())) - int64_t(count);
    if (rest > 0) lines += fmt::format("... {} {}\n", rest, w(words::more));
    return "\n" + block(lines);
  }

  void fold(const std::string& summary, const std::string& body) {
    const std::string text = fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", summary, body);
    if (out_.size() + text.size() <= comment_bytes) out_ += text;
  }

  const ReportOptions& o_;
  Language l_;
  std::string out_;
  size_t left_out_ = 0;
};

}  // namespace

std::string markdown_report(Diagnoses logs, const ReportOptions& o) { return Writer(o).report(logs); }

}  // namespace pharos
