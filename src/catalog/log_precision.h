#pragma once
// PH935x to PH939x: reduced precision other than INT8.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_fp16_small_weights{
    .code = "PH9350", .slug = "log-fp16-small-weights", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Weights become subnormal or vanish in FP16", "部分权重在 FP16 下变为次正规数或下溢"},
    .message = {"{subnormal} weight tensor(s) hold subnormal FP16 values, {underflow} hold values below the smallest one (5.96e-8)",
                "{subnormal} 个权重张量含 FP16 次正规数，{underflow} 个含小于最小次正规数（5.96e-8）的值"},
    .cause = {"FP16 has full precision only above 6.1e-5. Smaller values, often from folded batch normalisation or weight decay, keep fewer bits; below 5.96e-8 they are rounded to the smallest subnormal. The values are tiny beside the others in the same tensor: mostly harmless.",
              "FP16 仅在 6.1e-5 以上具有完整精度。更小的值（常来自折叠的批归一化或权重衰减）有效位减少；低于 5.96e-8 时舍入为最小次正规数。与同一张量中的其他值相比它们极小：多数情况下无害。"},
    .remedy = {"Measure the accuracy of the FP16 engine against FP32 first: polygraphy run model.onnx --onnxrt --trt --fp16 --atol 1e-2 --rtol 1e-2.\nIf it drops: list the weights (--verbose names them) and keep their layers in FP32: --precisionConstraints=prefer --layerPrecisions=NAME:fp32.\nOr use BF16 (--bf16, Ampere and later), whose range is that of FP32.",
               "先测量 FP16 引擎相对 FP32 的精度：polygraphy run model.onnx --onnxrt --trt --fp16 --atol 1e-2 --rtol 1e-2。\n若下降：列出权重（--verbose 会给出名称），并将其所在层保持 FP32：--precisionConstraints=prefer --layerPrecisions=NAME:fp32。\n或使用 BF16（--bf16，Ampere 及以后），其范围与 FP32 相同。"},
    .example = "[W] [TRT] - 240 weights are affected by this issue: Detected subnormal FP16 values."};

inline constexpr Diagnostic log_fp16_overflow_weights{
    .code = "PH9351", .slug = "log-fp16-overflow-weights", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Weights overflow in FP16", "部分权重在 FP16 下溢出"},
    .message = {"{overflow} weight tensor(s) hold values beyond 65504: they are clamped, infinite or lose their meaning", "{overflow} 个权重张量含超过 65504 的值：将被截断、变为无穷或失去意义"},
    .cause = {"Attention masks of -1e9 or -FLT_MAX, large scales and embeddings do not fit FP16. Unlike subnormal weights this changes results.",
              "-1e9 或 -FLT_MAX 的注意力掩码、较大的缩放与嵌入无法用 FP16 表示。与次正规权重不同，这会改变结果。"},
    .remedy = {"Clip mask constants in the model to -1e4 (or to -65504), before softmax that is equivalent.\nKeep the layers in FP32: --precisionConstraints=obey --layerPrecisions=NAME:fp32 --layerOutputTypes=NAME:fp32.\nOr build with --bf16, which has the range of FP32.\nCompare outputs: polygraphy run --trt --fp16 --onnxrt --validate.",
               "将模型中的掩码常量限制为 -1e4（或 -65504），在 softmax 之前两者等价。\n将相应层保持 FP32：--precisionConstraints=obey --layerPrecisions=NAME:fp32 --layerOutputTypes=NAME:fp32。\n或以 --bf16 构建，其范围与 FP32 相同。\n比较输出：polygraphy run --trt --fp16 --onnxrt --validate。"},
    .example = "[W] [TRT]  - 3 weights are affected by this issue: Detected finite FP32 values which would overflow in FP16 and converted them to the closest finite FP16 value."};

