#include "compare/side.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "catalog/log_operators.h"
#include "compare/merge.h"
#include "findings/operator_text.h"

namespace pharos {
namespace {

constexpr double longest_layer = 1e8;  // ms; more is damage, no time

std::optional<double> sound_time(double ms) {
  if (!std::isfinite(ms) || ms < 0 || ms > longest_layer) return std::nullopt;
  return ms;
}

// The names in "NonZero, ScatterND (3 nodes) and 2 more"; a text about an unknown operator has blanks and is none.
std::vector<std::string> listed_names(std::string_view text) {
  std::vector<std::string> out;
  if (const size_t more = text.find(" and "); more != text.npos) text = text.substr(0, more);
  while (!text.empty()) {
    const size_t comma = text.find(", ");
    std::string_view name = text.substr(0, comma);
    if (const size_t count = name.find(" ("); count != name.npos) name = name.substr(0, count);
    if (!name.empty() && name.find(' ') == name.npos) out.emplace_back(name);
    text = comma == text.npos ? std::string_view() : text.substr(comma + 2);
  }
  return out;
}

// "Conv_0, Relu_1", sorted.
std::vector<std::string> origin_nodes(std::string_view origin) {
  constexpr size_t most = 256;
  std::vector<std::string> out;
  while (!origin.empty() && out.size() < most) {
    const size_t comma = origin.find(", ");
    out.emplace_back(origin.substr(0, comma));
    origin = comma == origin.npos ? std::string_view() : origin.substr(comma + 2);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

void SideBuilder::collect(const Finding& f) {
  const auto same = [&](const Finding& o) {
    return o.report.code() == f.report.code() && o.message(Language::English) == f.message(Language::English);
  };
  if (const auto known = std::find_if(side_.findings.begin(), side_.findings.end(), same);
      known != side_.findings.end()) {
    known->count += f.count;
  } else if (side_.findings.size() < max_facts) {
    side_.findings.push_back(f);
    side_.findings.back().consequences.clear();
  }
  const Diagnostic* d = &f.report.diagnostic();
  if (d == &diag::log_op_fallback || d == &diag::log_op_dla_fallback) {
    const bool dla = d == &diag::log_op_dla_fallback;
    std::vector<std::string> names = listed_names(f.report.argument(dla ? "layers" : "ops"));
    if (names.empty()) names.emplace_back();
    for (std::string& op : names) {
      SideFallback fallback{
          .op = std::move(op), .where = dla ? "GPU" : std::string(f.report.argument("where")), .layer = dla};
      if (!f.evidence.empty()) {
        fallback.file = f.evidence.front().file;
        fallback.line = f.evidence.front().line;
      }
      const auto known = [&](const SideFallback& o) { return o.op == fallback.op && o.where == fallback.where; };
      if (std::none_of(side_.fallbacks.begin(), side_.fallbacks.end(), known))
        side_.fallbacks.push_back(std::move(fallback));
    }
  }
  for (const Finding& c : f.consequences) collect(c);
}

void SideBuilder::add(const RunDiagnosis& run) {
  if (takes_performance(side_.log, run.log)) side_.profiled_run = profiled_while_measured(run.log);
  merge_log(side_.log, run.log);
  for (const Finding& f : run.findings) collect(f);
}

void SideBuilder::add(const Diagnosis& d) {
  for (const RunDiagnosis& run : d.runs) add(run);
}

// Times come from the profile; types and tactics from the engine's layer information, which is about the same names.
void SideBuilder::make_layers() {
  std::multimap<std::string_view, const EngineLayer*> known;
  for (const EngineLayer& e : side_.log.engine_layers) known.emplace(e.name, &e);
  const auto add_layer = [&](const std::string& name, std::optional<double> ms, const EngineLayer* e) {
    SideLayer l;
    l.name = name;
    l.parsed = parse_layer_name(name);
    l.ms = ms;
    if (e) {
      l.type = e->type;
      l.tactic = e->tactic;
      l.precision = e->precision;
      if (!e->origin.empty()) l.parsed.nodes = origin_nodes(e->origin);
      if (e->reformats()) {
        l.parsed.kind = LayerKind::Reformat;
        l.parsed.operators = "reformat";
      }
    }
    for (const SideFallback& f : side_.fallbacks) {
      if (f.op.empty() || l.parsed.kind != LayerKind::Compute) continue;
      if (f.layer ? name.find(f.op) != std::string::npos : layer_names_operator(name, f.op)) l.fallback = f.where;
    }
    side_.layers.push_back(std::move(l));
  };
  for (const LayerTime& t : side_.log.layers) {
    const auto at = known.find(t.name);
    const auto ms = sound_time(t.median_ms > 0 ? t.median_ms : t.average_ms);
    side_.has_profile |= ms.has_value();
    add_layer(t.name, ms, at == known.end() ? nullptr : at->second);
    if (at != known.end()) known.erase(at);
  }
  for (const EngineLayer& e : side_.log.engine_layers) {
    const auto [first, last] = known.equal_range(e.name);
    const auto at = std::find_if(first, last, [&](const auto& entry) { return entry.second == &e; });
    if (at == last) continue;
    known.erase(at);
    add_layer(e.name, std::nullopt, &e);
  }
}

Side SideBuilder::finish() {
  make_layers();
  return std::move(side_);
}

}  // namespace pharos
