#pragma once
// PH99xx: notes on habits, harmless messages, options that newer versions have removed.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_int64_weights{
    .code = "PH9901", .slug = "log-int64-weights", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"INT64 weights are read as INT32", "INT64 权重按 INT32 读取"},
    .message = {"INT64 weights are cast to INT32",
                "INT64 权重转换为 INT32"},
    .cause = {"Exporters write sizes and indices as INT64; up to TensorRT 8.6 they are narrowed.",
              "导出工具以 INT64 写出尺寸与索引；TensorRT 8.6 及以前会收窄。"},
    .remedy = {"Nothing needs to be done unless a message about clamped weights follows.",
               "除非随后出现权重截断的消息，否则无需处理。"},
    .example = "[W] Your ONNX model has been generated with INT64 weights, while TensorRT does not natively support INT64. Attempting to cast down to INT32."};

inline constexpr Diagnostic log_lazy_loading{
    .code = "PH9902", .slug = "log-lazy-loading", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"CUDA lazy loading is off", "未启用 CUDA 延迟加载"},
    .message = {"CUDA lazy loading is off",
                "未启用 CUDA 延迟加载"},
    .cause = {"Kernels are loaded at once; device memory and start-up time are larger.",
              "内核会一次性加载；显存与启动时间更大。"},
    .remedy = {"export CUDA_MODULE_LOADING=LAZY (CUDA 11.8 and later).",
               "export CUDA_MODULE_LOADING=LAZY（CUDA 11.8 及以后）。"},
    .example = "[W] CUDA lazy loading is not enabled. Enabling it can significantly reduce device memory usage."};

inline constexpr Diagnostic log_timing_cache_new{
    .code = "PH9903", .slug = "log-timing-cache-new", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A timing cache is made anew", "新建计时缓存"},
    .message = {"no timing cache could be read; the build makes one",
                "未能读取计时缓存；构建将新建"},
    .cause = {"The file was not there yet, or no cache was given: normal for a first build.",
              "文件尚不存在或未提供缓存：首次构建属正常。"},
    .remedy = {"Nothing needs to be done.",
               "无需处理。"},
    .example = "[W] Could not read timing cache from: model.cache. A new timing cache will be generated and written."};

inline constexpr Diagnostic log_deprecated_api{
    .code = "PH9904", .slug = "log-deprecated-api", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A deprecated call or option is used", "使用了已弃用的调用或选项"},
    .message = {"{what}",
                "{what}"},
    .cause = {"It still works in this version and will be removed in a later one.",
              "在此版本仍可用，将在后续版本移除。"},
    .remedy = {"Plan the change: pharos doctor --all shows which; TensorRT's release notes name the replacement.",
               "安排替换：pharos doctor --all 显示具体项；TensorRT 发行说明列出替代方案。"},
    .example = "[W] --workspace flag has been deprecated by --memPoolSize flag."};

inline constexpr Diagnostic log_plugin_registered{
    .code = "PH9905", .slug = "log-plugin-already-registered", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin is registered already", "插件已注册"},
    .message = {"a plugin creator is registered already",
                "插件创建器已注册"},
    .cause = {"The standard plugins were initialised before; the second registration is passed over.",
              "标准插件此前已初始化；第二次注册被忽略。"},
    .remedy = {"Nothing needs to be done.",
               "无需处理。"},
    .example = "[E] [TRT] Could not register plugin creator - ::GridAnchor_TRT version 1"};

inline constexpr Diagnostic log_unknown_device{
    .code = "PH9906", .slug = "log-unknown-embedded-device", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The board is not in TensorRT's list", "板卡不在 TensorRT 列表中"},
    .message = {"unknown embedded device",
                "未知的嵌入式设备"},
    .cause = {"Memory figures of an unknown embedded device are estimated.",
              "未知嵌入式设备的内存按估计处理。"},
    .remedy = {"Nothing needs to be done.",
               "无需处理。"},
    .example = "[W] [TRT] Unknown embedded device detected. Using 59655MiB as the allocation cap for memory on embedded devices."};

inline constexpr Diagnostic log_inner_type{
    .code = "PH9907", .slug = "log-inner-type-ignored", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Types of inner tensors are chosen by the builder", "内部张量类型由构建器决定"},
    .message = {"the type set on an inner tensor is not used",
                "内部张量上设置的类型未使用"},
    .cause = {"setType on a tensor that is no input or output has no effect.",
              "对非输入输出的张量调用 setType 无效。"},
    .remedy = {"Nothing needs to be done; use precision settings for layers.",
               "无需处理；请使用层精度设置。"},
    .example = "[W] [TRT] Tensor DataType is determined at build time for tensors not marked as input or output."};

