#pragma once
// PH980x to PH984x: wrong use of the API.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_parameter_check{
    .code = "PH9801", .slug = "log-parameter-check", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A call was refused: its arguments are not valid", "调用被拒绝：参数无效"},
    .message = {"{call}: condition not met: {condition}",
                "{call}：条件不满足：{condition}"},
    .cause = {"TensorRT checks the arguments of each call; the condition named is not met.",
              "TensorRT 会检查每次调用的参数；所示条件不满足。"},
    .remedy = {"Read the condition: it names the member or argument that is wrong ({condition}).\nLook up the call in the API reference for its order and ranges.",
               "查看条件：它指出有误的成员或参数（{condition}）。\n在 API 参考中查看该调用的顺序与取值范围。"},
    .example = "[E] 3: Error Code 3: API Usage Error (Parameter check failed at: network.cpp::addInput::1671, condition: isValidDims(dims, hasImplicitBatchDimension()))"};

inline constexpr Diagnostic log_no_outputs{
    .code = "PH9802", .slug = "log-network-without-outputs", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The network has no output", "网络没有输出"},
    .message = {"the network has no output",
                "网络没有输出"},
    .cause = {"Nothing was marked as output, or the parser failed before and its result was ignored.",
              "没有标记任何输出，或解析失败而其结果被忽略。"},
    .remedy = {"Check parser.parse(...): print every parser.get_error(i) where it returns False.\nAPI networks: network.mark_output(tensor).",
               "检查 parser.parse(...)：返回 False 时打印每个 parser.get_error(i)。\nAPI 网络：network.mark_output(tensor)。"},
    .example = "[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)"};

inline constexpr Diagnostic log_address_not_set{
    .code = "PH9803", .slug = "log-tensor-address-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input or output has no memory", "输入或输出没有内存"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Every tensor of the engine needs an address before a run; one was forgotten (often a new or optional output).",
              "运行前引擎的每个张量都需要地址；有一个被遗漏（常为新增或可选输出）。"},
    .remedy = {"Set all: for i in range(engine.num_io_tensors): context.set_tensor_address(engine.get_tensor_name(i), ptr).\nOptional outputs need a buffer too.",
               "全部设置：for i in range(engine.num_io_tensors): context.set_tensor_address(engine.get_tensor_name(i), ptr)。\n可选输出同样需要缓冲区。"},
    .example = "[E] IExecutionContext::enqueueV3: Error Code 3: API Usage Error (Address is not set for input tensor x. Call setInputTensorAddress or setTensorAddress before enqueue/execute.)"};

inline constexpr Diagnostic log_refit{
    .code = "PH9804", .slug = "log-refit-refused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Weights cannot be refitted", "权重无法替换（refit）"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The engine was not built for refitting, the names are those of another model, or not all weights were given.",
              "引擎未以可 refit 方式构建、名称属于另一模型，或未给出全部权重。"},
    .remedy = {"Build with --refit (BuilderFlag.REFIT), and take the names from refitter.get_all_weights().\nGive every weight that refitter.get_missing_weights() lists.",
               "以 --refit（BuilderFlag.REFIT）构建，并从 refitter.get_all_weights() 获取名称。\n提供 refitter.get_missing_weights() 列出的每个权重。"},
    .example = "[E] IRefitter::setNamedWeightsWithLocation: Error Code 3: API Usage Error (conv1.weight: The weights cannot be refitted.)"};

inline constexpr Diagnostic log_weight_streaming{
    .code = "PH9805", .slug = "log-weight-streaming", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Weight streaming was not built in", "引擎未启用权重流式加载"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The engine was built without BuilderFlag.WEIGHT_STREAMING.",
              "引擎构建时未启用 BuilderFlag.WEIGHT_STREAMING。"},
    .remedy = {"Build again with --allowWeightStreaming (config.set_flag(trt.BuilderFlag.WEIGHT_STREAMING)), or leave out the budget.",
               "以 --allowWeightStreaming（config.set_flag(trt.BuilderFlag.WEIGHT_STREAMING)）重新构建，或不设置预算。"},
    .example = "[E] ICudaEngine::getMinimumWeightStreamingBudget: Error Code 3: API Usage Error (condition: mEnableWeightStreaming. This engine was not built with weight streaming support.)"};

