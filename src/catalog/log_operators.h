#pragma once
// PH910x to PH914x: operators without importer or plugin, forms of operators that TensorRT does not have, fallbacks.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_op_no_importer{
    .code = "PH9101", .slug = "log-op-no-importer", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An operator has neither importer nor plugin", "算子既无导入器也无插件"},
    .message = {"TensorRT cannot import {ops}", "TensorRT 无法导入 {ops_zh}"},
    .cause = {"The ONNX parser found no importer for the operator in this version, took it for a plugin, and no registered plugin has that name, version and namespace.",
              "ONNX 解析器在此版本中找不到该算子的导入器，于是按插件查找，而注册表中没有同名、同版本、同命名空间的插件。"},
    .remedy = {"{advice}\nIf it is a plugin of yours, load it before parsing: --staticPlugins=libmyplugin.so (trtexec), trt.init_libnvinfer_plugins(logger, \"\") and ctypes.CDLL(\"libmyplugin.so\") (Python), and compare its name, plugin_version and plugin_namespace with the attributes of the node.\nCheck the whole model before the next build: pharos lint model.onnx --target tensorrt:10.7",
               "{advice_zh}\n若为自有插件，请在解析前加载：--staticPlugins=libmyplugin.so（trtexec）；Python 中调用 trt.init_libnvinfer_plugins(logger, \"\") 与 ctypes.CDLL(\"libmyplugin.so\")，并核对名称、plugin_version、plugin_namespace 与节点属性是否一致。\n下次构建前检查整个模型：pharos lint model.onnx --target tensorrt:10.7"},
    .example = "[E] ERROR: builtin_op_importers.cpp:4890 In function importFallbackPluginImporter: [8] Assertion failed: creator && \"Plugin not found, are the plugin name, version, and namespace correct?\""};

inline constexpr Diagnostic log_op_plugin_not_loaded{
    .code = "PH9102", .slug = "log-op-plugin-not-loaded", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An importer needs a plugin that is not loaded", "导入器所需的插件未加载"},
    .message = {"the importer of {op} needs the plugin {plugin}, which is not in the registry",
                "{op} 的导入器需要插件 {plugin}，但注册表中没有"},
    .cause = {"TensorRT imports this operator by way of a plugin of its own plugin library, and libnvinfer_plugin was not initialised in this process.",
              "TensorRT 通过自带插件库中的插件导入该算子，而此进程没有初始化 libnvinfer_plugin。"},
    .remedy = {"Initialise the library before parsing: trt.init_libnvinfer_plugins(logger, \"\") in Python, initLibNvInferPlugins(&logger, \"\") in C++; polygraphy takes --plugins libnvinfer_plugin.so.\nSee that libnvinfer_plugin.so is of the same release as libnvinfer.so: ldd, LD_LIBRARY_PATH.\n{advice}",
               "解析前初始化插件库：Python 中 trt.init_libnvinfer_plugins(logger, \"\")，C++ 中 initLibNvInferPlugins(&logger, \"\")；polygraphy 使用 --plugins libnvinfer_plugin.so。\n确认 libnvinfer_plugin.so 与 libnvinfer.so 属同一版本：ldd、LD_LIBRARY_PATH。\n{advice_zh}"},
    .example = "operator: RoiAlign (importRoiAlign): UNSUPPORTED_NODE: Assertion failed: plugin != nullptr: ROIAlign plugin was not found in the plugin registry!"};

inline constexpr Diagnostic log_op_plugin_missing_at_load{
    .code = "PH9103", .slug = "log-op-plugin-missing-at-load", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin of the engine is not registered in this process", "引擎所用插件未在此进程注册"},
    .message = {"the engine holds plugin {op} (version {version}), and no creator for it is registered",
                "引擎包含插件 {op}（版本 {version}），但没有注册其创建器"},
    .cause = {"An engine names its plugins only; the process that loads it has to bring them. The plugin library was loaded where the engine was built and not here.",
              "引擎只记录插件名称，加载它的进程必须自带插件。构建时加载了插件库，而这里没有。"},
    .remedy = {"Register plugins before deserialising: trt.init_libnvinfer_plugins(logger, \"\") (Python), initLibNvInferPlugins(&logger, \"\") (C++).\nFor plugins of your own load their library first: trtexec --loadEngine=model.engine --staticPlugins=libmyplugin.so; Triton: LD_PRELOAD=libmyplugin.so; DeepStream: custom-lib-path.\nOr put the library into the plan when building (TensorRT 8.6 or newer): --setPluginsToSerialize=libmyplugin.so",
               "反序列化之前注册插件：Python 中 trt.init_libnvinfer_plugins(logger, \"\")，C++ 中 initLibNvInferPlugins(&logger, \"\")。\n自有插件须先加载其库：trtexec --loadEngine=model.engine --staticPlugins=libmyplugin.so；Triton 用 LD_PRELOAD=libmyplugin.so；DeepStream 用 custom-lib-path。\n或在构建时把库写入引擎（TensorRT 8.6 及以上）：--setPluginsToSerialize=libmyplugin.so"},
    .example = "[TensorRT] ERROR: 3: getPluginCreator could not find plugin: ScatterND version: 1"};

