#pragma once
// PH930x to PH934x: INT8, calibration, quantise/dequantise nodes.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_missing_scales{
    .code = "PH9301", .slug = "log-missing-scales", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tensors without an INT8 scale", "部分张量没有 INT8 缩放因子"},
    .message = {"{real} compute tensor(s) without a scale fall back to FP16/FP32 ({real_names}); {harmless} more are shapes, indices or integers, where that is normal ({harmless_names})",
                "{real} 个计算张量没有缩放因子，将回退到 FP16/FP32（{real_names}）；另有 {harmless} 个为形状、索引或整数张量，属正常情况（{harmless_names}）"},
    .cause = {"The calibration run or its cache holds no range for these tensors: the cache is of an older version of the model or of other names, the tensors were never reached by the calibration data, or they are not floating point at all (shapes, class numbers, NMS outputs), which needs no scale.",
              "校准过程或其缓存中没有这些张量的范围：缓存属于旧版模型或名称不同、校准数据从未经过这些张量，或者它们本来就不是浮点（形状、类别号、NMS 输出），后者不需要缩放因子。"},
    .remedy = {"Nothing needs to be done for outputs of shapes, NMS, TopK, ArgMax and constants.\nFor the others: delete the calibration cache and calibrate again with the present model (--calib=FILE is only read when its names match).\nFeed 100 to 500 samples that reach every branch of the network.\nOr set ranges by hand (tensor.dynamic_range = (-r, r)), or quantise explicitly: Q/DQ nodes carry a scale for each tensor.",
               "形状、NMS、TopK、ArgMax 的输出与常量无需处理。\n其余张量：删除校准缓存，用当前模型重新校准（--calib=FILE 仅在名称一致时有效）。\n提供 100 至 500 个能覆盖网络所有分支的样本。\n或手动设置范围（tensor.dynamic_range = (-r, r)），或采用显式量化：Q/DQ 节点为每个张量带有缩放因子。"},
    .example = "[W] [TRT] Missing scale and zero-point for tensor conv1_out, expect fall back to non-int8 implementation for any layer consuming or producing given tensor"};

inline constexpr Diagnostic log_calibrator_missing{
    .code = "PH9302", .slug = "log-calibrator-missing", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"INT8 is enabled without a calibrator", "启用了 INT8 但没有校准器"},
    .message = {"INT8 was requested, no calibrator was given: {situation}", "请求了 INT8 但未提供校准器：{situation_zh}"},
    .cause = {"Without a calibrator the ranges must come from Q/DQ nodes in the model or from dynamic ranges set by hand. trtexec fills in placeholder ranges: the engine has INT8 speed and meaningless accuracy.",
              "没有校准器时，范围必须来自模型中的 Q/DQ 节点或手动设置的动态范围。trtexec 会填入占位范围：引擎具有 INT8 的速度，但精度没有意义。"},
    .remedy = {"For a speed measurement: nothing needs to be done; do not use this engine for results.\nFor accuracy: quantise the ONNX model (ModelOptimizer: python -m modelopt.onnx.quantization --onnx_path=model.onnx --calibration_data=calib.npy), which also works from TensorRT 11 on.\nOr give a calibration cache: --calib=calibration.cache; in code config.int8_calibrator = MyEntropyCalibrator(...) (up to TensorRT 10).",
               "若只为测速：无需处理，但不要用该引擎获取结果。\n若需要精度：量化 ONNX 模型（ModelOptimizer：python -m modelopt.onnx.quantization --onnx_path=model.onnx --calibration_data=calib.npy），TensorRT 11 起同样适用。\n或提供校准缓存：--calib=calibration.cache；代码中 config.int8_calibrator = MyEntropyCalibrator(...)（TensorRT 10 及以前）。"},
    .example = "[W] [TRT] Calibrator is not being used. Users must provide dynamic range for all tensors that are not Int32 or Bool."};