inline constexpr Diagnostic log_strongly_typed_flags{
    .code = "PH9806", .slug = "log-strongly-typed-flags", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Precision flags contradict a strongly typed network", "精度标志与强类型网络冲突"},
    .message = {"{what}",
                "{what}"},
    .cause = {"In a strongly typed network the types of the model decide; flags such as FP16, BF16, INT8 are refused.",
              "强类型网络由模型自身的类型决定；FP16、BF16、INT8 等标志会被拒绝。"},
    .remedy = {"Drop the precision flags, or make the network without STRONGLY_TYPED (up to TensorRT 10).\nTo run in FP16, convert the model: modelopt.onnx.autocast or onnxconverter-common.",
               "去掉精度标志，或不使用 STRONGLY_TYPED 创建网络（TensorRT 10 及以前）。\n若要以 FP16 运行，请转换模型：modelopt.onnx.autocast 或 onnxconverter-common。"},
    .example = "[E] IBuilder::buildSerializedNetwork: Error Code 3: API Usage Error (Parameter check failed, condition: !config.getFlag(BuilderFlag::kFP16).)"};

inline constexpr Diagnostic log_plugin_twice{
    .code = "PH9807", .slug = "log-plugin-registered-twice", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin library is registered twice", "插件库被重复注册"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Two libraries define the same plugin, or one was loaded twice.",
              "两个库定义了同一插件，或同一个库加载了两次。"},
    .remedy = {"Load each library once: either --staticPlugins or registry.load_library, not both; deregister before loading again.\nIf names clash, use another namespace.",
               "每个库只加载一次：--staticPlugins 或 registry.load_library 二选一；再次加载前先注销。\n若名称冲突，请使用其他命名空间。"},
    .example = "[E] IPluginRegistry::loadLibrary: Error Code 4: API Usage Error (Cannot register the library as plugin creator of Nothing exists already.)"};

inline constexpr Diagnostic log_layer_types{
    .code = "PH9808", .slug = "log-layer-input-types", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A layer got inputs of the wrong type", "层的输入类型不正确"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The layer takes other types or kinds of tensors: Bool conditions for loops and Where, equal types for elementwise layers.",
              "该层需要其他类型：循环与 Where 的条件需为 Bool，逐元素层需类型一致。"},
    .remedy = {"Cast the tensor before the layer (network.add_cast, or a Cast node in the model).",
               "在该层之前转换类型（network.add_cast，或模型中的 Cast 节点）。"},
    .example = "[E] 3: (Unnamed Layer* 6) [TripLimit]: TripLimit::kWHILE requires Bool input"};

inline constexpr Diagnostic log_layer_dims{
    .code = "PH9809", .slug = "log-layer-input-dims", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tensors of a layer do not fit each other", "层的张量维度不匹配"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The network joins tensors whose dimensions do not agree; built by hand or by a converter with a wrong stride, padding or axis.",
              "网络将维度不一致的张量相连；手写网络或转换器使用了错误的步长、填充或轴。"},
    .remedy = {"Print the shapes of the layer's inputs while building: tensor.shape.\nCompare with the original network at the layer named.",
               "构建时打印该层输入的形状：tensor.shape。\n在所示层处与原网络比较。"},
    .example = "ERROR: [TRT]: 4: [layers.cpp::estimateOutputDims::1944] Error Code 4: Internal Error (route_15: all concat input tensors must have the same dimensions except on the concatenation axis (0))"};

inline constexpr Diagnostic log_fill_arguments{
    .code = "PH9810", .slug = "log-fill-arguments", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A fill layer lacks its tensors", "Fill 层缺少参数张量"},
    .message = {"{what}",
                "{what}"},
    .cause = {"A linspace of several dimensions needs alpha and beta as tensors.",
              "多维 linspace 需要以张量形式提供 alpha 与 beta。"},
    .remedy = {"layer.set_input(1, alpha); layer.set_input(2, beta), with one beta for each dimension.",
               "layer.set_input(1, alpha)；layer.set_input(2, beta)，每个维度一个 beta。"},
    .example = "[E] 2: [fillRunner.cpp::executeLinSpace::46] Error Code 2: Internal Error (Assertion dims.nbDims == 1 failed. Alpha and beta tensor should be set when output an ND tensor)"};

inline constexpr Diagnostic log_vectorized_query{
    .code = "PH9811", .slug = "log-vectorized-query", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A vector format was asked of a tensor that has none", "对非向量化张量查询向量格式"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Bytes and components per element exist only for vectorised formats (CHW4, CHW32).",
              "每分量字节数等仅对向量化格式（CHW4、CHW32）有意义。"},
    .remedy = {"Check get_tensor_vectorized_dim(name) != -1 first.",
               "先检查 get_tensor_vectorized_dim(name) != -1。"},
    .example = "[E] 3: Get bytes per component failed, getBindingVectorizedDim() result shall not equal -1."};

