#pragma once
// PH904x: the JSON files beside a log (trtexec's exports, `pharos bench --json`).

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic export_invalid{
    .code = "PH9041", .slug = "export-invalid", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A JSON export is damaged", "JSON 导出文件已损坏"},
    .message = {"{path}:{line}:{column}: {actual}; expected {expected}", "{path}:{line}:{column}：{actual}；应为 {expected}"},
    .cause = {"The file was cut off (a full disk, a killed run), edited by hand, or holds values that a measurement cannot have. No part of it is used: a "
              "half distribution would read like a whole one.",
              "文件被截断（磁盘已满、进程被终止）、被手工修改，或含有测量中不可能出现的值。不使用其中任何部分：半个分布看上去会像完整的分布。"},
    .remedy = {"Export it again: trtexec --loadEngine=model.engine --exportTimes=times.json --exportProfile=profile.json. Where it was copied, compare its size with the original's.",
               "重新导出：trtexec --loadEngine=model.engine --exportTimes=times.json --exportProfile=profile.json。若经过复制，请与原文件比较大小。"},
    .example = "head -c 1000 times.json | pharos doctor -"};

inline constexpr Diagnostic export_unknown{
    .code = "PH9042", .slug = "export-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A JSON file is of no known kind", "无法识别 JSON 文件的种类"},
    .message = {"'{path}' is JSON, but none of what is known here: times, profile or layers of trtexec, figures of 'pharos bench'",
                "“{path}”是 JSON，但不属于已知种类：trtexec 的 times、profile、layers，或“pharos bench”的结果"},
    .cause = {"Kinds are told by content, not by name: times have computeMs, profiles timeMs, layer information Layers, bench figures pharos_version.",
              "种类由内容而非文件名判断：times 含 computeMs，profile 含 timeMs，层信息含 Layers，bench 结果含 pharos_version。"},
    .remedy = {"Give what --exportTimes, --exportProfile or --exportLayerInfo of trtexec, or 'pharos bench --json', wrote; leave out others (--exportOutput).",
               "请提供 trtexec 的 --exportTimes、--exportProfile、--exportLayerInfo 或“pharos bench --json”写出的文件；其他文件（--exportOutput）请勿列入。"},
    .example = "pharos doctor build.log outputs.json"};

inline constexpr Diagnostic export_too_large{
    .code = "PH9043", .slug = "export-too-large", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A JSON export is larger than the limit", "JSON 导出文件超出限制"},
    .message = {"{path}:{line}: {what} beyond the limit of {limit}", "{path}:{line}：{what} 超过上限 {limit}"},
    .cause = {"Memory stays bounded whatever the file holds; more than this tells no more about a distribution.",
              "无论文件内容如何，内存占用都有上限；更多的数据不会让分布更准确。"},
    .remedy = {"Measure shorter: --duration=30 or --iterations=100000 give enough samples for p99. Where the nesting is the cause, the file is none of trtexec's.",
               "缩短测量：--duration=30 或 --iterations=100000 已足以得到 p99。若原因是嵌套层数，则该文件并非由 trtexec 写出。"},
    .example = "a times.json of three million queries"};

inline constexpr Diagnostic export_empty{
    .code = "PH9044", .slug = "export-empty", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A JSON export holds no measurement", "JSON 导出文件中没有测量结果"},
    .message = {"'{path}' is {kind} without a single entry", "“{path}”为 {kind}，但没有任何条目"},
    .cause = {"The run ended before its first timed query, or the engine has no layers to tell.", "运行在首次计时查询前结束，或引擎没有可列出的层。"},
    .remedy = {"Look at the log of the run; export again after one that passed.", "查看该次运行的日志；在成功运行后重新导出。"},
    .example = "echo '[]' > times.json; pharos doctor times.json"};

inline constexpr Diagnostic export_other_run{
    .code = "PH9045", .slug = "export-other-run", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A JSON export does not belong to the log beside it", "JSON 导出文件不属于旁边的日志"},
    .message = {"'{path}' seems to be of another run than '{log}': {difference}", "“{path}”似乎来自与“{log}”不同的运行：{difference_zh}"},
    .cause = {"What the file says contradicts what the log itself says of the same quantity. Files of two runs got mixed, or a file was kept while the log was written again.",
              "文件所述与日志自身对同一量的记录相矛盾。两次运行的文件被混在一起，或日志已重写而文件未更新。"},
    .remedy = {"Export again beside the log: trtexec ... --exportTimes=times.json --exportProfile=profile.json --exportLayerInfo=layers.json 2>&1 | tee run.log\nName the files after the run. Where the difference is meant (another shape of the same engine), give each its own log.",
               "与日志一同重新导出：trtexec ... --exportTimes=times.json --exportProfile=profile.json --exportLayerInfo=layers.json 2>&1 | tee run.log\n以运行命名文件。若差异是有意的（同一引擎的另一形状），请各自使用自己的日志。"},
    .example = "pharos doctor week2.log week1-times.json"};

inline constexpr std::array export_entries{&export_invalid, &export_unknown, &export_too_large, &export_empty, &export_other_run};

}  // namespace pharos::diag
