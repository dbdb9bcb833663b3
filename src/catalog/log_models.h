#pragma once
// PH915x to PH919x: models that cannot be read, nodes that the importer refuses.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_model_missing{
    .code = "PH9150", .slug = "log-model-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model file is not there", "找不到模型文件"},
    .message = {"the model {file} cannot be opened", "无法打开模型 {file}"},
    .cause = {"The path is wrong for this working directory, the folder is not mounted in the container, or the name is that of a directory.",
              "路径相对于当前工作目录有误、目录未挂载到容器，或该名称是一个目录。"},
    .remedy = {"Check the path where the command runs: ls -l {file}\nIn a container mount the folder: docker run -v \"$PWD\":/model ...\nOn Windows write paths with forward slashes or quote them.",
               "在命令运行处检查路径：ls -l {file}\n容器中需挂载目录：docker run -v \"$PWD\":/model ...\nWindows 下路径使用正斜杠或加引号。"},
    .example = "[E] Input file cannot be found, or is not a regular file: models/mc3_dynamic.onnx"};

inline constexpr Diagnostic log_model_not_onnx{
    .code = "PH9151", .slug = "log-model-not-onnx", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The file is no ONNX model, or only a part of one", "文件不是 ONNX 模型或不完整"},
    .message = {"{file} cannot be read as ONNX", "无法将 {file} 作为 ONNX 读取"},
    .cause = {"The bytes are not a complete ONNX protobuf: a Git LFS pointer of some 130 bytes, an HTML page, a PyTorch file, an engine, or a download that broke off.",
              "字节内容不是完整的 ONNX protobuf：约 130 字节的 Git LFS 指针、HTML 页面、PyTorch 文件、引擎，或中断的下载。"},
    .remedy = {"Look at size and first bytes: ls -l {file}; head -c 200 {file} (a pointer begins with \"version https://git-lfs\": run git lfs pull)\nCheck it: python -c \"import onnx; onnx.checker.check_model('{file}')\", or pharos lint {file}\nExport it again if it is cut off.",
               "查看大小与开头字节：ls -l {file}; head -c 200 {file}（指针以“version https://git-lfs”开头：执行 git lfs pull）\n检查：python -c \"import onnx; onnx.checker.check_model('{file}')\"，或 pharos lint {file}\n若被截断，请重新导出。"},
    .example = "[E] [TRT] ModelImporter.cpp:688: Failed to parse ONNX model from file: model.onnx!"};

inline constexpr Diagnostic log_model_external_missing{
    .code = "PH9152", .slug = "log-model-external-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The file with the weights cannot be opened", "无法打开外部权重文件"},
    .message = {"external weights {file} cannot be opened", "无法打开外部权重文件 {file}"},
    .cause = {"A model above 2 GB keeps its weights in files beside it, named relative to the model. The file is missing, or the parser got the model as bytes and does not know its folder.",
              "超过 2 GB 的模型将权重保存在旁边的文件中，名称相对于模型所在目录。该文件缺失，或解析器以字节形式接收模型而不知道其目录。"},
    .remedy = {"Keep all files of the model in one folder and copy them together: ls -l beside the .onnx must show {file}.\nTell the parser where the model is: parser.parse_from_file(path), or parser.parse(data, path=path); in C++ parseFromFile.\nOr make one file of it (below 2 GB): onnx.save_model(onnx.load(\"model.onnx\"), \"one.onnx\")",
               "将模型的所有文件放在同一目录并一起复制：.onnx 旁的 ls -l 应能看到 {file}。\n告诉解析器模型位置：parser.parse_from_file(path) 或 parser.parse(data, path=path)；C++ 用 parseFromFile。\n或合并为一个文件（小于 2 GB）：onnx.save_model(onnx.load(\"model.onnx\"), \"one.onnx\")"},
    .example = "[TRT] [E] onnx2trt_utils.cpp:1577: Failed to open file: 10356"};

inline constexpr Diagnostic log_model_external_size{
    .code = "PH9153", .slug = "log-model-external-size", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The file with the weights has the wrong size", "外部权重文件大小不符"},
    .message = {"{what}", "{what}"},
    .cause = {"Offset and length in the model do not fit the data file: it was copied in part, or belongs to another export of the model.",
              "模型中的偏移与长度与数据文件不符：文件只复制了一部分，或属于模型的另一次导出。"},
    .remedy = {"Copy both files again and compare sizes and checksums with the source.\nDelete the old data file before exporting again: some exporters append to it.\nCheck: python -c \"import onnx; onnx.load('model.onnx')\"",
               "重新复制两个文件，并与源文件比较大小和校验和。\n再次导出前删除旧的数据文件：某些导出器会在其后追加。\n检查：python -c \"import onnx; onnx.load('model.onnx')\""},
    .example = "[E] Unexpected size for the external weights! Expected size: 4096 bytes. Actual size: 2048 bytes."};