inline constexpr Diagnostic log_op_not_onnx{
    .code = "PH9104", .slug = "log-op-not-onnx", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model uses an operator that ONNX does not have", "模型使用了 ONNX 中不存在的算子"},
    .message = {"{ops} is not an operator of opset {opset}", "{ops} 不是 opset {opset} 中的算子"},
    .cause = {"The checker knows neither the operator nor its domain: it is a custom operator, or it came in with an opset newer than the one the model declares.",
              "检查器既不认识该算子也不认识其域：它是自定义算子，或属于比模型声明更新的 opset。"},
    .remedy = {"If it is a standard operator, export again with an opset that has it: torch.onnx.export(..., opset_version=17).\nIf it is your own, keep its domain in the model and write a plugin of the same name: the ONNX checker cannot judge it, TensorRT can.\n{advice}",
               "若是标准算子，请以包含它的 opset 重新导出：torch.onnx.export(..., opset_version=17)。\n若为自定义算子，请在模型中保留其域，并编写同名插件：ONNX 检查器无法判断，TensorRT 可以。\n{advice_zh}"},
    .example = "[E] LINT | Name: N-1, Op: UnknownNode1 | No Op registered for UnknownNode1 with domain_version of 11"};

inline constexpr Diagnostic log_op_fallback{
    .code = "PH9105", .slug = "log-op-fallback", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An operator runs outside TensorRT", "算子在 TensorRT 之外运行"},
    .message = {"{ops} falls back to {where}{cost}", "{ops_zh} 回退到 {where}{cost_zh}"},
    .cause = {"What TensorRT cannot run is done by the framework or the CPU: the tensor leaves the device, is computed there, and comes back, and the graph is cut in two engines around it. One such line can cost several times the latency.",
              "TensorRT 无法运行的部分由框架或 CPU 完成：张量离开设备、在那里计算再传回，图也在此处被切成两个引擎。这样一行日志可能使延迟增加数倍。"},
    .remedy = {"{advice}\nMeasure what it costs: trtexec --dumpProfile --separateProfileRun, or compare with the log of the last good build\nMake the build fail next time: pharos doctor build.log --fail-on warning",
               "{advice_zh}\n测量其代价：trtexec --dumpProfile --separateProfileRun，或与上次正常构建的日志比较\n让下次构建直接失败：pharos doctor build.log --fail-on warning"},
    .example = "[WARNING] Falling back to CPU implementation for plugin: ResizeNearest"};

inline constexpr Diagnostic log_op_partition{
    .code = "PH9106", .slug = "log-op-partition", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Only parts of the graph run in TensorRT", "只有部分图在 TensorRT 中运行"},
    .message = {"{what}", "{what}"},
    .cause = {"The integration (TF-TRT, Torch-TensorRT, ONNX Runtime) cuts the graph at operators that it cannot convert; each border costs a copy or at least a synchronisation.",
              "集成层（TF-TRT、Torch-TensorRT、ONNX Runtime）在无法转换的算子处切分图；每个边界都会带来一次拷贝或至少一次同步。"},
    .remedy = {"Look which operators stand at the borders: verbose logging of the integration lists them.\nRewrite these, or raise the smallest size of a segment so that tiny ones stay in the framework: min_block_size (Torch-TensorRT), minimum_segment_size (TF-TRT), trt_min_subgraph_size (ONNX Runtime).\nShape operators on the CPU are normal.",
               "查看位于边界的算子：开启集成层的详细日志即可列出。\n改写这些算子，或提高最小子图规模，让小段留在框架内：min_block_size（Torch-TensorRT）、minimum_segment_size（TF-TRT）、trt_min_subgraph_size（ONNX Runtime）。\n形状类算子在 CPU 上运行属正常现象。"},
    .example = "There are 47 ops of 12 different types in the graph that are not converted to TensorRT: Reshape, NoOp"};

