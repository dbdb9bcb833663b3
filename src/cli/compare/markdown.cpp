#include <fmt/format.h>

#include "base/text.h"
#include "cli/compare/render.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

// Names come from logs: what Markdown would read as markup or HTML is written as text.
std::string safe(std::string_view text) {
  std::string out;
  for (const char c : escape_control(text)) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else if (c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' || c == '#')
      out += std::string("\\") + c;
    else out += c;
  }
  return out;
}

}  // namespace

std::string compare_markdown(const Comparison& c, const CompareView& view) {
  const auto tr = [&](std::string_view en, std::string_view zh) {
    return view.language == Language::Chinese ? zh : en;
  };
  std::string out = fmt::format("**{}**\n\n- A: {}\n- B: {}\n", safe(headline(c, view.language)), safe(side_text(c.a)),
                                safe(side_text(c.b)));
  if (c.split) {
    const ShownSplit shown = shown_split(*c.split);
    out += fmt::format("\n### {} ({}): {} → {} ms\n\n", metric_title(c.split->metric).in(view.language),
                       c.split->mean ? tr("mean", "均值") : tr("median", "中位数"), shown.before, shown.after);
    Table table("rrll", {std::string(tr("share", "占比")), "ms", std::string(tr("cause", "原因")),
                         std::string(tr("layers", "层"))});
    for (size_t i = 0; i < c.split->terms.size(); ++i) {
      std::string layers;
      for (const std::string& layer : shown_layers(c.split->terms[i], view))
        layers += (layers.empty() ? "" : "<br>") + safe(layer);
      table.row({shown.shares[i], shown.terms[i], std::string(cause_title(c.split->terms[i].cause).in(view.language)),
                 layers});
    }
    table.row({c.split->has_shares ? "100.0 %" : "-", shown.delta, std::string(tr("whole change", "总变化")), ""});
    out += table.markdown() + fmt::format("\n{}\n", shares_explained(view.language));
  }
  for (const ShownChanges& topic : shown_changes(c, view)) {
    out += fmt::format("\n### {}\n\n", topic.title);
    Table table("lll", {"", "A", "B"});
    for (const auto& row : topic.rows) table.row({safe(row[0]), safe(row[1]), safe(row[2])});
    out += table.markdown();
    if (topic.left_out > 0)
      out += fmt::format(fmt::runtime(tr("\n... {} more\n", "\n…… 另有 {} 项\n")), topic.left_out);
  }
  if (!c.notes.empty()) out += fmt::format("\n### {}\n\n", tr("Notes", "备注"));
  for (const Report& r : c.notes) out += "- " + safe(r.text(view.language)) + "\n";
  return out;
}

}  // namespace pharos