inline constexpr Diagnostic log_model_external_path{
    .code = "PH9154", .slug = "log-model-external-path", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The path of the weights leaves the folder of the model", "外部权重路径越出模型目录"},
    .message = {"the location of external weights is refused: {what}", "外部权重位置被拒绝：{what}"},
    .cause = {"Locations are relative to the model and may not contain \"..\", so that a model cannot read foreign files.",
              "位置相对于模型且不得包含“..”，以防模型读取外部文件。"},
    .remedy = {"Move the data file beside the model and save it again: onnx.save_model(model, \"model.onnx\", save_as_external_data=True, location=\"model.onnx.data\")",
               "将数据文件移到模型旁并重新保存：onnx.save_model(model, \"model.onnx\", save_as_external_data=True, location=\"model.onnx.data\")"},
    .example = "[E] Relative paths to parent (../) are not allowed in ONNX external weights! Found: ../w.bin"};

inline constexpr Diagnostic log_model_ir_newer{
    .code = "PH9155", .slug = "log-model-ir-newer", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model is of a newer ONNX version than the parser", "模型的 ONNX 版本比解析器新"},
    .message = {"the model has IR version {ir}, the parser was built for {parser}, and reading it failed{what}",
                "模型的 IR 版本为 {ir}，解析器为 {parser}，读取失败{what}"},
    .cause = {"IR version 4 and newer no longer list weights as inputs of the graph; a parser built for version 3 looks for them there. Newer IR versions bring types and opsets that it does not know either.",
              "IR 版本 4 起不再将权重列为图的输入，而为版本 3 构建的解析器会在那里查找。更新的 IR 版本还会带来其不认识的类型与 opset。"},
    .remedy = {"Use a newer TensorRT: 7 reads IR 6 (opset 11), 8.x IR 8 (opset 17), 10 IR 10.\nOr export for the old one: torch.onnx.export(..., keep_initializers_as_inputs=True, opset_version=9)\nOr convert: python -c \"import onnx; from onnx import version_converter as v; onnx.save(v.convert_version(onnx.load('model.onnx'), 9), 'old.onnx')\"",
               "使用更新的 TensorRT：7 可读 IR 6（opset 11），8.x 为 IR 8（opset 17），10 为 IR 10。\n或为旧版导出：torch.onnx.export(..., keep_initializers_as_inputs=True, opset_version=9)\n或转换：python -c \"import onnx; from onnx import version_converter as v; onnx.save(v.convert_version(onnx.load('model.onnx'), 9), 'old.onnx')\""},
    .example = "WARNING: ONNX model has a newer ir_version (0.0.6) than this parser was built against (0.0.3)."};

inline constexpr Diagnostic log_model_opset{
    .code = "PH9156", .slug = "log-model-opset", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The opset of the model does not fit the reader", "模型的 opset 与读取方不匹配"},
    .message = {"{what}", "{what}"},
    .cause = {"Operators change with the opset; a reader takes those that it knows. Older than 7 was never specified for TensorRT, newer than the library's own is read without a promise.",
              "算子随 opset 变化，读取方只接受已知版本。低于 7 的从未受 TensorRT 规定，高于库自身版本的则不作保证。"},
    .remedy = {"Export with an opset between 13 and what your TensorRT knows: 17 for 8.x, 20 for 10.x.\nConvert an existing file: onnx.version_converter.convert_version(model, 17)\nUpdate the reader (TensorRT, ONNX Runtime) for newer models.",
               "以 13 到 TensorRT 所支持的 opset 之间的版本导出：8.x 为 17，10.x 为 20。\n转换已有文件：onnx.version_converter.convert_version(model, 17)\n对更新的模型，请升级读取方（TensorRT、ONNX Runtime）。"},
    .example = "[W] [TRT] TensorRT supports ONNX graphs generated with at least opset 7."};