inline constexpr Diagnostic log_layernorm_fp16{
    .code = "PH9352", .slug = "log-layernorm-fp16", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Layer normalisation runs in FP16", "层归一化以 FP16 运行"},
    .message = {"layer normalisation after attention runs in FP16 and may overflow: {layers}", "注意力之后的层归一化以 FP16 运行，可能溢出：{layers}"},
    .cause = {"The model holds LayerNorm as single operators (ReduceMean, Pow, Sqrt ...). The squares of activations above 256 exceed 65504 in FP16; results become infinite or NaN, without any further message.",
              "模型以分散的算子（ReduceMean、Pow、Sqrt 等）表示 LayerNorm。激活大于 256 时其平方在 FP16 下超过 65504，结果变为无穷或 NaN，且不再有任何提示。"},
    .remedy = {"Export with opset 17 or later: LayerNormalization stays one operator and TensorRT computes it in FP32 inside.\nOr keep it in FP32: --precisionConstraints=obey --layerPrecisions=*/Pow:fp32,*/ReduceMean:fp32,*/Sqrt:fp32 (names as in the log).\nOr --bf16.\nCheck: polygraphy run model.onnx --trt --fp16 --onnxrt --validate --atol 1e-2.",
               "以 opset 17 或更高导出：LayerNormalization 保持为单个算子，TensorRT 内部以 FP32 计算。\n或保持 FP32：--precisionConstraints=obey --layerPrecisions=*/Pow:fp32,*/ReduceMean:fp32,*/Sqrt:fp32（名称以日志为准）。\n或使用 --bf16。\n检查：polygraphy run model.onnx --trt --fp16 --onnxrt --validate --atol 1e-2。"},
    .example = "[W] [TRT] Running layernorm after self-attention in FP16 may cause overflow."};

inline constexpr Diagnostic log_non_finite_outputs{
    .code = "PH9353", .slug = "log-non-finite-outputs", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Outputs hold NaN or infinity", "输出含有 NaN 或无穷"},
    .message = {"{what} in output '{output}'{runner}", "输出“{output}”中含 {what}{runner}"},
    .cause = {"A division by zero, log or sqrt of a negative number in the model itself, if the reference shows it too; else an overflow of reduced precision (FP16 sums, squares, softmax, normalisation).",
              "若参考实现也出现，则为模型自身的除零、对负数取 log 或 sqrt；否则为降低精度导致的溢出（FP16 求和、平方、softmax、归一化）。"},
    .remedy = {"Run the reference: polygraphy run model.onnx --onnxrt --validate. If it fails too, repair the model (epsilon in the divisor, clip).\nElse find the first bad layer: polygraphy run model.onnx --trt --fp16 --onnxrt --trt-outputs mark all --onnx-outputs mark all --fail-fast --validate.\nKeep that layer in FP32 (--layerPrecisions=NAME:fp32 with --precisionConstraints=obey) or use --bf16.",
               "运行参考：polygraphy run model.onnx --onnxrt --validate。若同样失败，请修复模型（除数加 epsilon、裁剪）。\n否则定位首个异常层：polygraphy run model.onnx --trt --fp16 --onnxrt --trt-outputs mark all --onnx-outputs mark all --fail-fast --validate。\n将该层保持 FP32（--layerPrecisions=NAME:fp32 与 --precisionConstraints=obey），或使用 --bf16。"},
    .example = "[E]         Inf Detected | One or more non-finite values were encountered in this output"};

inline constexpr Diagnostic log_accuracy_mismatch{
    .code = "PH9354", .slug = "log-accuracy-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Outputs differ from the reference", "输出与参考不一致"},
    .message = {"the outputs exceed the tolerance: {text}", "输出超出容差：{text}"},
    .cause = {"Reduced precision (also TF32, which is on by default since Ampere) rounds differently, the two runs got different inputs, or a layer is wrong.",
              "降低的精度（包括 Ampere 起默认开启的 TF32）舍入不同、两次运行的输入不同，或某一层有错误。"},
    .remedy = {"Compare with a tolerance that fits the type: FP32 1e-5, TF32 1e-3, FP16 1e-2, INT8 only by task metrics.\nBuild once with --noTF32 and without --fp16: if this agrees, it is precision.\nFind the first layer: polygraphy debug precision model.onnx --fp16 --check polygraphy run polygraphy_debug.engine --trt --load-outputs golden.json.\nFeed real data: random inputs leave the range a model was trained for.",
               "使用与类型相符的容差：FP32 1e-5、TF32 1e-3、FP16 1e-2，INT8 只看任务指标。\n以 --noTF32 且不加 --fp16 构建一次：若一致，则为精度问题。\n定位首层：polygraphy debug precision model.onnx --fp16 --check polygraphy run polygraphy_debug.engine --trt --load-outputs golden.json。\n使用真实数据：随机输入会超出模型训练的范围。"},
    .example = "[E]     FAILED | Mismatched outputs: ['output']"};

