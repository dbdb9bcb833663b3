#pragma once
// PH92xx: dynamic shapes and optimisation profiles.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_profile_missing{
    .code = "PH9201", .slug = "log-profile-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Dynamic inputs without an optimisation profile", "动态输入没有优化配置"},
    .message = {"no profile for the dynamic input(s) {inputs}",
                "动态输入 {inputs} 没有优化配置"},
    .cause = {"The model has dimensions that are not fixed; the builder needs a range for each to choose kernels and plan memory.",
              "模型含未固定的维度；构建器需要其范围来选择内核与规划内存。"},
    .remedy = {"trtexec: --minShapes={option_min} --optShapes={option_opt} --maxShapes={option_max}\nAPI: profile = builder.create_optimization_profile(); profile.set_shape('{first}', {min_dims}, {opt_dims}, {max_dims}); config.add_optimization_profile(profile)\nOr export with fixed shapes. opt is the size for which tactics are timed: give the usual one.",
               "trtexec: --minShapes={option_min} --optShapes={option_opt} --maxShapes={option_max}\nAPI：profile = builder.create_optimization_profile(); profile.set_shape('{first}', {min_dims}, {opt_dims}, {max_dims}); config.add_optimization_profile(profile)\n或以固定形状导出。opt 是用于计时的尺寸：请给出最常用的尺寸。"},
    .example = "[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network has dynamic or shape inputs, but no optimization profile has been defined.)"};

inline constexpr Diagnostic log_profile_incomplete{
    .code = "PH9202", .slug = "log-profile-incomplete", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A profile does not cover every dynamic input", "优化配置未覆盖所有动态输入"},
    .message = {"profile {profile} lacks dimensions for '{input}'",
                "配置 {profile} 缺少“{input}”的维度"},
    .cause = {"The profile has no range for that input, or the name is misspelt.",
              "配置中没有该输入的范围，或名称拼写有误。"},
    .remedy = {"Give min, opt and max for '{input}' too: --minShapes={input}:... --optShapes={input}:... --maxShapes={input}:...\nCompare names with the model's: polygraphy inspect model model.onnx.",
               "同样为“{input}”提供 min、opt、max：--minShapes={input}:... --optShapes={input}:... --maxShapes={input}:...\n与模型中的名称核对：polygraphy inspect model model.onnx。"},
    .example = "[E] x: dynamic input is missing dimensions in profile 0."};

inline constexpr Diagnostic log_profile_rank{
    .code = "PH9203", .slug = "log-profile-rank", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A profile has another number of dimensions than the input", "优化配置的维数与输入不符"},
    .message = {"'{input}' has {expected} dimensions, profile {profile} gives {actual}",
                "“{input}”有 {expected} 维，配置 {profile} 给出 {actual} 维"},
    .cause = {"The batch dimension was forgotten, or the layout was taken differently.",
              "遗漏了批维度，或布局理解不同。"},
    .remedy = {"Give all {expected} dimensions of '{input}', batch included.",
               "给出“{input}”的全部 {expected} 个维度，包括批维度。"},
    .example = "[E] x: number of dimensions is 4 but profile 0 has 3."};

inline constexpr Diagnostic log_profile_static_dim{
    .code = "PH9204", .slug = "log-profile-static-dim", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A profile gives a range to a fixed dimension", "优化配置为固定维度给出了范围"},
    .message = {"dimension {index} of '{input}' is fixed at {fixed}, profile {profile} gives {given}",
                "“{input}”的第 {index} 维固定为 {fixed}，配置 {profile} 给出 {given}"},
    .cause = {"Only the dimensions that were exported as dynamic may have a range.",
              "只有以动态方式导出的维度才能有范围。"},
    .remedy = {"Use {fixed} for that dimension in min, opt and max.\nOr export it dynamic: torch.onnx.export(..., dynamic_axes=...).",
               "在 min、opt、max 中该维均使用 {fixed}。\n或以动态方式导出该维：torch.onnx.export(..., dynamic_axes=...)。"},
    .example = "[E] x: for dimension number 2 in profile 0 does not match network definition (got min=224, opt=320, max=640), expected min=opt=max=224)."};

inline constexpr Diagnostic log_profile_order{
    .code = "PH9205", .slug = "log-profile-order", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Minimum, optimum and maximum are out of order", "最小、最优、最大顺序错误"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Each dimension needs min <= opt <= max.",
              "每个维度都需满足 min <= opt <= max。"},
    .remedy = {"Put the values of the shape options in order.",
               "请按顺序给出形状选项的值。"},
    .example = "[E] Specified optimization profiles must satisfy MIN<=OPT<=MAX."};

