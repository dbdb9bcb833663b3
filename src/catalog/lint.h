#pragma once
// PH11xx: what 'pharos lint' finds in a model before it is built.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic lint_operator_unsupported{
    .code = "PH1101", .slug = "lint-operator-unsupported", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The target does not support an operator", "目标平台不支持某个算子"},
    .message = {"{target} does not support {op}; used by {count} node(s): {nodes}", "{target} 不支持 {op}；{count} 个节点使用：{nodes}"},
    .cause = {"The importer of that version has no counterpart for the operator, unless a plugin provides one.",
              "该版本的导入器没有对应实现，除非由插件提供。"},
    .remedy = {"Use a newer version of the target, a plugin, or write the nodes with other operators.",
               "请使用更新的目标版本或插件，或以其他算子改写这些节点。"},
    .example = "pharos lint model.onnx --target tensorrt:8.6 with a Det node"};

inline constexpr Diagnostic lint_operator_restricted{
    .code = "PH1102", .slug = "lint-operator-restricted", .severity = Severity::Info, .layer = Layer::Import, .since = "0.1",
    .title = {"The target supports an operator with restrictions", "目标平台对某个算子的支持有限制"},
    .message = {"{target} supports {op} with restrictions ({restrictions}); used by {count} node(s): {nodes}",
                "{target} 对 {op} 的支持有限制（{restrictions}）；{count} 个节点使用：{nodes}"},
    .cause = {"Only some of the operator's options are implemented there.", "该平台仅实现了该算子的部分选项。"},
    .remedy = {"Check the named nodes against the restrictions.", "请对照限制检查所列节点。"},
    .example = "pharos lint model.onnx --target tensorrt:8.0 with a Resize node"};

inline constexpr Diagnostic lint_operator_type{
    .code = "PH1103", .slug = "lint-operator-type", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"The target does not support an operator for this element type", "目标平台的该算子不支持此元素类型"},
    .message = {"{target} computes {op} in {types} only, not in {actual}; used by {count} node(s): {nodes}",
                "{target} 的 {op} 仅支持 {types}，不支持 {actual}；{count} 个节点使用：{nodes}"},
    .cause = {"The model computes in a type that the target has no implementation for.", "模型使用了目标平台没有实现的类型。"},
    .remedy = {"Put a Cast around the nodes, or export the model in float32.", "请在这些节点前后加 Cast，或以 float32 导出模型。"},
    .example = "a MatMul in float64 with --target tensorrt:10.7"};

inline constexpr Diagnostic lint_operator_not_listed{
    .code = "PH1104", .slug = "lint-operator-not-listed", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"Nothing is known about an operator on the target", "没有该算子在目标平台上的支持信息"},
    .message = {"{op} is not in the table of {target}; used by {count} node(s): {nodes}", "{target} 的支持表中没有 {op}；{count} 个节点使用：{nodes}"},
    .cause = {"The operator is from a custom domain or newer than the table.", "该算子来自自定义域，或新于支持表。"},
    .remedy = {"Look it up in the target's own documentation; it will need a plugin there, probably.",
               "请查阅目标平台的文档；很可能需要插件。"},
    .example = "a com.example::Foo node with --target tensorrt:10.7"};

inline constexpr Diagnostic lint_opset_old{
    .code = "PH1105", .slug = "lint-opset-old", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"The opset is old", "opset 较旧"},
    .message = {"opset {version} is older than {recommended}", "opset {version} 早于 {recommended}"},
    .cause = {"Older operators keep axes and sizes as attributes, have no per-axis quantisation, and exporters split up newer ones.",
              "旧算子把轴和尺寸存为属性，不支持按轴量化，且导出工具会拆分较新的算子。"},
    .remedy = {"Export with opset 13 or newer (17 keeps LayerNormalization whole), or use onnx.version_converter.",
               "请以 opset 13 或更新版本导出（17 起保留完整的 LayerNormalization），或使用 onnx.version_converter。"},
    .example = "a model of opset 9"};

inline constexpr Diagnostic lint_dynamic_input{
    .code = "PH1106", .slug = "lint-dynamic-input", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"A dynamic input needs an optimisation profile", "动态输入需要优化配置"},
    .message = {"input '{input}' is {type}; a build needs its range: --min-shapes {input}:{low} --opt-shapes {input}:{low} --max-shapes {input}:{high}",
                "输入“{input}”为 {type}；构建时需给出范围：--min-shapes {input}:{low} --opt-shapes {input}:{low} --max-shapes {input}:{high}"},
    .cause = {"Memory is planned, and tactics are timed, for the shapes of a profile.", "内存规划与策略计时都基于优化配置中的形状。"},
    .remedy = {"Give the ranges when building, or export the model with fixed shapes.", "请在构建时给出范围，或以固定形状导出模型。"},
    .example = "an image model with a dynamic batch"};

inline constexpr Diagnostic lint_resize{
    .code = "PH1107", .slug = "lint-resize", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"A Resize uses settings that few runtimes share", "Resize 使用了兼容性较差的设置"},
    .message = {"Resize '{node}': {settings}", "Resize“{node}”：{settings}"},
    .cause = {"Runtimes differ in cubic interpolation, cropping, antialiasing and in rounding of coordinates; some do not have them.",
              "各运行时在三次插值、裁剪、抗锯齿和坐标取整上存在差异，有些并不支持。"},
    .remedy = {"Use mode linear or nearest with half_pixel or asymmetric coordinates where the model allows it; compare results.",
               "在模型允许时使用 linear 或 nearest，以及 half_pixel 或 asymmetric 坐标，并核对结果。"},
    .example = "a Resize with mode cubic"};

