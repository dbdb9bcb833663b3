#include "cli/text/diagnostics.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace pharos {
namespace {

struct Labels { std::string_view message, cause, remedy, example, since, category, lines, searched, reference; };
constexpr Labels english{"Message", "Cause", "Remedy", "Example", "Since", "Category", "Log lines that lead to it", "Searched for", "Reference"};
constexpr Labels chinese{"消息", "原因", "处理方法", "示例", "始于版本", "类别", "触发的日志行", "搜索内容", "参考"};
// One sentence behind the label, several steps as a numbered list below it.
std::string steps(std::string_view text) {
  if (text.find('\n') == text.npos) return fmt::format(" {}\n", text);
  std::string out = "\n";
  for (int n = 1; !text.empty(); ++n) {
    const size_t end = std::min(text.find('\n'), text.size());
    out += fmt::format("  {}. {}\n", n, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string log_lines(std::string_view label, const doctor::Entry& entry) {
  constexpr size_t most = 6;
  std::string out = fmt::format("{}:\n", label);
  for (size_t i = 0; i < std::min(entry.examples.size(), most); ++i) {
    for (std::string_view rest = entry.examples[i]; !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      out += fmt::format("  {}\n", escape_control(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

std::optional<doctor::Finding> found_in(std::string_view log, const Diagnostic& d, Language language) {
  for (doctor::Finding& f : doctor::examine_text(log).findings(language)) {
    if (f.code == d.code) return std::move(f);
  }
  return std::nullopt;
}

constexpr const Labels& labels(Language l) { return l == Language::Chinese ? chinese : english; }

}  // namespace

Text layer_title(Layer layer) {
  switch (layer) {
    case Layer::General: return {"Command line, files and limits", "命令行、文件与限制"};
    case Layer::Import: return {"Reading models", "读取模型"};
    case Layer::Graph: return {"Graph, operators and passes", "计算图、算子与优化过程"};
    case Layer::Precision: return {"Precision and calibration", "精度与校准"};
    case Layer::Tactics: return {"Tactics, tuning and building", "策略、调优与构建"};
    case Layer::Engine: return {"Engine files", "引擎文件"};
    case Layer::Runtime: return {"Running and memory", "运行与内存"};
    case Layer::Serving: return {"Serving", "服务"};
    case Layer::Environment: return {"Environment", "环境"};
    case Layer::Doctor: return {"Doctor", "日志诊断"};
  }
  return {};
}

std::string diagnostic_text(const Diagnostic& d, const doctor::Entry* entry, Language language) {
  const Labels& l = labels(language);
  const bool from_logs = entry && !entry->examples.empty();  // its example is one of the lines below
  std::string out = fmt::format("{} {} ({})\n{}\n\n{}: {}\n", d.code, d.slug, severity_name(d.severity), d.title.in(language), l.message,
                                d.message.in(language));
  // Cause and remedy as the first line below leads to them, with its names and numbers filled in.
  const auto found = from_logs ? found_in(entry->examples.front(), d, language) : std::nullopt;
  const std::string remedy = found ? fmt::format("{}", fmt::join(found->remedy, "\n")) : std::string(d.remedy.in(language));
  out += fmt::format("{}: {}\n{}:{}", l.cause, found ? found->cause : std::string(d.cause.in(language)), l.remedy, steps(remedy));
  if (entry) out += fmt::format("{}: {}\n", l.category, doctor::category_name(entry->category));
  if (from_logs) out += log_lines(l.lines, *entry);
  else out += fmt::format("{}: {}\n", l.example, d.example);
  if (from_logs) out += fmt::format("{}: {}\n", l.searched, fmt::join(entry->literals, "; "));
  if (entry && !entry->reference.empty()) out += fmt::format("{}: {}\n", l.reference, entry->reference);
  return out + fmt::format("{}: {}\n", l.since, d.since);
}

std::string diagnostic_markdown(const Diagnostic& d, Language language) {
  const Labels& l = labels(language);
  return fmt::format("## {} {}\n\n**{}** ({})\n\n- {}: `{}`\n- {}: {}\n- {}: {}\n- {}: `{}`\n- {}: {}\n\n", d.code,
                     d.slug, d.title.in(language), severity_name(d.severity), l.message, d.message.in(language),
                     l.cause, d.cause.in(language), l.remedy, d.remedy.in(language), l.example, d.example, l.since,
                     d.since);
}

}  // namespace pharos