inline constexpr Diagnostic log_profile_contradiction{
    .code = "PH9206", .slug = "log-profile-contradiction", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Shapes of a profile contradict the graph", "优化配置的形状与图矛盾"},
    .message = {"{which} of the profile cannot run: {why}",
                "配置的 {which} 无法运行：{why}"},
    .cause = {"Inside the graph the dimensions must fit each other (a hard-coded Reshape, inputs of related length); the values given do not.",
              "图内部的维度需相互匹配（写死的 Reshape、长度相关的输入），而给定的值不满足。"},
    .remedy = {"Give related inputs values that belong together (the same batch, the same length).\nRe-export with symbolic dimensions instead of constants taken from the example input.\nCheck with ONNX Runtime at the same shapes.",
               "为相关输入给出一致的值（相同的批、相同的长度）。\n以符号维度重新导出，而非示例输入的常量。\n用 ONNX Runtime 以相同形状验证。"},
    .example = "[E] kOPT values for profile 0 violate shape constraints: reshape would change volume. Condition '==' violated: 3 != 4."};

inline constexpr Diagnostic log_shape_out_of_range{
    .code = "PH9207", .slug = "log-shape-out-of-range", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input is outside the range of the profile", "输入超出优化配置的范围"},
    .message = {"'{input}' has shape {given}; the profile allows {range}",
                "“{input}”的形状为 {given}；配置允许 {range}"},
    .cause = {"The engine was built for a range of shapes and got one outside of it.",
              "引擎为一定范围的形状构建，而输入超出该范围。"},
    .remedy = {"Rebuild with a range that holds it: --minShapes={input}:... --maxShapes={input}:...\nOr fit the input: pad or split it; choose another profile (context.set_optimization_profile_async).\nCheck that the caller's batch and length limits equal those of the build.",
               "以包含该形状的范围重新构建：--minShapes={input}:... --maxShapes={input}:...\n或调整输入：填充或拆分；选择其他配置（context.set_optimization_profile_async）。\n确认调用方的批与长度限制与构建一致。"},
    .example = "[E] IExecutionContext::setInputShape: Error Code 3: API Usage Error (Parameter check failed, condition: satisfyProfile. Set dimension [6,128] for tensor x does not satisfy any optimization profiles. Valid range for profile 0: [10,128]..[30,128].)"};

inline constexpr Diagnostic log_shape_static_mismatch{
    .code = "PH9208", .slug = "log-shape-static-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A fixed dimension of the engine got another value", "引擎的固定维度收到了不同的值"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The engine has a fixed size there: the export fixed it, or the layout (NCHW, NHWC) differs.",
              "引擎在该处为固定尺寸：导出时固定，或布局（NCHW、NHWC）不同。"},
    .remedy = {"Give the expected size, or export that axis dynamic and rebuild with a profile.\nCheck the layout of the array: channels first or last.",
               "提供期望的尺寸，或以动态方式导出该轴并配合优化配置重新构建。\n检查数组布局：通道在前还是在后。"},
    .example = "[E] Static dimension mismatch while setting input shape for x. Set dimensions are [8,3,224,224]. Expected dimensions are [1,3,224,224]."};

inline constexpr Diagnostic log_shapes_not_set{
    .code = "PH9209", .slug = "log-shapes-not-set", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The run started before all input shapes were set", "在设置全部输入形状之前开始运行"},
    .message = {"not every dynamic input has a shape",
                "并非所有动态输入都设置了形状"},
    .cause = {"The context does not know the shape of this run; each dynamic input needs one before enqueue.",
              "上下文不知道本次运行的形状；每个动态输入都需在 enqueue 之前设置。"},
    .remedy = {"context.set_input_shape(name, shape) for every dynamic input before execute (8.4 and older: set_binding_shape(index, shape)).\nCheck context.all_binding_shapes_specified, or that get_tensor_shape() holds no -1.",
               "执行前为每个动态输入调用 context.set_input_shape(name, shape)（8.4 及以前：set_binding_shape(index, shape)）。\n检查 context.all_binding_shapes_specified，或 get_tensor_shape() 不含 -1。"},
    .example = "[TRT] [E] 3: [executionContext.cpp::resolveSlots::1541] Error Code 3: API Usage Error (Parameter check failed, condition: allInputDimensionsSpecified(routine)"};