inline constexpr Diagnostic log_model_dangling_input{
    .code = "PH9157", .slug = "log-model-dangling-input", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A node reads a tensor that nobody makes", "节点读取了无人产生的张量"},
    .message = {"an input of {node} is neither made by a node nor an input or weight", "{node} 的某个输入既非节点产生，也非图输入或权重"},
    .cause = {"The graph has an edge without a source: a node was removed by hand or by a tool, nodes are out of order, or weights are missing from the inputs (IR version).",
              "图中存在没有来源的边：节点被手工或工具删除、节点顺序错误，或输入中缺少权重（IR 版本）。"},
    .remedy = {"Check the model: python -c \"import onnx; onnx.checker.check_model('model.onnx', full_check=True)\", or pharos lint model.onnx\nRepair order and unused parts: polygraphy surgeon sanitize model.onnx -o clean.onnx, graph.toposort() in onnx-graphsurgeon.\nWith old parsers export with keep_initializers_as_inputs=True.",
               "检查模型：python -c \"import onnx; onnx.checker.check_model('model.onnx', full_check=True)\"，或 pharos lint model.onnx\n修复顺序与无用部分：polygraphy surgeon sanitize model.onnx -o clean.onnx，或 onnx-graphsurgeon 的 graph.toposort()。\n旧解析器请以 keep_initializers_as_inputs=True 导出。"},
    .example = "[E] [6] Assertion failed: ctx->tensors().count(inputName) && \"Node input was not registered.\""};

inline constexpr Diagnostic log_model_cycle{
    .code = "PH9158", .slug = "log-model-cycle", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The graph of the model has a cycle or no order", "模型图有环或无法排序"},
    .message = {"the nodes of the model cannot be put in order: {what}", "无法对模型节点排序：{what}"},
    .cause = {"A tensor depends on itself: two nodes write the same name, or an edit joined the wrong ends.",
              "某个张量依赖自身：两个节点写入同名张量，或编辑时接错了端点。"},
    .remedy = {"Look for names that are written twice: python -c \"import onnx,collections; m=onnx.load('model.onnx'); print([k for k,v in collections.Counter(o for n in m.graph.node for o in n.output).items() if v>1])\"\nExport again from the source instead of editing the file.",
               "查找被重复写入的名称：python -c \"import onnx,collections; m=onnx.load('model.onnx'); print([k for k,v in collections.Counter(o for n in m.graph.node for o in n.output).items() if v>1])\"\n从源模型重新导出，而不是编辑文件。"},
    .example = "[E] [5] Assertion failed: toposort(graph.node(), &topoOrder) && \"Failed to sort the model topologically.\""};

inline constexpr Diagnostic log_initializer_type{
    .code = "PH9159", .slug = "log-initializer-type", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A weight has a type that TensorRT does not read", "权重类型不被 TensorRT 支持"},
    .message = {"initializer {tensor} cannot be imported{type}", "无法导入初始化器 {tensor}{type}"},
    .cause = {"Weights may be float, half, bfloat16, double (narrowed), int8, int32, int64, bool and, in newer versions, FP8 and INT4; strings, complex numbers and unsigned types wider than 8 bits may not.",
              "权重可为 float、half、bfloat16、double（会被收窄）、int8、int32、int64、bool，新版本还支持 FP8 与 INT4；字符串、复数及宽于 8 位的无符号类型不可。"},
    .remedy = {"Find who reads it: pharos graph model.onnx | grep {tensor}\nCast it in the source to one of these types, or remove it if nobody reads it: polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx",
               "查找使用者：pharos graph model.onnx | grep {tensor}\n在源代码中转换为上述类型；若无人使用则删除：polygraphy surgeon sanitize model.onnx --cleanup -o clean.onnx"},
    .example = "[E] Found unsupported datatype (16) when importing initializer: w"};

inline constexpr Diagnostic log_initializer_size{
    .code = "PH9160", .slug = "log-initializer-size", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A weight holds another number of bytes than its shape says", "权重字节数与形状不符"},
    .message = {"initializer {tensor}: {expected} bytes expected, {actual} found",
                "初始化器 {tensor}：应为 {expected} 字节，实为 {actual} 字节"},
    .cause = {"Shape and data of the weight disagree: it was changed by a script that set one and not the other, or the file is damaged.",
              "权重的形状与数据不一致：脚本只修改了其中之一，或文件已损坏。"},
    .remedy = {"Export the model again.\nIn scripts make tensors with onnx.numpy_helper.from_array, which keeps both in step.\nCheck: python -c \"import onnx; onnx.checker.check_model('model.onnx')\"",
               "重新导出模型。\n脚本中用 onnx.numpy_helper.from_array 创建张量，使两者一致。\n检查：python -c \"import onnx; onnx.checker.check_model('model.onnx')\""},
    .example = "[E] Size mismatch when importing initializer: w. Expected size: 64, actual size: 32"};

