#include "findings/operator_text.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/text.h"
#include "findings/judging.h"
#include "tensorrt/operator_advice.h"
#include "tensorrt/operators.h"

namespace pharos {
namespace {

constexpr size_t shown_operators = 6;

std::string version_text(tensorrt::Version v) { return fmt::format("{}.{}", v.major, v.minor); }

// Which versions take the operator, compared with the one that printed the log.
std::string support_text(const std::string& op, const LogModel& log, bool zh) {
  const auto since = tensorrt::supported_since(op);
  const bool listed_at_all = std::any_of(tensorrt::support().begin(), tensorrt::support().end(), [&](const auto& s) { return s.op == op; });
  if (!since && listed_at_all)
    return fmt::format(fmt::runtime(zh ? "截至 TensorRT {} 的版本均不支持" : "no TensorRT up to {} has an importer for it"), version_text(tensorrt::versions().back()));
  if (!since) return zh ? "不是 TensorRT 导入器所知的 ONNX 算子，需要插件" : "it is no ONNX operator that TensorRT's importer knows: it needs a plugin";
  std::string out = *since == tensorrt::versions().front() ? (zh ? std::string("TensorRT 7.2 起即支持") : std::string("TensorRT takes it since 7.2 or earlier"))
                                                           : fmt::format(fmt::runtime(zh ? "TensorRT {} 起支持" : "TensorRT takes it from {} on"), version_text(*since));
  if (!log.tensorrt.known()) return out;
  const tensorrt::Version used{log.tensorrt.major, log.tensorrt.minor};
  out += fmt::format(fmt::runtime(zh ? "（此日志为 {}）" : " (this log is of {})"), version_text(used));
  const auto table = tensorrt::table_at(used);
  const tensorrt::Support* s = table ? tensorrt::find_support(op, *table) : nullptr;
  if (s && s->supported && !s->restrictions.empty()) out += fmt::format(fmt::runtime(zh ? "，限制：{}" : "; restrictions there: {}"), s->restrictions);
  return out;
}

std::string step(const NamedOperator& o, const LogModel& log, bool zh) {
  const tensorrt::OperatorAdvice* advice = tensorrt::advice_for(o.op);
  const std::string onnx(advice && !advice->onnx.empty() ? advice->onnx : o.op);
  const std::string name = onnx == o.op ? o.op : fmt::format(fmt::runtime(zh ? "{}（ONNX 中为 {}）" : "{} ({} in ONNX)"), o.op, onnx);
  std::string out = fmt::format(fmt::runtime(zh ? "{}：{}" : "{}: {}"), name, support_text(onnx, log, zh));
  if (!advice) return out;
  if (advice->opset > 0) {
    out += fmt::format(fmt::runtime(zh ? "；以 opset {} 及以上导出" : "; export with opset {} or newer"), advice->opset);
    if (!log.onnx.opset.empty()) out += fmt::format(fmt::runtime(zh ? "（模型为 {}）" : " (the model has {})"), log.onnx.opset);
  }
  out += (zh ? "；" : "; ") + std::string(advice->rewrite.in(zh ? Language::Chinese : Language::English));
  if (!advice->plugin.empty() && advice->plugin != o.op) out += fmt::format(fmt::runtime(zh ? "；插件：{}" : "; plugin: {}"), advice->plugin);
  return out;
}

// Layers are named after nodes, and exporters name nodes after operators: "Resize_12", "/neck/Resize", "PWN(Sigmoid_3)". The
// name has to stand as a word, so that "Add" is not found in "Padding".
bool names_operator(std::string_view layer, std::string_view op) {
  for (size_t at = op.empty() ? layer.npos : layer.find(op); at != layer.npos; at = layer.find(op, at + 1)) {
    const size_t end = at + op.size();
    const bool begins = at == 0 || !std::isalnum(uint8_t(layer[at - 1]));
    const bool ends = end == layer.size() || !std::isalpha(uint8_t(layer[end]));
    if (begins && ends) return true;
  }
  return false;
}

// "ResizeNearest" is a plugin's name for Resize.
std::string_view onnx_name(std::string_view op) {
  const tensorrt::OperatorAdvice* advice = tensorrt::advice_for(op);
  return advice && !advice->onnx.empty() ? advice->onnx : op;
}

}  // namespace

bool layer_names_operator(std::string_view layer, std::string_view op) { return names_operator(layer, op) || names_operator(layer, onnx_name(op)); }

namespace {

bool belongs(const LayerTime& layer, const NamedOperator& o) {
  if (layer_names_operator(layer.name, o.op)) return true;
  return std::any_of(o.nodes.begin(), o.nodes.end(), [&](const std::string& n) { return n.size() > 2 && layer.name.find(n) != std::string::npos; });
}

}  // namespace

std::string operator_steps(const std::vector<NamedOperator>& operators, const LogModel& log, Language language) {
  const bool zh = language == Language::Chinese;
  std::string out;
  for (size_t i = 0, shown = 0; i < operators.size() && shown < shown_operators; ++i) {
    if (operators[i].op.empty()) continue;
    out += (shown++ ? "\n" : "") + step(operators[i], log, zh);
  }
  if (out.empty()) out = zh ? "用 Netron 或“pharos graph”找出该节点，并在算子支持表中查找。" : "Find the node with Netron or 'pharos graph' and look its operator up in the support matrix.";
  return out;
}

std::string operator_names(const std::vector<NamedOperator>& operators, Language language) {
  const bool zh = language == Language::Chinese;
  std::vector<std::string> names;
  for (const NamedOperator& o : operators) {
    std::string name = !o.op.empty() ? o.op : !o.nodes.empty() ? fmt::format(fmt::runtime(zh ? "节点 {} 的算子" : "the operator of node {}"), o.nodes.front())
                                                               : std::string(zh ? "某个算子" : "an operator");
    if (o.nodes.size() > 1) name += fmt::format(fmt::runtime(zh ? "（{} 个节点）" : " ({} nodes)"), o.nodes.size());
    names.push_back(std::move(name));
  }
  return listed(names, shown_operators, language);
}

std::string operator_cost(const std::vector<NamedOperator>& operators, const LogModel& log, Language language) {
  double milliseconds = 0, percent = 0, all = 0;
  std::vector<std::string> names;
  for (const LayerTime& layer : log.layers) {
    all += layer.average_ms;
    if (std::none_of(operators.begin(), operators.end(), [&](const NamedOperator& o) { return belongs(layer, o); })) continue;
    milliseconds += layer.average_ms;
    percent += layer.percent;
    names.push_back(layer.name);
  }
  if (names.empty() || all <= 0) return {};
  return fmt::format(fmt::runtime(language == Language::Chinese ? "剖析显示 {} 耗时 {}，占 {} 的 {:.1f} %" : "in the profile {} took {} of {} ({:.1f} %)"), listed(names, 3, language),
                     duration_text(milliseconds), duration_text(all), percent > 0 ? percent : 100 * milliseconds / all);
}

}  // namespace pharos