inline constexpr Diagnostic log_static_with_shapes{
    .code = "PH9210", .slug = "log-static-model-with-shapes", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Shape options for a model that is static", "为静态模型指定了形状选项"},
    .message = {"the model's inputs are fixed, and shape options were given",
                "模型输入固定，却给出了形状选项"},
    .cause = {"The export fixed all dimensions; there is nothing to choose.",
              "导出时固定了所有维度，没有可选择的。"},
    .remedy = {"Leave out --minShapes, --optShapes, --maxShapes and --shapes.\nIf you need other sizes: export with dynamic axes, e.g. torch.onnx.export(..., dynamic_axes=...).",
               "去掉 --minShapes、--optShapes、--maxShapes 与 --shapes。\n若需要其他尺寸：以动态轴导出，例如 torch.onnx.export(..., dynamic_axes=...)。"},
    .example = "[E] Static model does not take explicit shapes since the shape of inference tensors will be determined by the model itself"};

inline constexpr Diagnostic log_shape_name_unknown{
    .code = "PH9211", .slug = "log-shape-name-unknown", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A shape option names an input that the model does not have", "形状选项指定了模型中不存在的输入"},
    .message = {"there is no input '{input}'{suggestion}",
                "没有输入“{input}”{suggestion}"},
    .cause = {"The name is misspelt, or the exporter renamed the input.",
              "名称有误，或导出工具重命名了该输入。"},
    .remedy = {"Print the names: polygraphy inspect model model.onnx. Quote names with a colon: --shapes='input:0':1x3x224x224.",
               "打印名称：polygraphy inspect model model.onnx。含冒号的名称请加引号。"},
    .example = "[E] Cannot find input tensor with name \"imput\" in the network inputs! Please make sure the input tensor names are correct."};

inline constexpr Diagnostic log_shape_values_missing{
    .code = "PH9212", .slug = "log-shape-values-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An input that is used as a size has dimensions but no values", "作为尺寸使用的输入只有维度而没有值"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The values of that integer input decide shapes inside the network; the profile must give their range.",
              "该整数输入的值决定网络内部形状；配置需给出其取值范围。"},
    .remedy = {"API: profile.set_shape_input(name, min_values, opt_values, max_values).\nOr make the sizes constants when exporting.",
               "API：profile.set_shape_input(name, min_values, opt_values, max_values)。\n或在导出时将尺寸设为常量。"},
    .example = "[E] optimization profile is missing values for shape input"};

inline constexpr Diagnostic log_named_dims_differ{
    .code = "PH9213", .slug = "log-named-dims-differ", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Dimensions of one name have different values", "同名维度的值不同"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Inputs that share a dimension name (batch, sequence) must have equal sizes in a run.",
              "共享维度名（batch、sequence）的输入在一次运行中尺寸必须相等。"},
    .remedy = {"Set both inputs to the same size, or give the dimensions different names when exporting.",
               "将两个输入设为相同尺寸，或在导出时为维度使用不同名称。"},
    .example = "[E] For input: 'b' all named dimensions that share the same name must be equal. Note: Named dimensions were present on the following inputs"};

inline constexpr Diagnostic log_shape_assertion{
    .code = "PH9214", .slug = "log-shape-assertion", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A condition on shapes inside the network is not met", "网络内部的形状条件不满足"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The network states a condition (an assertion layer, or equal lengths of two inputs) that the given shapes do not fulfil.",
              "网络声明了条件（断言层，或两个输入长度相等），而给定形状不满足。"},
    .remedy = {"Give shapes that meet the condition named in the message.\nIf it is an assertion of your own, check its operands: it is evaluated at build time where they are constant.",
               "给出满足消息中条件的形状。\n若为自有断言，请检查其操作数：若为常量则在构建时求值。"},
    .example = "[E] 4: [graphShapeAnalyzer.cpp::processCheck::727] Error Code 4: Internal Error (IAssertionLayer (Unnamed Layer* 5) [Assertion]: condition[0] is false: 0. message)"};

inline constexpr Diagnostic log_shapes_overridden{
    .code = "PH9215", .slug = "log-shapes-overridden", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"trtexec filled in shapes that were not given", "trtexec 自行填入了未给出的形状"},
    .message = {"'{input}' was given the shape {shape}",
                "“{input}”被设为形状 {shape}"},
    .cause = {"Without shape options trtexec takes 1 for each dynamic dimension: times are those of batch 1.",
              "没有形状选项时，trtexec 将每个动态维度取为 1：所得时间为批大小 1 的时间。"},
    .remedy = {"Give the real size: --shapes={input}:..., at build time --minShapes, --optShapes and --maxShapes.",
               "给出实际尺寸：--shapes={input}:...，构建时用 --minShapes、--optShapes、--maxShapes。"},
    .example = "[W] Dynamic dimensions required for input: x, but no shapes were provided. Automatically overriding shape to: 1x3x1x1"};

