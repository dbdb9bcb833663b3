#include "cli/model/summary.h"

#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/model/progress.h"
#include "cli/text/format.h"
#include "base/json.h"

namespace pharos {
namespace {

double total_ms(const BuildSummary& s) {
  double total = 0;
  for (const auto& [stage, ms] : s.stages) total += ms;
  return total;
}

std::string warnings_text(Cli& cli, const BuildSummary& s) {
  std::string text;
  for (const Report& w : s.warnings) text += "    " + escape_control(w.text(cli.language())) + "\n";
  return text;
}

void write_layer(Json& j, const LayerTuning& l) {
  j.begin_object().member("layer", l.layer).member("op", l.op).member("shapes", l.shapes).member("chosen", l.chosen);
  j.member("ms", l.ms).member("gflop", l.gflop).member("weight_bytes", l.weight_bytes);
  j.member("activation_bytes", l.activation_bytes);
  if (l.share_of_peak > 0)
    j.member("bound", l.compute_bound ? "compute" : "memory").member("share_of_peak", l.share_of_peak);
  if (!l.remark.empty()) j.member("remark", l.remark);
  j.key("candidates").begin_array();
  for (const CandidateInfo& c : l.candidates) {
    j.begin_object().member("tactic", c.tactic).member("config", c.config).member("formats", c.formats);
    if (c.measured) j.member("ms", c.ms);
    else if (c.why_not.empty()) j.member("estimated_ms", c.ms);
    if (!c.why_not.empty()) j.member("why_not", c.why_not);
    j.member("workspace", c.workspace).member("chosen", c.chosen).end_object();
  }
  j.end_array().end_object();
}

}  // namespace

std::string summary_text(Cli& cli, const BuildSummary& s, const std::string& path) {
  const auto tr = [&](std::string_view en, std::string_view zh) {
    return cli.language() == Language::Chinese ? zh : en;
  };
  const auto row = [](std::string_view label, std::string value) {
    return fmt::format("  {} {}\n", padded(label, 12), value);
  };
  std::string text =
      fmt::format("\n{} ({}), {}\n", escape_control(path), bytes_text(s.engine_bytes), duration_text(total_ms(s)));
  for (const auto& [stage, ms] : s.stages) text += row(cli.tr(stage_title(stage)), duration_text(ms));
  text += row(tr("layers", "层数"), fmt::format("{} -> {}", s.nodes_before, s.nodes_after));
  text += row(tr("weights", "权重"), bytes_text(s.weights_bytes));
  text +=
      row(tr("activations", "激活"), fmt::format("{} {}", bytes_text(s.activation_bytes),
                                                 tr("(peak of one context, predicted)", "（单个上下文峰值，预测）")));
  if (s.predicted_ms > 0) {
    text += row(tr("one run", "单次运行"),
                fmt::format("{} {}", duration_text(s.predicted_ms), tr("(sum of the layers, predicted)", "（各层之和，预测）")));
  }
  text += row(tr("warnings", "警告"), std::to_string(s.warnings.size()));
  return text + warnings_text(cli, s);
}

std::string summary_json(const BuildSummary& s, const std::string& path) {
  Json j(2);
  j.begin_object().member("engine", path).member("engine_bytes", s.engine_bytes);
  j.key("stages_ms").begin_object();
  for (const auto& [stage, ms] : s.stages) j.member(stage_name(stage), ms);
  j.end_object()
      .member("total_ms", total_ms(s))
      .member("layers_before", s.nodes_before)
      .member("layers_after", s.nodes_after);
  j.member("weights_bytes", s.weights_bytes).member("activation_bytes", s.activation_bytes);
  j.key("passes").begin_array();
  for (const PassInfo& p : s.passes) {
    j.begin_object().member("name", p.name).member("rewrites", p.rewrites).member("ms", p.milliseconds).end_object();
  }
  j.end_array().key("warnings").begin_array();
  for (const Report& w : s.warnings)
    j.begin_object().member("code", w.code()).member("message", w.message()).end_object();
  j.end_array().member("predicted_ms", s.predicted_ms);
  if (s.peak) {
    j.key("peak").begin_object().member("threads", s.peak->threads).member("gflops", s.peak->gflops);
    j.member("memory_gb_per_s", s.peak->memory_gbs).member("cache_gb_per_s", s.peak->cache_gbs).end_object();
  }
  j.key("tuning").begin_array();
  for (const LayerTuning& l : s.tuning) write_layer(j, l);
  j.end_array().end_object();
  return j.text() + "\n";
}

}  // namespace pharos
