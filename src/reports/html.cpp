// One self-contained page: nothing is loaded, nothing but the page's own script can run, all foreign text is
// neutralised.

#include <algorithm>

#include <fmt/format.h>

#include "reports/facts_view.h"
#include "reports/formats.h"
#include "reports/html_charts.h"
#include "reports/html_sections.h"
#include "reports/html_style.h"
#include "reports/html_trend.h"

namespace pharos {
namespace {

class Page {
 public:
  Page(Diagnoses logs, const ReportOptions& o)
      : logs_(logs),
        o_(o),
        w_(o.language),
        excerpts_(read_excerpts(logs, 3)),
        context_{.words = w_, .excerpts = excerpts_, .all = o.all} {
    for (const Diagnosis& d : logs_) {
      for (const RunDiagnosis& r : d.runs) runs_.push_back({&d, &r});
    }
  }

  std::string write() {
    std::string sections;
    if (runs_.size() > 1) sections += overview();
    for (size_t i = 0; i < std::min(max_told_runs, runs_.size()); ++i) sections += run(i);
    const std::string trends = trend_section(o_.trends, o_.language);
    if (!trends.empty())
      sections += fmt::format("<section id=\"trend\"><h2>{}</h2>{}</section>\n",
                              nav_head("trend", w_({"Trend", "趋势"})), trends);
    const std::string gate = gate_section(o_.gate, logs_, w_);
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\"/>"
        "<meta name=\"color-scheme\" content=\"light dark\"/><meta name=\"referrer\" content=\"no-referrer\"/>"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src '{}'; base-uri 'none'; form-action 'none'\"/>"
        "<title>{}</title><style>{}</style></head>\n<body data-word-copy=\"{}\" data-word-copied=\"{}\"><div "
        "class=\"page\">\n{}{}{}"
        "<div class=\"columns\"><nav "
        "aria-label=\"{}\"{}><ul>\n{}</ul></nav>\n<main>\n{}{}</main></div></div>\n<script>{}</script></body></html>\n",
        w_.chinese() ? "zh-CN" : "en", page_script_hash(), title(), style_sheet(), w_({"Copy", "复制"}),
        w_({"Copied", "已复制"}), verdict(), gate, remarks(), w_({"Contents", "目录"}),
        runs_.size() > 1 ? " class=\"many\"" : "", nav_, sections, footer(), page_script());
  }

 private:
  struct Placing { const Diagnosis* log; const RunDiagnosis* run; };

  std::string title() const {
    const Finding* top = top_finding(logs_);
    return fmt::format("{} – {}", top ? html_text(top->title(o_.language)) : std::string(w_(clean())),
                       w_({"Pharos doctor", "Pharos 日志诊断"}));
  }

  static Text clean() { return {"No problem found", "未发现问题"}; }

  std::string files() const {
    std::string out;
    int64_t lines = 0;
    for (size_t i = 0; i < logs_.size(); ++i) {
      lines += logs_[i].lines;
      if (i < 3)
        out += fmt::format("{}{}", i == 0 ? "" : ", ",
                           html_cut(logs_[i].files.empty() ? "?" : logs_[i].files.front(), 120));
    }
    if (logs_.size() > 3) out += fmt::format(" + {}", logs_.size() - 3);
    return fmt::format("{} · {} {}", out, lines, w_({"lines", "行"}));
  }

  std::string verdict() const {
    const Finding* top = top_finding(logs_);
    const std::string brand = fmt::format("<p class=\"brand\"><b>{}</b><span>{}</span></p>\n",
                                          w_({"Pharos doctor", "Pharos 日志诊断"}), files());
    std::string_view cls = top ? severity_class(top->severity) : "ok";
    std::string where;
    for (const Placing& p : runs_) {
      if (!top ||
          std::any_of(p.run->findings.begin(), p.run->findings.end(), [&](const Finding& f) { return &f == top; })) {
        where = html_text(headline(p.run->log, o_.language));
        break;
      }
    }
    const std::string kicker =
        !top ? std::string(w_({"Verdict", "结论"}))
             : fmt::format("{} · {}", w_({"Verdict", "结论"}), category_title(top->category).in(o_.language));
    return fmt::format("<header>{}<div class=\"verdict {}\"><p class=\"kicker\">{}</p><h1>{}</h1>{}{}</div></header>\n",
                       brand, cls, kicker, top ? html_text(top->title(o_.language)) : std::string(w_(clean())),
                       top ? element("p", "lead", html_cut(top->message(o_.language), 800)) : std::string(),
                       where.empty() ? std::string() : element("p", "where", where));
  }

  std::string remarks() const {
    std::string out;
    size_t count = 0;
    for (const Diagnosis& d : logs_) {
      for (const Report& r : d.remarks) {
        if (++count <= 50) out += element("p", "remark", html_cut(r.text(o_.language), 600));
      }
    }
    return out;
  }

  // An entry of the contents; what it returns is the heading's text.
  std::string_view nav_head(std::string_view id, std::string_view text, std::string_view cls = {}) {
    nav_ += fmt::format("<li class=\"head\"><a href=\"#{}\">{}{}</a></li>\n", id,
                        cls.empty() ? "" : fmt::format("<span class=\"dot sev-{}\">●</span>", cls), text);
    return text;
  }