inline constexpr Diagnostic log_profile_edge{
    .code = "PH9216", .slug = "log-profile-edge-invalid", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An end of the profile's range cannot run", "配置范围的端点无法运行"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The graph is not valid at the minimum or maximum of the range; the optimum works.",
              "图在范围的最小或最大端无效；最优值可用。"},
    .remedy = {"Tighten the range to sizes for which the model is valid.",
               "将范围收紧到模型有效的尺寸。"},
    .example = "[W] Min value of this profile is not valid"};

inline constexpr Diagnostic log_server_shape{
    .code = "PH9217", .slug = "log-server-shape-refused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A server refused a request because of its shape", "服务因形状拒绝了请求"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The request's shape does not fit the model's configuration or the engine's profile.",
              "请求的形状不符合模型配置或引擎的优化配置。"},
    .remedy = {"Compare the client's shape with dims and max_batch_size in config.pbtxt, and with the engine's range.\nRebuild with a larger range if such requests are legitimate.",
               "比较客户端形状与 config.pbtxt 中的 dims、max_batch_size 以及引擎范围。\n若此类请求合理，请以更大范围重新构建。"},
    .example = "E0719 model expected the shape of dimension 1 to be between 1 and 8 but received 16"};

inline constexpr Diagnostic log_explicit_batch{
    .code = "PH9218", .slug = "log-explicit-batch-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The network was made without an explicit batch dimension", "网络创建时未使用显式批维度"},
    .message = {"{what}",
                "{what}"},
    .cause = {"ONNX networks need the explicit-batch mode; up to TensorRT 9 it is a flag at creation.",
              "ONNX 网络需要显式批模式；TensorRT 9 及以前需在创建时指定标志。"},
    .remedy = {"builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH)); trtexec up to 8.x: --explicitBatch.\nFrom TensorRT 10 on it is the only mode: create_network(0).",
               "builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH))；8.x 的 trtexec：--explicitBatch。\nTensorRT 10 起为唯一模式：create_network(0)。"},
    .example = "[E] In node -1 (importModel): INVALID_VALUE: Assertion failed: !mImporterCtx.network()->hasImplicitBatchDimension() && \"This version of the ONNX parser only supports networks with an explicit batch dimension\""};

inline constexpr Diagnostic log_request_too_long{
    .code = "PH9219", .slug = "log-request-too-long", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A request is longer than the engine was built for", "请求长度超出引擎构建时的上限"},
    .message = {"{what}", "{what}"},
    .cause = {"An LLM engine has limits of its own: input length, whole sequence, tokens in one batch. A prompt beyond them is refused, whatever the model could take.",
              "LLM 引擎自带上限：输入长度、整个序列长度、一批中的 token 数。超出上限的提示会被拒绝，与模型本身的能力无关。"},
    .remedy = {"Build with room for the longest request: trtllm-build --max_input_len N --max_seq_len N+OUTPUT --max_num_tokens N (with paged context FMHA the input is limited by max_num_tokens).\nOr serve long prompts in pieces: --use_paged_context_fmha enable and enable_chunked_context: true.\nOr cut the prompt before it is sent, and tell the caller.",
               "构建时为最长请求留出空间：trtllm-build --max_input_len N --max_seq_len N+OUTPUT --max_num_tokens N（使用 paged context FMHA 时输入受 max_num_tokens 限制）。\n或分段处理长提示：--use_paged_context_fmha enable 与 enable_chunked_context: true。\n或在发送前截断提示并告知调用方。"},
    .example = "[TensorRT-LLM][ERROR] Encountered an error when fetching new request: Prompt length (9011) exceeds maximum input length (8191)."};

inline constexpr std::array log_shapes_entries{
    &log_profile_missing, &log_profile_incomplete, &log_profile_rank, &log_profile_static_dim, &log_profile_order,
    &log_profile_contradiction, &log_shape_out_of_range, &log_shape_static_mismatch, &log_shapes_not_set,
    &log_static_with_shapes, &log_shape_name_unknown, &log_shape_values_missing, &log_named_dims_differ,
    &log_shape_assertion, &log_shapes_overridden, &log_profile_edge, &log_server_shape, &log_explicit_batch, &log_request_too_long};

}  // namespace pharos::diag
