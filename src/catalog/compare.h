#pragma once
// PH906x: comparing two builds or runs.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic compare_unrelated{
    .code = "PH9061", .slug = "compare-unrelated", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two unrelated models are compared", "比较的是两个无关的模型"},
    .message = {"of {count_a} and {count_b} layers {matched} match: these seem to be two different models",
                "{count_a} 与 {count_b} 个层中仅 {matched} 个匹配：这似乎是两个不同的模型"},
    .cause = {"Hardly a layer of one side has a counterpart on the other, by name, by the ONNX nodes it stems from, or by what it computes. The split then says that one model is slower than another, not why.",
              "一侧的层在另一侧几乎没有对应（按名称、来源 ONNX 节点或所做计算）。此时的分解只说明一个模型比另一个慢，而不能说明原因。"},
    .remedy = {"Check that both sides are builds of the same model.", "请确认两侧是同一模型的构建。"},
    .example = "pharos compare resnet50.log bert.log"};

inline constexpr Diagnostic compare_no_latency{
    .code = "PH9062", .slug = "compare-no-latency", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No latency to compare", "没有可比较的延迟"},
    .message = {"{side} tells no latency{metric}, so that the change cannot be split", "{side} 未给出延迟{metric}，无法分解变化"},
    .cause = {"The log is of a build without a run (--skipInference, --buildOnly), was cut before the performance summary, or the two sides measure different things.",
              "日志仅包含构建（--skipInference、--buildOnly）、在性能汇总之前被截断，或两侧的测量内容不同。"},
    .remedy = {"Run the engine and keep the whole output: trtexec --loadEngine=model.engine --dumpProfile --separateProfileRun 2>&1 | tee run.log\n"
               "Or export the times: --exportTimes=times.json --exportProfile=profile.json, and give the files of a side together (a folder, or --a FILE).",
               "运行引擎并保留完整输出：trtexec --loadEngine=model.engine --dumpProfile --separateProfileRun 2>&1 | tee run.log\n"
               "或导出时间：--exportTimes=times.json --exportProfile=profile.json，并将一侧的文件一起给出（目录，或 --a FILE）。"},
    .example = "pharos compare build-only.log run.log"};

inline constexpr Diagnostic compare_no_profile{
    .code = "PH9063", .slug = "compare-no-profile", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No per-layer profile on both sides", "并非两侧都有逐层剖析"},
    .message = {"{side} has no times of layers: what layers account for stays unexplained", "{side} 没有逐层耗时：层所占的部分无法解释"},
    .cause = {"trtexec measures layers only when asked to.", "trtexec 仅在要求时测量各层。"},
    .remedy = {"Profile both: trtexec --loadEngine=model.engine --dumpProfile --separateProfileRun 2>&1 | tee run.log (or --exportProfile=profile.json).\n"
               "--separateProfileRun keeps the profiler out of the latency; --profilingVerbosity=detailed at build with --exportLayerInfo=layers.json tells precision and tactics.",
               "对两侧进行剖析：trtexec --loadEngine=model.engine --dumpProfile --separateProfileRun 2>&1 | tee run.log（或 --exportProfile=profile.json）。\n"
               "--separateProfileRun 使剖析不影响延迟；构建时使用 --profilingVerbosity=detailed 与 --exportLayerInfo=layers.json 可得到精度与策略。"},
    .example = "pharos compare week1.log week2.log, both without --dumpProfile"};

inline constexpr Diagnostic compare_profiled_run{
    .code = "PH9064", .slug = "compare-profiled-run", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The latency was measured under the profiler", "延迟在剖析状态下测得"},
    .message = {"{side}: layers were profiled in the run that the latency is of; the profiler slows it", "{side}：测量延迟的运行同时在剖析各层，剖析会使其变慢"},
    .cause = {"Up to TensorRT 10, --dumpProfile and --exportProfile measure in the timed run unless --separateProfileRun is given.",
              "在 TensorRT 10 及以前，除非给出 --separateProfileRun，--dumpProfile 与 --exportProfile 在计时运行中测量。"},
    .remedy = {"Add --separateProfileRun on both sides.", "两侧都加上 --separateProfileRun。"},
    .example = "a log of trtexec --dumpProfile without --separateProfileRun"};

