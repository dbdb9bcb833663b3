#pragma once
// PH905x: the store of baselines. PH907x: what a check against it says.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic baseline_missing{
    .code = "PH9051", .slug = "baseline-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"There is no baseline store", "没有基线文件"},
    .message = {"'{path}' does not exist", "“{path}”不存在"},
    .cause = {"Nothing was recorded yet, or the store lies elsewhere. A check without a baseline passes nothing.",
              "尚未记录任何结果，或文件位于别处。没有基线的检查不会放行。"},
    .remedy = {"Record a run that you trust: pharos baseline record build.log times.json; name another file with --store.",
               "记录一次可信的运行：pharos baseline record build.log times.json；用 --store 指定其他文件。"},
    .example = "pharos baseline check build.log --store nowhere.db"};

inline constexpr Diagnostic baseline_foreign{
    .code = "PH9052", .slug = "baseline-foreign", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A file is no baseline store", "文件不是基线库"},
    .message = {"'{path}' is no baseline store: {reason}", "“{path}”不是基线库：{reason}"},
    .cause = {"--store names a file of something else. It was not changed.", "--store 指向其他用途的文件。该文件未被改动。"},
    .remedy = {"Name the store, or a file that does not exist yet.", "请指定基线库，或一个尚不存在的文件。"},
    .example = "pharos baseline record build.log --store README.md"};

inline constexpr Diagnostic baseline_newer{
    .code = "PH9053", .slug = "baseline-newer", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A baseline store is of a newer version", "基线库版本较新"},
    .message = {"'{path}' has version {version}; this Pharos knows up to {known}", "“{path}”的版本为 {version}；此 Pharos 最高支持 {known}"},
    .cause = {"A newer Pharos wrote it. Reading it by guess could compare the wrong figures.", "由更新的 Pharos 写入。猜测读取可能比较错误的数值。"},
    .remedy = {"Use the same Pharos everywhere, or a store of its own for the older one. The file was not changed.", "在各处使用同一版本的 Pharos，或为旧版本使用单独的基线库。该文件未被改动。"},
    .example = "a store written by a later release"};

inline constexpr Diagnostic baseline_damaged{
    .code = "PH9054", .slug = "baseline-damaged", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A baseline store is damaged", "基线库已损坏"},
    .message = {"'{path}' is damaged: {reason}", "“{path}”已损坏：{reason}"},
    .cause = {"The disk, a copy that was cut off, or another program changed it. It was not changed further.", "磁盘故障、被截断的复制或其他程序改动了它。未作进一步改动。"},
    .remedy = {"Restore it from a copy, or save what can be read: sqlite3 store.db .recover | sqlite3 rescued.db", "从备份恢复，或抢救可读内容：sqlite3 store.db .recover | sqlite3 rescued.db"},
    .example = "a store of which only the first half was copied"};

inline constexpr Diagnostic baseline_unusable{
    .code = "PH9055", .slug = "baseline-unusable", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A baseline store cannot be used", "无法使用基线库"},
    .message = {"cannot use '{path}': {reason}", "无法使用“{path}”：{reason}"},
    .cause = {"It may not be read or written, the disk is full, or somebody else held it for more than ten seconds. Nothing was recorded by half.",
              "没有读写权限、磁盘已满，或被他人占用超过十秒。不会留下只记录一半的结果。"},
    .remedy = {"Check permissions and free space, then repeat.", "检查权限与剩余空间后重试。"},
    .example = "pharos baseline record build.log --store /proc/store.db"};

inline constexpr Diagnostic baseline_nothing_measured{
    .code = "PH9056", .slug = "baseline-nothing-measured", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The files hold no measurement", "文件中没有测量结果"},
    .message = {"no run in {files} tells latency, memory or findings", "{files} 中没有任何运行给出延迟、内存或发现"},
    .cause = {"The log ends before the performance summary, or only a profile or layer information was given.", "日志在性能汇总前结束，或只给出了剖析或层信息。"},
    .remedy = {"Give the log of a whole run, its times (--exportTimes=times.json), or the figures of 'pharos bench --json'.", "请提供完整运行的日志、其时间（--exportTimes=times.json），或“pharos bench --json”的结果。"},
    .example = "pharos baseline record layers.json"};

inline constexpr Diagnostic baseline_key_unknown{
    .code = "PH9057", .slug = "baseline-key-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The files do not tell what was measured", "文件未说明被测对象"},
    .message = {"the files do not tell the {what} that was measured", "文件未给出被测的{what_zh}"},
    .cause = {"Exports hold times alone, and excerpts of logs lack the command or the device. Times of unknown origin cannot be compared.",
              "导出文件只有时间，日志节选缺少命令或设备。来源不明的时间无法比较。"},
    .remedy = {"Give the log beside the export, or say it: --model NAME, --device NAME.", "将日志与导出文件一同给出，或直接指定：--model NAME、--device NAME。"},
    .example = "pharos baseline record times.json"};

inline constexpr Diagnostic baseline_not_found{
    .code = "PH9058", .slug = "baseline-not-found", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"There is no baseline for this model, device and precision", "没有该模型、设备与精度的基线"},
    .message = {"no baseline for {key}; {near}", "没有 {key} 的基线；{near_zh}"},
    .cause = {"Only runs of one model on one device, in one precision and with the same shapes are comparable. An option that was forgotten shows here too.",
              "只有同一模型、同一设备、同一精度且形状相同的运行才可比较。漏写的选项也会在此暴露。"},
    .remedy = {"Measure with the options of the baseline, or record this run as a new one: pharos baseline record ...", "以基线的选项重新测量，或将本次运行记录为新基线：pharos baseline record ..."},
    .example = "a check of a build without --fp16 where the baseline has it"};