inline constexpr Diagnostic log_op_nothing_converted{
    .code = "PH9107", .slug = "log-op-nothing-converted", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Nothing of the model runs in TensorRT", "模型没有任何部分在 TensorRT 中运行"},
    .message = {"no part of the graph was given to TensorRT: {text}", "图中没有任何部分交给 TensorRT：{text}"},
    .cause = {"Every candidate segment was too small or held an operator that cannot be converted, so that all of it runs in the framework at its usual speed.",
              "所有候选子图要么过小，要么含有无法转换的算子，因此全部以框架的常规速度运行。"},
    .remedy = {"Lower the smallest size of a segment: trt_min_subgraph_size=1 (ONNX Runtime), min_block_size=1 (Torch-TensorRT), minimum_segment_size=1 (TF-TRT).\nRun shape inference on the model first: ONNX Runtime needs shapes (onnxruntime.tools.symbolic_shape_infer).\nExport the model to ONNX and build it with trtexec --verbose: its parser names the operator that stands in the way.",
               "降低最小子图规模：trt_min_subgraph_size=1（ONNX Runtime）、min_block_size=1（Torch-TensorRT）、minimum_segment_size=1（TF-TRT）。\n先对模型做形状推断：ONNX Runtime 需要形状（onnxruntime.tools.symbolic_shape_infer）。\n将模型导出为 ONNX 并用 trtexec --verbose 构建：解析器会指出受阻的算子。"},
    .example = "[TensorRT EP] No graph will run on TensorRT execution provider"};

inline constexpr Diagnostic log_op_native_segment{
    .code = "PH9108", .slug = "log-op-native-segment", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A TF-TRT segment runs in TensorFlow", "TF-TRT 子图回退到 TensorFlow 运行"},
    .message = {"{count} segment(s) run natively, the first: {engine}: {reason}",
                "{count} 个子图以原生方式运行，首个：{engine}：{reason}"},
    .cause = {"Building the engine of the segment failed, and TF-TRT silently keeps the TensorFlow operators: the model works and is not faster.",
              "该子图的引擎构建失败，TF-TRT 静默保留 TensorFlow 算子：模型可用但没有加速。"},
    .remedy = {"Read the error before this line: it names the operator or the memory that was short.\nBuild engines ahead of time with converter.build(input_fn), with the shapes of production: a new shape means a new build.\nRaise max_workspace_size_bytes, or exclude the operator: allow_build_at_runtime=False makes the failure visible.",
               "查看此行之前的错误：它会指出算子或不足的内存。\n用 converter.build(input_fn) 以生产环境的形状提前构建：新形状意味着重新构建。\n提高 max_workspace_size_bytes 或排除该算子；allow_build_at_runtime=False 可使失败显现。"},
    .example = "Engine creation for TRTEngineOp_0_0 failed. The native segment will be used instead. Reason: Internal: Failed to build TensorRT engine"};

inline constexpr Diagnostic log_op_einsum{
    .code = "PH9109", .slug = "log-op-einsum", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A form of Einsum that TensorRT does not have", "TensorRT 不支持的 Einsum 形式"},
    .message = {"{what}", "{what}"},
    .cause = {"TensorRT's Einsum takes one or two inputs and an equation of distinct lower-case labels: no repeated label within an input (a diagonal), no third operand, and before 10.0 no ellipsis.",
              "TensorRT 的 Einsum 只接受一至两个输入以及由互异小写字母组成的等式：同一输入中不得重复下标（对角线）、不得有第三个操作数，10.0 之前也不支持省略号。"},
    .remedy = {"Split products of three operands into two Einsum nodes: torch.einsum(\"ij,jk,kl->il\") becomes two matrix products.\nReplace a diagonal by a product with an identity mask and ReduceSum, or by Gather with constant indices.\nBetter: write it as Transpose, Reshape and MatMul, for which the fastest tactics exist.",
               "将三个操作数的乘积拆成两个 Einsum：torch.einsum(\"ij,jk,kl->il\") 写成两次矩阵乘。\n对角线改为与单位掩码相乘再 ReduceSum，或用常量下标的 Gather。\n更好的做法：写成 Transpose、Reshape 与 MatMul，其策略最快。"},
    .example = "[E] 3: [einsumLayer.cpp::validateEquation::84] Error Code 3: Internal Error ((Unnamed Layer* 0) [Einsum]: Diagonal operations are not permitted in Einsum equation)"};

