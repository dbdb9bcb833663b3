#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/html_remedy.h"
#include "reports/html_sections.h"

namespace pharos {
namespace {

constexpr size_t most_evidence = 6;         // lines of one finding
constexpr int around = 3;                   // lines of the log before and after
constexpr size_t most_consequences = 20;

std::string code_part(std::string_view code, bool block) {
  if (block) return html_command(html_text(code));
  return fmt::format("<code class=\"cmd\"{}>{}</code>", code.size() >= 24 ? " data-copy=\"\"" : "", html_words(html_text(code)));
}

// A command that ends its clause stands in a box of its own, else in the line.
std::string step_markup(std::string_view step) {
  std::string out;
  const std::vector<StepPart> parts = split_step(step);
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool introduced = i == 0 || parts[i - 1].text.ends_with(": ") || parts[i - 1].text.ends_with("：");
    const bool last = i + 1 == parts.size() || parts[i + 1].text == "." || parts[i + 1].text == "。";
    const bool block = parts[i].code && introduced && last && parts[i].text.size() >= 24;
    out += parts[i].code ? code_part(parts[i].text, block) : html_text(parts[i].text);
    if (block && last) break;  // the full stop would stand alone
  }
  return out;
}

std::string log_line(int64_t number, std::string_view text, bool hit) {
  return fmt::format("<div class=\"l{}\"><span class=\"ln\">{}</span><span class=\"t\">{}</span></div>\n",
                     hit ? " hit" : "", number, html_cut(text, hit ? 600 : 240));
}

// The evidence of one file: each line with what stands around it, where that is at hand.
std::string excerpt(const std::string& file, std::map<int64_t, const Evidence*> hits, const PageContext& page) {
  std::map<int64_t, std::pair<std::string_view, bool>> lines;
  for (const auto& [number, e] : hits) {
    for (int64_t n = number - around; n <= number + around; ++n) {
      const std::string* text = page.excerpts.line(file, n);
      if (text) lines.try_emplace(n, *text, false);
    }
  }
  for (const auto& [number, e] : hits) {
    const std::string* text = page.excerpts.line(file, number);
    lines[number] = {text ? *text : e->text, true};
  }
  std::string out;
  int64_t before = 0;
  for (const auto& [number, line] : lines) {
    if (before != 0 && number > before + 1) out += "<div class=\"gap\">⋯</div>\n";
    out += log_line(number, line.first, line.second);
    before = number;
  }
  return fmt::format("<figure class=\"log\"><figcaption>{}</figcaption>\n{}</figure>\n", html_cut(file, 300), out);
}

std::string evidence_markup(const Finding& f, const PageContext& page) {
  if (f.evidence.empty()) return "";
  std::map<std::string, std::map<int64_t, const Evidence*>> files;
  const size_t shown = std::min(most_evidence, f.evidence.size());
  for (size_t i = 0; i < shown; ++i) files[f.evidence[i].file].try_emplace(f.evidence[i].line, &f.evidence[i]);
  std::string out = element("h5", "", page.words({"Evidence", "证据"}));
  for (auto& [file, hits] : files) out += excerpt(file, std::move(hits), page);
  const int64_t rest = std::max<int64_t>(f.count, int64_t(f.evidence.size())) - int64_t(shown);
  if (rest > 0)
    out += element("p", "note",
                   fmt::format(fmt::runtime(page.words({"and {} more of this kind", "另有 {} 条同类消息"})), rest));
  return out;
}

std::string consequences_markup(const Finding& f, const PageContext& page) {
  if (f.consequences.empty()) return "";
  std::string items;
  for (size_t i = 0; i < std::min(most_consequences, f.consequences.size()); ++i) {
    const Finding& c = f.consequences[i];
    items += fmt::format(
        "<li><span class=\"sub\">{}</span> {}{}</li>\n", c.report.code(), html_cut(c.message(page.words.language), 600),
        c.evidence.empty()
            ? ""
            : fmt::format(" <span class=\"sub\">({} {})</span>", page.words({"line", "行"}), c.evidence[0].line));
  }
  if (f.consequences.size() > most_consequences)
    items += fmt::format("<li>… {}</li>", f.consequences.size() - most_consequences);
  return fmt::format("<h5>{}</h5><ul class=\"led\">\n{}</ul>\n", page.words({"Which led to", "由此导致"}), items);
}

std::string remedy_markup(const Finding& f, const PageContext& page) {
  const std::vector<std::string> steps = f.remedy(page.words.language);
  if (steps.empty()) return "";
  std::string items;
  for (const std::string& s : steps) items += fmt::format("<li>{}</li>\n", step_markup(s));
  return fmt::format("<h5>{}</h5><ol class=\"steps\">\n{}</ol>\n", page.words({"What to do", "处理方法"}), items);
}

std::string reference_markup(const Finding& f, Words w) {
  const std::string_view r = f.reference();
  if (r.empty()) return "";
  const bool address = r.starts_with("https://") && r.find(' ') == r.npos;
  return fmt::format("<p class=\"note\">{} {}</p>\n", w({"See", "参考"}),
                     address ? fmt::format("<a href=\"{0}\" rel=\"noreferrer\">{0}</a>", html_text(r)) : html_text(r));
}

std::string finding_markup(const Finding& f, bool first, const PageContext& page) {
  const Language l = page.words.language;
  const std::string_view role = f.role == Role::Cause && first && f.severity <= Severity::Warning
                                    ? page.words({"root cause", "根本原因"})
                                : f.role == Role::Harmless ? page.words({"harmless", "无害"})
                                                           : severity_title(f.severity).in(l);
  std::string extra;
  if (const Text phase = phase_title(f); !phase.en.empty())
    extra += fmt::format("<span class=\"extra\">{}</span>", phase.in(l));
  if (f.count > 1) extra += fmt::format("<span class=\"extra\">× {}</span>", f.count);
  const std::string cause = f.cause(l);
  const std::string head = fmt::format(
      "<span class=\"kicker\"><span>{}</span><span class=\"extra\">{}</span><span class=\"code\">{}</span><span "
      "class=\"extra\">{} {:.0f} %</span>{}</span>\n"
      "<span class=\"title\">{}</span>\n<span class=\"message\">{}</span>\n",
      role, category_title(f.category).in(l), f.report.code(), page.words({"confidence", "置信度"}), f.confidence * 100,
      extra, html_text(f.title(l)), html_cut(f.message(l), 2000));
  const std::string body = fmt::format(
      "{}{}{}{}{}",
      cause.empty() ? "" : fmt::format("<h5>{}</h5><p>{}</p>\n", page.words({"Why", "原因"}), html_cut(cause, 4000)),
      remedy_markup(f, page), evidence_markup(f, page), consequences_markup(f, page), reference_markup(f, page.words));
  return fmt::format("<details class=\"finding {}\"{}><summary>{}</summary>\n{}</details>\n",
                     severity_class(f.severity), first || page.all ? " open=\"open\"" : "", head, body);
}

}  // namespace

