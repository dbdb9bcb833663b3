#include <re2/re2.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "findings/judging.h"
#include "findings/rule.h"
#include "logs/prefilter.h"

namespace pharos {
namespace {

constexpr size_t max_hit_text = 2000;

std::string cut(std::string_view text) {
  return text.size() <= max_hit_text ? std::string(text) : std::string(text.substr(0, max_hit_text)) + " ...";
}

// The line with the literal first; then the head of the message, which names severity and place, and the other lines of
// a short message.
std::vector<Evidence> evidence_of(const LogEvent& event, std::string_view literal, const std::string& file) {
  std::vector<Evidence> out;
  size_t key = 0;
  while (key + 1 < event.lines.size() && !icontains(event.lines[key].text, literal)) ++key;
  out.push_back({file, event.lines[key].number, cut(event.lines[key].text)});
  if (key != 0) out.push_back({file, event.lines[0].number, cut(event.lines[0].text)});
  // What a head only announces ("In function importX:") stands in a line behind it.
  for (size_t i = 1; i < event.lines.size(); ++i) {
    if (i != key && icontains(event.lines[i].text, "Assertion failed")) out.push_back({file, event.lines[i].number, cut(event.lines[i].text)});
  }
  return out;
}

}  // namespace

RuleSet::RuleSet() = default;
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

void RuleSet::add(Rule rule) {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);  // bytes: a log is not always valid UTF-8
  options.set_log_errors(false);
  auto& compiled = patterns_.emplace_back();
  for (const Trigger& t : rule.triggers) {
    compiled.push_back(t.pattern.empty() ? nullptr : std::make_unique<RE2>(re2::StringPiece(t.pattern.data(), t.pattern.size()), options));
  }
  rules_.push_back(std::move(rule));
}

std::optional<Hit> RuleSet::match(size_t rule, size_t trigger, const LogEvent& event, const std::string& file) const {
  Hit hit{.trigger = trigger, .level = event.level, .stage = event.stage, .line = event.lines.front().number, .time = event.time};
  if (const RE2* pattern = patterns_[rule][trigger].get()) {
    constexpr int max_groups = 12;
    std::array<re2::StringPiece, max_groups> groups;
    const int count = std::min(max_groups, pattern->NumberOfCapturingGroups() + 1);
    if (!pattern->Match(event.text, 0, event.text.size(), RE2::UNANCHORED, groups.data(), count)) return std::nullopt;
    for (const auto& [name, index] : pattern->NamedCapturingGroups()) {
      if (index < count && groups[size_t(index)].data()) {
        hit.arguments.emplace_back(name, cut(std::string_view(groups[size_t(index)].data(), groups[size_t(index)].size())));
      }
    }
  }
  hit.text = cut(event.text);
  hit.evidence = evidence_of(event, rules_[rule].triggers[trigger].literal, file);
  return hit;
}

std::vector<std::string> RuleSet::faults() const {
  std::vector<std::string> out;
  for (size_t r = 0; r < rules_.size(); ++r) {
    const Rule& rule = rules_[r];
    const std::string_view name = rule.diagnostic ? rule.diagnostic->slug : "(no diagnostic)";
    for (size_t t = 0; t < rule.triggers.size(); ++t) {
      const std::string_view literal = rule.triggers[t].literal;
      if (literal.size() < Prefilter::min_length) out.push_back(fmt::format("{}: literal '{}' is too short", name, literal));
      if (literal.find_first_of("\"\\\t") != literal.npos) out.push_back(fmt::format("{}: literal '{}' has a quote, tab or backslash", name, literal));
      if (patterns_[r][t] && !patterns_[r][t]->ok()) out.push_back(fmt::format("{}: pattern '{}': {}", name, rule.triggers[t].pattern, patterns_[r][t]->error()));
    }
    for (size_t t = 0; t < rule.triggers.size(); ++t) {
      // One that fits no text at all is found at once, before the words that its groups wait for.
      re2::StringPiece found;
      const RE2* pattern = patterns_[r][t].get();
      const bool idle = pattern && !rule.triggers[t].pattern.starts_with("^") && pattern->Match("-", 0, 1, RE2::UNANCHORED, &found, 1) && found.empty();
      if (idle) out.push_back(fmt::format("{}: pattern '{}' fits the empty text: begin it with ^(?:.*?", name, rule.triggers[t].pattern));
    }
    if (rule.triggers.empty() && !rule.judge && !rule.own_record) out.push_back(fmt::format("{}: neither triggers nor a judge", name));
  }
  return out;
}

std::string_view Hit::argument(std::string_view name) const {
  for (const auto& [key, value] : arguments) {
    if (key == name) return value;
  }
  return {};
}

Finding JudgeContext::finding(const Hit& hit) const {
  Finding f = finding();
  Arguments arguments = hit.arguments;
  arguments.emplace_back("count", std::to_string(count));
  f.report = Report(*rule.diagnostic, std::move(arguments));
  f.stage = hit.stage;
  return f;
}

Finding JudgeContext::finding() const {
  constexpr size_t max_evidence = 16;
  Arguments arguments;
  if (!hits.empty()) arguments = hits.front().arguments;
  arguments.emplace_back("count", std::to_string(count));
  Finding f{.report = Report(*rule.diagnostic, std::move(arguments)), .category = rule.category, .severity = rule.diagnostic->severity,
            .role = rule.role, .confidence = rule.confidence, .rank = rule.rank, .count = std::max<int64_t>(count, 1)};
  f.reference_text = rule.reference;
  if (!hits.empty()) f.stage = hits.front().stage;
  for (const Hit& h : hits) {
    for (const Evidence& e : h.evidence) {
      if (f.evidence.size() < max_evidence && std::find(f.evidence.begin(), f.evidence.end(), e) == f.evidence.end()) f.evidence.push_back(e);
    }
  }
  return f;
}

}  // namespace pharos
