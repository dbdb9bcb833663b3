// The diagnosis for a terminal: the verdict in one line, causes with evidence and remedy, the rest in short.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/wrap.h"
#include "reports/facts_view.h"
#include "reports/formats.h"

namespace pharos {
namespace {

constexpr size_t widest = 110, narrowest = 48, shown_evidence = 4;

struct Labels {
  std::string_view verdict, clean, evidence, cause, remedy, leads_to, more, lines, line, notes, run, confidence, read_on, all_hint, log, over_all, explain;
};
constexpr Labels english{"Verdict", "no problem found", "Evidence", "Cause", "Remedy", "Led to", "more", "lines", "line", "Notes", "Run", "confidence",
                         "Read on", "--all shows them in full", "Log", "Over all logs", "more: pharos explain"};
constexpr Labels chinese{"结论", "未发现问题", "证据", "原因", "处理方法", "由此导致", "更多", "行", "行", "备注", "运行", "置信度",
                         "延伸阅读", "--all 显示全文", "日志", "全部日志", "详情：pharos explain"};

class Writer {
 public:
  explicit Writer(const ReportOptions& o)
      : o_(o), l_(o.language == Language::Chinese ? chinese : english),
        columns_(o.columns > 0 ? std::clamp(size_t(o.columns), narrowest, widest) : widest) {}

