#include <fmt/format.h>

#include "base/text.h"
#include "cli/compare/render.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

class Writer {
 public:
  Writer(const Comparison& c, const CompareView& v) : c_(c), v_(v) {}

  std::string write() {
    const bool worse = c_.split && c_.split->has_shares && c_.split->delta_ns() > 0;
    out_ = paint(escape_control(headline(c_, v_.language)), worse ? "1;31" : "1;32") + "\n";
    out_ += fmt::format("  A  {}\n  B  {}\n", side_text(c_.a), side_text(c_.b));
    if (c_.split) causes(*c_.split);
    changes();
    notes();
    return std::move(out_);
  }

 private:
  std::string_view tr(std::string_view en, std::string_view zh) const {
    return v_.language == Language::Chinese ? zh : en;
  }
  std::string paint(std::string_view text, std::string_view code) const {
    return v_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
  void head(std::string_view title) { out_ += "\n" + paint(title, "1") + "\n"; }

  void causes(const LatencySplit& s) {
    const ShownSplit shown = shown_split(s);
    head(fmt::format("{} ({}): {} → {} ms", metric_title(s.metric).in(v_.language),
                     s.mean ? tr("mean", "均值") : tr("median", "中位数"), shown.before, shown.after));
    Table table("rrl", {std::string(tr("share", "占比")), "ms", std::string(tr("cause", "原因"))});
    for (size_t i = 0; i < s.terms.size(); ++i) {
      std::string cause(cause_title(s.terms[i].cause).in(v_.language));
      if (s.terms[i].cause == Cause::Uniform) cause += fmt::format(" (x {:.3f})", s.factor);
      table.row({shown.shares[i], shown.terms[i], cause});
      for (const std::string& layer : shown_layers(s.terms[i], v_)) table.row({"", "", "  " + layer});
    }
    table.row({s.has_shares ? "100.0 %" : "-", shown.delta, std::string(tr("whole change", "总变化"))});
    out_ += table.text("  ");
    out_ += "  " + paint(shares_explained(v_.language), "2") + "\n";
  }

  void changes() {
    for (const ShownChanges& topic : shown_changes(c_, v_)) {
      head(topic.title);
      if (topic.topic == Topic::Findings) {
        findings(topic);
        continue;
      }
      Table table("lll", {"", "A", "B"});
      for (const auto& row : topic.rows)
        table.row({row[0], row[1].empty() ? "-" : row[1], row[2].empty() ? "-" : row[2]});
      out_ += table.text("  ");
      left_out(topic);
    }
    if (c_.changes.empty())
      out_ += fmt::format("\n{}\n",
                          tr("Nothing else differs in what both sides tell.", "两侧所述内容的其余部分没有差异。"));
  }

  void left_out(const ShownChanges& topic) {
    if (topic.left_out > 0)
      out_ += fmt::format(fmt::runtime(tr("  ... {} more (--all)\n", "  …… 另有 {} 项（--all）\n")), topic.left_out);
  }

  // Sentences: one below the other, not side by side.
  void findings(const ShownChanges& topic) {
    Table table("lll", {"", "", ""});
    for (const auto& row : topic.rows) {
      const bool added = row[1] == "-", gone = row[2] == "-";
      table.row({std::string(added  ? tr("new", "新增")
                             : gone ? tr("gone", "消失")
                                    : ""),
                 row[0],
                 added  ? row[2]
                 : gone ? row[1]
                        : row[1] + " → " + row[2]});
    }
    const std::string text = table.text("  ");
    out_ += text.substr(text.find('\n') + 1);
    left_out(topic);
  }

  void notes() {
    if (c_.notes.empty()) return;
    head(tr("Notes", "备注"));
    for (const Report& r : c_.notes) out_ += "  " + escape_control(r.text(v_.language)) + "\n";
    // What to do is the same for both sides: once.
    const Diagnostic* last = nullptr;
    for (const Report& r : c_.notes) {
      if (&r.diagnostic() == last) continue;
      last = &r.diagnostic();
      std::string_view steps = last->remedy.in(v_.language);
      while (!steps.empty()) {
        const size_t end = steps.find('\n');
        out_ += fmt::format("    {}: {}\n", last->code, steps.substr(0, end));
        steps = end == steps.npos ? std::string_view() : steps.substr(end + 1);
      }
    }
  }

  const Comparison& c_;
  const CompareView& v_;
  std::string out_;
};

}  // namespace

std::string compare_text(const Comparison& c, const CompareView& view) { return Writer(c, view).write(); }

}  // namespace pharos