inline constexpr Diagnostic log_op_output_unsupported{
    .code = "PH9110", .slug = "log-op-output-unsupported", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An optional output of an operator is used that TensorRT does not compute", "使用了 TensorRT 不计算的可选输出"},
    .message = {"{what}{node}", "{what}{node}"},
    .cause = {"The model uses a second output (MaxPool indices, the running mean of BatchNormalization, the mask of Dropout, the mean of LayerNormalization) that exists for training only.",
              "模型使用了仅供训练的第二输出（MaxPool 的索引、BatchNormalization 的滑动均值、Dropout 的掩码、LayerNormalization 的均值）。"},
    .remedy = {"Export in evaluation mode: model.eval() and training=torch.onnx.TrainingMode.EVAL.\nDrop outputs that nobody reads: polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx\nMaxUnpool needs the indices of MaxPool: use Resize or ConvTranspose in the decoder.",
               "以推理模式导出：model.eval() 与 training=torch.onnx.TrainingMode.EVAL。\n删除无人使用的输出：polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx\nMaxUnpool 依赖 MaxPool 的索引：解码器请改用 Resize 或 ConvTranspose。"},
    .example = "[E] [8] Node has more output tensors than TRT expected, expected output size is 1, actual output size is 2."};

inline constexpr Diagnostic log_op_attribute_unsupported{
    .code = "PH9111", .slug = "log-op-attribute-unsupported", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An attribute or mode of an operator is not supported", "算子的属性或模式不受支持"},
    .message = {"{what}{node}", "{what}{node}"},
    .cause = {"TensorRT has the operator, but not in this form: the importer checks attributes and refuses what its layers cannot express.",
              "TensorRT 有该算子，但不支持这种形式：导入器会检查属性，拒绝其层无法表达的用法。"},
    .remedy = {"Change the attribute at export to one that is supported: the message names what is taken.\n{advice}\nSee what else the model uses: pharos lint model.onnx --target tensorrt:10.7 lists the restrictions of each operator.",
               "导出时改为受支持的属性：消息中列出了可用取值。\n{advice_zh}\n查看模型中的其他限制：pharos lint model.onnx --target tensorrt:10.7 会列出每个算子的限制。"},
    .example = "[E] [8] Assertion failed: (mode == \"nearest\" || mode == \"linear\") && \"The attribute mode can only be nearest, linear, or bilinear.\""};

inline constexpr Diagnostic log_op_needs_constant{
    .code = "PH9112", .slug = "log-op-needs-constant", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input has to be a constant and is computed", "要求常量的输入却是计算得到的"},
    .message = {"{what}{node}", "{what}{node}"},
    .cause = {"This version reads axes, pads, K, scales or sizes when it builds the layer. In the model they come from other nodes (shape arithmetic of the exporter), so there is no value yet.",
              "此版本在建层时就要读取 axes、pads、K、scales 或 sizes。模型中它们来自其他节点（导出器生成的形状运算），此时尚无取值。"},
    .remedy = {"Fold constants: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx (or onnxsim).\nIf the value depends on the input size, export with fixed sizes for it, or make these axes static.\nNewer versions take computed values: Slice from 10.3, Pad from 10.4, Squeeze and Unsqueeze from 10.7.",
               "折叠常量：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx（或 onnxsim）。\n若取值依赖输入尺寸，请以固定尺寸导出，或将这些轴设为静态。\n较新版本支持计算得到的值：Slice 自 10.3，Pad 自 10.4，Squeeze 与 Unsqueeze 自 10.7。"},
    .example = "[E] [8] Assertion failed: inputs.at(1).is_weights() && \"The second input must be an initializer.\""};

