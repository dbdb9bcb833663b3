#include "onnx/unknown/known_operators.h"

#include <algorithm>

namespace pharos {
namespace {

// Tools, and what they make of a model.
enum class Family : uint8_t {
  TensorRt,
  Mmdeploy,
  OnnxRuntime,
  OrtLayout,
  OrtExtensions,
  TensorFlow,
  Aten,
  Python,
  Torchvision,
  Caffe2,
  Training,
  OpenVino,
  Qonnx,
  Functions,
  Count
};

struct FamilyText {
  Family family;
  Text what, help;
};
constexpr FamilyText families[] = {
    {Family::TensorRt,
     {"a plugin of TensorRT", "TensorRT 插件"},
     {"export the model without the plugin (its ONNX counterpart), or give a plugin that defines it",
      "请在导出时不使用该插件（改用对应的 ONNX 算子），或提供定义该算子的插件"}},
    {Family::Mmdeploy,
     {"an operator of MMCV and MMDeploy", "MMCV/MMDeploy 算子"},
     {"export for the ONNX Runtime backend of MMDeploy (or without its custom operators), or give a plugin that "
      "defines it",
      "请以 MMDeploy 的 ONNX Runtime 后端导出（或不使用其自定义算子），或提供定义该算子的插件"}},
    {Family::OnnxRuntime,
     {"an operator of ONNX Runtime, made by its optimiser or quantiser", "ONNX Runtime 优化器或量化器生成的算子"},
     {"use the model as it was before ONNX Runtime optimised it, or quantise to the QDQ format",
      "请使用 ONNX Runtime 优化之前的模型，或量化为 QDQ 格式"}},
    {Family::OrtLayout,
     {"an operator of ONNX Runtime in the memory layout of one machine", "ONNX Runtime 面向特定机器内存布局的算子"},
     {"such models run nowhere else: save it again with graph_optimization_level below ORT_ENABLE_ALL, or use the "
      "original",
      "此类模型无法在其他环境运行：请用低于 ORT_ENABLE_ALL 的优化级别重新保存，或使用原始模型"}},
    {Family::OrtExtensions,
     {"an operator of onnxruntime-extensions (text, audio or image preparation)",
      "onnxruntime-extensions 的算子（文本、音频或图像预处理）"},
     {"cut the preparation off the model and do it before, or give a plugin that defines it",
      "请将预处理从模型中移出并提前完成，或提供定义该算子的插件"}},
    {Family::TensorFlow,
     {"an operator of TensorFlow that its converter left as it was", "转换器未能转换的 TensorFlow 算子"},
     {"convert with a newer tf2onnx and opset, replace it in the model, or give a plugin that defines it",
      "请使用较新的 tf2onnx 与 opset 转换、在模型中替换它，或提供定义该算子的插件"}},
    {Family::Aten,
     {"an operator of PyTorch that its exporter left as it was", "导出器未能转换的 PyTorch 算子"},
     {"export with a newer PyTorch or opset, and without an ATen fallback (operator_export_type=ONNX)",
      "请使用较新的 PyTorch 或 opset 导出，并关闭 ATen 回退（operator_export_type=ONNX）"}},
    {Family::Python,
     {"a Python function (torch.autograd.Function) that its exporter could not look into",
      "导出器无法解析的 Python 函数（torch.autograd.Function）"},
     {"give the function a symbolic() of ONNX operators, or a plugin",
      "请为该函数编写由 ONNX 算子构成的 symbolic()，或提供插件"}},
    {Family::Torchvision,
     {"an operator of torchvision", "torchvision 算子"},
     {"export with a newer torchvision: it writes ONNX operators instead",
      "请使用较新的 torchvision 导出：它会写成 ONNX 算子"}},
    {Family::Caffe2,
     {"an operator of Caffe2, as Detectron2's old exporter wrote it", "Caffe2 算子（由 Detectron2 的旧导出器写出）"},
     {"export with Detectron2's TracingAdapter (its 'tracing' method)",
      "请使用 Detectron2 的 TracingAdapter（tracing 方式）导出"}},
    {Family::Training,
     {"an operator for training", "训练用算子"},
     {"export the model for inference (model.eval())", "请以推理模式导出模型（model.eval()）"}},
    {Family::OpenVino,
     {"an operator of OpenVINO", "OpenVINO 算子"},
     {"export without OpenVINO's extensions, or give a plugin that defines it",
      "请在导出时不使用 OpenVINO 扩展，或提供定义该算子的插件"}},
    {Family::Qonnx,
     {"a quantiser of QONNX (Brevitas, FINN)", "QONNX 量化算子（Brevitas、FINN）"},
     {"export in the QDQ format: QuantizeLinear and DequantizeLinear",
      "请以 QDQ 格式导出：QuantizeLinear 与 DequantizeLinear"}},
    {Family::Functions,
     {"a function of the exporter whose body is missing in the model", "导出器的函数，但模型中缺少其函数体"},
     {"export again and keep the model's local functions (tools that rewrite the model may have dropped them)",
      "请重新导出并保留模型的本地函数（改写模型的工具可能已将其删除）"}},
};
static_assert(std::size(families) == size_t(Family::Count));

struct DomainRow {
  std::string_view domain;
  Family family;
};
constexpr DomainRow domains[] = {{"TRT", Family::TensorRt},
                                 {"trt", Family::TensorRt},
                                 {"trt.plugins", Family::TensorRt},
                                 {"TensorRT", Family::TensorRt},
                                 {"nvinfer", Family::TensorRt},
                                 {"nvidia", Family::TensorRt},
                                 {"mmcv", Family::Mmdeploy},
                                 {"mmdeploy", Family::Mmdeploy},
                                 {"com.microsoft", Family::OnnxRuntime},
                                 {"com.microsoft.experimental", Family::OnnxRuntime},
                                 {"com.microsoft.nchwc", Family::OrtLayout},
                                 {"com.ms.internal.nhwc", Family::OrtLayout},
                                 {"com.microsoft.extensions", Family::OrtExtensions},
                                 {"ai.onnx.contrib", Family::OrtExtensions},
                                 {"ai.onnx.converters.tensorflow", Family::TensorFlow},
                                 {"tf", Family::TensorFlow},
                                 {"tensorflow", Family::TensorFlow},
                                 {"org.pytorch.aten", Family::Aten},
                                 {"aten", Family::Aten},
                                 {"at", Family::Aten},
                                 {"prim", Family::Python},
                                 {"pythonop", Family::Python},
                                 {"torchvision", Family::Torchvision},
                                 {"torchvision.ops", Family::Torchvision},
                                 {"org.pytorch._caffe2", Family::Caffe2},
                                 {"caffe2", Family::Caffe2},
                                 {"ai.onnx.training", Family::Training},
                                 {"ai.onnx.preview.training", Family::Training},
                                 {"org.openvinotoolkit", Family::OpenVino},
                                 {"qonnx.custom_op.general", Family::Qonnx},
                                 {"onnx.brevitas", Family::Qonnx},
                                 {"finn.custom_op.general", Family::Qonnx},
                                 {"pkg.onnxscript.torch_lib", Family::Functions},
                                 {"pkg.onnxscript.torch_lib.common", Family::Functions},
                                 {"pkg.torch", Family::Functions}};

// Operators with a better answer than that of their family; the domain does not count, since exporters choose it
// freely.
struct NameRow {
  std::string_view name;
  Family family;
  Text what, help;
};
constexpr Text nms_help{
    "export without the NMS step and use ONNX's NonMaxSuppression, or give a plugin that defines it",
    "请在导出时去掉 NMS 步骤并改用 ONNX 的 NonMaxSuppression，或提供定义该算子的插件"};
constexpr Text roi_help{"use ONNX's RoiAlign (opset 16)", "请改用 ONNX 的 RoiAlign（opset 16）"};
constexpr Text deform_help{"use ONNX's DeformConv (opset 19)", "请改用 ONNX 的 DeformConv（opset 19）"};
constexpr Text attention_help{
    "export the model before it was rewritten for TensorRT's demoBERT; attention is fused by the build",
    "请导出未经 TensorRT demoBERT 改写的模型；构建时会自动融合注意力"};
constexpr Text norm_help{"use the ONNX operator of that name (opset 17 to 21)",
                         "请改用 ONNX 的同名算子（opset 17 至 21）"};
constexpr Text grid_help{"use ONNX's GridSample (opset 16)", "请改用 ONNX 的 GridSample（opset 16）"};
constexpr Text anchors{"fold the anchors into constants before the export", "请在导出前将锚框折叠为常量"};
constexpr Text sampling{"write it with GridSample (opset 16): MMCV's multi_scale_deformable_attn_pytorch does",
                        "请用 GridSample（opset 16）实现：MMCV 的 multi_scale_deformable_attn_pytorch 即如此"};
constexpr Text nms_what{"non-maximum suppression by a plugin of TensorRT", "TensorRT 插件实现的非极大值抑制"};
constexpr Text mm_nms{"non-maximum suppression of MMCV and MMDeploy", "MMCV/MMDeploy 的非极大值抑制"};
constexpr Text rows_plugin{"a plugin of TensorRT for detection", "TensorRT 检测插件"};
constexpr Text bert{"a fused step of BERT for TensorRT", "TensorRT 的 BERT 融合步骤"};
constexpr NameRow names[] = {
    {"EfficientNMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"EfficientNMS_ONNX_TRT", Family::TensorRt, nms_what, nms_help},
    {"EfficientNMS_Explicit_TF_TRT", Family::TensorRt, nms_what, nms_help},
    {"EfficientNMS_Implicit_TF_TRT", Family::TensorRt, nms_what, nms_help},
    {"EfficientIdxNMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"EfficientRotatedNMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"BatchedNMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"BatchedNMSDynamic_TRT", Family::TensorRt, nms_what, nms_help},
    {"NMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"NMSDynamic_TRT", Family::TensorRt, nms_what, nms_help},
    {"YoloNMS_TRT", Family::TensorRt, nms_what, nms_help},
    {"YoloLayer_TRT",
     Family::TensorRt,
     {"a decoder of YOLO boxes for TensorRT", "TensorRT 的 YOLO 框解码器"},
     {"export the model with its decoding in ONNX operators (Ultralytics: format=onnx)",
      "请导出以 ONNX 算子解码的模型（Ultralytics：format=onnx）"}},
    {"Yolo",
     Family::TensorRt,
     {"a decoder of YOLO boxes for TensorRT", "TensorRT 的 YOLO 框解码器"},
     {"export the model with its decoding in ONNX operators (Ultralytics: format=onnx)",
      "请导出以 ONNX 算子解码的模型（Ultralytics：format=onnx）"}},
    {"DecodeBbox3DPlugin", Family::TensorRt, rows_plugin, {}},
    {"VoxelGeneratorPlugin", Family::TensorRt, rows_plugin, {}},
    {"PillarScatterPlugin",
     Family::TensorRt,
     rows_plugin,
     {"write it with ONNX's ScatterND", "请改用 ONNX 的 ScatterND"}},
    {"PPScatterPlugin", Family::TensorRt, rows_plugin, {"write it with ONNX's ScatterND", "请改用 ONNX 的 ScatterND"}},
    {"Proposal", Family::TensorRt, rows_plugin, {}},
    {"ProposalDynamic", Family::TensorRt, rows_plugin, {}},
    {"ProposalLayer_TRT", Family::TensorRt, rows_plugin, {}},
    {"MultilevelProposeROI_TRT", Family::TensorRt, rows_plugin, {}},
    {"GenerateDetection_TRT", Family::TensorRt, rows_plugin, {}},
    {"DetectionLayer_TRT", Family::TensorRt, rows_plugin, {}},
    {"RPROI_TRT", Family::TensorRt, rows_plugin, {}},
    {"PyramidROIAlign_TRT", Family::TensorRt, rows_plugin, roi_help},
    {"MultilevelCropAndResize_TRT", Family::TensorRt, rows_plugin, roi_help},
    {"CropAndResize", Family::TensorRt, {"TensorFlow's CropAndResize", "TensorFlow 的 CropAndResize"}, roi_help},
    {"CropAndResizeDynamic", Family::TensorRt, rows_plugin, roi_help},
    {"ROIAlign_TRT", Family::TensorRt, rows_plugin, roi_help},
    {"SpecialSlice_TRT", Family::TensorRt, rows_plugin, {"use ONNX's Slice", "请改用 ONNX 的 Slice"}},
    {"GridAnchor_TRT", Family::TensorRt, rows_plugin, anchors},
    {"GridAnchorRect_TRT", Family::TensorRt, rows_plugin, anchors},
    {"PriorBox_TRT", Family::TensorRt, rows_plugin, anchors},
    {"Region_TRT", Family::TensorRt, rows_plugin, {}},
    {"Reorg_TRT",
     Family::TensorRt,
     {"a plugin of TensorRT that moves pixels to channels", "将像素移到通道的 TensorRT 插件"},
     {"use ONNX's SpaceToDepth", "请改用 ONNX 的 SpaceToDepth"}},
    {"FlattenConcat_TRT",
     Family::TensorRt,
     rows_plugin,
     {"use ONNX's Flatten and Concat", "请改用 ONNX 的 Flatten 与 Concat"}},
    {"BatchTilePlugin_TRT", Family::TensorRt, rows_plugin, {"use ONNX's Tile", "请改用 ONNX 的 Tile"}},
    {"ResizeNearest_TRT", Family::TensorRt, rows_plugin, {"use ONNX's Resize", "请改用 ONNX 的 Resize"}},
    {"Normalize_TRT", Family::TensorRt, rows_plugin, {"use ONNX's LpNormalization", "请改用 ONNX 的 LpNormalization"}},
    {"LReLU_TRT",
     Family::TensorRt,
     {"LeakyRelu by a plugin of TensorRT", "TensorRT 插件实现的 LeakyRelu"},
     {"use ONNX's LeakyRelu", "请改用 ONNX 的 LeakyRelu"}},
    {"Clip_TRT",
     Family::TensorRt,
     {"Clip by a plugin of TensorRT", "TensorRT 插件实现的 Clip"},
     {"use ONNX's Clip", "请改用 ONNX 的 Clip"}},
    {"InstanceNormalization_TRT",
     Family::TensorRt,
     {"InstanceNormalization by a plugin of TensorRT", "TensorRT 插件实现的 InstanceNormalization"},
     norm_help},
    {"LayerNorm_TRT",
     Family::TensorRt,
     {"LayerNormalization by a plugin of TensorRT", "TensorRT 插件实现的 LayerNormalization"},
     norm_help},
    {"GroupNorm",
     Family::TensorRt,
     {"GroupNormalization by a plugin of TensorRT (Stable Diffusion demo)",
      "TensorRT 插件实现的 GroupNormalization（Stable Diffusion 示例）"},
     norm_help},
    {"GroupNormalizationPlugin",
     Family::TensorRt,
     {"GroupNormalization by a plugin of TensorRT", "TensorRT 插件实现的 GroupNormalization"},
     norm_help},
    {"CoordConvAC",
     Family::TensorRt,
     {"a plugin of TensorRT that adds coordinate channels", "添加坐标通道的 TensorRT 插件"},
     {"use ONNX's Concat with constant coordinates", "请改用 ONNX 的 Concat 与常量坐标"}},
    {"DisentangledAttention_TRT",
     Family::TensorRt,
     {"DeBERTa's attention by a plugin of TensorRT", "TensorRT 插件实现的 DeBERTa 注意力"},
     {"export the model before it was rewritten for TensorRT", "请导出未经 TensorRT 改写的模型"}},
    {"MultiscaleDeformableAttnPlugin_TRT",
     Family::TensorRt,
     {"deformable attention by a plugin of TensorRT", "TensorRT 插件实现的可变形注意力"},
     sampling},
    {"CustomQKVToContextPluginDynamic", Family::TensorRt, bert, attention_help},
    {"CustomEmbLayerNormPluginDynamic", Family::TensorRt, bert, attention_help},
    {"CustomSkipLayerNormPluginDynamic", Family::TensorRt, bert, attention_help},
    {"CustomGeluPluginDynamic", Family::TensorRt, bert, attention_help},
    {"CustomFCPluginDynamic", Family::TensorRt, bert, attention_help},
    {"DCNv2", Family::TensorRt, {"deformable convolution, version 2", "可变形卷积（第 2 版）"}, deform_help},
    {"DCNv2_2", Family::TensorRt, {"deformable convolution, version 2", "可变形卷积（第 2 版）"}, deform_help},
    {"ModulatedDeformConv2d", Family::TensorRt, {"modulated deformable convolution", "调制可变形卷积"}, deform_help},
    {"MMCVModulatedDeformConv2d",
     Family::Mmdeploy,
     {"modulated deformable convolution of MMCV", "MMCV 的调制可变形卷积"},
     deform_help},
    {"MMCVDeformConv2d", Family::Mmdeploy, {"deformable convolution of MMCV", "MMCV 的可变形卷积"}, deform_help},
    {"TRTDCNv3",
     Family::Mmdeploy,
     {"deformable convolution, version 3", "可变形卷积（第 3 版）"},
     {"export DCNv3's PyTorch form (GridSample)", "请导出 DCNv3 的 PyTorch 形式（GridSample）"}},
    {"MMCVRoiAlign", Family::Mmdeploy, {"RoiAlign of MMCV", "MMCV 的 RoiAlign"}, roi_help},
    {"MMCVRoIAlignRotated", Family::Mmdeploy, {"rotated RoiAlign of MMCV", "MMCV 的旋转 RoiAlign"}, {}},
    {"MMCVMultiLevelRoiAlign",
     Family::Mmdeploy,
     {"RoiAlign over a feature pyramid", "特征金字塔上的 RoiAlign"},
     roi_help},
    {"MMCVMultiLevelRotatedRoiAlign",
     Family::Mmdeploy,
     {"rotated RoiAlign over a feature pyramid", "特征金字塔上的旋转 RoiAlign"},
     {}},
    {"TRTBatchedNMS", Family::Mmdeploy, mm_nms, nms_help},
    {"TRTBatchedRotatedNMS", Family::Mmdeploy, mm_nms, {}},
    {"NMSRotated", Family::Mmdeploy, mm_nms, {}},
    {"NMSMatch", Family::Mmdeploy, mm_nms, {}},
    {"SoftNonMaxSuppression", Family::Mmdeploy, mm_nms, nms_help},
    {"MMCVCummax", Family::Mmdeploy, {"cummax of MMCV", "MMCV 的 cummax"}, {}},
    {"MMCVCummin", Family::Mmdeploy, {"cummin of MMCV", "MMCV 的 cummin"}, {}},
    {"MMCVCornerPool", Family::Mmdeploy, {"corner pooling of MMCV", "MMCV 的角点池化"}, {}},
    {"GatherTopk",
     Family::Mmdeploy,
     {"rows chosen by TopK, of MMDeploy", "MMDeploy 的 TopK 行选择"},
     {"use ONNX's GatherND", "请改用 ONNX 的 GatherND"}},
    {"MultiScaleDeformableAttn", Family::Mmdeploy, {"deformable attention", "可变形注意力"}, sampling},
    {"MultiScaleDeformableAttnTRT", Family::Mmdeploy, {"deformable attention", "可变形注意力"}, sampling},
    {"TRTInstanceNormalization",
     Family::Mmdeploy,
     {"InstanceNormalization for TensorRT", "用于 TensorRT 的 InstanceNormalization"},
     norm_help},
    {"grid_sampler",
     Family::Mmdeploy,
     {"GridSample under PyTorch's name", "以 PyTorch 名称命名的 GridSample"},
     grid_help},
    {"GridSampler", Family::Mmdeploy, {"GridSample before it was in ONNX", "进入 ONNX 之前的 GridSample"}, grid_help},
    {"GroupQueryAttention",
     Family::OnnxRuntime,
     {"attention with a cache, of ONNX Runtime's generative models", "ONNX Runtime 生成式模型的带缓存注意力"},
     {"export with ONNX's Attention (opset 23) or plain operators instead of the GenAI model builder",
      "请使用 ONNX 的 Attention（opset 23）或普通算子导出，而不是 GenAI 模型构建器"}},
    {"MatMulNBits",
     Family::OnnxRuntime,
     {"a product with weights of 4 or 8 bits, of ONNX Runtime", "ONNX Runtime 的 4/8 位权重矩阵乘"},
     {"quantise with DequantizeLinear in blocks (opset 21) instead", "请改用分块 DequantizeLinear（opset 21）量化"}},
    {"TFL_Detection_PostProcess", Family::TensorFlow, {"TFLite's end of a detector", "TFLite 检测后处理"}, nms_help},
    {"TFLiteDetectionPostprocess", Family::TensorFlow, {"TFLite's end of a detector", "TFLite 检测后处理"}, nms_help},
    {"CombinedNonMaxSuppression",
     Family::TensorFlow,
     {"TensorFlow's non-maximum suppression", "TensorFlow 的非极大值抑制"},
     nms_help},
    {"ATen", Family::Aten, {}, {}},
    {"PythonOp", Family::Python, {}, {}},
    {"FakeQuantize",
     Family::OpenVino,
     {"a quantiser of OpenVINO", "OpenVINO 量化算子"},
     {"export in the QDQ format", "请以 QDQ 格式导出"}},
};

const FamilyText& text_of(Family f) {
  return *std::find_if(std::begin(families), std::end(families), [f](const FamilyText& t) { return t.family == f; });
}

}  // namespace

KnownOperator about_operator(std::string_view full_name, const OpSet& ops) {
  const size_t colon = full_name.rfind("::");
  const std::string_view domain = colon == full_name.npos ? std::string_view() : full_name.substr(0, colon);
  const std::string_view name = colon == full_name.npos ? full_name : full_name.substr(colon + 2);
  const auto named = std::find_if(std::begin(names), std::end(names), [&](const NameRow& r) { return r.name == name; });
  if (named != std::end(names)) {
    const FamilyText& f = text_of(named->family);
    return {named->what.en.empty() ? f.what : named->what, named->help.en.empty() ? f.help : named->help};
  }
  for (const OpDef* def : ops.all())
    if (def->name == name && def->domain != "pharos" && def->custom)
      return {{"no operator of that domain", "该域中没有此算子"},
              {"a plugin that was loaded has the name in another domain: use one domain in both",
               "已加载的插件在另一域中有同名算子：请在两处使用同一域"}};
  const auto in =
      std::find_if(std::begin(domains), std::end(domains), [&](const DomainRow& r) { return r.domain == domain; });
  if (in != std::end(domains)) return {text_of(in->family).what, text_of(in->family).help};
  if (!domain.empty() && domain != "ai.onnx.ml" && ops.find("", name))
    return {{"an operator of a custom domain", "自定义域的算子"},
            {"ONNX has an operator of that name: if it is meant, write the node in the domain ai.onnx; otherwise give "
             "a plugin (--plugin FILE)",
             "ONNX 有同名算子：若即为所需，请将节点写入 ai.onnx 域；否则请提供插件（--plugin FILE）"}};
  if (domain.empty() || domain == "ai.onnx.ml")
    return {{"no operator of ONNX that this version knows", "当前版本不认识的 ONNX 算子"},
            {"it is newer than this version, or a custom operator without a domain: export with an older opset, or "
             "give a plugin (--plugin FILE)",
             "它新于当前版本，或是没有域的自定义算子：请用较旧的 opset 导出，或提供插件（--plugin FILE）"}};
  return {{"an operator of a custom domain", "自定义域的算子"},
          {"give a plugin that defines it (--plugin FILE), or export with standard operators",
           "请提供定义该算子的插件（--plugin FILE），或使用标准算子导出"}};
}

}  // namespace pharos