inline constexpr Diagnostic log_int64_binding{
    .code = "PH9908", .slug = "log-int64-binding", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input or output is INT64", "输入或输出为 INT64"},
    .message = {"an input or output has INT64 elements",
                "输入或输出元素为 INT64"},
    .cause = {"Since TensorRT 9 INT64 stays INT64: the buffer must have 8 bytes per element.",
              "TensorRT 9 起 INT64 保持不变：缓冲区每元素需 8 字节。"},
    .remedy = {"Bind int64 buffers; programs from 8.x bound int32.",
               "绑定 int64 缓冲区；8.x 的程序绑定的是 int32。"},
    .example = "[W] [TRT] ModelImporter.cpp:422: Make sure input input_ids has Int64 binding."};

inline constexpr Diagnostic log_opset_low{
    .code = "PH9909", .slug = "log-opset-low", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model was exported with an old opset", "模型以旧 opset 导出"},
    .message = {"the model has opset {opset}",
                "模型的 opset 为 {opset}"},
    .cause = {"Below opset 13 exporters split operators and keep sizes as attributes; Resize is the usual victim.",
              "低于 opset 13 时导出工具会拆分算子并将尺寸存为属性；Resize 最常受影响。"},
    .remedy = {"Export with opset 13 or newer (17 keeps LayerNormalization whole): torch.onnx.export(..., opset_version=17).",
               "以 opset 13 或更新导出（17 保留完整的 LayerNormalization）：torch.onnx.export(..., opset_version=17)。"},
    .example = "Opset version:    11"};

inline constexpr Diagnostic log_engine_name{
    .code = "PH9910", .slug = "log-engine-name", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine's name does not tell what it was built for", "引擎名称未体现构建环境"},
    .message = {"the engine is saved as '{name}'",
                "引擎保存为“{name}”"},
    .cause = {"Engines fit one TensorRT version and one GPU model; a name without both is taken for another's sooner or later.",
              "引擎只适用于一个 TensorRT 版本与一种 GPU；名称不含二者，迟早会被误用。"},
    .remedy = {"Name it so: {better}",
               "建议命名：{better}"},
    .example = "trtexec --onnx=m.onnx --saveEngine=model.engine"};

inline constexpr Diagnostic log_clean_success{
    .code = "PH9911", .slug = "log-passed", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The run passed", "运行通过"},
    .message = {"trtexec reports success",
                "trtexec 报告成功"},
    .cause = {"The closing banner says PASSED.",
              "结尾标记为 PASSED。"},
    .remedy = {"Keep this log: it is what a later, slower build is compared with.",
               "请保存该日志，供以后较慢的构建对照。"},
    .example = "&&&& PASSED TensorRT.trtexec [TensorRT v8502] # trtexec --onnx=m.onnx"};

inline constexpr Diagnostic log_preview_hint{
    .code = "PH9912", .slug = "log-preview-feature-hint", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A preview feature could help", "可启用预览功能"},
    .message = {"kFASTER_DYNAMIC_SHAPES_0805 is suggested",
                "建议启用 kFASTER_DYNAMIC_SHAPES_0805"},
    .cause = {"TensorRT 8.5 suggests faster dynamic shapes; later versions have it on.",
              "TensorRT 8.5 建议使用更快的动态形状；后续版本默认启用。"},
    .remedy = {"--preview=+fasterDynamicShapes0805 in 8.5; nothing to do later.",
               "8.5 中使用 --preview=+fasterDynamicShapes0805；之后无需处理。"},
    .example = "[W] Using PreviewFeature::kFASTER_DYNAMIC_SHAPES_0805 can help improve performance and resolve potential functional issues."};

inline constexpr Diagnostic log_two_loggers{
    .code = "PH9913", .slug = "log-two-loggers", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two loggers are in use", "使用了两个日志器"},
    .message = {"a second logger is not used",
                "第二个日志器未使用"},
    .cause = {"A library and the application each made one; the first is used.",
              "库与应用各创建了一个；使用先创建的。"},
    .remedy = {"Share one logger object.",
               "共享同一个日志器对象。"},
    .example = "[W] The logger passed into createInferRuntime differs from one already provided for an existing builder, runtime, or refitter."};

