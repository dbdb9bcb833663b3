#include <re2/re2.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "facts/fact.h"

namespace pharos {

FactSet::FactSet() = default;
FactSet::FactSet(FactSet&&) noexcept = default;
FactSet::~FactSet() = default;

void FactSet::add(Fact fact) {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  patterns_.push_back(fact.pattern.empty() ? nullptr
                                           : std::make_unique<RE2>(re2::StringPiece(fact.pattern.data(), fact.pattern.size()), options));
  facts_.push_back(std::move(fact));
}

bool FactSet::matches(size_t index, const LogEvent& event) const {
  return !patterns_[index] || RE2::PartialMatch(event.text, *patterns_[index]);
}

std::unique_ptr<Collector> FactSet::apply(size_t index, const LogEvent& event, LogModel& model) const {
  const Fact& fact = facts_[index];
  FactMatch match{event, {}};
  if (const RE2* pattern = patterns_[index].get()) {
    constexpr int max_groups = 12;
    std::array<re2::StringPiece, max_groups> groups;
    const int count = std::min(max_groups, pattern->NumberOfCapturingGroups() + 1);
    if (!pattern->Match(event.text, 0, event.text.size(), RE2::UNANCHORED, groups.data(), count)) return nullptr;
    for (int i = 1; i < count; ++i) match.groups.emplace_back(groups[size_t(i)].data(), groups[size_t(i)].size());
  }
  if (fact.take) fact.take(match, model);
  return fact.collect ? fact.collect(match, model) : nullptr;
}

std::string Version::text() const { return known() ? fmt::format("{}.{}.{}", major, minor, patch) : std::string(); }

std::optional<double> Statistic::percentile(double percent) const {
  for (const auto& [p, ms] : percentiles) {
    if (p == percent) return ms;
  }
  return std::nullopt;
}

const Statistic* LogModel::latency() const {
  if (!performance) return nullptr;
  if (performance->latency) return &*performance->latency;
  return performance->compute ? &*performance->compute : nullptr;
}

size_t LogModel::bytes() const {
  size_t n = command.size() + memory.size() * sizeof(MemoryPoint) + trace.size() * sizeof(TracePoint) + stages.size() * sizeof(StageSpan);
  for (const auto* texts : {&options, &settings, &layer_counts}) {
    for (const auto& [key, value] : *texts) n += key.size() + value.size() + 96;
  }
  for (const MemoryPoint& p : memory) n += p.phase.size();
  for (const FailingNode& f : failing_nodes) n += sizeof f + f.index.size() + f.op.size() + f.name.size() + f.output.size();
  for (const TensorFact& t : tensors) n += sizeof t + t.name.size() + t.dims.size() + t.type.size();
  for (const ProfileShape& p : profiles) n += sizeof p + p.tensor.size() + p.min.size() + p.opt.size() + p.max.size();
  for (const LayerTime& l : layers) n += sizeof l + l.name.size() + l.row.size();
  return n;
}

void LogModel::forget_lists() {
  memory = {}, trace = {}, failing_nodes = {}, tensors = {}, profiles = {}, layers = {}, settings = {}, options = {};
  if (command.size() > max_fact_text) command = command.substr(0, max_fact_text);
}

std::string LogModel::option(const std::string& name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

bool LogModel::explicit_precision(std::string_view name) const {
  std::string lower(name);
  for (char& c : lower) c = char(std::tolower(uint8_t(c)));
  if (option_given("--" + lower) || option_given("--best")) return true;
  const auto dumped = settings.find("Precision");
  return dumped != settings.end() && dumped->second.find(name) != std::string::npos;
}

double number_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && std::isfinite(value) ? value : 0;
}

double bytes_of(std::string_view text, double otherwise) {
  const double value = number_of(text);
  const size_t at = text.find_first_of("KMGTkmgtBb");
  if (at == text.npos) return value * otherwise;
  switch (text[at]) {
    case 'K': case 'k': return value * 1024;
    case 'M': case 'm': return value * 1024 * 1024;
    case 'G': case 'g': return value * 1024 * 1024 * 1024;
    case 'T': case 't': return value * 1024.0 * 1024 * 1024 * 1024;
    default: return value;
  }
}

Version version_of(std::string_view text) {
  Version v;
  int parts[3] = {0, 0, 0};
  int count = 0;
  for (size_t i = 0; i < text.size() && count < 3;) {
    if (!std::isdigit(uint8_t(text[i]))) { if (count > 0 && text[i] != '.') break; ++i; continue; }
    size_t end = i;
    while (end < text.size() && std::isdigit(uint8_t(text[end]))) ++end;
    if (end - i <= 7) std::from_chars(text.data() + i, text.data() + end, parts[count]);
    ++count;
    i = end;
  }
  if (count == 1 && parts[0] >= 1000) {  // the number in trtexec's banner
    const int n = parts[0];
    return n >= 100000 ? Version{n / 10000, n / 100 % 100, n % 100} : Version{n / 1000, n / 100 % 10, n % 100};
  }
  return {parts[0], parts[1], parts[2]};
}

}  // namespace pharos