inline constexpr Diagnostic log_calibrator_ignored{
    .code = "PH9303", .slug = "log-calibrator-ignored", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The calibrator is not used: the model brings its own scales", "未使用校准器：模型自带缩放因子"},
    .message = {"explicit quantisation: the scales of the Q/DQ nodes are used, the calibrator or its cache is not", "显式量化：使用 Q/DQ 节点的缩放因子，而不使用校准器或其缓存"},
    .cause = {"The network contains QuantizeLinear/DequantizeLinear layers; then implicit calibration is off for the whole network.",
              "网络包含 QuantizeLinear/DequantizeLinear 层；此时整个网络关闭隐式校准。"},
    .remedy = {"Expected for models from QAT or ModelOptimizer: drop --calib and the calibrator from the script.\nLayers without Q/DQ around them stay in FP16 or FP32: look at --dumpLayerInfo --profilingVerbosity=detailed to see which run in INT8.",
               "对 QAT 或 ModelOptimizer 的模型属正常：从脚本中去掉 --calib 与校准器。\n周围没有 Q/DQ 的层保持 FP16 或 FP32：用 --dumpLayerInfo --profilingVerbosity=detailed 查看哪些层以 INT8 运行。"},
    .example = "[W] [TRT] Calibrator won't be used in explicit precision mode. Use quantization aware training to generate network with Quantize/Dequantize nodes."};

inline constexpr Diagnostic log_calibration_profile{
    .code = "PH9304", .slug = "log-calibration-profile-undefined", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No calibration profile: profile 0 is used", "未定义校准配置：使用配置 0"},
    .message = {"calibration runs with the optimum shapes of profile 0", "校准使用配置 0 的最优形状"},
    .cause = {"The network has dynamic inputs and no calibration profile was set; the calibrator's batches must then have the optimum shape of profile 0.",
              "网络有动态输入而未设置校准配置；此时校准批次必须为配置 0 的最优形状。"},
    .remedy = {"Set one: profile.set_shape('x', s, s, s); config.set_calibration_profile(profile), with the shape that get_batch() delivers.\nNothing needs to be done if the batches have the optimum shape of profile 0.",
               "设置校准配置：profile.set_shape('x', s, s, s)；config.set_calibration_profile(profile)，形状与 get_batch() 提供的一致。\n若批次形状即为配置 0 的最优形状，则无需处理。"},
    .example = "[TRT] [W] Calibration Profile is not defined. Calibrating with Profile 0"};

inline constexpr Diagnostic log_calibration_cache_used{
    .code = "PH9305", .slug = "log-calibration-cache-used", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Scales come from a calibration cache", "缩放因子来自校准缓存"},
    .message = {"a calibration cache was read; no data was calibrated in this build", "读取了校准缓存；本次构建未使用数据校准"},
    .cause = {"The calibrator's read_calibration_cache() returned data. The cache is matched by tensor names only: after a change of the model or of its weights it is stale without any message.",
              "校准器的 read_calibration_cache() 返回了数据。缓存仅按张量名匹配：模型或权重改变后缓存即过期，且没有任何提示。"},
    .remedy = {"Delete the cache file whenever model, weights or preprocessing change.\nKeep the cache beside the model's hash, not under a fixed name.",
               "每当模型、权重或预处理改变时删除缓存文件。\n以模型哈希命名缓存，而非固定文件名。"},
    .example = "[I] [TRT] Generated calibration scales using calibration cache. Make sure that calibration cache has latest scales."};

inline constexpr Diagnostic log_calibration_cache_unreadable{
    .code = "PH9306", .slug = "log-calibration-cache-unreadable", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The calibration cache cannot be used", "无法使用校准缓存"},
    .message = {"calibration cache refused: {text}", "校准缓存被拒绝：{text}"},
    .cause = {"The file is missing or empty, was written by another calibration algorithm or TensorRT version, or is no calibration cache (it starts with 'TRT-<version>-EntropyCalibration2').",
              "文件缺失或为空、由其他校准算法或 TensorRT 版本写成，或不是校准缓存（其开头为“TRT-<版本>-EntropyCalibration2”）。"},
    .remedy = {"Check: head -c 60 calibration.cache.\nDelete the file and calibrate again with the same algorithm class (IInt8EntropyCalibrator2 and IInt8MinMaxCalibrator do not share caches).\nReturn None from read_calibration_cache() where the file is absent.",
               "检查：head -c 60 calibration.cache。\n删除文件并以同一算法类重新校准（IInt8EntropyCalibrator2 与 IInt8MinMaxCalibrator 的缓存不通用）。\n文件不存在时，read_calibration_cache() 应返回 None。"},
    .example = "[E] Can not open provided calibration cache file: calib.cache"};

