#pragma once
// PH945x to PH947x: no implementation for a layer. One message of the builder, several causes.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_no_implementation{
    .code = "PH9450", .slug = "log-no-implementation", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No implementation was found for a layer", "找不到某一层的可用实现"},
    .message = {"no implementation for '{layer}'; the log does not tell why each candidate dropped out", "“{layer}”没有可用实现；日志未说明各候选被排除的原因"},
    .cause = {"Every candidate for the layer failed, was excluded by a limit, or does not exist for its types, formats and shapes on this GPU. The reasons stand in the verbose lines before the error.",
              "该层的所有候选实现均失败、被限制排除，或在此 GPU 上不存在对应类型、格式与形状的实现。原因见错误之前的详细日志。"},
    .remedy = {"Repeat with --verbose 2>&1 | tee build.log and run pharos doctor build.log: the 'Skipping tactic' lines name the reason.\nLift the workspace limit (leave out --memPoolSize) and free device memory; keep the default tactic sources.\nFold constants and simplify: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx.\nTry the layer alone (polygraphy surgeon extract) with --fp16 and without, and a newer TensorRT.",
               "以 --verbose 2>&1 | tee build.log 重新运行，再执行 pharos doctor build.log：“Skipping tactic”行给出原因。\n取消 workspace 限制（不加 --memPoolSize）并释放设备内存；保留默认策略来源。\n折叠常量并简化：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx。\n单独测试该层（polygraphy surgeon extract），分别带与不带 --fp16，并尝试更新的 TensorRT。"},
    .example = "[E] 10: [optimizer.cpp::computeCosts::2011] Error Code 10: Internal Error (Could not find any implementation for node X.)"};

inline constexpr Diagnostic log_no_implementation_workspace{
    .code = "PH9451", .slug = "log-no-implementation-workspace", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The workspace limit left no implementation for a layer", "workspace 限制使某层无可用实现"},
    .message = {"no implementation for '{layer}' within a workspace of {limit}", "在 {limit} 的 workspace 内，“{layer}”没有可用实现"},
    .cause = {"The limit on scratch memory excludes every tactic of this layer. A limit of some KiB or MiB mostly comes from a wrong unit: trtexec counts MiB, the API counts bytes, so 3000 in the API is 3 KB.",
              "临时内存限制排除了该层的所有策略。仅数 KiB 或 MiB 的限制多因单位错误：trtexec 以 MiB 计，API 以字节计，API 中的 3000 即 3 KB。"},
    .remedy = {"In code: config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 4 << 30); up to 8.3: config.max_workspace_size = 4 << 30 (bytes).\nIn trtexec: --memPoolSize=workspace:4096M; up to 8.3: --workspace=4096 (MiB).\nOr set no limit: since 8.4 the default is all device memory.\nThe limit reserves nothing: only what the chosen tactics need is allocated.",
               "代码中：config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 4 << 30)；8.3 及以前：config.max_workspace_size = 4 << 30（字节）。\ntrtexec：--memPoolSize=workspace:4096M；8.3 及以前：--workspace=4096（MiB）。\n或不设限制：8.4 起默认可用全部设备内存。\n限制不预留内存：只分配所选策略实际需要的量。"},
    .example = "[E] Could not find any implementation for node X, try increasing the workspace size with IBuilder::setMaxWorkspaceSize()"};

inline constexpr Diagnostic log_no_implementation_precision{
    .code = "PH9452", .slug = "log-no-implementation-precision", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Precision constraints left no implementation for a layer", "精度约束使某层无可用实现"},
    .message = {"no implementation for '{layer}' obeys the requested types ({constraint})", "“{layer}”没有满足所要求类型的实现（{constraint}）"},
    .cause = {"Precision constraints are to be obeyed, or the network is strongly typed, and this GPU or release has no kernel of the requested types for the layer.",
              "要求遵守精度约束，或网络为强类型，而此 GPU 或版本没有该层所需类型的内核。"},
    .remedy = {"Prefer instead of obey: --precisionConstraints=prefer, BuilderFlag.PREFER_PRECISION_CONSTRAINTS.\nExempt this layer: --layerPrecisions={layer}:fp32 --layerOutputTypes={layer}:fp32.\nIn a strongly typed network cast its inputs to FP16 or FP32 in the model.",
               "改为优先而非强制：--precisionConstraints=prefer 或 BuilderFlag.PREFER_PRECISION_CONSTRAINTS。\n豁免该层：--layerPrecisions={layer}:fp32 --layerOutputTypes={layer}:fp32。\n强类型网络中，在模型里将其输入转换为 FP16 或 FP32。"},
    .example = "[E] Error Code 10: Could not find any implementation for node X due to precision constraints."};

