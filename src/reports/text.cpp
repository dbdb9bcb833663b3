// The diagnosis for a terminal: the verdict in one line, causes with evidence and remedy, the rest in short.

#include <algorithm>

#include <fmt/format.h>

#include "base/wrap.h"
#include "reports/facts_view.h"
#include "reports/formats.h"
#include "reports/words.h"

namespace pharos {
namespace {

constexpr size_t widest = 110, narrowest = 48, shown_evidence = 4;

class Writer {
 public:
  explicit Writer(const ReportOptions& o)
      : o_(o), columns_(o.columns > 0 ? std::clamp(size_t(o.columns), narrowest, widest) : widest) {}

  std::string report(Diagnoses logs) {
    if (logs.size() > 1) over_all(logs);
    for (size_t i = 0; i < logs.size(); ++i) {
      if (logs.size() > 1)
        out_ += fmt::format("\n{}\n", paint(fmt::format("== {}", shown(logs[i].files.front())), "1"));
      log(logs[i], i < o_.gate.size() ? &o_.gate[i] : nullptr);
    }
    return std::move(out_);
  }

 private:
  std::string_view w(const Text& t) const { return t.in(o_.language); }
  std::string paint(std::string_view text, std::string_view code) const {
    return o_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  static std::string_view color_of(Severity s) {
    return s <= Severity::Error ? "1;31" : s == Severity::Warning ? "1;33" : "1;36";
  }

  // The verdict in words and its colour.
  std::string verdict(const Finding* top) const {
    return paint(verdict_text(top, o_.language), top ? color_of(top->severity) : "1;32");
  }

  void over_all(Diagnoses logs) {
    out_ += labelled(words::over_all, verdict(top_finding(logs)), o_.language) + "\n";
    size_t width = 0;
    for (const Diagnosis& d : logs) width = std::max(width, display_width(shown(d.files.front())));
    width = std::min<size_t>(width, 40);
    for (const Diagnosis& d : logs) {
      const std::string name = shown(d.files.front());
      out_ += fmt::format("  {}{}  {}\n", name, std::string(width - std::min(width, display_width(name)), ' '),
                          verdict(d.top()));
    }
  }

  void log(const Diagnosis& d, const Verdict* g) {
    out_ +=
        labelled(words::verdict, verdict(d.top()), o_.language) + phrase(d.lines == 1 ? words::of_line : words::of_lines, o_.language, d.lines) + "\n";
    if (g) gate(*g);
    for (size_t r = 0; r < d.runs.size(); ++r) {
      const LogModel& m = d.runs[r].log;
      if (d.runs.size() > 1) {
        out_ += fmt::format(
            "\n{}\n",
            paint("-- " + phrase(words::run_of, o_.language, r + 1, d.runs.size(), m.first_line, m.last_line), "1"));
        if (!m.command.empty()) out_ += fmt::format("{}\n", paint(clipped(shown(m.command), columns_), "2"));
      }
      if (const std::string head = headline(m, o_.language); !head.empty()) paragraph("", "", head);
      run(d.runs[r], d.runs.size() > 1);
    }
    for (const Report& remark : d.remarks) {
      out_ += "\n";
      paragraph("", "", shown(remark.text(o_.language)));
    }
  }

  void gate(const Verdict& g) {
    out_ += labelled(words::gate, paint(w(g.passed() ? words::passed : words::failed), g.passed() ? "1;32" : "1;31"),
                     o_.language) +
            "\n";
    for (const Objection& r : g.reasons)
      paragraph("  ", "- ",
                fmt::format("{}: {}", g.conditions[r.condition], clipped(shown(r.message(o_.language)), 3 * columns_)));
    for (const Objection& r : g.waived)
      paragraph("  ", "- ", labelled(words::waived, shown(r.message(o_.language)), o_.language));
  }

  void run(const RunDiagnosis& r, bool one_of_several) {
    std::vector<const Finding*> full, brief;
    for (const Finding& f : r.findings) (is_minor(f) && !o_.all ? brief : full).push_back(&f);
    if (one_of_several && full.empty()) out_ += fmt::format("{}\n", paint(w(words::clean), "1;32"));
    for (size_t i = 0; i < full.size(); ++i) finding(*full[i], full.size() > 1 ? i + 1 : 0);
    if (brief.empty()) return;
    out_ += fmt::format("\n{}{}\n", w(words::notes), phrase(words::in_brackets, o_.language, w(words::all_hint)));
    for (const Finding* f : brief) {
      const std::string where = f->evidence.empty() ? "" : phrase(words::at_line, o_.language, f->evidence[0].line);
      out_ += fmt::format("  {} {}{}{}\n", paint(f->report.code(), "2"), shown(f->title(o_.language)),
                          f->count > 1 ? fmt::format(" x{}", f->count) : "", paint(where, "2"));
    }
  }

  void finding(const Finding& f, size_t number) {
    const Language l = o_.language;
    std::string place = std::string(phase_title(f).in(l));
    if (const Text stage = log_stage_title(f.stage); !place.empty() && !stage.en.empty())
      place += phrase(words::in_brackets, l, stage.in(l));
    out_ += fmt::format("\n{}{} [{}] {}{}\n", number ? fmt::format("{}. ", number) : "",
                        paint(severity_name(f.severity), color_of(f.severity)), f.report.code(),
                        paint(shown(f.title(l)), "1"), f.count > 1 ? fmt::format(" x{}", f.count) : "");
    paragraph("  ", "", shown(f.message(l)));
    paragraph("  ", "",
              fmt::format("{}{}{} {:.0f} %{}{} {}", place, place.empty() ? "" : w(words::comma), w(words::confidence),
                          f.confidence * 100, w(words::comma), w(words::explain), f.report.code()),
              "2");
    section(words::cause);
    paragraph("    ", "", shown(f.cause(l)));
    evidence(f);
    const auto steps = f.remedy(l);
    if (!steps.empty()) section(words::remedy);
    for (size_t i = 0; i < steps.size(); ++i) paragraph("    ", fmt::format("{}. ", i + 1), shown(steps[i]));
    if (!f.consequences.empty()) section(words::leads_to);
    for (const Finding& c : f.consequences) {
      const std::string where = c.evidence.empty() ? "" : phrase(words::at_line, l, c.evidence[0].line);
      paragraph("    ", fmt::format("[{}] ", c.report.code()), shown(c.message(l)) + where);
    }
    if (o_.all && !f.reference().empty()) {
      section(words::read_on);
      paragraph("    ", "", f.reference());
    }
  }

  // Lines of the log stay whole where they go to a file or a pipe; on a terminal they are cut to some lines' length.
  void evidence(const Finding& f) {
    if (f.evidence.empty()) return;
    section(words::evidence);
    const size_t count = o_.all ? f.evidence.size() : std::min(shown_evidence, f.evidence.size());
    for (size_t i = 0; i < count; ++i) {
      const Evidence& e = f.evidence[i];
      const std::string place = fmt::format("{}:{}", shown(e.file), e.line);
      out_ += fmt::format("    {}: {}\n", paint(place, "2"),
                          o_.all ? shown(e.text) : clipped(shown(e.text), o_.columns > 0 ? 3 * columns_ : 400));
    }
    const int64_t rest = std::max<int64_t>(f.count, int64_t(f.evidence.size())) - int64_t(count);
    if (rest > 0) out_ += fmt::format("    ... {} {}\n", rest, w(words::more));
  }

  void section(const Text& label) { out_ += fmt::format("  {}\n", heading(label, o_.language)); }

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
  size_t columns_;
  std::string out_;
};

}  // namespace

std::string text_report(Diagnoses logs, const ReportOptions& options) { return Writer(options).report(logs); }

}  // namespace pharos
