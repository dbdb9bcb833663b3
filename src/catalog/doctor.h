#pragma once
// PH90xx: the doctor about the logs it reads, and what no rule knows.
//
// What it finds in logs: PH91xx operators and models, PH92xx shapes, PH93xx INT8 and precision, PH94xx memory and missing
// implementations, PH95xx engines, PH96xx performance, PH97xx environment, PH98xx API and crashes, PH99xx notes.
// A remedy there is a list of steps, one per line.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_unreadable{
    .code = "PH9001", .slug = "log-unreadable", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A log cannot be read", "无法读取日志"},
    .message = {"cannot read '{path}': {reason}", "无法读取“{path}”：{reason}"},
    .cause = {"The file is missing, is no regular file, or may not be read.", "文件不存在、不是普通文件或没有读取权限。"},
    .remedy = {"Check the path and its permissions; '-' reads standard input.", "请检查路径与权限；“-”表示标准输入。"},
    .example = "pharos doctor missing.log"};

inline constexpr Diagnostic log_not_text{
    .code = "PH9002", .slug = "log-not-text", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A file is no text log", "文件不是文本日志"},
    .message = {"'{path}' holds binary data, no log", "“{path}”是二进制数据，而不是日志"},
    .cause = {"An engine, a model, an image or an archive was given where a log was expected.", "给出的是引擎、模型、图片或压缩包，而不是日志。"},
    .remedy = {"Give the text that the program printed: run it with '2>&1 | tee build.log'. gzip and zstd are unpacked, archives are not.",
               "请提供程序打印的文本：以“2>&1 | tee build.log”运行。支持 gzip 与 zstd，但不支持归档文件。"},
    .example = "pharos doctor model.engine"};

inline constexpr Diagnostic log_compression_damaged{
    .code = "PH9003", .slug = "log-compression-damaged", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A compressed log is damaged", "压缩日志已损坏"},
    .message = {"'{path}' is damaged {kind} data: {reason}; what was unpacked before is used", "“{path}”的 {kind} 数据已损坏：{reason}；使用此前解压的内容"},
    .cause = {"The file was cut off or changed on its way.", "文件被截断或在传输中改变。"},
    .remedy = {"Copy it again; until then take the diagnosis as that of a log without its end.", "请重新复制；在此之前，诊断结果仅针对缺少结尾的日志。"},
    .example = "head -c 1000 build.log.gz | pharos doctor -"};

inline constexpr Diagnostic log_line_cut{
    .code = "PH9004", .slug = "log-line-cut", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Long lines were cut", "过长的行已被截断"},
    .message = {"{count} line(s) are longer than {limit} bytes; only their beginning was read", "{count} 行超过 {limit} 字节，仅读取其开头"},
    .cause = {"Binary data or a whole dump was printed on one line.", "一行中打印了二进制数据或完整转储。"},
    .remedy = {"Nothing needs to be done unless the cause stands behind the cut.", "除非原因位于截断之后，否则无需处理。"},
    .example = "a log with a line of 1 MiB"};

inline constexpr Diagnostic log_hits_left_out{
    .code = "PH9007", .slug = "log-hits-left-out", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"More was found than is kept", "发现的内容超出可保留的数量"},
    .message = {"{count} message(s) were recognised and left out: the log holds more of them than are kept", "识别到 {count} 条消息但未保留：日志中此类消息过多"},
    .cause = {"What is kept of one log is bounded. This one holds very many runs, or very long messages of very many kinds.",
              "单个日志可保留的内容有上限。此日志包含大量运行，或大量种类不同且很长的消息。"},
    .remedy = {"Split the log at the beginning of its runs and examine the parts.", "在各次运行的开头拆分日志，分别诊断。"},
    .example = "a log of thousands of runs, each with every error there is"};

inline constexpr Diagnostic log_empty{
    .code = "PH9006", .slug = "log-empty", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A log is empty", "日志为空"},
    .message = {"'{path}' holds nothing", "“{path}”没有内容"},
    .cause = {"The program printed nothing, or its output went elsewhere. An empty log is no clean one: a gate would pass a build that nobody saw.",
              "程序没有输出，或输出到了别处。空日志并不等于无问题：否则门禁会放过无人看到的构建。"},
    .remedy = {"Capture both streams: COMMAND 2>&1 | tee build.log, with 'set -o pipefail' in scripts.", "捕获两个输出流：COMMAND 2>&1 | tee build.log，脚本中加上“set -o pipefail”。"},
    .example = "pharos doctor /dev/null"};