inline constexpr Diagnostic log_node_invalid{
    .code = "PH9161", .slug = "log-node-invalid", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A layer of the network is invalid", "网络中的某一层无效"},
    .message = {"node {node} was built and then refused: {why}", "节点 {node} 建成后被拒绝：{why}"},
    .cause = {"The importer knew the operator, but the library refused the layer with these shapes or types; the nested message tells what does not fit.",
              "导入器认识该算子，但库拒绝了带有这些形状或类型的层；嵌套消息指出了不匹配之处。"},
    .remedy = {"Read the shapes of the node's inputs with --verbose: the lines \"{node} [\" above the error list them.\nFold shape arithmetic: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\nExport with the sizes or dynamic axes that you mean: sizes frozen at export are the usual source.",
               "用 --verbose 查看该节点输入的形状：错误上方以“{node} [”开头的行会列出。\n折叠形状运算：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\n按实际需要的尺寸或动态轴导出：导出时被固定的尺寸是常见根源。"},
    .example = "[E] [6] Invalid Node - Pad_13"};

inline constexpr Diagnostic log_shape_tensor_rank{
    .code = "PH9162", .slug = "log-shape-tensor-rank", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Shape arithmetic uses a tensor of two dimensions", "形状运算使用了二维张量"},
    .message = {"{node}: a shape tensor is reshaped to [{dims}], at most one dimension is possible here",
                "{node}：形状张量被重塑为 [{dims}]，此处最多一维"},
    .cause = {"Values that become sizes or pads are computed by the shape machine, which up to 8.6 has vectors only. PyTorch writes the pads of a computed Pad as reshape(..., [-1, 2]), flip and transpose.",
              "作为尺寸或填充的值由形状机计算，而 8.6 及以前只支持向量。PyTorch 会把计算得到的 Pad 写成 reshape(..., [-1, 2])、翻转再转置。"},
    .remedy = {"Fold it: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx (or onnxsim); with fixed sizes the arithmetic disappears.\nIn PyTorch give F.pad plain Python numbers, not values computed from tensors.\nOr use TensorRT 10, whose importer takes it.",
               "折叠：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx（或 onnxsim）；固定尺寸后该运算即消失。\nPyTorch 中给 F.pad 传普通 Python 数值，而不是由张量计算得到的值。\n或使用 TensorRT 10，其导入器可接受。"},
    .example = "[shuffleNode.cpp::symbolicExecute::392] Error Code 4: Internal Error (Reshape_3: IShuffleLayer applied to shape tensor must have 0 or 1 reshape dimensions: dimensions were [-1,2])"};

inline constexpr Diagnostic log_shape_inference_failed{
    .code = "PH9163", .slug = "log-shape-inference-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The output shape of a layer cannot be computed", "无法计算某一层的输出形状"},
    .message = {"no output shape for {node}: {why}", "{node} 的输出形状无法得出：{why}"},
    .cause = {"Shapes contradict each other at this layer: ranks differ, a Reshape does not divide, or a Slice or Concat gets sizes that do not fit.",
              "形状在此层自相矛盾：秩不一致、Reshape 无法整除，或 Slice、Concat 的尺寸不匹配。"},
    .remedy = {"Print the shapes that ONNX itself finds: python -c \"import onnx; onnx.save(onnx.shape_inference.infer_shapes(onnx.load('model.onnx'), strict_mode=True), 's.onnx')\", or pharos graph model.onnx\nCheck axes and sizes that were frozen at export (view, reshape, expand with numbers).\nIf it runs in ONNX Runtime, fold constants and try a newer TensorRT.",
               "打印 ONNX 自身推断的形状：python -c \"import onnx; onnx.save(onnx.shape_inference.infer_shapes(onnx.load('model.onnx'), strict_mode=True), 's.onnx')\"，或 pharos graph model.onnx\n检查导出时被固定的轴与尺寸（带数字的 view、reshape、expand）。\n若在 ONNX Runtime 中可运行，请折叠常量并尝试更新的 TensorRT。"},
    .example = "[E] Error[4]: ITensor::getDimensions: Error Code 4: Internal Error (Output shape can not be computed for node Concat_5.)"};

