#pragma once
// PH4xxx: tactics, tuning and the timing cache.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic kernel_library_failed{
    .code = "PH4001", .slug = "kernel-library-failed", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A kernel library refused a layer", "内核库拒绝了某一层"},
    .message = {"{library} cannot {action} for {op} '{node}': {details}", "{library} 无法为 {op}“{node}”{action}：{details}"},
    .cause = {"The library ran out of memory, or another version of it is loaded than the engine was built with.",
              "该库内存不足，或运行时加载的库版本与构建引擎时不同。"},
    .remedy = {"Build the engine again on this machine, or exclude the tactic with --exclude-tactics.",
               "在本机重新构建引擎，或用 --exclude-tactics 排除该策略。"},
    .example = "an engine with oneDNN tactics, run where another oneDNN is installed"};

inline constexpr Diagnostic problem_line_invalid{
    .code = "PH4002", .slug = "problem-line-invalid", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A problem for tactic tests or benchmarks cannot be read", "无法读取用于策略测试或基准测试的问题"},
    .message = {"'{line}': {details}", "“{line}”：{details}"},
    .cause = {"The line is not an operator followed by its inputs and attributes.", "该行不是“算子、输入、属性”的形式。"},
    .remedy = {"Follow the form that src/tactics/check.h describes.", "请遵循 src/tactics/check.h 中说明的格式。"},
    .example = "bench_tactics \"Conv f32[1,3]\""};

inline constexpr std::array tactics_entries{&kernel_library_failed, &problem_line_invalid};

}  // namespace pharos::diag