  std::string report(Diagnoses logs) {
    if (logs.size() > 1) over_all(logs);
    for (const Diagnosis& d : logs) {
      if (logs.size() > 1) out_ += fmt::format("\n{}\n", paint(fmt::format("== {}", escape_control(d.files.front())), "1"));
      log(d);
    }
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view text, std::string_view code) const {
    return o_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  static std::string_view color_of(Severity s) { return s <= Severity::Error ? "1;31" : s == Severity::Warning ? "1;33" : "1;36"; }

  // The verdict in words and its colour.
  std::string verdict_text(const Finding* top) const {
    if (!top) return paint(l_.clean, "1;32");
    return paint(fmt::format("{} - {}", category_title(top->category).in(o_.language), escape_control(top->title(o_.language))), color_of(top->severity));
  }

  void over_all(Diagnoses logs) {
    out_ += fmt::format("{}: {}\n", l_.over_all, verdict_text(top_finding(logs)));
    size_t width = 0;
    for (const Diagnosis& d : logs) width = std::max(width, display_width(escape_control(d.files.front())));
    width = std::min<size_t>(width, 40);
    for (const Diagnosis& d : logs) {
      const std::string name = escape_control(d.files.front());
      out_ += fmt::format("  {}{}  {}\n", name, std::string(width - std::min(width, display_width(name)), ' '), verdict_text(d.top()));
    }
  }

  void log(const Diagnosis& d) {
    out_ += fmt::format("{}: {} ({} {})\n", l_.verdict, verdict_text(d.top()), d.lines, l_.lines);
    for (size_t r = 0; r < d.runs.size(); ++r) {
      const LogModel& m = d.runs[r].log;
      if (d.runs.size() > 1) {
        out_ += fmt::format("\n{}\n", paint(fmt::format("-- {} {}/{}, {} {}-{}", l_.run, r + 1, d.runs.size(), l_.lines, m.first_line, m.last_line), "1"));
        if (!m.command.empty()) out_ += fmt::format("{}\n", paint(clipped(escape_control(m.command), columns_), "2"));
      }
      if (const std::string head = headline(m, o_.language); !head.empty()) paragraph("", "", head);
      run(d.runs[r], d.runs.size() > 1);
    }
    for (const Report& remark : d.remarks) {
      out_ += "\n";
      paragraph("", "", escape_control(remark.text(o_.language)));
    }
  }

  void run(const RunDiagnosis& r, bool one_of_several) {
    std::vector<const Finding*> full, brief;
    for (const Finding& f : r.findings) (is_minor(f) && !o_.all ? brief : full).push_back(&f);
    if (one_of_several && full.empty()) out_ += fmt::format("{}\n", paint(l_.clean, "1;32"));
    for (size_t i = 0; i < full.size(); ++i) finding(*full[i], full.size() > 1 ? i + 1 : 0);
    if (brief.empty()) return;
    out_ += fmt::format("\n{} ({})\n", l_.notes, l_.all_hint);
    for (const Finding* f : brief) {
      const std::string where = f->evidence.empty() ? "" : fmt::format(" ({} {})", l_.line, f->evidence[0].line);
      out_ += fmt::format("  {} {}{}{}\n", paint(f->report.code(), "2"), escape_control(f->title(o_.language)), f->count > 1 ? fmt::format(" x{}", f->count) : "", paint(where, "2"));
    }
  }

  void finding(const Finding& f, size_t number) {
    const Language l = o_.language;
    std::string place = std::string(phase_title(f).in(l));
    if (const Text stage = log_stage_title(f.stage); !place.empty() && !stage.en.empty()) place += fmt::format(" ({})", stage.in(l));
    out_ += fmt::format("\n{}{} [{}] {}{}\n", number ? fmt::format("{}. ", number) : "", paint(severity_name(f.severity), color_of(f.severity)), f.report.code(),
                        paint(escape_control(f.title(l)), "1"), f.count > 1 ? fmt::format(" x{}", f.count) : "");
    paragraph("  ", "", escape_control(f.message(l)));
    paragraph("  ", "", fmt::format("{}{}{} {:.0f} %, {} {}", place, place.empty() ? "" : (l == Language::Chinese ? "，" : ", "), l_.confidence, f.confidence * 100,
                                    l_.explain, f.report.code()), "2");
    heading(l_.cause);
    paragraph("    ", "", escape_control(f.cause(l)));
    evidence(f);
    const auto steps = f.remedy(l);
    if (!steps.empty()) heading(l_.remedy);
    for (size_t i = 0; i < steps.size(); ++i) paragraph("    ", fmt::format("{}. ", i + 1), escape_control(steps[i]));
    if (!f.consequences.empty()) heading(l_.leads_to);
    for (const Finding& c : f.consequences) {
      const std::string where = c.evidence.empty() ? "" : fmt::format(" ({} {})", l_.line, c.evidence[0].line);
      paragraph("    ", fmt::format("[{}] ", c.report.code()), escape_control(c.message(l)) + where);
    }
    if (o_.all && !f.reference().empty()) {
      heading(l_.read_on);
      paragraph("    ", "", f.reference());
    }
  }

  // Lines of the log stay whole where they go to a file or a pipe; on a terminal they are cut to some lines' length.
  void evidence(const Finding& f) {
    if (f.evidence.empty()) return;
    heading(l_.evidence);
    const size_t count = o_.all ? f.evidence.size() : std::min(shown_evidence, f.evidence.size());
    for (size_t i = 0; i < count; ++i) {
      const Evidence& e = f.evidence[i];
      const std::string place = fmt::format("{}:{}", escape_control(e.file), e.line);
      out_ += fmt::format("    {}: {}\n", paint(place, "2"), o_.all ? escape_control(e.text) : clipped(escape_control(e.text), o_.columns > 0 ? 3 * columns_ : 400));
    }
    const int64_t rest = std::max<int64_t>(f.count, int64_t(f.evidence.size())) - int64_t(count);
    if (rest > 0) out_ += fmt::format("    ... {} {}\n", rest, l_.more);
  }

  void heading(std::string_view text) { out_ += fmt::format("  {}:\n", text); }

  // Wrapped; lines after the first are indented as far as the text of the first.
  void paragraph(std::string_view indent, std::string_view bullet, std::string_view text, std::string_view color = {}) {
    const size_t hang = display_width(indent) + display_width(bullet);
    const auto lines = wrap(text, columns_ > hang + 20 ? columns_ - hang : 20);
    for (size_t i = 0; i < lines.size(); ++i) {
      out_ += i == 0 ? std::string(indent) + std::string(bullet) : std::string(hang, ' ');
      out_ += (color.empty() ? lines[i] : paint(lines[i], color)) + "\n";
    }
  }

  const ReportOptions& o_;
  const Labels& l_;
  size_t columns_;
  std::string out_;
};

}  // namespace

std::string text_report(Diagnoses logs, const ReportOptions& options) { return Writer(options).report(logs); }

}  // namespace pharos