inline constexpr Diagnostic log_multi_device{
    .code = "PH9812", .slug = "log-multi-device", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A communicator was given to an engine that is not multi-device", "为非多设备引擎设置了通信器"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Only engines built for several devices take one.",
              "只有为多设备构建的引擎才接受通信器。"},
    .remedy = {"Leave the call out, or build a multi-device engine.",
               "去掉该调用，或构建多设备引擎。"},
    .example = "[E] IExecutionContext::setCommunicator: Error Code 3: API Usage Error (condition: mIsMdEngine == true. The engine is not a multi-device engine.)"};

inline constexpr Diagnostic log_profile_in_use{
    .code = "PH9813", .slug = "log-profile-in-use", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two contexts use one profile", "两个上下文使用同一优化配置"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Up to TensorRT 8.5 a profile belongs to one context at a time.",
              "TensorRT 8.5 及以前，一个配置同一时间只属于一个上下文。"},
    .remedy = {"Make one profile per context, or use TensorRT 10 (8.6: PreviewFeature PROFILE_SHARING_0806).",
               "为每个上下文建立一个配置，或使用 TensorRT 10（8.6：PreviewFeature PROFILE_SHARING_0806）。"},
    .example = "[E] Profile 0 has been chosen by another IExecutionContext."};

inline constexpr Diagnostic log_lifetime{
    .code = "PH9814", .slug = "log-lifetime-order", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An object is destroyed before those that were made from it", "对象先于由其创建的对象销毁"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Engines must be gone before their runtime, contexts before their engine.",
              "引擎需先于 runtime 销毁，上下文需先于引擎销毁。"},
    .remedy = {"Destroy in the order contexts, engines, runtime, builder.",
               "按上下文、引擎、runtime、builder 的顺序销毁。"},
    .example = "[E] Destroying a runtime before destroying deserialized engines created by the runtime leads to undefined behavior."};

inline constexpr Diagnostic log_network_reused{
    .code = "PH9815", .slug = "log-network-reused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A network is parsed into twice", "向同一网络重复解析"},
    .message = {"{what}",
                "{what}"},
    .cause = {"parse() wants an empty network.",
              "parse() 需要空网络。"},
    .remedy = {"Make a new network and parser for each model.",
               "为每个模型创建新的网络与解析器。"},
    .example = "[E] Parse was called with a non-empty network definition"};

inline constexpr Diagnostic log_option_unknown{
    .code = "PH9816", .slug = "log-option-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"trtexec does not know an option", "trtexec 不识别某选项"},
    .message = {"{what}",
                "{what}"},
    .cause = {"It is misspelt, belongs to another version, or has a blank instead of '='.",
              "拼写有误、属于其他版本，或用空格代替了“=”。"},
    .remedy = {"Write --option=value; compare with trtexec --help of this version.\nOptions change between versions: --workspace became --memPoolSize=workspace:N (8.4), --buildOnly became --skipInference (8.6), precision flags are gone in 11.",
               "写作 --option=value；与该版本的 trtexec --help 核对。\n选项随版本变化：--workspace 改为 --memPoolSize=workspace:N（8.4），--buildOnly 改为 --skipInference（8.6），精度选项在 11 中移除。"},
    .example = "[E] Unknown option: --fp61"};

inline constexpr Diagnostic log_deprecated_flag{
    .code = "PH9817", .slug = "log-deprecated-flag", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A deprecated flag has no effect any more", "已弃用的标志不再起作用"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The behaviour it asked for is the default now.",
              "其请求的行为现已为默认。"},
    .remedy = {"Remove the flag.",
               "移除该标志。"},
    .example = "[W] profileSharing0806 is on by default in TensorRT 10.0. This flag is deprecated and has no effect."};

inline constexpr Diagnostic log_state_error{
    .code = "PH9818", .slug = "log-call-order", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A call came at the wrong time", "调用时机不正确"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The object is not in a state in which the call is possible (error code 9).",
              "对象所处状态不允许该调用（错误码 9）。"},
    .remedy = {"Check the order of calls in the API reference: profile before shapes, shapes before addresses, addresses before enqueue.",
               "查看 API 参考中的调用顺序：先配置后形状，先形状后地址，先地址后 enqueue。"},
    .example = "[E] Error Code 9: Invalid State (context has no profile)"};

inline constexpr std::array log_api_entries{
    &log_parameter_check, &log_no_outputs, &log_address_not_set, &log_refit, &log_weight_streaming,
    &log_strongly_typed_flags, &log_plugin_twice, &log_layer_types, &log_layer_dims, &log_fill_arguments,
    &log_vectorized_query, &log_multi_device, &log_profile_in_use, &log_lifetime, &log_network_reused,
    &log_option_unknown, &log_deprecated_flag, &log_state_error};

}  // namespace pharos::diag