inline constexpr Diagnostic log_op_uint8{
    .code = "PH9113", .slug = "log-op-uint8", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"UINT8 inside the network", "网络内部使用 UINT8"},
    .message = {"UINT8 is used beyond the inputs and outputs of the network{node}", "UINT8 被用于网络输入输出之外{node}"},
    .cause = {"TensorRT takes UINT8 for inputs and outputs of the network only (since 8.5); the first layer after an input has to be a cast to a float type.",
              "TensorRT 只允许网络的输入输出为 UINT8（自 8.5 起）；输入之后的第一层必须转换为浮点类型。"},
    .remedy = {"Put a Cast to FP32 or FP16 right behind the input, before any Transpose, Slice or Resize: x = x.float() as the first line of forward().\nOr leave the preprocessing out of the model and give it floats.",
               "在输入之后、任何 Transpose、Slice、Resize 之前立即 Cast 为 FP32 或 FP16：forward() 的第一行写 x = x.float()。\n或将预处理移出模型，直接输入浮点数。"},
    .example = "[E] [8] Assertion failed: !isUint8 && \"TensorRT does not support UINT8 types for intermediate tensors!\""};

inline constexpr Diagnostic log_op_type_unsupported{
    .code = "PH9114", .slug = "log-op-type-unsupported", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A tensor has a type that TensorRT does not have", "张量类型不受 TensorRT 支持"},
    .message = {"{what}{node}", "{what}{node}"},
    .cause = {"The parser maps ONNX types to those of TensorRT: strings, complex numbers, UINT16 to UINT64 and, within computations, DOUBLE have no counterpart; BOOL, INT64, BF16 and FP8 depend on the version.",
              "解析器将 ONNX 类型映射到 TensorRT 类型：字符串、复数、UINT16 至 UINT64 以及计算中的 DOUBLE 没有对应类型；BOOL、INT64、BF16、FP8 取决于版本。"},
    .remedy = {"Cast in the source and export again: model.float(), indices as int32 or int64, masks as bool.\nINT64 is a type of its own from TensorRT 10 on (9 in part), BF16 from 9, FP8 from 8.6.\nHandle strings and images before the engine.",
               "在源代码中转换类型并重新导出：model.float()，下标用 int32 或 int64，掩码用 bool。\nINT64 自 TensorRT 10（9 为部分支持）成为独立类型，BF16 自 9，FP8 自 8.6。\n字符串与图像请在引擎之前处理。"},
    .example = "[E] Unsupported ONNX data type: UINT8 (2)"};

inline constexpr Diagnostic log_op_if_branches{
    .code = "PH9115", .slug = "log-op-if-branches", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The branches of an If differ in rank, type or number of outputs", "If 的分支在秩、类型或输出数量上不一致"},
    .message = {"{what}{node}", "{what}{node}"},
    .cause = {"TensorRT gives both branches the same outputs. Exporters write an If for code like squeeze() on an axis of unknown size, where one branch drops a dimension.",
              "TensorRT 要求两个分支输出一致。对未知大小的轴执行 squeeze() 之类的代码时，导出器会生成 If，而其中一个分支少一维。"},
    .remedy = {"Make the condition a constant: give that axis a fixed size at export, then polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\nIn PyTorch write x.squeeze(1) as x[:, 0] or x.flatten(1), which never depends on the size.\nCheck with: pharos graph model.onnx, which shows whether an If is left.",
               "使条件成为常量：导出时固定该轴大小，再执行 polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\nPyTorch 中将 x.squeeze(1) 写成与大小无关的 x[:, 0] 或 x.flatten(1)。\n检查：pharos graph model.onnx 可查看是否仍有 If。"},
    .example = "[E] If_12: then/else subgraphs should have the same number of outputs."};

inline constexpr Diagnostic log_op_data_dependent{
    .code = "PH9116", .slug = "log-op-data-dependent", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A size that depends on data meets layers that need it beforehand", "依赖数据的尺寸与必须预知尺寸的层相冲突"},
    .message = {"{what}", "{what}"},
    .cause = {"NonZero, NonMaxSuppression and boolean indexing make tensors whose size is known only while running; compiled regions of this version cannot have such tensors inside.",
              "NonZero、NonMaxSuppression 与布尔索引产生的张量大小只有运行时才知道；此版本的编译区域内部不允许出现这种张量。"},
    .remedy = {"Enable --preview=+fasterDynamicShapes0805 (TensorRT 8.5), or use TensorRT 8.6.1 or newer.\nKeep the size fixed: TopK with a constant K instead of NonZero, Where with a mask instead of boolean indexing.\nMove the operator to the end of the model or behind the engine.",
               "启用 --preview=+fasterDynamicShapes0805（TensorRT 8.5），或使用 8.6.1 及以上版本。\n保持尺寸固定：用常量 K 的 TopK 代替 NonZero，用带掩码的 Where 代替布尔索引。\n将该算子移到模型末尾或引擎之后。"},
    .example = "[E] 9: [standardEngineBuilder.cpp::buildEngine::2266] Error Code 9: Internal Error (Greater_1: requires foreign node optimizations incompatible with data-dependent shapes, so treating as error.)"};