inline constexpr Diagnostic log_no_implementation_region{
    .code = "PH9453", .slug = "log-no-implementation-compiled-region", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The compiler failed on a fused region", "编译器在融合区域上失败"},
    .message = {"no implementation for the region from '{first}' to '{last}'", "从“{first}”到“{last}”的融合区域没有可用实现"},
    .cause = {"Everything between these two nodes was given to TensorRT's compiler (Myelin) as one region, and it could not generate code: a defect of this release, a data-dependent or computed length inside, or scratch memory for the whole region.",
              "这两个节点之间的所有算子作为一个区域交给 TensorRT 编译器（Myelin），而它无法生成代码：该版本的缺陷、区域内含数据相关或计算得到的长度，或整个区域所需的临时内存过大。"},
    .remedy = {"Use a newer TensorRT: many of these were fixed in 8.6, 9 and 10.\nFold shapes: polygraphy surgeon sanitize model.onnx --fold-constants --override-input-shapes x:1x3x224x224 -o folded.onnx.\nCut the region: mark a tensor between '{first}' and '{last}' as a network output, or bisect with polygraphy debug reduce.\nTry without --fp16/--bf16/--int8 and with --builderOptimizationLevel=2; give the build more free memory.",
               "使用更新的 TensorRT：其中许多已在 8.6、9、10 中修复。\n折叠形状：polygraphy surgeon sanitize model.onnx --fold-constants --override-input-shapes x:1x3x224x224 -o folded.onnx。\n切开区域：将“{first}”与“{last}”之间的某张量标记为网络输出，或用 polygraphy debug reduce 二分定位。\n尝试不加 --fp16/--bf16/--int8，并使用 --builderOptimizationLevel=2；为构建留出更多空闲内存。"},
    .example = "[E] Error[10]: Could not find any implementation for node {ForeignNode[a.../MatMul]}."};

inline constexpr Diagnostic log_no_implementation_reason{
    .code = "PH9454", .slug = "log-no-implementation-reason", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Every implementation of a layer failed, with a stated reason", "某层的所有实现均失败，且已给出原因"},
    .message = {"no implementation for '{layer}': {reason}", "“{layer}”没有可用实现：{reason}"},
    .cause = {"The candidates were tried and each one raised an error; the builder then reports only that none is left. The reason above is the defect to repair.",
              "各候选均已尝试且抛出错误；构建器随后仅报告没有剩余实现。上述原因才是需要修复的问题。"},
    .remedy = {"Change the layer so that the stated condition holds (types, block sizes, shapes).\nIf the reason is an internal assertion: newer TensorRT, or rewrite the operators around it.\nIf it is an unsupported type: cast the layer's inputs to FP16 or FP32.",
               "修改该层，使上述条件成立（类型、块大小、形状）。\n若原因是内部断言：使用更新的 TensorRT，或改写其周围的算子。\n若是不支持的类型：将该层输入转换为 FP16 或 FP32。"},
    .example = "[E] Error Code: 9: Skipping tactic 0x0 due to exception DynamicQuantize operation with double_quant_scale must have scalar block_size."};

inline constexpr Diagnostic log_no_implementation_plugin{
    .code = "PH9455", .slug = "log-no-implementation-plugin", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin accepts none of the formats on offer", "插件不接受任何可用格式"},
    .message = {"no format combination works for plugin layer '{layer}'", "插件层“{layer}”没有可用的格式组合"},
    .cause = {"supportsFormatCombination() returned false for every combination of type and layout that the builder asked for, or the plugin's workspace exceeds the limit.",
              "对于构建器询问的每种类型与布局组合，supportsFormatCombination() 均返回 false，或插件的工作区超过限制。"},
    .remedy = {"Accept at least FP32 in linear layout for every input and output, and INT32 or BOOL where the tensor has that type.\nPrint pos, inOut[pos].type and inOut[pos].format in supportsFormatCombination(): compare only with positions before pos.\nBuild with --fp16 where the plugin supports only half.",
               "至少对每个输入输出接受线性布局的 FP32；张量为 INT32 或 BOOL 时接受相应类型。\n在 supportsFormatCombination() 中打印 pos、inOut[pos].type 与 inOut[pos].format：只能与 pos 之前的位置比较。\n若插件只支持半精度，请以 --fp16 构建。"},
    .example = "[E] Error Code 9: Internal Error (X: could not find any supported formats consistent with input/output data types)"};