inline constexpr Diagnostic lint_wide_weights{
    .code = "PH1108", .slug = "lint-wide-weights", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"Weights are stored in 64 bits", "权重以 64 位存储"},
    .message = {"{count} tensor(s) of {type} take {bytes}: {tensors}", "{count} 个 {type} 张量占用 {bytes}：{tensors}"},
    .cause = {"64-bit numbers take twice the memory and time of 32-bit ones; some runtimes cast them down and clamp.",
              "64 位数占用双倍内存与时间；某些运行时会将其截断为 32 位。"},
    .remedy = {"Export in float32, and indices as int32 where the operators allow it.", "请以 float32 导出；算子允许时索引使用 int32。"},
    .example = "a model trained in float64"};

inline constexpr Diagnostic lint_int32_range{
    .code = "PH1109", .slug = "lint-int32-range", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"64-bit constants do not fit 32 bits", "64 位常量超出 32 位范围"},
    .message = {"{count} int64 tensor(s) hold values beyond 32 bits: {tensors}", "{count} 个 int64 张量含有超出 32 位的值：{tensors}"},
    .cause = {"Runtimes without 64-bit integers (TensorRT before 10) clamp them. The bounds INT64_MIN and INT64_MAX are not counted: as ends of a Slice they are harmless.",
              "没有 64 位整数的运行时（TensorRT 10 之前）会截断它们。INT64_MIN 与 INT64_MAX 作为 Slice 边界无害，不计入。"},
    .remedy = {"Use smaller constants, or a runtime with 64-bit integers.", "请使用较小的常量，或支持 64 位整数的运行时。"},
    .example = "a hash table of 64-bit keys"};

inline constexpr Diagnostic lint_fp16_range{
    .code = "PH1110", .slug = "lint-fp16-range", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"Weights do not fit FP16", "权重超出 FP16 范围"},
    .message = {"{count} tensor(s) {problem} in FP16: {tensors}", "{count} 个张量在 FP16 下{problem}：{tensors}"},
    .cause = {"FP16 holds magnitudes from 6e-8 to 65504; larger ones become infinite, smaller ones 0.",
              "FP16 可表示 6e-8 至 65504；更大的值变为无穷，更小的值变为 0。"},
    .remedy = {"Keep the layers that read them in FP32, use BF16, or scale the weights.", "让读取它们的层保持 FP32，使用 BF16，或缩放权重。"},
    .example = "an attention mask of -1e9"};

inline constexpr Diagnostic lint_memory{
    .code = "PH1111", .slug = "lint-memory", .severity = Severity::Info, .layer = Layer::Import, .since = "0.1",
    .title = {"Memory that the model will need", "模型预计所需内存"},
    .message = {"weights {weights}; activations about {activations} at {shapes}; largest value '{value}' ({size})",
                "权重 {weights}；在 {shapes} 时激活约 {activations}；最大的值为“{value}”（{size}）"},
    .cause = {"Values live from the node that makes them to their last reader; fusing makes the need smaller.",
              "每个值从产生到最后一次读取期间占用内存；算子融合可减少所需内存。"},
    .remedy = {"Use a smaller batch or input where memory is short.", "内存不足时请减小批大小或输入尺寸。"},
    .example = "pharos lint resnet50.onnx"};

inline constexpr Diagnostic lint_target_unknown{
    .code = "PH1112", .slug = "lint-target-unknown", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"There is no such lint target", "没有该检查目标"},
    .message = {"target '{target}' is not known; expected tensorrt:VERSION with a version from {oldest}, such as tensorrt:{newest}",
                "未知目标“{target}”；应为 tensorrt:VERSION，版本不早于 {oldest}，例如 tensorrt:{newest}"},
    .cause = {"The name or the version is misspelt, or older than the oldest table.", "名称或版本有误，或早于最旧的支持表。"},
    .remedy = {"Give a version; the table of the nearest version at or below it is used.", "请给出版本号；将使用不高于该版本的最近一份支持表。"},
    .example = "pharos lint model.onnx --target openvino:1"};

inline constexpr Diagnostic lint_operator_custom{
    .code = "PH1120", .slug = "lint-operator-custom", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The model has an operator that Pharos does not", "模型含有 Pharos 没有的算子"},
    .message = {"{op} is {what}; used by {count} node(s): {nodes}; {help}", "{op} 是{what}；{count} 个节点使用：{nodes}；{help}"},
    .cause = {"The exporter wrote an operator of its own, and no plugin that was named defines it.",
              "导出器写入了自有算子，而指定的插件均未定义它。"},
    .remedy = {"Change the export as said, or name a plugin with --plugin FILE (docs/guide/plugins.md shows how to write one).",
               "请按说明修改导出，或用 --plugin FILE 指定插件（编写方法见 docs/guide/plugins.md）。"},
    .example = "pharos lint detector.onnx with an EfficientNMS_TRT node"};

inline constexpr std::array lint_entries{
    &lint_operator_unsupported, &lint_operator_restricted, &lint_operator_type, &lint_operator_not_listed, &lint_operator_custom, &lint_opset_old,
    &lint_dynamic_input, &lint_resize, &lint_wide_weights, &lint_int32_range, &lint_fp16_range, &lint_memory,
    &lint_target_unknown};

}  // namespace pharos::diag
