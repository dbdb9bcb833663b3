// Progress: which stage of build or run a message belongs to, and how long each took.

#include "facts/fact.h"

namespace pharos {
namespace {

void enter(Stage stage, const LogEvent& e, LogModel& m) {
  m.stage = stage;
  const int64_t line = e.lines.front().number;
  if (!m.stages.empty() && m.stages.back().stage == stage) return;
  if (!m.stages.empty()) { m.stages.back().last_line = line; m.stages.back().end = e.time; }
  keep(m.stages, StageSpan{.stage = stage, .first_line = line, .last_line = line, .begin = e.time});
}

template <Stage stage>
void at(const FactMatch& f, LogModel& m) { enter(stage, f.event, m); }

void stage_took(Stage stage, double seconds, LogModel& m) {
  for (size_t i = m.stages.size(); i-- > 0;) {
    if (m.stages[i].stage == stage) { m.stages[i].seconds = seconds; return; }
  }
}

}  // namespace

void define_stages(FactSet& facts) {
  facts.add({.name = "parse-start", .literal = "Start parsing network model", .take = at<Stage::Parse>});
  facts.add({.name = "parse-header", .literal = "Input filename:", .take = at<Stage::Parse>});
  facts.add({.name = "parse-node", .literal = "While parsing node number", .take = at<Stage::Parse>});
  facts.add({.name = "parse-end", .literal = " parsing network model", .pattern = R"(Finish(?:ed)? parsing network model(?:\. Parse time: ([\d.e+-]+))?)",
             .take = [](const FactMatch& f, LogModel& m) {
               if (!f[0].empty()) stage_took(Stage::Parse, number_of(f[0]), m);
               enter(Stage::Optimize, f.event, m);
             }});
  facts.add({.name = "timing-cache-local", .literal = "Local timing cache in use", .take = at<Stage::Tune>});
  facts.add({.name = "timing-cache-global", .literal = "Global timing cache in use", .take = at<Stage::Tune>});
  facts.add({.name = "calibration-start", .literal = "Starting Calibration", .take = at<Stage::Precision>});
  facts.add({.name = "calibration-end", .literal = "Calibration completed in", .pattern = R"(Calibration completed in ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { stage_took(Stage::Precision, number_of(f[0]), m); }});
  facts.add({.name = "graph-optimised", .literal = "Graph optimization time", .pattern = R"(Graph optimization time: ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { stage_took(Stage::Optimize, number_of(f[0]), m); enter(Stage::Tune, f.event, m); }});
  facts.add({.name = "tuning-start", .literal = "Computing costs for ", .take = [](const FactMatch& f, LogModel& m) { if (m.stage != Stage::Tune) enter(Stage::Tune, f.event, m); }});
  facts.add({.name = "plan-reached", .literal = "output network tensors", .pattern = R"(Detected \d+ inputs? and \d+ output network tensors)", .take = at<Stage::Serialize>});
  facts.add({.name = "engine-generated", .literal = "Engine generation completed in", .pattern = R"(Engine generation completed in ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.build_seconds = number_of(f[0]); enter(Stage::Serialize, f.event, m); }});
  facts.add({.name = "engine-built", .literal = "Engine built in ", .pattern = R"(Engine built in ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.build_seconds = number_of(f[0]); enter(Stage::Load, f.event, m); }});
  facts.add({.name = "engine-size", .literal = "engine with size: ", .pattern = R"((?:Created|Loaded) engine with size: ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.engine_mib = number_of(f[0]); }});
  facts.add({.name = "engine-loaded-size", .literal = "Loaded engine size: ", .pattern = R"(Loaded engine size: ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { if (!m.engine_mib) m.engine_mib = number_of(f[0]); enter(Stage::Load, f.event, m); }});
  facts.add({.name = "engine-loaded", .literal = "Engine loaded in ", .pattern = R"(Engine loaded in ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.load_seconds = number_of(f[0]); enter(Stage::Load, f.event, m); }});
  facts.add({.name = "engine-deserialized", .literal = "Engine deserialized in ", .pattern = R"(Engine deserialized in ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.load_seconds = number_of(f[0]); enter(Stage::Load, f.event, m); }});
  facts.add({.name = "deserialize-call", .literal = "deserializeCudaEngine", .take = [](const FactMatch& f, LogModel& m) { if (!is_run_stage(m.stage)) enter(Stage::Load, f.event, m); }});
  facts.add({.name = "inference-start", .literal = "Starting inference", .take = at<Stage::Run>});
  facts.add({.name = "enqueue-call", .literal = "IExecutionContext::", .take = [](const FactMatch& f, LogModel& m) { if (m.stage != Stage::Run) enter(Stage::Run, f.event, m); }});
}

}  // namespace pharos