inline constexpr Diagnostic log_op_other_device{
    .code = "PH9117", .slug = "log-op-other-device", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A layer exists on other devices only", "该层只存在于其他设备"},
    .message = {"{what}", "{what}"},
    .cause = {"The kernels of this layer are built for certain architectures; the device of this build is not among them.",
              "该层的内核只为特定架构构建，而当前构建设备不在其列。"},
    .remedy = {"Build on the device that the message names, or write the layer with plain ones (a mixture of experts as Gather, MatMul and Scatter).\nAsk the device before adding the layer: builder.platform_has_fast_*, cudaDeviceProp major and minor.",
               "在消息所指的设备上构建，或用普通层改写（混合专家可写成 Gather、MatMul 与 Scatter）。\n添加该层前先查询设备：builder.platform_has_fast_*、cudaDeviceProp 的 major 与 minor。"},
    .example = "[E] INetworkDefinition::addMoE: Error Code 3: API Usage Error (Parameter check failed, condition: false. MoE is only supported on Thor In addMoE at network.cpp:2191)"};

inline constexpr Diagnostic log_op_dla_fallback{
    .code = "PH9118", .slug = "log-op-dla-fallback", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Layers leave the DLA for the GPU", "层从 DLA 回退到 GPU"},
    .message = {"{count} layer(s) are not supported on DLA and run on the GPU: {layers}",
                "{count} 个层不受 DLA 支持而在 GPU 上运行：{layers_zh}"},
    .cause = {"The DLA has fixed functions: every layer that it lacks cuts the graph, and each border costs a copy and a reformat.",
              "DLA 只有固定功能：每个不支持的层都会切断图，而每个边界都要付出拷贝与格式转换的代价。"},
    .remedy = {"Replace what the DLA lacks (see the layer support table of the developer guide): Sigmoid-based activations by ReLU, ArgMax and Resize outside, kernel sizes within 1 to 32.\nIf most layers fall back, build for the GPU alone: without --useDLACore.\nList what remains: trtexec --verbose prints the layers on DLA and on GPU.",
               "替换 DLA 不支持的部分（参见开发指南的层支持表）：基于 Sigmoid 的激活改为 ReLU，ArgMax 与 Resize 移出，卷积核大小在 1 到 32 之间。\n若多数层回退，请只为 GPU 构建：去掉 --useDLACore。\n查看剩余情况：trtexec --verbose 会列出 DLA 与 GPU 上的层。"},
    .example = "[W] [TRT] Default DLA is enabled but layer Softmax_10 is not supported on DLA, falling back to GPU."};

inline constexpr Diagnostic log_op_dla_refused{
    .code = "PH9119", .slug = "log-op-dla-refused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The DLA cannot take the network", "DLA 无法接受该网络"},
    .message = {"{what}", "{what}"},
    .cause = {"The network asks for DLA, a layer or shape is outside of what it can do, and falling back to the GPU is not allowed or the number of pieces is above the limit.",
              "网络要求使用 DLA，但某层或形状超出其能力，且不允许回退到 GPU，或分段数超过上限。"},
    .remedy = {"Allow the GPU to take over: --allowGPUFallback, config.set_flag(trt.BuilderFlag.GPU_FALLBACK).\nGive the DLA fixed shapes (min = opt = max) and FP16 or INT8: it takes no FP32.\nAt most 16 pieces (loadables) fit a DLA core: fewer islands of unsupported layers, fewer pieces.",
               "允许 GPU 接管：--allowGPUFallback，或 config.set_flag(trt.BuilderFlag.GPU_FALLBACK)。\nDLA 需要固定形状（min = opt = max）以及 FP16 或 INT8：不接受 FP32。\n每个 DLA 核最多容纳 16 段（loadable）：减少不支持的孤立层即可减少段数。"},
    .example = "[E] 4: DLA Layer Conv_0 does not support dynamic shapes in any dimension."};