inline constexpr Diagnostic log_no_implementation_sources{
    .code = "PH9456", .slug = "log-no-implementation-tactic-sources", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tactic sources were switched off, and a layer has nothing left", "策略来源被关闭，某层无实现可用"},
    .message = {"no implementation for '{layer}' with tactic sources '{sources}'", "在策略来源“{sources}”下，“{layer}”没有可用实现"},
    .cause = {"Some layers have implementations only in cuBLAS, cuDNN or the JIT convolutions; the build excludes these libraries.",
              "某些层仅在 cuBLAS、cuDNN 或 JIT 卷积中有实现，而构建排除了这些库。"},
    .remedy = {"Leave out --tacticSources, or do not call set_tactic_sources().\nOr switch back one by one: --tacticSources=+CUDNN, then +CUBLAS_LT, +CUBLAS, to find the one that is needed.",
               "不要使用 --tacticSources，也不要调用 set_tactic_sources()。\n或逐个恢复：--tacticSources=+CUDNN，再 +CUBLAS_LT、+CUBLAS，找出所需的来源。"},
    .example = "trtexec --tacticSources=-CUDNN,-CUBLAS and '[E] Could not find any implementation for node X.'"};

inline constexpr Diagnostic log_no_implementation_crash{
    .code = "PH9457", .slug = "log-no-implementation-kernel-crash", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Candidates crashed while they were timed, and a layer has nothing left", "候选实现在计时中崩溃，某层无实现可用"},
    .message = {"no implementation for '{layer}', after: {reason}", "“{layer}”没有可用实现，此前：{reason}"},
    .cause = {"A CUDA error while tactics were measured breaks the CUDA context: from then on every tactic fails. The memory access itself fails where a tactic got less scratch memory than it needs (a workspace given in the wrong unit, memory that is short), or where a plugin or a kernel has a defect.",
              "测量策略时的 CUDA 错误会破坏 CUDA 上下文：此后所有策略都失败。访问错误的原因可能是策略得到的临时内存少于所需（workspace 单位错误、内存不足），或插件、内核存在缺陷。"},
    .remedy = {"Check the workspace limit first: the API counts bytes (1 << 30 is 1 GiB; 3000 is 3 KB), trtexec counts MiB.\nFree device memory, and build without own plugins if possible.\nFind the kernel: compute-sanitizer trtexec --onnx=model.onnx --verbose.\nTry another TensorRT release or driver.",
               "首先检查 workspace 限制：API 以字节计（1 << 30 为 1 GiB；3000 仅 3 KB），trtexec 以 MiB 计。\n释放设备内存，若可能先不加载自有插件构建。\n定位内核：compute-sanitizer trtexec --onnx=model.onnx --verbose。\n尝试其他 TensorRT 版本或驱动。"},
    .example = "[E] 1: [resizingAllocator.cpp::deallocate::105] Error Code 1: Cuda Runtime (an illegal memory access was encountered), then Error Code 10"};

inline constexpr Diagnostic log_tactic_exception{
    .code = "PH9460", .slug = "log-tactic-exception", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A tactic was left out because it raised an error", "某策略因抛出错误而被跳过"},
    .message = {"{count} tactic(s) raised an error, the first: {reason}", "{count} 个策略抛出错误，首个：{reason}"},
    .cause = {"A candidate could not be compiled or run. As long as another one is left, only speed may suffer.", "某候选无法编译或运行。只要还有其他候选，仅可能影响速度。"},
    .remedy = {"Nothing needs to be done if the engine was built.\nIf the layer is slow: a newer TensorRT, or the condition named in the reason.",
               "若引擎已构建，则无需处理。\n若该层较慢：使用更新的 TensorRT，或满足原因中的条件。"},
    .example = "[E] Error[9]: Skipping tactic 0x0000000000000000 due to exception Assertion failed"};

inline constexpr std::array log_implementations_entries{
    &log_no_implementation, &log_no_implementation_workspace, &log_no_implementation_precision, &log_no_implementation_region,
    &log_no_implementation_reason, &log_no_implementation_plugin, &log_no_implementation_sources, &log_no_implementation_crash,
    &log_tactic_exception};

}  // namespace pharos::diag
