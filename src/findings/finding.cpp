#include "findings/finding.h"

#include <array>

namespace pharos {

std::string_view doctor::category_name(Category c) {
  constexpr std::array<std::string_view, 14> names{
      "clean", "unsupported_op", "dynamic_shape", "int8_calibration", "out_of_memory", "no_implementation", "engine_mismatch",
      "precision", "performance", "environment", "api_misuse", "profile", "crash", "parse_error"};
  return size_t(c) < names.size() ? names[size_t(c)] : names[0];
}

Text category_title(Category c) {
  constexpr std::array<Text, 14> titles{{
      {"clean", "无问题"}, {"unsupported operator", "不支持的算子"}, {"dynamic shapes", "动态形状"}, {"INT8 calibration", "INT8 校准"},
      {"out of memory", "内存不足"}, {"no implementation", "没有可用实现"}, {"engine mismatch", "引擎不匹配"}, {"precision", "精度"},
      {"performance", "性能"}, {"environment", "环境"}, {"API misuse", "API 误用"}, {"profile", "性能剖析"}, {"crash", "崩溃"},
      {"model cannot be read", "模型无法解析"}}};
  return size_t(c) < titles.size() ? titles[size_t(c)] : titles[0];
}

std::string filled(std::string_view text, const Arguments& arguments, Language language) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t close = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) { out += text[i++]; continue; }
    const std::string_view name = text.substr(i + 1, close - i - 1);
    const std::string* value = nullptr;
    for (const auto& [key, v] : arguments) {
      const std::string_view k = key;
      if (!value && k == name) value = &v;
      if (language == Language::Chinese && k.ends_with("_zh") && k.substr(0, k.size() - 3) == name) { value = &v; break; }
    }
    out += value ? *value : "?";
    i = close + 1;
  }
  return out;
}

std::string Finding::cause(Language l) const { return filled(report.diagnostic().cause.in(l), report.arguments(), l); }

// The catalogue keeps the steps of a remedy as lines.
std::vector<std::string> Finding::remedy(Language l) const {
  const std::string text = filled(report.diagnostic().remedy.in(l), report.arguments(), l);
  std::vector<std::string> steps;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) steps.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return steps;
}

std::string_view Finding::reference() const { return reference_text; }

namespace {

int tier(const Finding& f) {
  switch (f.role) {
    case Role::Cause: return f.severity <= Severity::Warning ? 0 : 1;
    case Role::Consequence: return f.severity <= Severity::Warning ? 0 : 1;
    case Role::Note: return f.severity <= Severity::Warning ? 0 : 2;
    case Role::Harmless: return 3;
  }
  return 3;
}

bool better(const Finding& a, const Finding& b) {
  if (a.severity != b.severity) return a.severity < b.severity;
  return a.rank > b.rank;
}

}  // namespace

bool decides_verdict(const Finding& f) {
  return f.role != Role::Harmless && (f.severity <= Severity::Warning || (f.role == Role::Cause && f.category != Category::Clean));
}

bool told_before(const Finding& a, const Finding& b) {
  if (tier(a) != tier(b)) return tier(a) < tier(b);
  return better(a, b);
}

const Finding* Diagnosis::top() const {
  const Finding* best = nullptr;
  for (const RunDiagnosis& run : runs) {
    for (const Finding& f : run.findings) {
      if (decides_verdict(f) && (!best || better(f, *best))) best = &f;
    }
  }
  return best;
}

Category Diagnosis::verdict() const {
  const Finding* best = top();
  return best ? best->category : Category::Clean;
}

}  // namespace pharos