  std::string part(size_t run, std::string_view id, Text title, std::string_view content) {
    if (content.empty()) return "";
    if (runs_.size() == 1) nav_ += fmt::format("<li><a href=\"#run{}-{}\">{}</a></li>\n", run + 1, id, w_(title));
    jump_ += fmt::format("<a href=\"#run{}-{}\">{}</a> ", run + 1, id, w_(title));
    return fmt::format("<h3 id=\"run{}-{}\">{}</h3>\n{}", run + 1, id, w_(title), content);
  }

  std::string run_title(size_t i) const {
    return runs_.size() == 1 ? std::string(w_({"Findings", "发现"})) : fmt::format("{} {}", w_({"Run", "运行"}), i + 1);
  }

  std::string run(size_t i) {
    const auto& [log, r] = runs_[i];
    const LogModel& m = r->log;
    const Finding* top = top_finding(*r);
    const std::string_view cls = top ? severity_class(top->severity) : "ok";
    std::string head = fmt::format("<section id=\"run{}\">\n", i + 1), out;
    jump_.clear();
    if (runs_.size() > 1) {
      nav_head(fmt::format("run{}", i + 1),
               fmt::format("{} <small>{}</small>", run_title(i),
                           top ? html_text(top->title(o_.language)) : std::string(w_(clean()))),
               cls);
      const std::string told = headline(m, o_.language);
      head += fmt::format("<h2>{}</h2><p class=\"sub\">{}, {} {}–{}{}</p>\n", run_title(i),
                          html_cut(log->files.empty() ? "?" : log->files.front(), 200), w_({"lines", "行"}),
                          m.first_line, m.last_line, told.empty() ? "" : " · " + html_text(told));
    }
    out += part(i, "findings", {"Findings", "发现"}, findings_section(*r, context_));
    const std::string figures = key_figures(m, w_);
    out += part(i, "figures", {"Key figures", "关键指标"}, figures);
    out +=
        part(i, "speed", {"Speed", "速度"}, latency_distribution(m, w_) + latency_parts(m, w_) + latency_trace(m, w_));
    out += part(i, "layers", {"Layers", "各层耗时"}, slowest_layers(m, w_) + layer_precisions(m, w_));
    out += part(i, "timeline", {"Timeline", "时间线"}, stage_timeline(m, w_));
    out += part(i, "memory", {"Memory", "内存"}, memory_curve(m, w_));
    out += part(i, "facts", {"Facts", "环境与设置"}, facts_section(m, w_));
    out += part(i, "messages", {"Messages", "消息统计"}, messages_table(*r, w_));
    if (runs_.size() > 1) head += element("p", "jump", jump_);
    return head + out + "</section>\n";
  }

  std::string overview() {
    std::string rows;
    for (size_t i = 0; i < std::min(max_listed_runs, runs_.size()); ++i) {
      const auto& [log, r] = runs_[i];
      const Finding* top = top_finding(*r);
      const std::string name =
          i < max_told_runs ? fmt::format("<a href=\"#run{0}\">{0}</a>", i + 1) : std::to_string(i + 1);
      const std::string told = headline(r->log, o_.language);
      const std::string counts = fmt::format(fmt::runtime(w_({"{} errors, {} warnings", "{} 条错误，{} 条警告"})),
                                             r->log.errors, r->log.warnings);
      rows += fmt::format(
          "<tr><td class=\"num\">{}</td><td><span class=\"sev-{}\">{}</span><br/><span class=\"sub\">{}, {} {}–{} · "
          "{}{}</span></td></tr>\n",
          name, top ? severity_class(top->severity) : "ok",
          top ? html_text(top->title(o_.language)) : std::string(w_(clean())),
          html_cut(log->files.empty() ? "?" : log->files.front(), 160), w_({"lines", "行"}), r->log.first_line,
          r->log.last_line, counts, told.empty() ? "" : " · " + html_text(told));
    }
    std::string note;
    if (runs_.size() > max_told_runs) {
      note = element("p", "note",
                     fmt::format(fmt::runtime(w_({"The first {} of {} runs are told in full; --format json has all.",
                                                  "共 {1} 次运行，详述前 {0} 次；--format json 包含全部。"})),
                                 max_told_runs, runs_.size()));
    }
    return fmt::format("<section id=\"runs\"><h2>{}</h2><div class=\"panel\">{}</div>{}</section>\n",
                       nav_head("runs", w_({"Runs", "运行列表"})), html_table({}, rows), note);
  }

  std::string footer() const {
    return fmt::format("<footer>{}</footer>",
                       w_({"Written by pharos doctor. The page is complete in itself: it loads nothing and sends "
                           "nothing. 'pharos explain CODE' tells more about a code.",
                           "由 pharos doctor 生成。本页面自成一体：不加载、不发送任何内容。"
                           "“pharos explain 代码”可查看某个代码的详细说明。"}));
  }

  Diagnoses logs_;
  const ReportOptions& o_;
  const Words w_;
  const Excerpts excerpts_;
  const PageContext context_;
  std::vector<Placing> runs_;
  std::string nav_, jump_;  // links to the sections; to those of the run at hand
};

}  // namespace

std::string html_report(Diagnoses logs, const ReportOptions& options) { return Page(logs, options).write(); }

}  // namespace pharos