inline constexpr Diagnostic log_few_calibration_batches{
    .code = "PH9307", .slug = "log-few-calibration-batches", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Few batches were calibrated", "校准批次过少"},
    .message = {"only {batches} batch(es) were calibrated{size}", "仅校准了 {batches} 个批次{size}"},
    .cause = {"Entropy calibration builds a histogram of each activation. With few samples rare large values are missing, ranges become too narrow, and activations saturate.",
              "熵校准为每个激活建立直方图。样本过少会缺失少见的大值，范围偏窄，导致激活饱和。"},
    .remedy = {"Calibrate 100 to 500 samples of real data that cover all conditions (light, classes, lengths); more rarely helps.\nCheck that get_batch() returns None only after the last batch, and that the batch size is what you think.\nCompare top-1/top-5 (or mAP) with FP32: the loss should stay within one point.",
               "使用 100 至 500 个覆盖各种条件（光照、类别、长度）的真实样本校准；再多帮助不大。\n检查 get_batch() 仅在最后一个批次之后返回 None，且批大小符合预期。\n与 FP32 比较 top-1/top-5（或 mAP）：损失应在一个百分点以内。"},
    .example = "[I] [TRT]   Calibrated batch 0 in 0.222241 seconds. and then 'Calibration completed'"};

inline constexpr Diagnostic log_calibration_coverage{
    .code = "PH9308", .slug = "log-calibration-coverage", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The calibration data does not reach every layer", "校准数据未覆盖所有层"},
    .message = {"the calibration data set does not cover some layers: accuracy may drop", "校准数据集未覆盖部分层：精度可能下降"},
    .cause = {"Some activations were never seen, or were always zero, with the samples given: branches that no sample takes, dead inputs, data of one kind only, or data preprocessed in another way than at run time.",
              "在给定样本下，部分激活从未出现或始终为零：没有样本经过的分支、无效输入、数据种类单一，或预处理与运行时不一致。"},
    .remedy = {"Use 100 to 500 samples of real data that cover all conditions met in operation, preprocessed exactly as at run time (scale, mean, colour order, layout).\nPrefer entropy calibration (IInt8EntropyCalibrator2) for CNNs; try min-max for transformers and wide ranges.\nVerify against FP32: top-1/top-5 within one point; keep layers that lose more in FP16 (--layerPrecisions=NAME:fp16).",
               "使用 100 至 500 个覆盖运行中所有条件的真实样本，预处理与运行时完全一致（缩放、均值、颜色顺序、布局）。\nCNN 优先使用熵校准（IInt8EntropyCalibrator2）；Transformer 与宽范围可尝试 min-max。\n与 FP32 对照：top-1/top-5 差距应在一个百分点以内；损失更大的层保持 FP16（--layerPrecisions=NAME:fp16）。"},
    .example = "[WARNING] Calibration dataset does not cover some layers, accuracy may drop."};