inline constexpr Diagnostic log_broadcast_mismatch{
    .code = "PH9164", .slug = "log-broadcast-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Two tensors do not fit each other", "两个张量形状不匹配"},
    .message = {"{what}", "{what}"},
    .cause = {"The operands have sizes that cannot be broadcast: a size frozen at export meets a different input size, or channels and batch are in other places than the model expects.",
              "操作数的尺寸无法广播：导出时固定的尺寸遇到不同的输入，或通道与批的位置与模型预期不同。"},
    .remedy = {"Give the sizes with which the model was exported, or export with dynamic_axes for the axis that differs.\nAxes that belong together need the same range in the profile.\nSee the shapes along the way: pharos graph model.onnx, or trtexec --verbose.",
               "使用导出时的尺寸，或对不一致的轴以 dynamic_axes 重新导出。\n相互关联的轴在优化配置中须使用相同范围。\n查看沿途形状：pharos graph model.onnx，或 trtexec --verbose。"},
    .example = "[E] Add_3: broadcast dimensions must be conformable"};

inline constexpr Diagnostic log_reshape_volume{
    .code = "PH9165", .slug = "log-reshape-volume", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A Reshape changes the number of elements", "Reshape 改变了元素数量"},
    .message = {"{what}", "{what}"},
    .cause = {"The target shape holds numbers of the example input; with another batch or size the product no longer agrees.",
              "目标形状中固化了示例输入的数值；换用其他批大小或尺寸后乘积不再一致。"},
    .remedy = {"Write reshapes with sizes taken from the tensor and one -1: x.view(x.size(0), -1) instead of x.view(8, 512), and export with dynamic_axes.\nOr build with the batch of the export.\nRepair the file: onnx-graphsurgeon, set the first element of the shape to 0 (keep) or -1 (rest).",
               "reshape 的尺寸应取自张量并留一个 -1：用 x.view(x.size(0), -1) 代替 x.view(8, 512)，并以 dynamic_axes 导出。\n或按导出时的批大小构建。\n修复文件：用 onnx-graphsurgeon 将形状首元素设为 0（保持）或 -1（其余）。"},
    .example = "[E] 4: [shuffleNode.cpp::symbolicExecute::387] Error Code 4: Internal Error (Reshape_9: reshape changes volume. Reshaping [1,512] to [8,512].)"};

inline constexpr Diagnostic log_model_too_deep{
    .code = "PH9166", .slug = "log-model-too-deep", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Loops or conditions are nested too deeply", "循环或条件嵌套过深"},
    .message = {"{what}", "{what}"},
    .cause = {"The parser reads at most 24 levels of If, Loop and Scan inside each other.",
              "解析器最多读取 24 层相互嵌套的 If、Loop 与 Scan。"},
    .remedy = {"Fold conditions that do not depend on data: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\nUnroll or flatten loops in the source, and export again.",
               "折叠不依赖数据的条件：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\n在源代码中展开或扁平化循环后重新导出。"},
    .example = "[E] ONNX graph contains nested structures that exceed the maximum allowed by TensorRT!"};

inline constexpr Diagnostic log_model_caffe{
    .code = "PH9167", .slug = "log-model-caffe", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A Caffe model cannot be read", "无法读取 Caffe 模型"},
    .message = {"{what}", "{what}"},
    .cause = {"The Caffe importer was deprecated in 7 and removed in 9; what is left reads a prototxt and its weights only if all layers are known.",
              "Caffe 导入器自 7 弃用、9 移除；仅存版本只有在认识全部层时才能读取 prototxt 与权重。"},
    .remedy = {"Check that both files exist and belong together: --deploy=deploy.prototxt --model=weights.caffemodel --output=prob\nBetter convert to ONNX (caffe2onnx, or MMdnn) and build from that.",
               "检查两个文件存在且匹配：--deploy=deploy.prototxt --model=weights.caffemodel --output=prob\n最好转换为 ONNX（caffe2onnx 或 MMdnn）再构建。"},
    .example = "[E] Failed to parse caffe model or prototxt, tensors blob not found"};

inline constexpr Diagnostic log_model_uff{
    .code = "PH9168", .slug = "log-model-uff", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A UFF model cannot be read", "无法读取 UFF 模型"},
    .message = {"{what}", "{what}"},
    .cause = {"The UFF importer was deprecated in 7 and removed in 9.", "UFF 导入器自 7 弃用、9 移除。"},
    .remedy = {"Convert the TensorFlow model to ONNX: python -m tf2onnx.convert --saved-model DIR --opset 13 --output model.onnx\nBuild from it: trtexec --onnx=model.onnx",
               "将 TensorFlow 模型转换为 ONNX：python -m tf2onnx.convert --saved-model DIR --opset 13 --output model.onnx\n由此构建：trtexec --onnx=model.onnx"},
    .example = "[E] Failed to parse uff file"};

