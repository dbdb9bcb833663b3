#pragma once
// PH01xx: the command line, its files and its options.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic verb_unknown{
    .code = "PH0101", .slug = "verb-unknown", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"There is no such command", "没有这个命令"},
    .message = {"unknown command '{verb}'{suggestion}", "未知命令“{verb}”{suggestion}"},
    .cause = {"The first word after 'pharos' is not one of its commands.", "pharos 之后的第一个词不是有效命令。"},
    .remedy = {"Run 'pharos --help' for the list of commands.", "运行 pharos --help 查看命令列表。"},
    .example = "pharos biuld model.onnx"};

inline constexpr Diagnostic option_unknown{
    .code = "PH0102", .slug = "option-unknown", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The command has no such option", "该命令没有这个选项"},
    .message = {"'pharos {verb}' has no option '{option}'{suggestion}", "pharos {verb} 没有选项“{option}”{suggestion}"},
    .cause = {"The option is misspelt or belongs to another command.", "选项拼写有误，或属于其他命令。"},
    .remedy = {"Run the command with --help for its options.", "在该命令后加 --help 查看可用选项。"},
    .example = "pharos build model.onnx --thread 2"};

inline constexpr Diagnostic option_value_invalid{
    .code = "PH0103",
    .slug = "option-value-invalid",
    .severity = Severity::Error,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"An option has a value that it does not take", "选项的值无效"},
    .message = {"{option} is '{actual}'; expected {expected}", "{option} 的值为“{actual}”，应为 {expected}"},
    .cause = {"The value has another form, or lies outside the allowed range.", "值的形式不对，或超出允许范围。"},
    .remedy = {"Give a value of the expected form; --help shows an example.", "请给出符合要求的值；--help 中有示例。"},
    .example = "pharos bench model.onnx --iterations many"};

inline constexpr Diagnostic argument_missing{
    .code = "PH0104", .slug = "argument-missing", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A required argument is missing", "缺少必需的参数"},
    .message = {"'pharos {verb}' needs {what}", "pharos {verb} 需要 {what}"},
    .cause = {"The command cannot work without this argument.", "缺少该参数，命令无法执行。"},
    .remedy = {"Add it; --help shows the usage line and examples.", "请补上该参数；--help 显示用法与示例。"},
    .example = "pharos build"};

inline constexpr Diagnostic argument_unexpected{
    .code = "PH0105",
    .slug = "argument-unexpected",
    .severity = Severity::Error,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"There is one argument too many", "参数过多"},
    .message = {"'pharos {verb}' does not take '{argument}'", "pharos {verb} 不接受参数“{argument}”"},
    .cause = {"The command takes fewer arguments, or an option's value was separated from it by a blank too many.",
              "命令所需的参数更少，或选项与其值之间多了空格。"},
    .remedy = {"Remove the argument; quote names that contain blanks.", "请删除多余参数；含空格的名称需加引号。"},
    .example = "pharos explain PH0101 PH0102 extra words"};

inline constexpr Diagnostic options_conflict{
    .code = "PH0106", .slug = "options-conflict", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"What was asked for cannot be had together", "所要求的内容不能同时满足"},
    .message = {"{first} cannot be used with {second}: {why}", "{first} 不能与 {second} 同时使用：{why}"},
    .cause = {"The options contradict each other, or one is for a model and an engine was given.",
              "这些选项相互矛盾，或者选项针对模型而给出的是引擎。"},
    .remedy = {"Leave one of them out; an option of the build belongs to 'pharos build' with the model.",
               "请去掉其中一个；构建选项应与模型一起用于 'pharos build'。"},
    .example = "pharos run model.engine --opt-level 5"};

inline constexpr Diagnostic name_unknown{
    .code = "PH0107", .slug = "name-unknown", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"Nothing of that name is known", "名称未知"},
    .message = {"there is no {kind} '{name}'{suggestion}", "没有名为“{name}”的 {kind}{suggestion}"},
    .cause = {"The name is misspelt, or of another version of Pharos.", "名称拼写有误，或属于其他版本的 Pharos。"},
    .remedy = {"'pharos list' prints the known names.", "pharos list 可列出已知名称。"},
    .example = "pharos explain PH9999"};