inline constexpr Diagnostic log_no_scaling_factors{
    .code = "PH9309", .slug = "log-no-scaling-factors", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Calibration found no scaling factors", "校准未得到任何缩放因子"},
    .message = {"calibration ended without a single scale", "校准结束但没有得到任何缩放因子"},
    .cause = {"get_batch() delivered nothing (None at the first call, an empty folder, a wrong path), all data was zero, or host addresses were returned where device addresses are expected.",
              "get_batch() 没有提供数据（首次调用即返回 None、目录为空、路径错误），数据全为零，或返回了主机地址而非设备地址。"},
    .remedy = {"Print the number of files found and the first batch's mean and range in get_batch().\nReturn device pointers: cuda.memcpy_htod(self.device_input, batch); return [int(self.device_input)].\nCheck that get_batch_size() is the batch that is copied.\nDelete an empty cache file: it is read instead of the data.",
               "在 get_batch() 中打印找到的文件数以及首个批次的均值与范围。\n返回设备指针：cuda.memcpy_htod(self.device_input, batch); return [int(self.device_input)]。\n检查 get_batch_size() 与实际复制的批大小一致。\n删除空的缓存文件：它会被读取以代替数据。"},
    .example = "[E] [TRT] Calibration failure occurred with no scaling factors detected. This could be due to no int8 calibrator or insufficient custom scales for network layers."};

inline constexpr Diagnostic log_zero_points{
    .code = "PH9310", .slug = "log-asymmetric-zero-points", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Zero points other than 0 are not supported", "不支持非零的零点"},
    .message = {"quantise/dequantise nodes have zero points other than 0: {text}", "量化/反量化节点的零点不为 0：{text}"},
    .cause = {"TensorRT quantises symmetrically. The model was quantised asymmetrically, mostly to UINT8 (ONNX Runtime's default for activations): its zero points are ignored and results are shifted, or the parser refuses the node.",
              "TensorRT 采用对称量化。模型为非对称量化，多为 UINT8（ONNX Runtime 激活的默认值）：零点被忽略导致结果偏移，或解析器拒绝该节点。"},
    .remedy = {"Quantise again, symmetric and signed: ONNX Runtime quantize_static(..., activation_type=QuantType.QInt8, weight_type=QuantType.QInt8, extra_options={'ActivationSymmetric': True, 'WeightSymmetric': True}).\nOr use ModelOptimizer, whose Q/DQ are made for TensorRT.",
               "以对称、有符号方式重新量化：ONNX Runtime quantize_static(..., activation_type=QuantType.QInt8, weight_type=QuantType.QInt8, extra_options={'ActivationSymmetric': True, 'WeightSymmetric': True})。\n或使用 ModelOptimizer，其 Q/DQ 专为 TensorRT 设计。"},
    .example = "[W] [TRT] builtin_op_importers.cpp: TensorRT currently supports only zero shifts values for QuatizeLinear/DequantizeLinear ops"};

inline constexpr Diagnostic log_scale_not_positive{
    .code = "PH9311", .slug = "log-scale-not-positive", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A quantisation scale is zero or negative", "量化缩放因子为零或负数"},
    .message = {"a QuantizeLinear/DequantizeLinear scale is not positive{node}", "QuantizeLinear/DequantizeLinear 的缩放因子不为正{node_zh}"},
    .cause = {"A channel of the weights is all zero (dead after pruning or training), an observer was never fed, or a scale underflowed when it was stored as FP16.",
              "某个权重通道全为零（剪枝或训练后失效）、观察器从未收到数据，或缩放因子以 FP16 存储时下溢。"},
    .remedy = {"Find them: python -c \"import onnx,onnx.numpy_helper as h; [print(i.name) for i in onnx.load('model.onnx').graph.initializer if 'scale' in i.name and (h.to_array(i)<=0).any()]\"\nClamp to a small positive value (1e-7 or the smallest scale of the other channels): a zero channel stays zero.\nRun the calibration of the QAT model again before the export.",
               "查找：python -c \"import onnx,onnx.numpy_helper as h; [print(i.name) for i in onnx.load('model.onnx').graph.initializer if 'scale' in i.name and (h.to_array(i)<=0).any()]\"\n将其限制为小的正数（1e-7 或其他通道的最小缩放因子）：全零通道仍为零。\n导出前对 QAT 模型重新校准。"},
    .example = "[6] Assertion failed: scaleAllPositive && \"Scale coefficients must all be positive\""};