std::string_view severity_class(Severity s) {
  return s <= Severity::Error ? "error" : s == Severity::Warning ? "warning" : "info";
}

std::string findings_section(const RunDiagnosis& run, const PageContext& page) {
  std::string major, minor;
  size_t told = 0, minors = 0;
  const Finding* top = top_finding(run);
  for (const Finding& f : run.findings) {
    if (told + minors >= max_told_findings) break;
    if (is_minor(f)) {
      minor += finding_markup(f, false, page);
      ++minors;
    } else {
      major += finding_markup(f, &f == top, page);
      ++told;
    }
  }
  if (told == 0) major = element("div", "panel", page.words({"Nothing here needs attention.", "没有需要处理的问题。"}));
  if (minors > 0) {
    major += fmt::format(
        "<details class=\"minor\"{}><summary>{}</summary>\n{}</details>\n", page.all ? " open=\"open\"" : "",
        fmt::format(fmt::runtime(page.words({"Notes and harmless messages ({})", "提示与无害消息（{}）"})), minors),
        minor);
  }
  if (run.findings.size() > told + minors) {
    major +=
        element("p", "note",
                fmt::format(fmt::runtime(page.words({"{} further findings are left out here; --format json has all",
                                                     "此处省略另外 {} 个发现；--format json 包含全部"})),
                            run.findings.size() - told - minors));
  }
  return major;
}

namespace {

void message_rows(const Finding& f, Words w, std::string& rows, size_t& count) {
  if (++count <= 200) {
    rows += fmt::format(
        "<tr><td class=\"sev-{}\">{}</td><td>{} <span class=\"sub\">{}</span></td><td class=\"num\">{}</td><td "
        "class=\"num\">{}</td></tr>\n",
        severity_class(f.severity),
        f.role == Role::Harmless ? w({"harmless", "无害"}) : severity_title(f.severity).in(w.language),
        html_text(f.title(w.language)), f.report.code(), f.count,
        f.evidence.empty() ? std::string("–") : std::to_string(f.evidence[0].line));
  }
  for (const Finding& c : f.consequences) message_rows(c, w, rows, count);
}

}  // namespace

std::string messages_table(const RunDiagnosis& run, Words w) {
  std::string rows;
  size_t count = 0;
  for (const Finding& f : run.findings) message_rows(f, w, rows, count);
  if (count == 0) return "";
  const std::string table = html_table({{""}, {w({"Kind of message", "消息类型"})}, {w({"count", "次数"}), true},
                                        {w({"first line", "首行"}), true}}, rows);
  const std::string all = fmt::format(
      fmt::runtime(w({"The log has {} errors and {} warnings in all.", "日志共有 {} 条错误、{} 条警告。"})),
      run.log.errors, run.log.warnings);
  return fmt::format("<div class=\"panel\"><p class=\"sub\">{}</p>{}</div>\n", all, table);
}

}  // namespace pharos
