#include "reports/text_report.h"

#include <fmt/format.h>

#include "base/text.h"

namespace pharos {
namespace {

struct Labels { std::string_view verdict, clean, evidence, remedy, leads_to, more, lines, notes, runs, confidence, reference; };
constexpr Labels english{"Verdict", "no problem found", "Evidence", "Remedy", "Which led to", "more", "lines", "Notes", "runs", "confidence", "See"};
constexpr Labels chinese{"结论", "未发现问题", "证据", "处理方法", "由此导致", "更多", "行", "备注", "次运行", "置信度", "参考"};

class Writer {
 public:
  explicit Writer(const TextOptions& o) : o_(o), l_(o.language == Language::Chinese ? chinese : english) {}

  std::string report(const Diagnosis& d) {
    verdict(d);
    for (size_t r = 0; r < d.runs.size(); ++r) {
      if (d.runs.size() > 1) out_ += fmt::format("\n-- {} {}/{}: {} {}-{} {}\n", l_.runs, r + 1, d.runs.size(), l_.lines, d.runs[r].log.first_line,
                                                 d.runs[r].log.last_line, escape_control(d.runs[r].log.command.substr(0, 120)));
      run(d.runs[r]);
    }
    for (const Report& remark : d.remarks) out_ += fmt::format("\n{}\n", escape_control(remark.text(o_.language)));
    return std::move(out_);
  }

 private:
  std::string paint(std::string_view text, std::string_view code) const {
    return o_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  static std::string_view color_of(Severity s) { return s <= Severity::Error ? "1;31" : s == Severity::Warning ? "1;33" : "1;36"; }

  void verdict(const Diagnosis& d) {
    const Finding* top = d.top();
    const std::string what = top ? fmt::format("{} - {}", category_title(top->category).in(o_.language), escape_control(top->title(o_.language)))
                                 : std::string(l_.clean);
    const std::string_view color = top ? color_of(top->severity) : std::string_view("1;32");
    out_ += fmt::format("{}: {} ({} {})\n", l_.verdict, paint(what, color), d.lines, l_.lines);
  }

  void run(const RunDiagnosis& r) {
    size_t notes = 0;
    for (const Finding& f : r.findings) {
      const bool minor = f.role == Role::Harmless || (f.severity > Severity::Warning && f.role == Role::Note);
      if (minor && !o_.all) { ++notes; continue; }
      finding(f);
    }
    if (notes > 0) {
      out_ += fmt::format("\n{}:\n", l_.notes);
      for (const Finding& f : r.findings) {
        const bool minor = f.role == Role::Harmless || (f.severity > Severity::Warning && f.role == Role::Note);
        if (minor) out_ += fmt::format("  {} {}{}\n", paint(f.report.code(), "2"), escape_control(f.title(o_.language)), f.count > 1 ? fmt::format(" (x{})", f.count) : "");
      }
    }
  }

  void finding(const Finding& f) {
    out_ += fmt::format("\n{} [{}] {}\n", paint(severity_name(f.severity), color_of(f.severity)), f.report.code(), paint(escape_control(f.title(o_.language)), "1"));
    out_ += fmt::format("  {}\n  {} ({} {:.0f} %)\n", escape_control(f.message(o_.language)), escape_control(f.cause(o_.language)), l_.confidence, f.confidence * 100);
    if (!f.evidence.empty()) out_ += fmt::format("  {}:\n", l_.evidence);
    constexpr size_t shown = 4;
    for (size_t i = 0; i < f.evidence.size() && (i < shown || o_.all); ++i) evidence(f.evidence[i]);
    if (const int64_t rest = std::max<int64_t>(f.count, int64_t(f.evidence.size())) - int64_t(std::min(shown, f.evidence.size())); rest > 0 && !o_.all && !f.evidence.empty())
      out_ += fmt::format("    ... {} {}\n", rest, l_.more);
    const auto steps = f.remedy(o_.language);
    if (!steps.empty()) out_ += fmt::format("  {}:\n", l_.remedy);
    for (size_t i = 0; i < steps.size(); ++i) out_ += fmt::format("    {}. {}\n", i + 1, escape_control(steps[i]));
    if (!f.reference().empty() && o_.all) out_ += fmt::format("  {}: {}\n", l_.reference, f.reference());
    if (!f.consequences.empty()) out_ += fmt::format("  {}:\n", l_.leads_to);
    for (const Finding& c : f.consequences) {
      out_ += fmt::format("    [{}] {}{}\n", c.report.code(), escape_control(c.message(o_.language)),
                          c.evidence.empty() ? "" : fmt::format(" ({} {})", l_.lines, c.evidence[0].line));
    }
  }

  void evidence(const Evidence& e) {
    const std::string text = escape_control(e.text);
    out_ += fmt::format("    {}: {}\n", paint(fmt::format("{}:{}", escape_control(e.file), e.line), "2"), text.size() > 400 ? text.substr(0, 400) + "..." : text);
  }

  const TextOptions& o_;
  const Labels& l_;
  std::string out_;
};

}  // namespace

std::string text_report(const Diagnosis& diagnosis, const TextOptions& options) { return Writer(options).report(diagnosis); }

}  // namespace pharos