inline constexpr Diagnostic log_plugin_without_scale{
    .code = "PH9312", .slug = "log-plugin-without-scale", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin runs in INT8 without a scale for its tensor", "插件以 INT8 运行但其张量没有缩放因子"},
    .message = {"INT8 was chosen for a plugin whose input or output has no scale: {text}", "为输入或输出没有缩放因子的插件选择了 INT8：{text}"},
    .cause = {"supportsFormatCombination() accepts INT8, but calibration has no range for the tensor (see the missing scales).",
              "supportsFormatCombination() 接受 INT8，但校准中没有该张量的范围（见缺失的缩放因子）。"},
    .remedy = {"Set a range for the tensor: tensor.dynamic_range = (-r, r).\nOr refuse INT8 in supportsFormatCombination(), or fix the plugin layer to FP16: layer.precision = trt.float16.\nOr calibrate again with the plugin loaded, so that its tensors get a range.",
               "为该张量设置范围：tensor.dynamic_range = (-r, r)。\n或在 supportsFormatCombination() 中拒绝 INT8，或将插件层固定为 FP16：layer.precision = trt.float16。\n或加载插件后重新校准，使其张量获得范围。"},
    .example = "[E] [TRT] 2: [pluginV2Runner.cpp::getInputHostScale::88] Error Code 2: Internal Error (Assertion scales.size() == 1 failed. )"};

inline constexpr Diagnostic log_qdq_placement{
    .code = "PH9313", .slug = "log-qdq-placement", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Quantise/dequantise nodes cannot be placed", "Q/DQ 节点的位置或形式不受支持"},
    .message = {"Q/DQ is not acceptable: {text}", "Q/DQ 不被接受：{text}"},
    .cause = {"A Q or DQ node stands alone, quantises a bias or an integer, has a scale that is computed rather than constant, an axis that does not fit the weights, or surrounds an operator without INT8 form.",
              "Q 或 DQ 节点单独出现、量化了偏置或整数张量、缩放因子由计算得到而非常量、axis 与权重不符，或包围了没有 INT8 形式的算子。"},
    .remedy = {"Place Q/DQ pairs at the inputs and weights of convolutions and matrix products only; leave biases in FP32.\nWeights: per channel with axis 0 (Conv) or 1 (ConvTranspose, Gemm with transB=0); activations: one scale.\nFold constants so that scales are initialisers: polygraphy surgeon sanitize --fold-constants.\nCompare with ModelOptimizer's placement for the same model.",
               "仅在卷积与矩阵乘法的输入与权重处成对放置 Q/DQ；偏置保持 FP32。\n权重：按通道，axis 为 0（Conv）或 1（ConvTranspose、transB=0 的 Gemm）；激活：单一缩放因子。\n折叠常量，使缩放因子成为初始化器：polygraphy surgeon sanitize --fold-constants。\n与 ModelOptimizer 对同一模型的放置方式比较。"},
    .example = "[E] [TRT] 2: [qdqGraphOptimizer.cpp::quantizePaths::4012] Error Code 2: Internal Error (Assertion i->outputs.size() == 1 failed. )"};

inline constexpr Diagnostic log_calibration_done{
    .code = "PH9314", .slug = "log-calibration-done", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"INT8 calibration ran through", "INT8 校准完成"},
    .message = {"calibration completed in {seconds} s, {batches} batch(es)", "校准用时 {seconds} 秒，{batches} 个批次"},
    .cause = {"The calibrator's data was run in FP32 and a range was derived for each tensor.", "校准数据以 FP32 运行，并为每个张量推导出范围。"},
    .remedy = {"Check the accuracy against FP32 before using the engine: top-1/top-5 within one point.\nKeep the cache file: the next build of the same model skips calibration.",
               "使用引擎前与 FP32 对照精度：top-1/top-5 差距应在一个百分点以内。\n保留缓存文件：同一模型的下次构建可跳过校准。"},
    .example = "[I] [TRT] Calibration completed in 6.2236 seconds."};