inline constexpr Diagnostic input_file_invalid{
    .code = "PH0110",
    .slug = "input-file-invalid",
    .severity = Severity::Error,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"A file with input data cannot be used", "输入数据文件无法使用"},
    .message = {"input '{input}', file '{path}': {details}", "输入“{input}”，文件“{path}”：{details}"},
    .cause = {"The file is damaged, of an unknown kind, or its size or element type does not fit the input.",
              "文件已损坏、格式未知，或其大小、元素类型与输入不符。"},
    .remedy = {"Give a .npy file, a .pb file (TensorProto) or raw little-endian bytes of the right size.",
               "请提供 .npy 文件、.pb 文件（TensorProto）或大小正确的小端原始数据。"},
    .example = "pharos run model.onnx --input x=short.raw"};

inline constexpr Diagnostic input_unknown{
    .code = "PH0111", .slug = "input-unknown", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The model has no input of that name", "模型没有这个名称的输入"},
    .message = {"there is no input '{input}'; the model has {known}", "没有名为“{input}”的输入；模型的输入为 {known}"},
    .cause = {"The name is misspelt, or belongs to another model.", "名称拼写有误，或属于其他模型。"},
    .remedy = {"'pharos inspect' prints the names of inputs and outputs.", "pharos inspect 可显示输入和输出的名称。"},
    .example = "pharos run model.onnx --input imgae=x.npy"};

inline constexpr Diagnostic random_input{
    .code = "PH0112", .slug = "random-input", .severity = Severity::Info, .layer = Layer::General, .since = "0.1",
    .title = {"An input is filled with random values", "输入使用随机值"},
    .message = {"using random values for input '{input}' ({type}, {range}, seed {seed})",
                "输入“{input}”使用随机值（{type}，{range}，种子 {seed}）"},
    .cause = {"No file was given for the input.", "未为该输入提供文件。"},
    .remedy = {"Give data with --input NAME=FILE where the values matter.", "若数值有意义，请用 --input NAME=FILE 提供数据。"},
    .example = "pharos run model.onnx"};

inline constexpr Diagnostic input_shape_missing{
    .code = "PH0113",
    .slug = "input-shape-missing",
    .severity = Severity::Error,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"The shape of a dynamic input is not given", "未给出动态输入的形状"},
    .message = {"input '{input}' is {type}; give its shape: --shapes {input}:{example}",
                "输入“{input}”为 {type}；请给出形状：--shapes {input}:{example}"},
    .cause = {"Random values can only be made for a known shape.", "只有形状已知时才能生成随机值。"},
    .remedy = {"Give the shape with --shapes, or data with --input.", "用 --shapes 给出形状，或用 --input 提供数据。"},
    .example = "pharos run dynamic.onnx"};

inline constexpr Diagnostic warnings_fatal{
    .code = "PH0114", .slug = "warnings-fatal", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The build gave warnings and --fail-on-warning is set", "构建产生了警告，且设置了 --fail-on-warning"},
    .message = {"the build gave {count} warning(s): {codes}", "构建产生 {count} 条警告：{codes}"},
    .cause = {"--fail-on-warning turns every warning into a failure; no engine was written.",
              "--fail-on-warning 将任何警告视为失败；未写出引擎。"},
    .remedy = {"Remove what the warnings name, or build without the option.", "消除警告所指的问题，或不使用该选项。"},
    .example = "pharos build model.onnx --fail-on-warning"};

inline constexpr Diagnostic log_sink_failed{
    .code = "PH0115", .slug = "log-sink-failed", .severity = Severity::Warning, .layer = Layer::General, .since = "0.1",
    .title = {"A log file cannot be written", "无法写入日志文件"},
    .message = {"log file '{path}': {details}; records to it are lost", "日志文件“{path}”：{details}；写入该文件的记录将丢失"},
    .cause = {"The folder is missing, the disk is full, or the file may not be written.", "目录不存在、磁盘已满或没有写权限。"},
    .remedy = {"Give another path with --log-file or --log-json.", "用 --log-file 或 --log-json 指定其他路径。"},
    .example = "pharos build model.onnx --log-file /nowhere/x.log"};

inline constexpr Diagnostic outputs_differ{
    .code = "PH0116", .slug = "outputs-differ", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"An output differs from the reference", "输出与参考结果不一致"},
    .message = {"output '{output}': {details}", "输出“{output}”：{details}"},
    .cause = {"An optimisation or a kernel computes something else than the reference, or the tolerance is too tight.",
              "某项优化或计算内核的结果与参考不同，或容差过小。"},
    .remedy = {"Build with --opt-level 0 or --disable-pass to find the pass, and report the model.",
               "用 --opt-level 0 或 --disable-pass 找出相关优化过程，并反馈该模型。"},
    .example = "pharos run model.engine --compare model.onnx --rtol 0"};

