#include "cli/text/diagnostics.h"

#include <fmt/format.h>

namespace pharos {
namespace {

struct Labels { std::string_view message, cause, remedy, example, since; };
constexpr Labels english{"Message", "Cause", "Remedy", "Example", "Since"};
constexpr Labels chinese{"消息", "原因", "处理方法", "示例", "始于版本"};
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

std::string diagnostic_text(const Diagnostic& d, Language language) {
  const Labels& l = labels(language);
  return fmt::format("{} {} ({})\n{}\n\n{}: {}\n{}: {}\n{}: {}\n{}: {}\n{}: {}\n", d.code, d.slug,
                     severity_name(d.severity), d.title.in(language), l.message, d.message.in(language), l.cause,
                     d.cause.in(language), l.remedy, d.remedy.in(language), l.example, d.example, l.since, d.since);
}

std::string diagnostic_markdown(const Diagnostic& d, Language language) {
  const Labels& l = labels(language);
  return fmt::format("## {} {}\n\n**{}** ({})\n\n- {}: `{}`\n- {}: {}\n- {}: {}\n- {}: `{}`\n- {}: {}\n\n", d.code,
                     d.slug, d.title.in(language), severity_name(d.severity), l.message, d.message.in(language),
                     l.cause, d.cause.in(language), l.remedy, d.remedy.in(language), l.example, d.example, l.since,
                     d.since);
}

}  // namespace pharos
