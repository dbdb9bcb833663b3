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
    .cause = {"TensorRT checks the arguments of each call. {meaning}",
              "TensorRT 会检查每次调用的参数。{meaning_zh}"},
    .remedy = {"{step}\nLook up {call} in the API reference for its order and ranges, and test what it returns: a refused call returns false or null.",
               "{step_zh}\n在 API 参考中查看 {call} 的调用顺序与取值范围，并检查返回值：被拒绝的调用返回 false 或空。"},
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
    .remedy = {"{advice}\nWrite --option=value; compare with trtexec --help of this version.\nOptions change between versions: --workspace became --memPoolSize=workspace:N (8.4), --buildOnly became --skipInference (8.6), precision flags are gone in 11.",
               "{advice_zh}\n写作 --option=value；与该版本的 trtexec --help 核对。\n选项随版本变化：--workspace 改为 --memPoolSize=workspace:N（8.4），--buildOnly 改为 --skipInference（8.6），精度选项在 11 中移除。"},
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

inline constexpr Diagnostic log_member_removed{
    .code = "PH9819", .slug = "log-member-removed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The script uses a member that this TensorRT no longer has", "脚本使用了此版本 TensorRT 已移除的成员"},
    .message = {"{owner}.{member} does not exist in the TensorRT that runs the script{gone}",
                "运行脚本的 TensorRT 中不存在 {owner}.{member}{gone_zh}"},
    .cause = {"The script was written for another major version: TensorRT 10 removed the calls that number bindings and implicit batch, 11 removed precision flags and calibration.",
              "脚本针对其他主版本编写：TensorRT 10 移除了按序号访问 binding 的调用与隐式批，11 移除了精度标志与校准。"},
    .remedy = {"Write instead: {instead}\nSee which version is loaded: python -c \"import tensorrt; print(tensorrt.__version__, tensorrt.__file__)\"\nUntil the script is ported, pin the version it was written for: {pin}",
               "改写为：{instead_zh}\n查看实际加载的版本：python -c \"import tensorrt; print(tensorrt.__version__, tensorrt.__file__)\"\n移植完成之前，固定为脚本所针对的版本：{pin_zh}"},
    .example = "AttributeError: 'tensorrt.tensorrt.ICudaEngine' object has no attribute 'num_bindings'"};

inline constexpr Diagnostic log_binding_direction{
    .code = "PH9820", .slug = "log-binding-direction", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An output is used as an input, or an input as an output", "输入与输出混用"},
    .message = {"{call}: the tensor named or numbered is no input", "{call}：所指的张量不是输入"},
    .cause = {"A call for inputs got the index or name of an output. With several profiles, indices of bindings go up by the number of bindings for each profile, so that a fixed number points elsewhere.",
              "针对输入的调用得到了输出的序号或名称。存在多个优化配置时，binding 序号按每个配置的数量递增，固定数字会指向别处。"},
    .remedy = {"Use names: context.set_input_shape(name, shape); engine.get_tensor_mode(name) tells the direction.\nWith indices (up to 8.x): engine.get_binding_index(name) + profile * (engine.num_bindings // engine.num_optimization_profiles)",
               "使用名称：context.set_input_shape(name, shape)；engine.get_tensor_mode(name) 可查询方向。\n使用序号时（8.x 及以前）：engine.get_binding_index(name) + profile * (engine.num_bindings // engine.num_optimization_profiles)"},
    .example = "[TRT] [E] 3: [engine.cpp::getProfileDimensions] Error Code 3: API Usage Error (Parameter check failed at: engine.cpp::getProfileDimensions::1, condition: mEngine.bindingIsInput(bindingIndex))"};

inline constexpr Diagnostic log_profile_index{
    .code = "PH9821", .slug = "log-profile-index-invalid", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A profile is chosen that the engine does not have", "所选优化配置不存在"},
    .message = {"profile {given} does not exist: {what}", "优化配置 {given} 不存在：{what}"},
    .cause = {"Profiles are numbered from 0 in the order in which they were added to the builder configuration.",
              "优化配置按加入构建配置的顺序从 0 开始编号。"},
    .remedy = {"Ask the engine: engine.num_optimization_profiles; trtexec --loadEngine=model.engine --dumpOptimizationProfile\nBuild with more: trtexec --profile=0 --minShapes=... --profile=1 --minShapes=...; Triton: profile in the instance group counts from 0 as well.",
               "查询引擎：engine.num_optimization_profiles；或 trtexec --loadEngine=model.engine --dumpOptimizationProfile\n增加配置后构建：trtexec --profile=0 --minShapes=... --profile=1 --minShapes=...；Triton 实例组中的 profile 同样从 0 计数。"},
    .example = "[E] 3: [executionContext.cpp::setOptimizationProfileInternal::753] Error Code 3: API Usage Error (Parameter check failed at: executionContext.cpp, condition: profileIndex >= 0 && profileIndex < mEngine.getNbOptimizationProfiles())"};

