#pragma once
// What the command answers to its caller. The same table stands in README.md and in 'pharos --help'.

#include "pharos/diagnostics.h"

namespace pharos {

enum ExitCode : int {
  exit_fine = 0,        // everything asked for was done
  exit_found = 1,       // a check found something (verify, lint, --fail-on-warning)
  exit_usage = 2,       // the command line cannot be understood
  exit_unreadable = 3,  // an input cannot be read or is no valid file of its kind
  exit_failed = 4,      // the build or the run failed
};

ExitCode exit_code_for(const Report& report);

struct ExitCodeText { ExitCode code; Text meaning; };
inline constexpr ExitCodeText exit_code_table[] = {
    {exit_fine, {"fine", "正常"}},
    {exit_found, {"a check found something", "检查发现问题"}},
    {exit_usage, {"wrong usage", "用法错误"}},
    {exit_unreadable, {"unreadable input", "输入无法读取"}},
    {exit_failed, {"build or run failed", "构建或运行失败"}},
};

}  // namespace pharos