inline constexpr Diagnostic log_op_plugin_field{
    .code = "PH9120", .slug = "log-op-plugin-field", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin node lacks an attribute", "插件节点缺少属性"},
    .message = {"{count} attribute(s) that the plugin asks for are not in the node: {attributes}",
                "节点缺少插件所要求的 {count} 个属性：{attributes_zh}"},
    .cause = {"The parser asked the plugin for its fields and did not find all of them in the node; the plugin then uses its defaults, or fails.",
              "解析器查询插件的字段，但节点中没有全部提供；插件随后使用默认值，或者失败。"},
    .remedy = {"Compare the attributes with the plugin's documentation; nothing needs to be done if the defaults are what you want.\nAdd missing ones with onnx-graphsurgeon: node.attrs[\"{attribute}\"] = value",
               "将属性与插件文档对照；若默认值符合预期则无需处理。\n可用 onnx-graphsurgeon 补充：node.attrs[\"{attribute}\"] = value"},
    .example = "[W] [TRT] builtin_op_importers.cpp:5245: Attribute class_agnostic not found in plugin node! Ensure that the plugin creator has a default value defined or the engine may fail to build."};

inline constexpr Diagnostic log_op_plugin_create_failed{
    .code = "PH9121", .slug = "log-op-plugin-create-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin could not be made", "插件创建失败"},
    .message = {"creating plugin {plugin} failed{node}", "创建插件 {plugin} 失败{node}"},
    .cause = {"The creator was found and returned nothing: attributes are missing, have the wrong type or a value that the plugin does not take, or belong to another version of it.",
              "找到了创建器，但其返回空：属性缺失、类型或取值不被接受，或属于另一版本的插件。"},
    .remedy = {"Compare names and types of the attributes with the plugin's field list: plugin_registry.get_plugin_creator(name, version, \"\").field_names in Python.\nSet the attribute plugin_version of the node to the version that you mean.\nRead the error lines of the plugin just before this one.",
               "将属性的名称与类型和插件字段列表对照：Python 中 plugin_registry.get_plugin_creator(name, version, \"\").field_names。\n将节点的 plugin_version 属性设为所需版本。\n查看此行之前插件自身的错误。"},
    .example = "[E] [8] Assertion failed: plugin && \"Could not create plugin\""};

inline constexpr Diagnostic log_op_export_refused{
    .code = "PH9122", .slug = "log-op-export-refused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"PyTorch cannot export an operator to ONNX", "PyTorch 无法将算子导出为 ONNX"},
    .message = {"the exporter has no ONNX form of {op} at opset {opset}", "导出器在 opset {opset} 下没有 {op} 的 ONNX 形式"},
    .cause = {"There is no symbolic function for the operator at this opset, so no ONNX file was written; TensorRT was not reached.",
              "该 opset 下没有此算子的符号函数，因此没有写出 ONNX 文件；流程尚未到达 TensorRT。"},
    .remedy = {"{advice}\nExport with a newer opset: torch.onnx.export(..., opset_version=17), or with dynamo=True.\nOtherwise register a symbolic function (torch.onnx.register_custom_op_symbolic) that emits supported nodes or a plugin node.",
               "{advice_zh}\n以更新的 opset 导出：torch.onnx.export(..., opset_version=17)，或 dynamo=True。\n否则注册符号函数（torch.onnx.register_custom_op_symbolic），输出受支持的节点或插件节点。"},
    .example = "torch.onnx.errors.UnsupportedOperatorError: Exporting the operator 'aten::grid_sampler' to ONNX opset version 11 is not supported."};