inline constexpr Diagnostic log_refit_flags{
    .code = "PH9822", .slug = "log-refit-flags-exclusive", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two kinds of refitting were asked for, one is kept", "请求了两种 refit 方式，仅保留其一"},
    .message = {"flags that exclude each other: {what}", "互斥的标志：{what}"},
    .cause = {"REFIT, REFIT_INDIVIDUAL and REFIT_IDENTICAL are alternatives; setting one unsets the others.",
              "REFIT、REFIT_INDIVIDUAL 与 REFIT_IDENTICAL 三者择一；设置其一会取消其余。"},
    .remedy = {"Keep one: REFIT (all weights), REFIT_INDIVIDUAL (marked ones), REFIT_IDENTICAL (fastest, same weights only).",
               "只保留一种：REFIT（全部权重）、REFIT_INDIVIDUAL（被标记的权重）、REFIT_IDENTICAL（最快，仅相同权重）。"},
    .example = "[W] Unset previous flag because kREFIT, kREFIT_INDIVIDUAL and kREFIT_IDENTICAL are mutually exclusive."};

inline constexpr Diagnostic log_layer_name_repeated{
    .code = "PH9823", .slug = "log-layer-name-repeated", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two layers or tensors have the same name", "两个层或张量重名"},
    .message = {"{name} is used twice", "名称 {name} 被使用了两次"},
    .cause = {"Names of layers and of network inputs and outputs have to be distinct: profiles, refitting and bindings go by them.",
              "层以及网络输入输出的名称必须互不相同：优化配置、refit 与 binding 都依赖名称。"},
    .remedy = {"Give each layer a name of its own: layer.name = f\"block{i}.conv\"\nIn an ONNX file rename the second one with onnx-graphsurgeon: tensor.name = \"out2\"",
               "为每层命名：layer.name = f\"block{i}.conv\"\n在 ONNX 文件中用 onnx-graphsurgeon 重命名第二个：tensor.name = \"out2\""},
    .example = "[E] Repeated layer name: conv1 (layers must have distinct names)"};

inline constexpr Diagnostic log_output_allocator{
    .code = "PH9824", .slug = "log-output-allocator-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An output whose size depends on data has no allocator", "尺寸依赖数据的输出没有分配器"},
    .message = {"{tensor} has neither a buffer nor an allocator", "{tensor} 既无缓冲区也无分配器"},
    .cause = {"The number of rows of the output is known only after the run (NonZero, NonMaxSuppression), so that a buffer of fixed size may be too small; TensorRT asks an IOutputAllocator for memory.",
              "输出行数只有运行后才知道（NonZero、NonMaxSuppression），固定大小的缓冲区可能不足；TensorRT 会向 IOutputAllocator 请求内存。"},
    .remedy = {"Set one: context.set_output_allocator(name, allocator) with reallocate_output and notify_shape implemented.\nOr give a buffer of the upper bound: context.get_max_output_size(name), and read the true shape after the run: context.get_tensor_shape(name).",
               "设置分配器：context.set_output_allocator(name, allocator)，并实现 reallocate_output 与 notify_shape。\n或按上限分配缓冲区：context.get_max_output_size(name)，运行后用 context.get_tensor_shape(name) 读取实际形状。"},
    .example = "[E] IExecutionContext::enqueueV3: Error Code 3: API Usage Error (Parameter check failed, condition: mOutputAllocator. Neither address or allocator is set for output tensor boxes.)"};

inline constexpr Diagnostic log_ep_option_unknown{
    .code = "PH9825", .slug = "log-ep-option-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"ONNX Runtime does not know an option of its TensorRT provider", "ONNX Runtime 不认识 TensorRT EP 的某个选项"},
    .message = {"provider option {option} is not known to this ONNX Runtime", "此 ONNX Runtime 不认识 EP 选项 {option}"},
    .cause = {"Options of the TensorRT execution provider come and go with releases of ONNX Runtime. The provider is then not created, and the session runs on CUDA or the CPU without saying more.",
              "TensorRT 执行提供程序的选项随 ONNX Runtime 版本增减。此时提供程序不会创建，会话改在 CUDA 或 CPU 上运行且没有更多提示。"},
    .remedy = {"Compare with the list of your release: python -c \"import onnxruntime; print(onnxruntime.__version__)\", page \"TensorRT execution provider\".\nLook what the session runs on: session.get_providers() must begin with TensorrtExecutionProvider.\nRemove or rename {option}.",
               "与所用版本的选项列表对照：python -c \"import onnxruntime; print(onnxruntime.__version__)\"，参见“TensorRT execution provider”页面。\n查看会话实际使用的后端：session.get_providers() 应以 TensorrtExecutionProvider 开头。\n移除或更名 {option}。"},
    .example = "[ONNXRuntimeError] : 2 : INVALID_ARGUMENT : Unknown provider option: \"trt_engine_hw_compatible\"."};