inline constexpr Diagnostic log_input_unused{
    .code = "PH9914", .slug = "log-input-unused", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input of the network is not used", "网络的某个输入未被使用"},
    .message = {"{count} input(s) without a reader at run time: {inputs}", "{count} 个输入在运行时无人读取：{inputs_zh}"},
    .cause = {"The graph does not need the tensor, or needs its shape only; it stays in the list of inputs and still wants an address.",
              "图不需要该张量，或只需要其形状；它仍在输入列表中，仍需设置地址。"},
    .remedy = {"Nothing needs to be done. To drop it: polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx",
               "无需处理。如需移除：polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx"},
    .example = "[W] [RemoveDeadLayers] Input Tensor x is unused or used only at compile-time, but is not being removed."};

inline constexpr Diagnostic log_max_batch_ignored{
    .code = "PH9915", .slug = "log-max-batch-ignored", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The maximum batch is asked of an engine that has none", "向显式批引擎查询最大批大小"},
    .message = {"getMaxBatchSize() always returns 1 here", "此处 getMaxBatchSize() 始终返回 1"},
    .cause = {"The engine has an explicit batch: the range of the batch stands in its profiles.",
              "引擎采用显式批：批大小范围由优化配置给出。"},
    .remedy = {"Ask the profile: engine.get_tensor_profile_shape(name, 0)[2][0]; before 8.5 get_profile_shape(0, name).",
               "查询优化配置：engine.get_tensor_profile_shape(name, 0)[2][0]；8.5 之前为 get_profile_shape(0, name)。"},
    .example = "[W] The getMaxBatchSize() function should not be used with an engine built from a network created with NetworkDefinitionCreationFlag::kEXPLICIT_BATCH flag."};

inline constexpr Diagnostic log_shape_values_not_needed{
    .code = "PH9916", .slug = "log-shape-values-not-needed", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Shape values are given for an ordinary input", "为普通输入设置了形状值"},
    .message = {"{input} is no shape tensor: the values are ignored", "{input} 不是形状张量：所给数值被忽略"},
    .cause = {"set_shape_input gives values of tensors that decide on sizes; this one does not.",
              "set_shape_input 用于设置决定尺寸的张量的取值；该张量并非如此。"},
    .remedy = {"Use profile.set_shape(name, min, opt, max) for it.", "请对其使用 profile.set_shape(name, min, opt, max)。"},
    .example = "[W] inputT1: shape values set for non-shape input in profile 0."};

inline constexpr Diagnostic log_profile_single_point{
    .code = "PH9917", .slug = "log-profile-single-point", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A profile was completed to a single shape", "优化配置被补全为单一形状"},
    .message = {"{what}", "{what}"},
    .cause = {"Only some of min, opt and max were given; trtexec copies the others, so that the engine takes this one shape.",
              "只给出了 min、opt、max 中的一部分；trtexec 复制其余部分，因此引擎只接受这一种形状。"},
    .remedy = {"Give all three for a range: --minShapes=x:1x3x224x224 --optShapes=x:8x3x224x224 --maxShapes=x:16x3x224x224",
               "需要范围时请给出三者：--minShapes=x:1x3x224x224 --optShapes=x:8x3x224x224 --maxShapes=x:16x3x224x224"},
    .example = "[W] optShapes is being broadcasted to minShapes for tensor x"};

inline constexpr Diagnostic log_weights_read_twice{
    .code = "PH9918", .slug = "log-weights-read-twice", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Loading from a buffer doubles the host memory of the weights", "从缓冲区加载会使主机内存加倍"},
    .message = {"weights are held twice while weight streaming is on", "启用权重流式加载时权重被保存两份"},
    .cause = {"The engine came as a block of memory of the caller, and weight streaming keeps its own copy of the weights.",
              "引擎以调用方内存块的形式传入，而权重流式加载又保存一份权重副本。"},
    .remedy = {"Deserialise with a reader instead: deserialize_cuda_engine(IStreamReaderV2), or trtexec --asyncFileReader.",
               "改用读取器反序列化：deserialize_cuda_engine(IStreamReaderV2)，或 trtexec --asyncFileReader。"},
    .example = "[W] Providing user-owned deserialization memory with weight streaming enabled will increase peak CPU memory usage by 1X weights size."};

