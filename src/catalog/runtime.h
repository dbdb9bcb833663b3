#pragma once
// PH6xxx: running an engine, memory.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic binding_unknown{
    .code = "PH6001", .slug = "binding-unknown", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"There is no input or output of that name", "不存在该名称的输入或输出"},
    .message = {"no {kind} is called '{name}'; there is {known}", "没有名为“{name}”的 {kind}；现有：{known}"},
    .cause = {"The name is misspelt, or it belongs to another model.", "名称拼写有误，或属于其他模型。"},
    .remedy = {"'pharos inspect' lists the names.", "用 pharos inspect 查看名称列表。"},
    .example = "pharos run model.onnx --input imgae=x.npy"};

inline constexpr Diagnostic input_missing{
    .code = "PH6002", .slug = "input-missing", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"A run was started without one of its inputs", "运行时缺少输入"},
    .message = {"input '{name}' ({type}) has no data", "输入“{name}”（{type}）没有数据"},
    .cause = {"set_input was not called for it before run.", "运行前没有对其调用 set_input。"},
    .remedy = {"Give every input that 'pharos inspect' lists.", "请提供 pharos inspect 列出的所有输入。"},
    .example = "ExecutionContext::run without set_input"};

inline constexpr Diagnostic shape_outside_profile{
    .code = "PH6003", .slug = "shape-outside-profile", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"An input shape lies outside every optimisation profile", "输入形状超出所有优化配置的范围"},
    .message = {"input '{name}' has shape {actual}; the engine was built for {expected}",
                "输入“{name}”的形状为 {actual}，引擎的构建范围为 {expected}"},
    .cause = {"The engine holds tactics and a memory plan for the range given at the build only.",
              "引擎只包含构建时给定范围内的策略和内存规划。"},
    .remedy = {"Feed a shape within the range, or build again with --min-shapes, --opt-shapes and --max-shapes that cover it.",
               "使用范围内的形状，或用覆盖该形状的 --min-shapes、--opt-shapes、--max-shapes 重新构建。"},
    .example = "pharos run model.engine --input x=batch64.npy with an engine built for at most batch 32"};

inline constexpr Diagnostic binding_type_mismatch{
    .code = "PH6004", .slug = "binding-type-mismatch", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"The data given has another element type or shape than the binding", "数据的元素类型或形状与绑定不符"},
    .message = {"'{name}' was given {actual}; expected {expected}", "“{name}”得到 {actual}，应为 {expected}"},
    .cause = {"The buffer belongs to another input, or was prepared for another model version.",
              "缓冲区属于其他输入，或是为其他版本的模型准备的。"},
    .remedy = {"Convert the data; 'pharos inspect' shows types and shapes.", "转换数据；pharos inspect 可显示类型和形状。"},
    .example = "an i32 tensor for an i64 input"};

inline constexpr Diagnostic buffer_too_small{
    .code = "PH6005", .slug = "buffer-too-small", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"A buffer is smaller than its tensor", "缓冲区小于张量"},
    .message = {"buffer of '{name}' holds {actual} bytes; {shape} needs {expected} bytes",
                "“{name}”的缓冲区为 {actual} 字节，{shape} 需要 {expected} 字节"},
    .cause = {"The buffer was sized for another shape or element type.", "缓冲区是按其他形状或元素类型分配的。"},
    .remedy = {"Allocate the size that output_shape tells.", "按 output_shape 返回的大小分配缓冲区。"},
    .example = "TensorView{.bytes = 100} for a tensor of 400 bytes"};

inline constexpr Diagnostic memory_limit{
    .code = "PH6006", .slug = "memory-limit", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"A run needs more memory than the limit", "运行所需内存超出限制"},
    .message = {"{what} need {requested} bytes; the limit is {limit} bytes", "{what} 需要 {requested} 字节，限制为 {limit} 字节"},
    .cause = {"The shapes are larger than this machine or the limit allows.", "形状过大，超出本机内存或设定的限制。"},
    .remedy = {"Use a smaller batch or input; raise --max-memory if the machine has the memory.",
               "减小批次或输入；若内存充足，可提高 --max-memory。"},
    .example = "pharos run model.engine --max-memory 1M"};

inline constexpr Diagnostic arena_out_of_memory{
    .code = "PH6007", .slug = "arena-out-of-memory", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"The operating system gave no more memory", "操作系统无法再分配内存"},
    .message = {"{what}: {requested} bytes could not be allocated", "{what}：无法分配 {requested} 字节"},
    .cause = {"The machine or its container is out of memory.", "机器或容器的内存已耗尽。"},
    .remedy = {"Use a smaller batch, fewer contexts, or a machine with more memory.", "减小批次、减少上下文数量，或使用内存更大的机器。"},
    .example = "create_context in a container with too little memory"};