inline constexpr Diagnostic log_unknown_error{
    .code = "PH9010", .slug = "log-unknown-error", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An error that no rule knows", "规则尚未收录的错误"},
    .message = {"{text}", "{text}"},
    .cause = {"The program reported an error that the catalogue does not have yet; the category is guessed from its words.",
              "程序报告了目录中尚未收录的错误；类别由其措辞推测。"},
    .remedy = {"Read the first error of the log and the warnings just before it: later errors mostly follow from it.\nRepeat with --verbose and keep the whole log.",
               "查看日志中的第一条错误及其之前的警告：后续错误多由它引起。\n以 --verbose 重新运行并保留完整日志。"},
    .example = "an [E] line with a text of a plugin's own"};

inline constexpr Diagnostic log_unknown_warning{
    .code = "PH9011", .slug = "log-unknown-warning", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Warnings that no rule knows", "规则尚未收录的警告"},
    .message = {"{count} warning(s) without a rule, the first: {text}", "{count} 条未收录的警告，首条：{text}"},
    .cause = {"The catalogue has no entry for these messages.", "目录中没有这些消息的条目。"},
    .remedy = {"Read them once: 'pharos doctor --all' lists them.", "请通读一遍：“pharos doctor --all”可列出。"},
    .example = "a [W] line with a text of a plugin's own"};

inline constexpr Diagnostic log_run_failed{
    .code = "PH9012", .slug = "log-run-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The run failed, and the cause is not in this log", "运行失败，但日志中没有原因"},
    .message = {"the log ends in a failure ('{text}'), but what led to it is not in it", "日志以失败结束（“{text}”），但未包含其原因"},
    .cause = {"Only the end of the log is here, or standard error was not captured: errors and warnings go there.",
              "这里只有日志的结尾，或未捕获标准错误：错误和警告输出到那里。"},
    .remedy = {"Capture both streams from the start: COMMAND --verbose 2>&1 | tee build.log\nRun 'pharos doctor -- COMMAND' to have it captured.",
               "从头捕获两个输出流：COMMAND --verbose 2>&1 | tee build.log\n或运行“pharos doctor -- COMMAND”自动捕获。"},
    .example = "echo '[E] Engine set up failed' | pharos doctor -"};

inline constexpr Diagnostic log_run_ended{
    .code = "PH9013", .slug = "log-run-ended", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The run ended with the cause above", "运行因上述原因结束"},
    .message = {"the failure was then reported as '{text}'", "该失败随后被报告为“{text}”"},
    .cause = {"The program reports that it cannot go on; the reason came before.", "程序报告无法继续；原因在此之前。"},
    .remedy = {"Nothing to do here: remove the cause.", "此处无需处理：消除其原因即可。"},
    .example = "pharos doctor build.log, where an error comes before '[E] Engine set up failed'"};

inline constexpr Diagnostic log_without_command{
    .code = "PH9005", .slug = "log-without-command", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No command line to migrate", "没有可迁移的命令行"},
    .message = {"'{path}' holds no command line of trtexec", "“{path}”中没有 trtexec 命令行"},
    .cause = {"trtexec prints its command in the first and the last line of its log; this one is an excerpt, or of another program.",
              "trtexec 在日志首行与末行打印命令；此日志是节选，或来自其他程序。"},
    .remedy = {"Give the command itself: pharos doctor --migrate-to 11 --command 'trtexec --onnx=model.onnx --fp16'",
               "直接给出命令：pharos doctor --migrate-to 11 --command 'trtexec --onnx=model.onnx --fp16'"},
    .example = "pharos doctor excerpt.log --migrate-to 11"};

inline constexpr Diagnostic log_exception{
    .code = "PH9016", .slug = "log-exception", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The program ended with an exception", "程序以异常结束"},
    .message = {"{text}", "{text}"},
    .cause = {"A Python exception ended the program. Where TensorRT said something before, that is the cause; here the exception is all that there is.",
              "程序因 Python 异常结束。若 TensorRT 此前有报错，则那才是原因；此处只有异常本身。"},
    .remedy = {"Read the lines of the traceback above it: the last one in your own code names the call.\nSet the logger to verbose (trt.Logger(trt.Logger.VERBOSE)) and capture both streams: COMMAND 2>&1 | tee run.log",
               "查看其上方的回溯：自己代码中的最后一行指出了调用位置。\n把日志级别设为 verbose（trt.Logger(trt.Logger.VERBOSE)），并同时捕获两个输出流：COMMAND 2>&1 | tee run.log"},
    .example = "RuntimeError: the engine could not be used"};

inline constexpr std::array doctor_entries{
    &log_unreadable, &log_not_text, &log_compression_damaged, &log_line_cut, &log_hits_left_out, &log_empty, &log_unknown_error,
    &log_unknown_warning, &log_run_failed, &log_run_ended, &log_without_command, &log_exception};

}  // namespace pharos::diag