inline constexpr Diagnostic times_unstable{
    .code = "PH0117", .slug = "times-unstable", .severity = Severity::Warning, .layer = Layer::General, .since = "0.1",
    .title = {"The measured times vary much", "测得的时间波动较大"},
    .message = {"compute time varies by {cov} % (standard deviation / mean) over {count} runs",
                "计算时间在 {count} 次运行中波动 {cov} %（标准差/均值）"},
    .cause = {"Other work on the machine, frequency changes, or too few runs.", "机器上有其他负载、频率变化，或运行次数过少。"},
    .remedy = {"Measure on an idle machine, with more --iterations, or compare medians only.",
               "请在空闲机器上以更多 --iterations 测量，或只比较中位数。"},
    .example = "pharos bench model.onnx while a build runs"};

inline constexpr Diagnostic profile_invalid{
    .code = "PH0118", .slug = "profile-invalid", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The shapes of an optimisation profile are incomplete or contradict each other",
              "优化配置的形状不完整或相互矛盾"},
    .message = {"profile {profile}, input '{input}': {details}", "优化配置 {profile}，输入“{input}”：{details}"},
    .cause = {"Minimum, optimum and maximum need the same rank and min <= opt <= max in every dimension.",
              "最小、最优、最大形状的秩必须相同，且每一维满足 min <= opt <= max。"},
    .remedy = {"Give all three as --min-shapes, --opt-shapes and --max-shapes, for example x:1x3x224x224.",
               "请用 --min-shapes、--opt-shapes、--max-shapes 给出三者，例如 {input}:1x3x224x224。"},
    .example = "pharos build m.onnx --min-shapes x:4x3 --max-shapes x:1x3"};

inline constexpr Diagnostic trtexec_option_noted{
    .code = "PH0130",
    .slug = "trtexec-option-noted",
    .severity = Severity::Info,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"A trtexec option has no effect in Pharos", "trtexec 的该选项在 Pharos 中无效"},
    .message = {"{option} has no effect here: {why}", "{option} 在此无效：{why}"},
    .cause = {"The option is about something that Pharos does not have or does by itself.",
              "该选项涉及 Pharos 没有或自动处理的功能。"},
    .remedy = {"None needed; the option may be left out.", "无需处理，可省略该选项。"},
    .example = "pharos trtexec --onnx=m.onnx --useCudaGraph"};

inline constexpr Diagnostic trtexec_option_deprecated{
    .code = "PH0131",
    .slug = "trtexec-option-deprecated",
    .severity = Severity::Warning,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"A trtexec option is deprecated", "trtexec 的该选项已弃用"},
    .message = {"{option} is deprecated; use {successor}", "{option} 已弃用，请使用 {successor}"},
    .cause = {"Newer versions of trtexec renamed or removed the option.", "新版 trtexec 已重命名或移除该选项。"},
    .remedy = {"Use the successor; the old spelling still works here.", "请使用替代选项；旧写法在此仍可用。"},
    .example = "pharos trtexec --onnx=m.onnx --buildOnly"};

inline constexpr Diagnostic trtexec_option_lossy{
    .code = "PH0132", .slug = "trtexec-option-not-honoured", .severity = Severity::Warning, .layer = Layer::General,
    .since = "0.1",
    .title = {"A trtexec option asks for something Pharos does not do yet", "trtexec 的该选项所需功能尚未实现"},
    .message = {"{option} is not honoured: {why}", "{option} 未生效：{why}"},
    .cause = {"The option would change precision, memory or the file, and this version of Pharos cannot do that.",
              "该选项会改变精度、内存或文件，而当前版本的 Pharos 尚不支持。"},
    .remedy = {"Remove the option, or do not compare the result with one where it was honoured.",
               "去掉该选项，或不要与其生效时的结果比较。"},
    .example = "pharos trtexec --onnx=m.onnx --int8"};

inline constexpr Diagnostic trtexec_usage{
    .code = "PH0133", .slug = "trtexec-usage", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The trtexec command line cannot be understood", "无法理解 trtexec 命令行"},
    .message = {"{details}", "{details}"},
    .cause = {"trtexec takes options of the form --name or --name=value only; a value never follows after a blank.",
              "trtexec 只接受 --name 或 --name=value 形式的选项，值不能用空格分隔。"},
    .remedy = {"Write --onnx=model.onnx, not --onnx model.onnx; 'pharos trtexec --help' lists the options.",
               "请写 --onnx=model.onnx，而不是 --onnx model.onnx；pharos trtexec --help 列出全部选项。"},
    .example = "pharos trtexec --onnx model.onnx"};

