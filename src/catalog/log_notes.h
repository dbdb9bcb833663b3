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

inline constexpr std::array log_notes_entries{
    &log_int64_weights, &log_lazy_loading, &log_timing_cache_new, &log_deprecated_api, &log_plugin_registered,
    &log_unknown_device, &log_inner_type, &log_int64_binding, &log_opset_low, &log_engine_name, &log_clean_success,
    &log_preview_hint, &log_two_loggers};

}  // namespace pharos::diag