inline constexpr Diagnostic baseline_pairs_uneven{
    .code = "PH9059", .slug = "baseline-pairs-uneven", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Alternated rounds do not pair up", "交替测量的轮次不成对"},
    .message = {"{now} run(s) against {before} with --paired", "--paired：{now} 次运行对 {before} 次"},
    .cause = {"With --paired the i-th run of one side was measured right beside the i-th of the other.", "使用 --paired 时，一方的第 i 次运行与另一方的第 i 次相邻测量。"},
    .remedy = {"Give as many files with --paired as without, in the order of measurement; three of each at least.", "两方给出同样数量的文件，按测量顺序排列；每方至少三个。"},
    .example = "pharos baseline check new1.json new2.json --paired old1.json"};

inline constexpr Diagnostic baseline_slower{
    .code = "PH9071", .slug = "baseline-slower", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"It is slower than its baseline", "慢于基线"},
    .message = {"{figure} {before} -> {now} ({change}, {interval}); {tolerance} is allowed", "{figure_zh} {before} -> {now}（{change}，{interval_zh}）；允许 {tolerance}"},
    .cause = {"The change is larger than the tolerance, and the scatter of the measurements does not explain it.", "变化超过容差，且测量的离散程度无法解释。"},
    .remedy = {"Find what changed: pharos compare old.log new.log. A change that is wanted: pharos baseline record --accept.", "查找变化：pharos compare old.log new.log。若为有意的变化：pharos baseline record --accept。"},
    .example = "pharos baseline check build.log times.json"};

inline constexpr Diagnostic baseline_more_memory{
    .code = "PH9072", .slug = "baseline-more-memory", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"It takes more memory than its baseline", "内存占用高于基线"},
    .message = {"{figure} {before} -> {now} ({change}); {tolerance} is allowed", "{figure_zh} {before} -> {now}（{change}）；允许 {tolerance}"},
    .cause = {"Layers, weights, workspace or shapes have grown. On a device that is shared, others count too.", "层、权重、workspace 或形状变大。若设备被共享，其他进程也会计入。"},
    .remedy = {"Compare the memory lines: pharos compare old.log new.log. Measure on a device of its own.", "比较内存行：pharos compare old.log new.log。在独占设备上测量。"},
    .example = "a build whose peak went from 1800 to 2600 MiB"};

inline constexpr Diagnostic baseline_new_finding{
    .code = "PH9073", .slug = "baseline-new-finding", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The log holds a finding that its baseline has not", "日志中出现基线没有的发现"},
    .message = {"new: {code} {message}", "新增：{code} {message}"},
    .cause = {"A warning or error appeared that no run of the baseline had.", "出现了基线中任何一次运行都没有的警告或错误。"},
    .remedy = {"See its remedy: pharos doctor build.log; pharos explain CODE.", "查看处理方法：pharos doctor build.log；pharos explain CODE。"},
    .example = "a build log with a new 'Falling back to CPU implementation'"};

inline constexpr Diagnostic baseline_undecided{
    .code = "PH9074", .slug = "baseline-undecided", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The measurements are too few or too scattered to say", "测量过少或过于离散，无法判断"},
    .message = {"{figure}: {why}", "{figure_zh}：{why_zh}"},
    .cause = {"A change of twice the tolerance cannot be ruled out by these data.", "这些数据无法排除两倍于容差的变化。"},
    .remedy = {"Export times (--exportTimes), measure longer (--duration=20), record three runs or more, or alternate old and new and use --paired. --strict fails here.",
               "导出时间（--exportTimes）、延长测量（--duration=20）、记录三次以上，或交替测量新旧版本并使用 --paired。--strict 会在此失败。"},
    .example = "a check of a log without its times"};

inline constexpr Diagnostic baseline_other_runtime{
    .code = "PH9075", .slug = "baseline-other-runtime", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The baseline is of another version", "基线来自另一版本"},
    .message = {"compared with {before}, measured is {now}", "与 {before} 比较，本次测量为 {now}"},
    .cause = {"No run of this version was recorded yet; the check then takes the newest baseline of another.", "该版本尚无记录；检查改用另一版本的最新基线。"},
    .remedy = {"Record a run of this version once it is accepted. Defaults may differ between versions: TensorRT 11 leaves transfers out of the latency.",
               "确认后记录该版本的运行。不同版本的默认值可能不同：TensorRT 11 的延迟不含传输。"},
    .example = "a check after an update of TensorRT"};

inline constexpr Diagnostic baseline_untold{
    .code = "PH9076", .slug = "baseline-untold", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The latency that the baseline has is not told", "未给出基线所含的延迟"},
    .message = {"the baseline has a median of {before}; this run tells none that is comparable", "基线的中位数为 {before}；本次运行没有可比较的数值"},
    .cause = {"The inference was skipped or failed, the log was cut before its summary, or one side has transfers in its latency and the other has not. What was not seen does not pass.",
              "推理被跳过或失败、日志在汇总前被截断，或一方的延迟含传输而另一方不含。未看到的结果不会放行。"},
    .remedy = {"Run the inference and give its whole log, or its times (--exportTimes=times.json).", "运行推理并给出完整日志或其时间（--exportTimes=times.json）。"},
    .example = "a check of a log of --skipInference"};

inline constexpr std::array baseline_entries{
    &baseline_missing, &baseline_foreign, &baseline_newer, &baseline_damaged, &baseline_unusable, &baseline_nothing_measured, &baseline_key_unknown,
    &baseline_not_found, &baseline_pairs_uneven, &baseline_slower, &baseline_more_memory, &baseline_new_finding, &baseline_undecided,
    &baseline_other_runtime, &baseline_untold};

}  // namespace pharos::diag