inline constexpr Diagnostic log_timing_cache_unused{
    .code = "PH9919", .slug = "log-timing-cache-unused", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The build keeps nothing for the next one", "本次构建未为下次保留计时结果"},
    .message = {"no timing cache was kept: the next build measures everything again (this one took {seconds} s)",
                "没有保存计时缓存：下次构建将重新测量（本次耗时 {seconds} 秒）"},
    .cause = {"The local timing cache is gone with the process.", "本地计时缓存随进程消失。"},
    .remedy = {"Keep one per GPU model and TensorRT version: trtexec --timingCacheFile=trt{version}.cache; in the API config.create_timing_cache and set_timing_cache.\nA cache also makes builds repeatable: the same tactics are chosen.",
               "按 GPU 型号与 TensorRT 版本各保存一份：trtexec --timingCacheFile=trt{version}.cache；API 中用 config.create_timing_cache 与 set_timing_cache。\n缓存还能使构建可重复：选择相同的策略。"},
    .example = "[I] Local timing cache in use. Profiling results in this builder pass will not be stored."};

inline constexpr Diagnostic log_latency_baseline{
    .code = "PH9920", .slug = "log-latency-baseline", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A latency that could serve as baseline", "可作为基线的延迟数据"},
    .message = {"median {median} ms, 99th percentile {p99} ms: worth recording",
                "中位数 {median} ms，99 分位 {p99} ms：值得记录"},
    .cause = {"The next build of the model can be compared only with figures that somebody kept: versions, exports and machines change.",
              "下次构建只能与保留下来的数据比较：版本、导出与机器都会变化。"},
    .remedy = {"Keep this log, or trtexec --exportTimes=times.json, with the release: model, opset, GPU, TensorRT version, clocks.\nMake it a limit that a build must hold: pharos doctor init writes a policy with a budget for latency.",
               "将此日志或 trtexec --exportTimes=times.json 与发布版本一起保存：模型、opset、GPU、TensorRT 版本、时钟。\n将其设为构建必须满足的上限：pharos doctor init 会写出带延迟预算的策略文件。"},
    .example = "[I] Latency: min = 1.38 ms, max = 1.60 ms, mean = 1.42 ms, median = 1.41 ms, percentile(99%) = 1.55 ms"};

inline constexpr Diagnostic log_warnings_filtered{
    .code = "PH9921", .slug = "log-warnings-filtered", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The log holds errors and no warning", "日志只有错误而没有警告"},
    .message = {"{errors} error(s) and not one warning: the logger probably filters them",
                "{errors} 条错误而没有警告：日志器可能过滤了警告"},
    .cause = {"Warnings before an error mostly tell its reason (memory, plugins, weights). A logger of severity ERROR throws them away.",
              "错误之前的警告通常说明了原因（内存、插件、权重）。级别为 ERROR 的日志器会丢弃它们。"},
    .remedy = {"Keep warnings in production: trt.Logger(trt.Logger.WARNING); in C++ forward severities up to kWARNING.\nTo find a cause repeat with VERBOSE, or trtexec --verbose 2>&1 | tee build.log",
               "生产环境保留警告：trt.Logger(trt.Logger.WARNING)；C++ 中转发至 kWARNING。\n查找原因时以 VERBOSE 重试，或 trtexec --verbose 2>&1 | tee build.log"},
    .example = "a log of a Python program with trt.Logger(trt.Logger.ERROR)"};

inline constexpr Diagnostic log_weak_typing_deprecated{
    .code = "PH9922", .slug = "log-weak-typing-deprecated", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Weak typing is on its way out", "弱类型网络即将淘汰"},
    .message = {"the network is weakly typed: {what}", "网络为弱类型：{what}"},
    .cause = {"Precision flags let the builder choose types; TensorRT 11 takes types from the model only.",
              "精度标志由构建器选择类型；TensorRT 11 只采用模型中的类型。"},
    .remedy = {"Prepare: convert the model (ModelOpt AutoCast for FP16 and BF16, ONNX quantiser for INT8 and FP8) and build with --stronglyTyped.\nSee what else changes: pharos doctor LOG --migrate-to 11",
               "提前准备：转换模型（FP16、BF16 用 ModelOpt AutoCast，INT8、FP8 用 ONNX 量化工具），并以 --stronglyTyped 构建。\n查看其他变化：pharos doctor LOG --migrate-to 11"},
    .example = "[W] Weakly-typed networks have been deprecated in TensorRT."};