inline constexpr Diagnostic log_calibrator_api_removed{
    .code = "PH9315", .slug = "log-calibrator-api-removed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Calibration is gone in this TensorRT", "此 TensorRT 版本已移除校准"},
    .message = {"'{name}' does not exist any more", "“{name}”已不存在"},
    .cause = {"TensorRT 11 has no implicit quantisation: calibrators, BuilderFlag.INT8 and --calib are removed. Precision is what the model says.",
              "TensorRT 11 没有隐式量化：校准器、BuilderFlag.INT8 与 --calib 均已移除。精度由模型决定。"},
    .remedy = {"Quantise the ONNX model once: python -m modelopt.onnx.quantization --onnx_path=model.onnx --quantize_mode=int8 --calibration_data=calib.npy --output_path=model.quant.onnx, and build it without precision flags.\nOr stay with TensorRT 10: pip install 'tensorrt<11'.",
               "将 ONNX 模型量化一次：python -m modelopt.onnx.quantization --onnx_path=model.onnx --quantize_mode=int8 --calibration_data=calib.npy --output_path=model.quant.onnx，构建时不加精度参数。\n或继续使用 TensorRT 10：pip install 'tensorrt<11'。"},
    .example = "AttributeError: module 'tensorrt' has no attribute 'IInt8EntropyCalibrator2'"};

inline constexpr Diagnostic log_calibration_batch_failed{
    .code = "PH9316", .slug = "log-calibration-batch-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The calibrator's callback failed", "校准器回调失败"},
    .message = {"get_batch() or another callback of the calibrator failed: {text}", "校准器的 get_batch() 或其他回调失败：{text}"},
    .cause = {"The callback raised an exception or returned something else than a list of device addresses as integers.",
              "回调抛出异常，或返回的不是由整数设备地址组成的列表。"},
    .remedy = {"Return [int(device_ptr)] for each input in the order of names, and None after the last batch.\nCopy arrays to the device first; keep the allocation alive as a member.\nCall the callback once by hand before the build to see its own traceback.",
               "按 names 的顺序为每个输入返回 [int(device_ptr)]，最后一个批次之后返回 None。\n先将数组复制到设备，并以成员变量保持该内存。\n构建前先手动调用一次回调以查看其自身的错误堆栈。"},
    .example = "[TensorRT] ERROR: Exception caught in get_batch(): Unable to cast Python instance of type <class 'int'> to C++ type"};

inline constexpr Diagnostic log_implicit_quantization{
    .code = "PH9317", .slug = "log-implicit-quantization-deprecated", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Calibration by TensorRT is deprecated", "TensorRT 的隐式量化已弃用"},
    .message = {"implicit INT8 quantisation is deprecated since TensorRT 10.1 and gone in 11", "隐式 INT8 量化自 TensorRT 10.1 起弃用，并在 11 中移除"},
    .cause = {"A calibrator or dynamic ranges were used.", "使用了校准器或动态范围。"},
    .remedy = {"Plan the move to Q/DQ models: python -m modelopt.onnx.quantization --onnx_path=model.onnx.", "请规划迁移到 Q/DQ 模型：python -m modelopt.onnx.quantization --onnx_path=model.onnx。"},
    .example = "[W] [TRT] Implicit quantization is deprecated in TensorRT 10.1. Superseded by explicit quantization."};

