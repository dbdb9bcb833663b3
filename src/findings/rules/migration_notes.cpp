// Options and members that newer versions of TensorRT no longer have.

#include <algorithm>

#include <fmt/format.h>

#include "catalog/log_api.h"
#include "catalog/log_notes.h"
#include "findings/judging.h"
#include "findings/migration.h"
#include "tensorrt/options.h"

namespace pharos {
namespace {

// "Replace --workspace=4096 by --memPoolSize=workspace:4096M: deprecated since 8.4"
std::string step(const OptionChange& c, bool zh) {
  if (c.instead.empty()) return fmt::format(fmt::runtime(zh ? "删去 {}：{}" : "Leave out {}: {}"), c.given, zh ? c.why.zh : c.why.en);
  return fmt::format(fmt::runtime(zh ? "将 {} 改为 {}：{}" : "Replace {} by {}: {}"), c.given, c.instead, zh ? c.why.zh : c.why.en);
}

std::string steps(const std::vector<OptionChange>& changes, bool zh) {
  std::string out;
  for (const OptionChange& c : changes) out += (out.empty() ? "" : "\n") + step(c, zh);
  return out;
}

std::optional<Finding> options_removed(const JudgeContext& c) {
  if (c.log.tool != "trtexec" || c.log.command.empty()) return std::nullopt;
  const int target = breaks_in(c.log.command, c.log.tensorrt.major);
  if (target == 0) return std::nullopt;
  const Migration m = migrate_command(c.log.command, target);
  Finding f = c.finding();
  std::vector<std::string> names;
  for (const OptionChange& change : m.changes) names.push_back(change.given);
  set_argument(f, "count", std::to_string(names.size()));
  set_argument(f, "target", std::to_string(target));
  set_argument(f, "options", listed(names, 6, Language::English));
  set_argument(f, "options_zh", listed(names, 6, Language::Chinese));
  set_argument(f, "steps", steps(m.changes, false));
  set_argument(f, "steps_zh", steps(m.changes, true));
  f.evidence.push_back({"", c.log.command_line_number, c.log.command.substr(0, 300)});
  return f;
}

// The option that trtexec does not know, with what this version calls it.
std::optional<Finding> option_unknown(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "what", c.hits.front().text.substr(0, 400));
  std::string given(f.report.argument("option"));
  const std::string_view value = f.report.argument("value");
  if (!given.starts_with("--") && !given.empty()) given = "--" + given;
  if (!value.empty()) given += "=" + std::string(value);
  const Migration m = migrate_command(given, c.log.tensorrt.known() ? std::max(c.log.tensorrt.major, 9) : 11);
  for (const bool zh : {false, true}) {
    std::string advice = m.changes.empty() ? "" : step(m.changes.front(), zh);
    if (advice.empty() && given.find('=') == given.npos)
      advice = zh ? "若取值写在空格之后，请改用等号：" + given + "=VALUE。" : "Where its value stands behind a blank, use an equals sign: " + given + "=VALUE.";
    if (advice.empty()) advice = zh ? "检查拼写，并查看此版本是否已有该选项。" : "Check the spelling, and whether this version has the option yet.";
    set_argument(f, zh ? "advice_zh" : "advice", advice);
  }
  return f;
}

// Precision flags and calibrators have findings of their own.
bool told_elsewhere(const Hit& h) {
  const std::string_view owner = h.argument("owner"), member = h.argument("member");
  return owner == "BuilderFlag" || member.starts_with("IInt8") || member.starts_with("int8_calibrator") || member.starts_with("CalibrationAlgo");
}

std::optional<Finding> member_removed(const JudgeContext& c) {
  const auto hit = std::find_if(c.hits.begin(), c.hits.end(), [](const Hit& h) { return !told_elsewhere(h); });
  if (hit == c.hits.end()) return std::nullopt;
  Finding f = c.finding(*hit);
  add_argument(f, "owner", "tensorrt");
  const tensorrt::RemovedMember* gone = tensorrt::removed_member(f.report.argument("owner"), f.report.argument("member"));
  set_argument(f, "gone", gone ? fmt::format(" (removed in {})", gone->gone) : "");
  set_argument(f, "gone_zh", gone ? fmt::format("（{} 中移除）", gone->gone) : "");
  set_argument(f, "instead", gone ? std::string(gone->instead) : "what the migration guide of the release names in its place");
  set_argument(f, "instead_zh", gone ? std::string(gone->instead) : "该版本迁移指南中列出的替代接口");
  const std::string pin = gone ? fmt::format("pip install \"tensorrt<{}\"", gone->gone) : "pip install tensorrt==VERSION";
  set_argument(f, "pin", pin);
  set_argument(f, "pin_zh", pin);
  f.confidence = gone ? 0.97 : 0.7;
  return f;
}

}  // namespace

void define_migration_notes(RuleSet& rules) {
  rules.add({.diagnostic = &diag::log_options_removed, .role = Role::Note, .rank = 12, .judge = options_removed,
             .reference = "trtexec --help of the releases; TensorRT developer guide, migrating from older versions"});
  rules.add({.diagnostic = &diag::log_option_unknown,
             .category = Category::ApiMisuse,
             .rank = 66,
             .triggers = {{"Unknown option: ", R"((?P<what>Unknown option: (?P<option>-*[\w-]+)(?:[= ](?P<value>\S+))?))"},
                          {"Unknown argument: ", R"((?P<what>Unknown argument: (?P<option>-*[\w-]+)(?:[= ](?P<value>\S+))?))"},
                          {"unrecognized arguments:", R"((?P<what>unrecognized arguments: (?P<option>-*[\w-]+)(?:[= ](?P<value>\S+))?))"}},
             .judge = option_unknown,
             .samples = {{"[E] Unknown option: --fp61", true}, {"[E] Unknown option: --workspace 4096", true}, {"[I] option", false}},
             .reference = "trtexec --help"});
  rules.add({.diagnostic = &diag::log_member_removed,
             .category = Category::ApiMisuse,
             .rank = 70,
             .triggers = {{"has no attribute", R"('tensorrt\w*(?:\.\w+)*\.(?P<owner>\w+)' (?:object )?has no attribute '(?P<member>\w+)')"},
                          {"has no attribute", R"((?:module|package) 'tensorrt(?:\.tensorrt|_bindings)?' has no attribute '(?P<member>\w+)')"}},
             .judge = member_removed,
             .samples = {{"AttributeError: 'tensorrt.tensorrt.ICudaEngine' object has no attribute 'num_bindings'", true},
                         {"AttributeError: 'tensorrt.tensorrt.Builder' object has no attribute 'build_cuda_engine'", true},
                         {"AttributeError: 'tensorrt_bindings.tensorrt.IExecutionContext' object has no attribute 'execute_async_v2'", true},
                         {"AttributeError: type object 'tensorrt.tensorrt.BuilderFlag' has no attribute 'FP16'", false}},
             .reference = "TensorRT API reference, migration guide from 8.x to 10.x"});
}

}  // namespace pharos