inline constexpr Diagnostic tactic_rejects_shape{
    .code = "PH6008", .slug = "tactic-rejects-shape", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"The tactic of a step cannot compute these shapes", "步骤所选策略无法处理这些形状"},
    .message = {"step '{node}': tactic {tactic} does not support {shapes}", "步骤“{node}”：策略 {tactic} 不支持 {shapes}"},
    .cause = {"The tactic was chosen for the profile's shapes; these ones are a special case it does not cover (an empty batch, say).",
              "该策略是针对配置中的形状选择的，当前形状是它不支持的特殊情况（例如空批次）。"},
    .remedy = {"Build with a profile whose minimum is this shape.", "以该形状作为最小值的配置重新构建。"},
    .example = "a run with batch 0 on an engine built for 1 to 8"};

inline constexpr Diagnostic tactic_unknown{
    .code = "PH6009", .slug = "tactic-unknown", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"The engine names a tactic that this Pharos does not have", "引擎引用了当前 Pharos 中不存在的策略"},
    .message = {"step '{node}' needs tactic '{tactic}', which is not built in", "步骤“{node}”需要策略“{tactic}”，但未内置"},
    .cause = {"This Pharos was built without oneDNN, or the engine is from a development version.",
              "当前 Pharos 构建时未启用 oneDNN，或引擎来自开发版本。"},
    .remedy = {"Build the engine again with this Pharos.", "用当前版本的 Pharos 重新构建引擎。"},
    .example = "an engine with oneDNN tactics in a Pharos configured with -DPHAROS_ONEDNN=OFF"};

inline constexpr Diagnostic output_not_available{
    .code = "PH6010", .slug = "output-not-available", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"An output cannot be read that way", "无法以该方式读取输出"},
    .message = {"output '{name}': {details}", "输出“{name}”：{details}"},
    .cause = {"There was no run yet, or the output is text, a sequence or a map.", "尚未运行，或输出为文本、序列或映射。"},
    .remedy = {"Run first; read text with output_strings.", "请先运行；文本请用 output_strings 读取。"},
    .example = "ExecutionContext::output before run"};

inline constexpr Diagnostic cpu_differs{
    .code = "PH6011", .slug = "cpu-differs", .severity = Severity::Warning, .layer = Layer::Runtime, .since = "0.1",
    .title = {"The engine was tuned on another processor", "引擎是在其他处理器上调优的"},
    .message = {"engine was tuned on '{built}'; this is '{here}'", "引擎在“{built}”上调优，当前处理器为“{here}”"},
    .cause = {"The instruction set fits, so results are right; the tactics chosen may not be the fastest here.",
              "指令集兼容，结果正确；但所选策略在此处未必最快。"},
    .remedy = {"Build on the machine that runs the engine.", "请在运行引擎的机器上构建。"},
    .example = "an engine built on another machine"};

inline constexpr Diagnostic named_dims_differ{
    .code = "PH6012", .slug = "named-dims-differ", .severity = Severity::Error, .layer = Layer::Runtime, .since = "0.1",
    .title = {"Dimensions of one name have different sizes", "同名维度的大小不同"},
    .message = {"dimension '{symbol}' is {actual} in input '{name}' and {expected} in input '{other}'; expected one size",
                "维度“{symbol}”在输入“{name}”中为 {actual}，在输入“{other}”中为 {expected}；应为同一大小"},
    .cause = {"The model gives both dimensions the same name, which says that they are equal; the engine relies on it.",
              "模型中两个维度同名，表示二者相等；引擎依赖这一点。"},
    .remedy = {"Feed inputs that agree.\nWhere the sizes may really differ, give the dimensions different names when exporting.",
               "提供大小一致的输入。\n若大小确实可以不同，导出时请使用不同的维度名称。"},
    .example = "an attention mask of batch 2 beside tokens of batch 3"};

inline constexpr std::array runtime_entries{
    &binding_unknown, &input_missing, &shape_outside_profile, &binding_type_mismatch, &buffer_too_small, &memory_limit,
    &arena_out_of_memory, &tactic_rejects_shape, &tactic_unknown, &output_not_available, &cpu_differs,
    &named_dims_differ};

}  // namespace pharos::diag