inline constexpr Diagnostic trtexec_shape_overridden{
    .code = "PH0134",
    .slug = "trtexec-shape-overridden",
    .severity = Severity::Warning,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"A dynamic input without a shape was given one", "动态输入未给出形状，已自动设定"},
    .message = {"Dynamic dimensions required for input: {input}, but no shapes were provided. Automatically overriding "
                "shape to: {shape}",
                "输入 {input} 需要动态维度，但未提供形状，自动设为：{shape}"},
    .cause = {"The model has dynamic dimensions and no shape options were given; as trtexec does, unknown dimensions "
              "become 1.",
              "模型含动态维度且未给出形状选项；与 trtexec 一致，未知维度取 1。"},
    .remedy = {"Give --minShapes, --optShapes and --maxShapes.", "请给出 --minShapes、--optShapes 和 --maxShapes。"},
    .example = "pharos trtexec --onnx=dynamic.onnx"};

inline constexpr Diagnostic verify_mismatch{
    .code = "PH0140", .slug = "verify-mismatch", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A result differs from the expected one", "结果与预期不符"},
    .message = {"data set {set}: {details}", "数据集 {set}：{details}"},
    .cause = {"A defect, or a tolerance that is too narrow for the element type.", "存在缺陷，或容差对该元素类型过严。"},
    .remedy = {"Compare with --reference; widen --rtol or --atol where the difference is rounding.",
               "与 --reference 的结果比较；若差异源于舍入，请放宽 --rtol 或 --atol。"},
    .example = "pharos verify with an expected output of another model"};

inline constexpr Diagnostic verify_timeout{
    .code = "PH0141", .slug = "verify-timeout", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A test case took too long", "测试用例超时"},
    .message = {"no result after {seconds} s", "{seconds} 秒后仍无结果"},
    .cause = {"The case hangs, or it needs more time than --timeout allows.", "用例挂起，或所需时间超过 --timeout。"},
    .remedy = {"Raise --timeout; report the case if it still does not end.", "请提高 --timeout；若仍不结束，请反馈该用例。"},
    .example = "pharos verify DIR --timeout 1 with a large model"};

inline constexpr Diagnostic verify_crash{
    .code = "PH0142",
    .slug = "verify-crash",
    .severity = Severity::InternalError,
    .layer = Layer::General,
    .since = "0.1",
    .title = {"The process of a test case ended without a result", "测试用例的进程异常结束"},
    .message = {"the process {how}", "进程{how}"},
    .cause = {"A defect in Pharos, or the system ended the process for want of memory.",
              "Pharos 的缺陷，或系统因内存不足终止了进程。"},
    .remedy = {"Report it with the case.", "请附上该用例反馈问题。"},
    .example = "a case that needs more memory than the machine has"};

inline constexpr Diagnostic verify_case_invalid{
    .code = "PH0143", .slug = "verify-case-invalid", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"There is no test case that can be read", "没有可读取的测试用例"},
    .message = {"'{path}' is no test case: {details}", "“{path}” 不是测试用例：{details}"},
    .cause = {"The folder has another layout than the ONNX backend tests.", "该文件夹的布局与 ONNX 后端测试不同。"},
    .remedy = {"Give a folder that holds model.onnx and test_data_set_0 (input_0.pb, output_0.pb …), or a folder of such folders.",
               "请给出含有 model.onnx 与 test_data_set_0（input_0.pb、output_0.pb …）的文件夹，或其上级文件夹。"},
    .example = "pharos verify an empty folder"};

inline constexpr std::array command_line_entries{
    &verb_unknown,         &option_unknown,       &option_value_invalid,
    &argument_missing,     &argument_unexpected,  &options_conflict,
    &name_unknown,         &input_file_invalid,   &input_unknown,
    &random_input,         &input_shape_missing,  &warnings_fatal,
    &log_sink_failed,      &outputs_differ,       &times_unstable,
    &profile_invalid,      &trtexec_option_noted, &trtexec_option_deprecated,
    &trtexec_option_lossy, &trtexec_usage,        &trtexec_shape_overridden,
    &verify_mismatch,      &verify_timeout,       &verify_crash,
    &verify_case_invalid};

}  // namespace pharos::diag