inline constexpr Diagnostic log_constraints_dropped{
    .code = "PH9355", .slug = "log-precision-constraints-dropped", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Requested precisions or formats were not obeyed", "未能满足所要求的精度或格式"},
    .message = {"{count} time(s) no implementation obeyed the request, first for '{layer}'", "{count} 次没有实现满足要求，首次为“{layer}”"},
    .cause = {"The layer has no kernel of the requested type or layout on this GPU; the builder took another one and added conversions.",
              "该层在此 GPU 上没有所要求类型或布局的内核；构建器选用了其他实现并增加了转换。"},
    .remedy = {"Nothing needs to be done if the layer may run in higher precision.\nElse see what it runs in: --dumpLayerInfo --profilingVerbosity=detailed.\nRelax the formats of inputs and outputs: --inputIOFormats=fp16:chw.",
               "若该层允许以更高精度运行，则无需处理。\n否则查看其实际类型：--dumpLayerInfo --profilingVerbosity=detailed。\n放宽输入输出格式：--inputIOFormats=fp16:chw。"},
    .example = "[W] [TRT] No implementation of layer conv1 obeys the requested constraints in strict mode."};

inline constexpr Diagnostic log_int64_clamped{
    .code = "PH9356", .slug = "log-int64-weights-clamped", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"INT64 weights outside the range of INT32 were clamped", "超出 INT32 范围的 INT64 权重被截断"},
    .message = {"{count} time(s) INT64 weights did not fit INT32 and were clamped", "{count} 次 INT64 权重超出 INT32 并被截断"},
    .cause = {"TensorRT up to 9 has no INT64. Exporters write INT64_MAX as 'to the end' in Slice: clamping that is harmless. Real large numbers (hash ids, time stamps) would be wrong.",
              "TensorRT 9 及以前没有 INT64。导出器在 Slice 中用 INT64_MAX 表示“直到末尾”：截断无害。真正的大数（哈希 id、时间戳）则会出错。"},
    .remedy = {"Check that only sentinels are affected: the initialisers with 9223372036854775807 belong to Slice or Gather.\nFold constants (polygraphy surgeon sanitize --fold-constants), or use TensorRT 10, which has INT64.",
               "确认仅影响哨兵值：含 9223372036854775807 的初始化器属于 Slice 或 Gather。\n折叠常量（polygraphy surgeon sanitize --fold-constants），或使用支持 INT64 的 TensorRT 10。"},
    .example = "[W] [TRT] onnx2trt_utils.cpp:403: One or more weights outside the range of INT32 was clamped"};

inline constexpr Diagnostic log_float_clamped{
    .code = "PH9357", .slug = "log-float-weights-clamped", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"DOUBLE weights outside the range of FP32 were clamped", "超出 FP32 范围的 DOUBLE 权重被截断"},
    .message = {"{count} time(s) weights did not fit FP32 and were clamped{value}", "{count} 次权重超出 FP32 并被截断{value}"},
    .cause = {"The model stores double constants such as -1.8e308 or infinity, mostly masks.", "模型存有 -1.8e308 或无穷等双精度常量，多为掩码。"},
    .remedy = {"Export in float32; write masks as a finite number such as -1e4.\nCheck the layers that use them for NaN: inf - inf and 0 * inf have no value.",
               "以 float32 导出；掩码使用有限数，如 -1e4。\n检查使用它们的层是否产生 NaN：inf - inf 与 0 * inf 没有定义。"},
    .example = "[W] [TRT] Weight at index 0: -1.79769e+308 is out of range. Clamping to: -3.40282e+38"};