inline constexpr Diagnostic log_model_too_large{
    .code = "PH9169", .slug = "log-model-too-large", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model is larger than a protobuf may be", "模型超出 protobuf 大小上限"},
    .message = {"{what}", "{what}"},
    .cause = {"A single ONNX file is limited to 2 GB.", "单个 ONNX 文件上限为 2 GB。"},
    .remedy = {"Save with external data: onnx.save_model(model, \"model.onnx\", save_as_external_data=True, all_tensors_to_one_file=True, location=\"model.onnx.data\")\nGive the parser the path, not the bytes: parse_from_file.\nWith tools that need one message, check by path: onnx.checker.check_model(\"model.onnx\")",
               "以外部数据保存：onnx.save_model(model, \"model.onnx\", save_as_external_data=True, all_tensors_to_one_file=True, location=\"model.onnx.data\")\n向解析器提供路径而不是字节：parse_from_file。\n需要单条消息的工具请按路径检查：onnx.checker.check_model(\"model.onnx\")"},
    .example = "[libprotobuf ERROR] onnx.ModelProto exceeded maximum protobuf size of 2GB"};

inline constexpr Diagnostic log_model_invalid{
    .code = "PH9170", .slug = "log-model-invalid", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The ONNX checker refuses the model", "ONNX 检查器拒绝该模型"},
    .message = {"{what}", "{what}"},
    .cause = {"The file breaks a rule of ONNX itself: an attribute that is required is missing, types contradict, nodes are not in order, or names are written twice.",
              "文件违反了 ONNX 自身规则：缺少必需属性、类型矛盾、节点无序，或名称被重复写入。"},
    .remedy = {"See all faults at once: pharos lint model.onnx\nExport again with a current exporter; after edits run onnx.checker.check_model(path, full_check=True).\nRepair order and unused parts: polygraphy surgeon sanitize model.onnx -o clean.onnx",
               "一次查看全部缺陷：pharos lint model.onnx\n用最新导出器重新导出；编辑后执行 onnx.checker.check_model(path, full_check=True)。\n修复顺序与无用部分：polygraphy surgeon sanitize model.onnx -o clean.onnx"},
    .example = "onnx.onnx_cpp2py_export.checker.ValidationError: Nodes in a graph must be topologically sorted"};

inline constexpr Diagnostic log_node_refused{
    .code = "PH9171", .slug = "log-node-refused", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A node cannot be imported", "某个节点无法导入"},
    .message = {"{node}: {why}", "{node}：{why}"},
    .cause = {"The importer of this operator checked the node and refused it; the assertion tells which condition does not hold.",
              "该算子的导入器检查后拒绝了此节点；断言指出了不成立的条件。"},
    .remedy = {"{advice}\nLook at the node with its attributes and input shapes: pharos graph model.onnx, or the dump between \"Begin node\" and \"End node\" (--verbose).\nFold constants and simplify: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\nTry the newest TensorRT, whose importers accept more; isolate the node with polygraphy surgeon extract.",
               "{advice_zh}\n查看该节点的属性与输入形状：pharos graph model.onnx，或“Begin node”与“End node”之间的转储（--verbose）。\n折叠常量并简化：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx\n尝试最新的 TensorRT，其导入器接受范围更广；用 polygraphy surgeon extract 分离该节点。"},
    .example = "[E] ERROR: builtin_op_importers.cpp:3422 In function importResize: [8] Assertion failed: scales_input.is_weights()"};

inline constexpr std::array log_models_entries{&log_model_missing, &log_model_not_onnx, &log_model_external_missing, &log_model_external_size,
                                               &log_model_external_path, &log_model_ir_newer, &log_model_opset, &log_model_dangling_input,
                                               &log_model_cycle, &log_initializer_type, &log_initializer_size, &log_node_invalid,
                                               &log_shape_tensor_rank, &log_shape_inference_failed, &log_broadcast_mismatch, &log_reshape_volume,
                                               &log_model_too_deep, &log_model_caffe, &log_model_uff, &log_model_too_large, &log_model_invalid,
                                               &log_node_refused};

}  // namespace pharos::diag