inline constexpr Diagnostic log_calibration_range{
    .code = "PH9318", .slug = "log-calibration-range", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Calibration found values that have no range", "校准得到的数值没有有效范围"},
    .message = {"a tensor's dynamic range is not a range: its smallest value is not below its largest", "某张量的动态范围无效：最小值不小于最大值"},
    .cause = {"NaN or infinity among the activations: the network overflows on the calibration data, or the data were not preprocessed as in training. A comparison with NaN is false, so the range fails its check.",
              "激活中含有 NaN 或无穷：网络在校准数据上溢出，或数据没有按训练时的方式预处理。与 NaN 的比较为假，因此范围检查失败。"},
    .remedy = {"Run the FP32 model on the same batches and look for NaN: polygraphy run model.onnx --onnxrt --data-loader-script calib.py --validate\nCompare the calibrator's preprocessing with that of training: scale, mean, channel order, dtype (float32, contiguous).\nSet ranges by hand, or leave in FP16, what legitimately overflows (masks of -inf): use -1e4 for the mask.",
               "用同样的批次运行 FP32 模型并检查 NaN：polygraphy run model.onnx --onnxrt --data-loader-script calib.py --validate\n比较校准器与训练时的预处理：缩放、均值、通道顺序、数据类型（float32，内存连续）。\n对确会溢出的张量（如 -inf 掩码）手动设置范围或保留 FP16：掩码使用 -1e4。"},
    .example = "[E] 2: [quantization.cpp::DynamicRange::65] Error Code 2: Internal Error (Assertion min_ <= max_ failed. )"};

inline constexpr Diagnostic log_calibration_random{
    .code = "PH9319", .slug = "log-calibration-random-data", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"INT8 is calibrated with random data", "INT8 使用随机数据校准"},
    .message = {"the calibration data are random numbers", "校准数据为随机数"},
    .cause = {"The tool was given no data loader and made its inputs up. Scales from noise fit no real image: speed can be measured with such an engine, accuracy cannot.",
              "工具没有得到数据加载器，于是自行生成输入。由噪声得到的缩放因子不适合任何真实图像：这样的引擎可用于测速，不能用于评估精度。"},
    .remedy = {"Give real data: polygraphy convert model.onnx --int8 --data-loader-script loader.py --calibration-cache model.cache, 100 to 500 samples over all conditions.\nDelete a cache that was written so: it would be used again silently.\nCheck top-1 and top-5 against FP32 within one point before it goes out.",
               "提供真实数据：polygraphy convert model.onnx --int8 --data-loader-script loader.py --calibration-cache model.cache，取 100 至 500 个覆盖各种工况的样本。\n删除以此写出的缓存：否则会被悄悄重复使用。\n发布前检查 top-1 与 top-5，与 FP32 相差应在一个百分点以内。"},
    .example = "[W] Int8 Calibration is using randomly generated input data."};

inline constexpr Diagnostic log_calibration_cache_foreign{
    .code = "PH9320", .slug = "log-calibration-cache-foreign", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The calibration cache belongs to another network", "校准缓存属于另一个网络"},
    .message = {"{text}", "{text}"},
    .cause = {"A cache maps names of tensors to scales. After a new export names and fusions differ: scales of tensors that are gone are ignored, new tensors have none and fall back, tensors of the same name get a wrong range.",
              "缓存把张量名映射到缩放因子。重新导出后名称与融合会变化：已不存在的张量的缩放被忽略，新张量没有缩放而回退，同名张量则得到错误的范围。"},
    .remedy = {"Delete the cache and calibrate again with the model at hand; a cache also belongs to one TensorRT release.\nKeep the hash of the ONNX file in the cache's name, so that it cannot be mixed up.\nCompare with FP32 after the build: top-1 and top-5 within one point.",
               "删除缓存并用当前模型重新校准；缓存也只适用于一个 TensorRT 版本。\n在缓存文件名中加入 ONNX 文件的哈希，避免混用。\n构建后与 FP32 比较：top-1 与 top-5 相差应在一个百分点以内。"},
    .example = "[WARNING] INT8 calibration cache does not match the network"};

inline constexpr std::array log_int8_entries{
    &log_missing_scales, &log_calibrator_missing, &log_calibrator_ignored, &log_calibration_profile, &log_calibration_cache_used,
    &log_calibration_cache_unreadable, &log_few_calibration_batches, &log_calibration_coverage, &log_no_scaling_factors, &log_zero_points,
    &log_scale_not_positive, &log_plugin_without_scale, &log_qdq_placement, &log_calibration_done, &log_calibrator_api_removed,
    &log_calibration_batch_failed, &log_implicit_quantization, &log_calibration_range, &log_calibration_random, &log_calibration_cache_foreign};

}  // namespace pharos::diag