inline constexpr Diagnostic log_tf32_unavailable{
    .code = "PH9358", .slug = "log-tf32-unavailable", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"TF32 is not available on this GPU", "此 GPU 不支持 TF32"},
    .message = {"TF32 is switched off: the GPU is older than Ampere", "TF32 已关闭：GPU 早于 Ampere"},
    .cause = {"TF32 is allowed by default and needs Ampere or later.", "TF32 默认允许，需要 Ampere 或更新的 GPU。"},
    .remedy = {"Nothing needs to be done; --noTF32 silences it.", "无需处理；--noTF32 可消除此消息。"},
    .example = "[W] [TRT] BuilderFlag::kTF32 is set but hardware does not support TF32. Disabling TF32."};

inline constexpr Diagnostic log_mixed_types{
    .code = "PH9359", .slug = "log-mixed-types", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Inputs of one layer have different types", "同一层的输入类型不同"},
    .message = {"{count} layer(s) mix types, first {first} with {second} at '{layer}'", "{count} 层混用类型，首个为“{layer}”：{first} 与 {second}"},
    .cause = {"In a weakly typed network TensorRT patches this with conversions; in a strongly typed one it is an error. It comes from constants left in FP32 in an FP16 model, or from a network written by hand.",
              "弱类型网络中 TensorRT 会插入转换；强类型网络中则为错误。原因是 FP16 模型中保留了 FP32 常量，或网络为手工编写。"},
    .remedy = {"Cast the constants and inputs of these layers to one type in the model.\nConvert FP16 models as a whole: ModelOptimizer AutoCast (python -m modelopt.onnx.autocast --onnx_path=model.onnx).\nCheck the accuracy near these layers: the conversion may round.",
               "在模型中将这些层的常量与输入转换为同一类型。\n整体转换 FP16 模型：ModelOptimizer AutoCast（python -m modelopt.onnx.autocast --onnx_path=model.onnx）。\n检查这些层附近的精度：转换可能带来舍入。"},
    .example = "[W] [TRT] IElementWiseLayer with inputs a and b: first input has type Half but second input has type Float."};

inline constexpr Diagnostic log_type_mismatch{
    .code = "PH9360", .slug = "log-element-type-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The types of a layer's inputs do not agree", "某层的输入类型不一致"},
    .message = {"types do not agree: {text}", "类型不一致：{text}"},
    .cause = {"In a strongly typed network or inside a compiled region both operands must have one type. A constant or a branch of an FP16/BF16 model was left in FP32, or the exporter cast only one side.",
              "强类型网络或编译区域内，两个操作数必须类型相同。FP16/BF16 模型中的某常量或分支仍为 FP32，或导出器只转换了一侧。"},
    .remedy = {"Insert a Cast at the named layer so that both inputs have the same type.\nConvert the whole model with one tool instead of by hand: ModelOptimizer AutoCast, or onnxconverter_common.float16.convert_float_to_float16(model, keep_io_types=True).\nOr build without --stronglyTyped (TensorRT 10) and let the builder choose.",
               "在所指层处插入 Cast，使两个输入类型一致。\n用同一工具转换整个模型：ModelOptimizer AutoCast，或 onnxconverter_common.float16.convert_float_to_float16(model, keep_io_types=True)。\n或不使用 --stronglyTyped（TensorRT 10），由构建器选择。"},
    .example = "[E] Input 0's element type (half) differs from input 1's element type (float)."};

inline constexpr Diagnostic log_precision_without_hardware{
    .code = "PH9361", .slug = "log-precision-without-hardware", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The GPU does not accelerate the requested precision", "GPU 不加速所要求的精度"},
    .message = {"{type} was requested, and this GPU has no fast {type}", "请求了 {type}，但此 GPU 没有快速的 {type}"},
    .cause = {"Such kernels exist only as emulation or not at all on this architecture: FP16 needs compute capability 5.3, 6.0, 6.2 or 7.0 and later, INT8 6.1 or 7.0 and later, BF16 8.0, FP8 8.9, FP4 10.0.",
              "此架构上这类内核仅为模拟或不存在：FP16 需要计算能力 5.3、6.0、6.2 或 7.0 及以上，INT8 需 6.1 或 7.0 及以上，BF16 需 8.0，FP8 需 8.9，FP4 需 10.0。"},
    .remedy = {"Build without it and compare: the higher precision is often as fast here.\nMeasure on the GPU that will run it; quantised weights still save memory.",
               "去掉该精度构建并比较：更高精度在此处往往同样快。\n在实际运行的 GPU 上测量；量化权重仍可节省内存。"},
    .example = "[W] [TRT] The network has FP4 Q/DQ layers but the hardware does not accelerate FP4 compute."};