inline constexpr Diagnostic log_batch_call_mismatch{
    .code = "PH9826", .slug = "log-batch-call-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A call of implicit batch is used on an engine of explicit batch", "对显式批引擎使用了隐式批调用"},
    .message = {"{what}", "{what}"},
    .cause = {"execute(), enqueue() and their batch argument belong to networks with an implicit batch; an engine from ONNX always has an explicit one.",
              "execute()、enqueue() 及其批参数属于隐式批网络；由 ONNX 得到的引擎始终是显式批。"},
    .remedy = {"Call execute_v2(bindings) (8.x), or set_tensor_address for each tensor and execute_async_v3(stream) (8.5 or newer).\nChange the batch by the shape: context.set_input_shape(\"input\", (batch, 3, 224, 224)), within the profile.",
               "调用 execute_v2(bindings)（8.x），或对每个张量 set_tensor_address 后调用 execute_async_v3(stream)（8.5 及以上）。\n通过形状改变批大小：context.set_input_shape(\"input\", (batch, 3, 224, 224))，须在优化配置范围内。"},
    .example = "[E] 3: [executionContext.cpp::execute::301] Error Code 3: API Usage Error (Parameter check failed at: executionContext.cpp::execute::301, condition: mEngine.hasImplicitBatchDimension())"};

inline constexpr Diagnostic log_trtexec_usage{
    .code = "PH9827", .slug = "log-trtexec-usage", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Options of trtexec contradict each other or one is missing", "trtexec 选项矛盾或缺失"},
    .message = {"{what}", "{what}"},
    .cause = {"trtexec checks its options before it does anything; the line says which do not go together.",
              "trtexec 在执行之前检查选项；该行说明了哪些选项不能同时使用。"},
    .remedy = {"Build: trtexec --onnx=model.onnx --saveEngine=model.engine\nRun what was built: trtexec --loadEngine=model.engine --shapes=input:1x3x224x224\nDo not mix both; several shape triples need --profile=N before each.",
               "构建：trtexec --onnx=model.onnx --saveEngine=model.engine\n运行已构建的引擎：trtexec --loadEngine=model.engine --shapes=input:1x3x224x224\n二者不可混用；多组形状需在每组之前加 --profile=N。"},
    .example = "[E] Incompatible load and save engine options selected"};

inline constexpr Diagnostic log_io_formats_count{
    .code = "PH9828", .slug = "log-io-formats-count", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The list of formats does not fit the inputs or outputs", "格式列表与输入输出数量不符"},
    .message = {"{what}", "{what}"},
    .cause = {"--inputIOFormats and --outputIOFormats give one format per tensor in the order of the network, or one for all.",
              "--inputIOFormats 与 --outputIOFormats 按网络顺序为每个张量给出一种格式，或为全部给出一种。"},
    .remedy = {"Give as many as the network has, or one: --inputIOFormats=fp16:chw,int32:chw\nThe order is that of the ONNX graph: pharos inspect model.onnx",
               "数量与网络一致，或只给一个：--inputIOFormats=fp16:chw,int32:chw\n顺序与 ONNX 图一致：pharos inspect model.onnx"},
    .example = "[E] The number of inputIOFormats must match network's inputs or be one for broadcasting."};

inline constexpr std::array log_api_entries{
    &log_parameter_check, &log_no_outputs, &log_address_not_set, &log_refit, &log_weight_streaming,
    &log_strongly_typed_flags, &log_plugin_twice, &log_layer_types, &log_layer_dims, &log_fill_arguments,
    &log_vectorized_query, &log_multi_device, &log_profile_in_use, &log_lifetime, &log_network_reused,
    &log_option_unknown, &log_deprecated_flag, &log_state_error, &log_member_removed, &log_binding_direction,
    &log_profile_index, &log_refit_flags, &log_layer_name_repeated, &log_output_allocator,
    &log_ep_option_unknown, &log_batch_call_mismatch, &log_trtexec_usage, &log_io_formats_count};

}  // namespace pharos::diag