inline constexpr Diagnostic log_op_torch_unsupported{
    .code = "PH9123", .slug = "log-op-torch-unsupported", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Torch-TensorRT has no converter for an operator", "Torch-TensorRT 没有某算子的转换器"},
    .message = {"no converter for {ops}", "没有 {ops} 的转换器"},
    .cause = {"Torch-TensorRT converts the graph operator by operator; one without a converter stays in PyTorch, or makes the compilation fail where the whole graph is required.",
              "Torch-TensorRT 逐个算子转换；没有转换器的算子留在 PyTorch 中，若要求整图转换则编译失败。"},
    .remedy = {"Without require_full_compilation=True the rest still runs in TensorRT; look at the number of engines with torch_tensorrt.dynamo.compile(..., dryrun=True).\nRewrite the operator, or register a converter: @torch_tensorrt.dynamo.conversion.dynamo_tensorrt_converter(...)\nOr go by way of ONNX: torch.onnx.export and trtexec.",
               "不使用 require_full_compilation=True 时，其余部分仍在 TensorRT 中运行；用 torch_tensorrt.dynamo.compile(..., dryrun=True) 查看引擎数量。\n改写该算子，或注册转换器：@torch_tensorrt.dynamo.conversion.dynamo_tensorrt_converter(...)\n或经由 ONNX：torch.onnx.export 与 trtexec。"},
    .example = "ERROR: [Torch-TensorRT] - Unsupported operator: aten::im2col(Tensor self, int[2] kernel_size) -> Tensor"};

inline constexpr Diagnostic log_op_legacy_unsupported{
    .code = "PH9124", .slug = "log-op-legacy-unsupported", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The UFF or Caffe importer lacks an operator", "UFF 或 Caffe 导入器缺少算子"},
    .message = {"the {format} parser does not support {op}", "{format} 解析器不支持 {op}"},
    .cause = {"UFF and Caffe are formats that TensorRT no longer develops (removed in 9); their importers know few operators.",
              "UFF 与 Caffe 格式已停止开发（9 起移除），其导入器支持的算子很少。"},
    .remedy = {"Convert to ONNX instead: python -m tf2onnx.convert --saved-model DIR --opset 13 --output model.onnx\nThen build with trtexec --onnx=model.onnx.",
               "改为转换成 ONNX：python -m tf2onnx.convert --saved-model DIR --opset 13 --output model.onnx\n随后用 trtexec --onnx=model.onnx 构建。"},
    .example = "[TensorRT] ERROR: UffParser: Validator error: prefix/NonZero: Unsupported operation _NonZero"};

inline constexpr Diagnostic log_op_python_control{
    .code = "PH9125", .slug = "log-op-python-control", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tracing froze a decision that depends on data", "跟踪导出固化了依赖数据的分支"},
    .message = {"{count} warning(s) of the tracer, the first: {text}", "{count} 条跟踪警告，首条：{text}"},
    .cause = {"torch.onnx.export runs the model once: a Python if, int() or iteration over a tensor becomes the constant of that one run. The model is right for the example input and wrong for other sizes.",
              "torch.onnx.export 只运行一次模型：对张量的 Python if、int() 或迭代会变成这一次运行的常量。模型对示例输入正确，对其他尺寸可能出错。"},
    .remedy = {"Look at each place named: harmless where the value never changes (the number of layers, a fixed size).\nElse write it with tensor operations (torch.where), or export with dynamo=True.\nCompare outputs at a second size: pharos verify model.onnx, or polygraphy run --onnxrt --trt --input-shapes.",
               "逐一检查所指位置：若取值从不变化（层数、固定尺寸）则无害。\n否则改用张量运算（torch.where），或以 dynamo=True 导出。\n用第二种尺寸比较输出：pharos verify model.onnx，或 polygraphy run --onnxrt --trt --input-shapes。"},
    .example = "TracerWarning: Converting a tensor to a Python boolean might cause the trace to be incorrect."};

inline constexpr std::array log_operators_entries{&log_op_no_importer, &log_op_plugin_not_loaded, &log_op_plugin_missing_at_load, &log_op_not_onnx,
                                                  &log_op_fallback, &log_op_partition, &log_op_nothing_converted, &log_op_native_segment,
                                                  &log_op_einsum, &log_op_output_unsupported, &log_op_attribute_unsupported, &log_op_needs_constant,
                                                  &log_op_uint8, &log_op_type_unsupported, &log_op_if_branches, &log_op_data_dependent,
                                                  &log_op_other_device, &log_op_dla_fallback, &log_op_dla_refused, &log_op_plugin_field,
                                                  &log_op_plugin_create_failed, &log_op_export_refused, &log_op_torch_unsupported,
                                                  &log_op_legacy_unsupported, &log_op_python_control};

}  // namespace pharos::diag