inline constexpr Diagnostic log_precision_flag_removed{
    .code = "PH9362", .slug = "log-precision-flag-removed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Precision flags are gone in this TensorRT", "此 TensorRT 版本已移除精度标志"},
    .message = {"'{name}' does not exist any more", "“{name}”已不存在"},
    .cause = {"From TensorRT 11 on every network is strongly typed: precision is what the model says, and the builder flags FP16, BF16, INT8, FP8 and the precision constraints were removed.",
              "自 TensorRT 11 起所有网络均为强类型：精度由模型决定，构建标志 FP16、BF16、INT8、FP8 与精度约束均已移除。"},
    .remedy = {"Convert the model: python -m modelopt.onnx.autocast --onnx_path=model.onnx --low_precision_type=fp16, and drop the flag.\nOr stay with TensorRT 10: pip install 'tensorrt<11'.",
               "转换模型：python -m modelopt.onnx.autocast --onnx_path=model.onnx --low_precision_type=fp16，并去掉该标志。\n或继续使用 TensorRT 10：pip install 'tensorrt<11'。"},
    .example = "AttributeError: type object 'tensorrt.tensorrt.BuilderFlag' has no attribute 'FP16'"};

inline constexpr Diagnostic log_layer_precision_skipped{
    .code = "PH9363", .slug = "log-layer-precision-skipped", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Some layers kept their own type", "部分层保留了自身类型"},
    .message = {"--layerPrecisions was not applied to some layers", "--layerPrecisions 未应用于部分层"},
    .cause = {"A wildcard also names layers whose outputs are integers, booleans or constants; these cannot take a floating-point type.",
              "通配符也匹配了输出为整数、布尔或常量的层；它们不能使用浮点类型。"},
    .remedy = {"Nothing needs to be done; --verbose lists the layers.", "无需处理；--verbose 会列出这些层。"},
    .example = "[I] Skipped setting precisions for some layers. Check verbose logs for more details."};

inline constexpr Diagnostic log_precision_not_enabled{
    .code = "PH9364", .slug = "log-precision-not-enabled", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A layer asks for a precision that the builder does not allow", "某层请求了构建器未启用的精度"},
    .message = {"{type} is set for a layer or its output, but not enabled in the builder", "某层或其输出设为 {type}，但构建器未启用该精度"},
    .cause = {"Types of single layers hold only among the precisions that the builder may use at all: without its flag a weakly typed network has FP32 and TF32.",
              "单层的类型只能在构建器允许的精度范围内选择：弱类型网络在没有相应标志时只有 FP32 与 TF32。"},
    .remedy = {"Enable it: --fp16 (--bf16, --int8), or config.set_flag(trt.BuilderFlag.FP16), before --layerPrecisions and --layerOutputTypes.\nOr take the constraints of the layers out: --precisionConstraints=none.\nIn TensorRT 10 and later rather type the model itself and build it with --stronglyTyped.",
               "先启用：--fp16（--bf16、--int8），或 config.set_flag(trt.BuilderFlag.FP16)，再使用 --layerPrecisions 与 --layerOutputTypes。\n或去掉各层的约束：--precisionConstraints=none。\nTensorRT 10 及以上建议在模型中直接指定类型，并用 --stronglyTyped 构建。"},
    .example = "[E] 4: [network.cpp::validate::3036] Error Code 4: API Usage Error (fp16 precision has been set for a layer or layer output, but fp16 is not configured in the builder)"};

inline constexpr std::array log_precision_entries{
    &log_fp16_small_weights, &log_fp16_overflow_weights, &log_layernorm_fp16, &log_non_finite_outputs, &log_accuracy_mismatch,
    &log_constraints_dropped, &log_int64_clamped, &log_float_clamped, &log_tf32_unavailable, &log_mixed_types, &log_type_mismatch,
    &log_precision_without_hardware, &log_precision_flag_removed, &log_layer_precision_skipped, &log_precision_not_enabled};

}  // namespace pharos::diag