inline constexpr Diagnostic compare_suspect{
    .code = "PH9065", .slug = "compare-suspect", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A likely cause that was not measured", "未经测量的可能原因"},
    .message = {"{what}: a likely cause, but no profile of both sides measures it", "{what}：可能的原因，但没有两侧的剖析来测量"},
    .cause = {"A message of one side only can explain the change; how much of it, only times of layers tell.",
              "仅一侧出现的消息可以解释该变化；占多少则只有逐层耗时才能说明。"},
    .remedy = {"Profile both sides: --dumpProfile --separateProfileRun, or --exportProfile=profile.json.", "对两侧进行剖析：--dumpProfile --separateProfileRun，或 --exportProfile=profile.json。"},
    .example = "a second log with 'Falling back to CPU implementation for plugin: ResizeNearest' and no profile"};

inline constexpr Diagnostic compare_regression{
    .code = "PH9066", .slug = "compare-regression", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The latency regressed", "延迟退化"},
    .message = {"{metric} grew by {growth} % ({before} to {after} ms); allowed are {limit} %", "{metric}增长 {growth} %（{before} 至 {after} ms）；允许 {limit} %"},
    .cause = {"The second side is slower than the first by more than --fail-on-regression allows.", "第二侧比第一侧慢，超出 --fail-on-regression 允许的范围。"},
    .remedy = {"Remove the largest cause of the split, or raise the limit with a reason.", "消除分解中最大的原因，或在有理由时放宽限制。"},
    .example = "pharos compare week1 week2 --fail-on-regression 5"};

inline constexpr Diagnostic compare_regression_unknown{
    .code = "PH9067", .slug = "compare-regression-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A regression cannot be checked", "无法检查退化"},
    .message = {"no latency that both sides tell: --fail-on-regression cannot pass what it does not see", "没有两侧都给出的延迟：--fail-on-regression 不能放过看不到的内容"},
    .cause = {"One of the logs or exports has no figures of a run.", "某一侧的日志或导出没有运行数据。"},
    .remedy = {"Capture a run on both sides: trtexec --loadEngine=model.engine 2>&1 | tee run.log, or --exportTimes=times.json.",
               "在两侧捕获运行：trtexec --loadEngine=model.engine 2>&1 | tee run.log，或 --exportTimes=times.json。"},
    .example = "pharos compare build-only.log run.log --fail-on-regression 5"};

inline constexpr Diagnostic compare_empty_side{
    .code = "PH9068", .slug = "compare-empty-side", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A side of the comparison has no file", "比较的一侧没有文件"},
    .message = {"'{path}' holds no log and no export", "“{path}”中没有日志或导出文件"},
    .cause = {"The folder is empty, or holds only engines, models and other binary files.", "目录为空，或只含引擎、模型等二进制文件。"},
    .remedy = {"Put the logs and JSON exports of one side into the folder, or name the files.", "将一侧的日志与 JSON 导出放入该目录，或直接指定文件。"},
    .example = "pharos compare empty-folder week2"};

inline constexpr Diagnostic compare_run_missing{
    .code = "PH9069", .slug = "compare-run-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A log has fewer runs than asked for", "日志中的运行次数少于要求"},
    .message = {"'{path}' has {count} run(s); there is no run {number}", "“{path}”有 {count} 次运行；不存在第 {number} 次"},
    .cause = {"FILE#N names the N-th build or run of a log, from 1.", "FILE#N 表示日志中的第 N 次构建或运行，从 1 开始。"},
    .remedy = {"'pharos doctor FILE' lists the runs of a log.", "“pharos doctor FILE”列出日志中的各次运行。"},
    .example = "pharos compare build.log#1 build.log#7"};

inline constexpr std::array compare_entries{&compare_unrelated, &compare_no_latency, &compare_no_profile, &compare_profiled_run, &compare_suspect,
                                            &compare_regression, &compare_regression_unknown, &compare_empty_side, &compare_run_missing};

}  // namespace pharos::diag
