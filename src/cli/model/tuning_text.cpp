// --explain-tactics: every layer with its candidates, then where the time goes.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/model/summary.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

// "compute bound, 92 % of the peak: 230 GFLOP/s"
std::string roofline_text(const LayerTuning& l) {
  if (l.share_of_peak <= 0) return "";
  std::string text = fmt::format("{} bound, {:.0f} % of the peak", l.compute_bound ? "compute" : "memory", 100 * l.share_of_peak);
  if (l.compute_bound) text += fmt::format(" ({:.0f} GFLOP/s)", l.gflop / l.ms * 1e3);
  else text += fmt::format(" ({:.1f} GB/s)", double(l.weight_bytes + l.activation_bytes) / l.ms * 1e-6);
  return text;
}

std::string layer_text(const LayerTuning& l, double total_ms) {
  std::string text = fmt::format("{} ({}): {}\n", escape_control(l.layer), l.op, escape_control(l.shapes));
  text += fmt::format("  {}", l.chosen);
  if (l.ms > 0) text += fmt::format(", {}, {} of the plan", duration_text(l.ms), percent(l.ms / total_ms));
  if (l.gflop > 0) text += fmt::format(", {:.3f} GFLOP", l.gflop);
  text += fmt::format(", weights {}, activations {}", bytes_text(l.weight_bytes), bytes_text(l.activation_bytes));
  if (const std::string r = roofline_text(l); !r.empty()) text += "; " + r;
  text += "\n";
  if (!l.remark.empty()) text += "  " + escape_control(l.remark) + "\n";
  Table table("llrrll", {"", "tactic", "time", "workspace", "config", "formats"});
  std::string refused;
  for (const CandidateInfo& c : l.candidates) {
    const std::string time = c.measured ? duration_text(c.ms) : "~" + duration_text(c.ms);
    if (c.why_not.empty())
      table.row({c.chosen ? "*" : "", c.tactic, time, c.workspace ? bytes_text(c.workspace) : "-", c.config, c.formats});
    else refused += fmt::format("     {}: {}{}\n", c.tactic, escape_control(c.why_not), c.measured ? " (" + time + ")" : "");
  }
  if (!table.empty()) text += table.text("  ");
  return text + refused;
}

struct Total {
  double ms = 0, gflop = 0, bound_ms = 0;
  int layers = 0;
  void add(const LayerTuning& l) {
    ms += l.ms, gflop += l.gflop, bound_ms += l.ms * l.share_of_peak;
    ++layers;
  }
};

std::string totals_text(const BuildSummary& s) {
  std::map<std::string, Total> by_tactic;
  Total all;
  for (const LayerTuning& l : s.tuning) {
    if (l.ms <= 0) continue;
    by_tactic[l.chosen].add(l);
    all.add(l);
  }
  std::vector<std::pair<std::string, Total>> rows(by_tactic.begin(), by_tactic.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.ms > b.second.ms; });
  rows.emplace_back("all", all);
  Table table("lrrrrr", {"tactic", "layers", "time", "of the plan", "GFLOP/s", "of the peak"});
  for (const auto& [name, t] : rows) {
    table.row({name, std::to_string(t.layers), duration_text(t.ms), percent(all.ms > 0 ? t.ms / all.ms : 0),
               t.gflop > 0 ? fmt::format("{:.0f}", t.gflop / t.ms * 1e3) : "-", s.peak && t.ms > 0 ? percent(t.bound_ms / t.ms) : "-"});
  }
  return table.text();
}

}  // namespace

std::string tuning_text(const BuildSummary& s) {
  std::string text;
  for (const LayerTuning& l : s.tuning) text += layer_text(l, s.predicted_ms) + "\n";
  text += totals_text(s);
  if (s.peak) {
    text += fmt::format("peak of {} thread(s): {:.0f} GFLOP/s; reading {:.0f} GB/s from memory, {:.0f} GB/s from a cache\n",
                        s.peak->threads, s.peak->gflops, s.peak->memory_gbs, s.peak->cache_gbs);
  }
  return text;
}

}  // namespace pharos