inline constexpr Diagnostic log_missing_shape_generated{
    .code = "PH9923", .slug = "log-missing-shape-generated", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A tool made up a shape for a dynamic input", "工具为动态输入自行设定了形状"},
    .message = {"{input}: data of shape {shape} is generated", "{input}：生成形状为 {shape} 的数据"},
    .cause = {"Polygraphy needs fixed shapes for its random data; without them it replaces dynamic dimensions by 1.",
              "Polygraphy 的随机数据需要固定形状；未给出时以 1 代替动态维度。"},
    .remedy = {"Give the shapes of production: polygraphy run model.onnx --trt --input-shapes {input}:[8,3,224,224]",
               "给出生产环境的形状：polygraphy run model.onnx --trt --input-shapes {input}:[8,3,224,224]"},
    .example = "[W] Input tensor: x [shape=BoundedShape(['B'], min=None, max=None)] | Will generate data of shape: [1]."};

inline constexpr Diagnostic log_options_removed{
    .code = "PH9940", .slug = "log-options-removed", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Newer versions rename, ignore or refuse options of the command", "新版本更名、忽略或拒绝命令中的选项"},
    .message = {"{count} option(s) of this command have to change for TensorRT {target}: {options}",
                "此命令有 {count} 个选项须为 TensorRT {target} 修改：{options_zh}"},
    .cause = {"trtexec renames and removes options with its major versions; an unknown one ends the run with its usage text.",
              "trtexec 随主版本更名或移除选项；遇到未知选项时会打印用法并退出。"},
    .remedy = {"{steps}\nPrint the new command: pharos doctor LOG --migrate-to {target}",
               "{steps_zh}\n输出新命令：pharos doctor LOG --migrate-to {target}"},
    .example = "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=model.onnx --workspace=4096 --explicitBatch"};

inline constexpr Diagnostic log_continued{
    .code = "PH9924", .slug = "log-continued", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A line that explains the warning before it", "解释前一条警告的行"},
    .message = {"{count} line(s) that belong to other messages", "{count} 行属于其他消息"},
    .cause = {"TensorRT prints some warnings over several lines, each with a head of its own: an introduction, the values, an advice.",
              "TensorRT 将部分警告分多行打印，每行都有自己的前缀：引言、数值、建议。"},
    .remedy = {"Read them with the finding that they belong to; by themselves they say nothing.",
               "请与其所属的发现一同阅读；单独看没有意义。"},
    .example = "[W] [TRT] Check verbose logs for the list of affected weights."};

inline constexpr Diagnostic log_gpu_memory_unknown{
    .code = "PH9925", .slug = "log-gpu-memory-unknown", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"TensorRT could not ask how much memory the GPU has", "TensorRT 无法查询 GPU 内存"},
    .message = {"the use of GPU memory is not known", "GPU 内存使用情况未知"},
    .cause = {"The query failed: on integrated GPUs and in some containers it does so always; before a CUDA initialisation failure it is the first sign of it.",
              "查询失败：在集成 GPU 与部分容器中总是如此；若随后 CUDA 初始化失败，则是其最初的征兆。"},
    .remedy = {"Nothing needs to be done where the rest of the log is fine; the memory figures of this log are not to be trusted.\nWhere CUDA fails behind it, look there: driver and container.",
               "若日志其余部分正常则无需处理；但本日志中的内存数字不可信。\n若其后 CUDA 出错，请从驱动与容器入手。"},
    .example = "[W] [TRT] Unable to determine GPU memory usage"};

inline constexpr std::array log_notes_entries{
    &log_int64_weights, &log_lazy_loading, &log_timing_cache_new, &log_deprecated_api, &log_plugin_registered,
    &log_unknown_device, &log_inner_type, &log_int64_binding, &log_opset_low, &log_engine_name, &log_clean_success,
    &log_preview_hint, &log_two_loggers, &log_input_unused, &log_max_batch_ignored, &log_shape_values_not_needed,
    &log_profile_single_point, &log_weights_read_twice, &log_timing_cache_unused, &log_latency_baseline,
    &log_warnings_filtered, &log_weak_typing_deprecated, &log_missing_shape_generated, &log_options_removed, &log_continued, &log_gpu_memory_unknown};

}  // namespace pharos::diag
