#include "tensorrt/options.h"

#include <algorithm>

namespace pharos::tensorrt {
namespace {

constexpr Text types_from_model{
    "precision comes from the model: convert it (ModelOpt AutoCast), or insert Q/DQ (ModelOpt ONNX quantiser)",
    "精度由模型决定：请转换模型（ModelOpt AutoCast）或插入 Q/DQ（ModelOpt ONNX 量化工具）"};

constexpr ChangedOption options[] = {
    {"--batch", 10, "--shapes=INPUT:{value}x...",
     {"implicit batch is gone: the batch is a dimension of the input", "隐式批已移除：批大小是输入的一个维度"}, true},
    {"--best", 11, "", types_from_model},
    {"--bf16", 11, "", types_from_model},
    {"--buildOnly", 9, "--skipInference",
     {"renamed in 8.6", "8.6 起更名"}},
    {"--calib", 11, "",
     {"implicit calibration is gone: quantise the model with Q/DQ (ModelOpt ONNX quantiser)", "隐式校准已移除：请用 Q/DQ 量化模型（ModelOpt ONNX 量化工具）"}, true},
    {"--calibProfile", 11, "",
     {"implicit calibration is gone", "隐式校准已移除"}, true},
    {"--deploy", 9, "--onnx=MODEL.onnx",
     {"Caffe models are no longer read: convert to ONNX", "不再支持 Caffe 模型：请转换为 ONNX"}, true},
    {"--explicitBatch", 9, "",
     {"networks always have an explicit batch dimension", "网络始终采用显式批维度"}},
    {"--fp16", 11, "", types_from_model},
    {"--fp8", 11, "", types_from_model},
    {"--heuristic", 10, "--builderOptimizationLevel=2",
     {"the level of optimisation decides how much is searched", "由优化级别决定搜索力度"}},
    {"--int4", 11, "", types_from_model},
    {"--int8", 11, "", types_from_model},
    {"--layerOutputTypes", 11, "",
     {"types of layers come from the model: add Cast nodes", "层的类型由模型决定：请添加 Cast 节点"}, true},
    {"--layerPrecisions", 11, "",
     {"precision of layers comes from the model: AutoCast takes names of nodes to keep in FP32", "层精度由模型决定：AutoCast 可指定保留 FP32 的节点名"}, true},
    {"--maxBatch", 9, "--maxShapes=INPUT:{value}x...",
     {"implicit batch is gone: the largest batch stands in the profile", "隐式批已移除：最大批大小在优化配置中给出"}, true},
    {"--maxShapesCalib", 11, "",
     {"implicit calibration is gone", "隐式校准已移除"}, true},
    {"--minShapesCalib", 11, "",
     {"implicit calibration is gone", "隐式校准已移除"}, true},
    {"--minTiming", 10, "--avgTiming={value}",
     {"only the number of averaged runs is left", "仅保留取平均的运行次数"}, true},
    {"--model", 9, "--onnx=MODEL.onnx",
     {"Caffe models are no longer read: convert to ONNX", "不再支持 Caffe 模型：请转换为 ONNX"}, true},
    {"--noDataTransfers", 11, "",
     {"it is the default now; --includeDataTransfers turns transfers on", "现为默认；--includeDataTransfers 可启用传输"}},
    {"--nvtxMode", 9, "--profilingVerbosity={value}",
     {"renamed", "已更名"}, true},
    {"--optShapesCalib", 11, "",
     {"implicit calibration is gone", "隐式校准已移除"}, true},
    {"--output", 9, "",
     {"outputs come from the ONNX model: edit it with polygraphy surgeon extract", "输出由 ONNX 模型决定：可用 polygraphy surgeon extract 修改"}, true},
    {"--plugins", 9, "--staticPlugins={value}",
     {"deprecated since 8.6", "自 8.6 起弃用"}, true},
    {"--precisionConstraints", 11, "",
     {"networks are strongly typed: nothing is left to constrain", "网络为强类型：无需再约束"}, true},
    {"--separateProfileRun", 11, "",
     {"profiles are always taken in a run of their own", "剖析始终在单独的运行中进行"}},
    {"--streams", 9, "--infStreams={value}",
     {"renamed in 8.6", "8.6 起更名"}, true},
    {"--stronglyTyped", 11, "",
     {"always on", "始终启用"}},
    {"--uff", 9, "--onnx=MODEL.onnx",
     {"UFF is no longer read: convert to ONNX (tf2onnx)", "不再支持 UFF：请转换为 ONNX（tf2onnx）"}, true},
    {"--uffInput", 9, "",
     {"UFF is no longer read", "不再支持 UFF"}, true},
    {"--uffNHWC", 9, "",
     {"UFF is no longer read", "不再支持 UFF"}},
    {"--useCudaGraph", 11, "",
     {"it is the default now; --noCudaGraph turns it off", "现为默认；--noCudaGraph 可关闭"}},
    {"--useSpinWait", 11, "",
     {"it is the default now; --noSpinWait turns it off", "现为默认；--noSpinWait 可关闭"}},
    {"--workspace", 10, "--memPoolSize=workspace:{value}M",
     {"deprecated since 8.4; the default is all of the device's memory, so it can also be left out", "自 8.4 起弃用；默认即为全部设备内存，也可省略"}, true},
};

constexpr RemovedMember members[] = {
    {"Builder", "build_cuda_engine", 10, "build_serialized_network(network, config)"},
    {"Builder", "build_engine", 10, "build_serialized_network(network, config), then Runtime.deserialize_cuda_engine"},
    {"Builder", "fp16_mode", 8, "config.set_flag(trt.BuilderFlag.FP16)"},
    {"Builder", "int8_mode", 8, "config.set_flag(trt.BuilderFlag.INT8)"},
    {"Builder", "max_batch_size", 10, "the batch dimension of an optimisation profile"},
    {"Builder", "max_workspace_size", 8, "config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, bytes)"},
    {"Builder", "strict_type_constraints", 8, "a strongly typed network"},
    {"BuilderFlag", "BF16", 11, "a BF16 model in a strongly typed network (ModelOpt AutoCast)"},
    {"BuilderFlag", "FP16", 11, "an FP16 model in a strongly typed network (ModelOpt AutoCast)"},
    {"BuilderFlag", "INT8", 11, "Q/DQ in the model (ModelOpt ONNX quantiser)"},
    {"BuilderFlag", "OBEY_PRECISION_CONSTRAINTS", 11, "types in the model: the network is strongly typed"},
    {"BuilderFlag", "PREFER_PRECISION_CONSTRAINTS", 11, "types in the model: the network is strongly typed"},
    {"BuilderFlag", "STRICT_TYPES", 10, "a strongly typed network"},
    {"IBuilderConfig", "int8_calibrator", 11, "Q/DQ in the model (ModelOpt ONNX quantiser)"},
    {"IBuilderConfig", "max_workspace_size", 10, "set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, bytes)"},
    {"ICudaEngine", "binding_is_input", 10, "get_tensor_mode(name) == trt.TensorIOMode.INPUT"},
    {"ICudaEngine", "get_binding_dtype", 10, "get_tensor_dtype(name)"},
    {"ICudaEngine", "get_binding_index", 10, "tensor names: get_tensor_name(i)"},
    {"ICudaEngine", "get_binding_name", 10, "get_tensor_name(i)"},
    {"ICudaEngine", "get_binding_shape", 10, "get_tensor_shape(name)"},
    {"ICudaEngine", "get_profile_shape", 10, "get_tensor_profile_shape(name, profile)"},
    {"ICudaEngine", "has_implicit_batch_dimension", 10, "nothing: the batch is always explicit"},
    {"ICudaEngine", "max_batch_size", 10, "get_tensor_profile_shape(name, profile)[2][0]"},
    {"ICudaEngine", "num_bindings", 10, "num_io_tensors"},
    {"IExecutionContext", "execute", 10, "execute_v2(bindings), or set_tensor_address and execute_async_v3"},
    {"IExecutionContext", "execute_async", 10, "set_tensor_address(name, pointer) and execute_async_v3(stream)"},
    {"IExecutionContext", "execute_async_v2", 10, "set_tensor_address(name, pointer) and execute_async_v3(stream)"},
    {"IExecutionContext", "get_binding_shape", 10, "get_tensor_shape(name)"},
    {"IExecutionContext", "set_binding_shape", 10, "set_input_shape(name, shape)"},
    {"IExecutionContext", "set_optimization_profile", 10, "set_optimization_profile_async(profile, stream)"},
    {"INetworkDefinition", "add_convolution", 10, "add_convolution_nd"},
    {"INetworkDefinition", "add_fully_connected", 10, "add_matrix_multiply and add_elementwise"},
    {"INetworkDefinition", "add_pooling", 10, "add_pooling_nd"},
    {"tensorrt", "CaffeParser", 9, "OnnxParser, after converting to ONNX"},
    {"tensorrt", "IInt8Calibrator", 11, "Q/DQ in the model (ModelOpt ONNX quantiser)"},
    {"tensorrt", "IInt8EntropyCalibrator2", 11, "Q/DQ in the model (ModelOpt ONNX quantiser)"},
    {"tensorrt", "IInt8MinMaxCalibrator", 11, "Q/DQ in the model (ModelOpt ONNX quantiser)"},
    {"tensorrt", "UffParser", 9, "OnnxParser, after converting to ONNX (tf2onnx)"},
};

}  // namespace

std::string ChangedOption::rewritten(std::string_view value) const {
  std::string out(instead);
  constexpr std::string_view hole = "{value}";
  if (const size_t at = out.find(hole); at != out.npos) out.replace(at, hole.size(), value);
  return out;
}

std::span<const ChangedOption> changed_options() { return options; }

const ChangedOption* changed_option(std::string_view name) {
  const auto at = std::lower_bound(std::begin(options), std::end(options), name, [](const ChangedOption& o, std::string_view n) { return o.name < n; });
  return at != std::end(options) && at->name == name ? at : nullptr;
}

const ChangedOption* removed_in(std::string_view name, int major) {
  const ChangedOption* o = changed_option(name);
  return o && o->gone <= major ? o : nullptr;
}

std::span<const RemovedMember> removed_members() { return members; }

const RemovedMember* removed_member(std::string_view owner, std::string_view member) {
  const auto at = std::find_if(std::begin(members), std::end(members), [&](const RemovedMember& m) { return m.owner == owner && m.member == member; });
  return at == std::end(members) ? nullptr : at;
}

}  // namespace pharos::tensorrt
