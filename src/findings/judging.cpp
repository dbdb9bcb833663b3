#include "findings/judging.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace pharos {

std::string listed(const std::vector<std::string>& names, size_t shown, Language language) {
  std::string out;
  for (size_t i = 0; i < std::min(names.size(), shown); ++i) out += (i ? ", " : "") + names[i];
  if (names.size() > shown) {
    out += language == Language::Chinese ? fmt::format(" 等 {} 个", names.size()) : fmt::format(" and {} more", names.size() - shown);
  }
  return out;
}

const FailingNode* node_at(const LogModel& log, int64_t line) {
  const FailingNode* found = nullptr;
  for (const FailingNode& n : log.failing_nodes) {
    if (n.line <= line) found = &n;
  }
  return found;
}

std::vector<const Hit*> all_hits(const JudgeContext& c) {
  std::vector<const Hit*> out;
  for (const Hit& h : c.hits) out.push_back(&h);
  return out;
}

std::vector<const Hit*> hits_without(const JudgeContext& c, std::initializer_list<const Diagnostic*> diagnostics) {
  std::set<int64_t> taken;
  for (const Diagnostic* d : diagnostics) {
    for (const Hit& h : c.others.hits(*d)) taken.insert(h.line);
  }
  std::vector<const Hit*> out;
  for (const Hit& h : c.hits) {
    if (!taken.contains(h.line)) out.push_back(&h);
  }
  return out;
}

Finding finding_of(const JudgeContext& c, const std::vector<const Hit*>& hits) {
  Finding f = hits.empty() ? c.finding() : c.finding(*hits.front());
  if (hits.empty()) return f;
  f.evidence.clear();
  for (const Hit* h : hits) add_evidence(f, {h, 1}, 16);
  f.count = hits.size() < c.hits.size() ? int64_t(hits.size()) : std::max<int64_t>(c.count, 1);
  return f;
}

void set_argument(Finding& f, std::string name, std::string value) {
  Arguments arguments = f.report.arguments();
  std::erase_if(arguments, [&](const auto& a) { return a.first == name; });
  arguments.emplace_back(std::move(name), std::move(value));
  f.report = Report(f.report.diagnostic(), std::move(arguments));
}

std::vector<std::string> distinct(const std::vector<const Hit*>& hits, std::string_view group) {
  std::vector<std::string> out;
  for (const Hit* h : hits) {
    const std::string value(h->argument(group));
    if (!value.empty() && std::find(out.begin(), out.end(), value) == out.end()) out.push_back(value);
  }
  return out;
}

void add_evidence(Finding& f, std::span<const Hit> hits, size_t most) {
  constexpr size_t max_evidence = 16;
  for (const Hit& h : hits) {
    for (const Evidence& e : h.evidence) {
      if (most == 0 || f.evidence.size() >= max_evidence) return;
      if (std::find(f.evidence.begin(), f.evidence.end(), e) != f.evidence.end()) continue;
      f.evidence.push_back(e);
      --most;
    }
  }
}

bool icontains(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
           return std::tolower(uint8_t(a)) == std::tolower(uint8_t(b));
         }) != text.end();
}

void add_argument(Finding& f, std::string name, std::string value) {
  Arguments arguments = f.report.arguments();
  for (const auto& [key, given] : arguments) {
    if (key == name) return;
  }
  arguments.emplace_back(std::move(name), std::move(value));
  f.report = Report(f.report.diagnostic(), std::move(arguments));
}

void fill_missing(Finding& f, std::string_view value) {
  const Diagnostic& d = f.report.diagnostic();
  for (const std::string_view text : {d.message.en, d.message.zh, d.cause.en, d.remedy.en}) {
    for (size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
      const size_t end = text.find('}', at);
      if (end != text.npos) add_argument(f, std::string(text.substr(at + 1, end - at - 1)), std::string(value));
    }
  }
}

bool build_succeeded(const LogModel& log) {
  return log.passed == true || log.build_seconds || log.engine_mib || log.performance.has_value();
}

bool by_pharos(const LogModel& log) { return !log.pharos.empty() || log.tool.starts_with("pharos"); }

bool contains_any_folded(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return icontains(text, w); });
}

Finding as_note(Finding f, int rank) {
  f.severity = Severity::Info;
  f.role = Role::Note;
  f.rank = rank;
  return f;
}

std::string plain_name(std::string_view layer) {
  constexpr size_t most = 160;
  while (layer.starts_with('{') || layer.starts_with(' ')) layer.remove_prefix(1);
  while (layer.ends_with('}') || layer.ends_with(' ') || layer.ends_with('.')) layer.remove_suffix(1);
  std::string out;
  for (const char c : layer) {
    if (c != '{' && c != '}') out += c;
  }
  if (out.size() > most) out = out.substr(0, most / 2) + "..." + out.substr(out.size() - most / 2);
  return out;
}

std::string number_text(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

std::string percent_text(double share) { return fmt::format("{:.1f} %", share * 100); }

}  // namespace pharos
