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
  j.end_array().key("tuning").begin_array();
  for (const LayerTuning& l : s.tuning) {
    j.begin_object().member("layer", l.layer).member("op", l.op).key("candidates").begin_array();
    for (const CandidateInfo& c : l.candidates) {
      j.begin_object().member("tactic", c.tactic).member("config", c.config).member("formats", c.formats);
      if (c.why_not.empty()) j.member("ms", c.ms);
      else j.member("why_not", c.why_not);
      j.member("chosen", c.chosen).end_object();
    }
    j.end_array().end_object();
  }
  j.end_array().end_object();
  return j.text() + "\n";
}

std::string tuning_text(const BuildSummary& s) {
  std::string text;
  for (const LayerTuning& l : s.tuning) {
    text += fmt::format("{} ({})\n", escape_control(l.layer), l.op);
    Table table("llrll", {"", "tactic", "time", "config", "formats"});
    std::string refused;
    for (const CandidateInfo& c : l.candidates) {
      if (c.why_not.empty())
        table.row({c.chosen ? "*" : "", c.tactic, c.ms > 0 ? duration_text(c.ms) : "-", c.config, c.formats});
      else refused += fmt::format("     {}: {}\n", c.tactic, escape_control(c.why_not));
    }
    if (!table.empty()) text += table.text("  ");
    text += refused;
  }
  return text;
}

}  // namespace pharos
