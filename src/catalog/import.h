#pragma once
// PH1xxx: reading models.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic model_damaged{
    .code = "PH1001", .slug = "model-damaged", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A model file is damaged or cut short", "模型文件损坏或被截断"},
    .message = {"'{path}' is not a whole ONNX file: {details}", "“{path}”不是完整的 ONNX 文件：{details}"},
    .cause = {"The file was cut short while it was copied or downloaded, was changed, or is of another kind.",
              "文件在复制或下载时被截断、被改动，或属于其他格式。"},
    .remedy = {"Copy or download it again and compare size and checksum; export the model again.",
               "请重新复制或下载并核对大小与校验和，或重新导出模型。"},
    .example = "pharos build with the first half of a model"};

inline constexpr Diagnostic model_invalid{
    .code = "PH1002", .slug = "model-invalid", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A model breaks a rule of ONNX", "模型违反 ONNX 规则"},
    .message = {"{details}", "{details}"},
    .cause = {"The exporter wrote a graph that the ONNX specification does not allow, or the file was edited.",
              "导出工具写出了不符合 ONNX 规范的计算图，或文件被修改过。"},
    .remedy = {"Run onnx.checker.check_model on the file; export it again with a current exporter.",
               "请用 onnx.checker.check_model 检查该文件，并使用最新的导出工具重新导出。"},
    .example = "a model whose node reads a value that nothing produces"};

inline constexpr Diagnostic graph_cyclic{
    .code = "PH1003", .slug = "graph-cyclic", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"Nodes of a model depend on each other in a circle", "模型节点之间存在循环依赖"},
    .message = {"graph '{graph}': {count} node(s) lie on a cycle or behind one: {nodes}",
                "计算图“{graph}”：{count} 个节点处于循环之中或依赖循环：{nodes}"},
    .cause = {"A node reads, directly or through others, its own result.", "某个节点直接或间接读取了自身的结果。"},
    .remedy = {"Export the model again; recurrences have to be written as Loop or Scan.",
               "请重新导出模型；递归结构应以 Loop 或 Scan 表示。"},
    .example = "two nodes that read each other's output"};

inline constexpr Diagnostic value_undefined{
    .code = "PH1004", .slug = "value-undefined", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A node reads a value that nothing produces", "节点读取了不存在的值"},
    .message = {"{op} '{node}': input {index}, '{value}', is produced by no node, input or initializer",
                "{op}“{node}”：输入 {index}（“{value}”）没有任何节点、输入或初始化器产生"},
    .cause = {"A node was removed from the model without its readers, or names were changed.",
              "节点被删除而其读取者仍在，或名称被改动。"},
    .remedy = {"Check the tool that edited the model; export it again.", "请检查修改模型的工具，或重新导出模型。"},
    .example = "a Relu that reads 'x7' in a graph without 'x7'"};

inline constexpr Diagnostic value_defined_twice{
    .code = "PH1005", .slug = "value-defined-twice", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A value is produced twice", "同一个值被多次定义"},
    .message = {"graph '{graph}': '{value}' is defined by {first} and again by {second}",
                "计算图“{graph}”：“{value}”先由{first}定义，又由{second}定义"},
    .cause = {"Two models were merged without renaming, or the file was edited.",
              "合并模型时未改名，或文件被修改过。"},
    .remedy = {"Rename the values (onnx.compose takes a prefix), or export the model again.",
               "请重命名（onnx.compose 可添加前缀），或重新导出模型。"},
    .example = "two nodes with the output 'y'"};

inline constexpr Diagnostic opset_missing{
    .code = "PH1006", .slug = "opset-missing", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The model does not say which operator set it uses", "模型未声明所用的算子集"},
    .message = {"the model imports no opset for domain '{domain}', but node '{node}' needs it",
                "模型未导入域“{domain}”的 opset，但节点“{node}”需要它"},
    .cause = {"The field opset_import is missing, so the meaning of the operators is not defined.",
              "缺少 opset_import 字段，算子的含义无法确定。"},
    .remedy = {"Export the model again, or add the opset it was made for with the onnx Python package.",
               "请重新导出模型，或用 onnx Python 包补充其对应的 opset。"},
    .example = "a hand-made ModelProto without opset_import"};

inline constexpr Diagnostic opset_too_new{
    .code = "PH1007", .slug = "opset-too-new", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"The model uses a newer operator set than this version knows", "模型使用的算子集新于当前版本"},
    .message = {"opset {version} of domain '{domain}' is newer than {known}, the newest this version knows; "
                "operators are read as of {known}",
                "域“{domain}”的 opset {version} 新于本版本已知的 {known}；算子按 {known} 解释"},
    .cause = {"The exporter is newer than Pharos; operators that changed since may compute something else.",
              "导出工具比 Pharos 新；其后有变化的算子结果可能不同。"},
    .remedy = {"Export with the older opset named in the message, or use a newer Pharos; verify the results.",
               "请以消息中所示的较旧 opset 导出，或升级 Pharos，并核对结果。"},
    .example = "a model with opset 99"};

inline constexpr Diagnostic ir_too_new{
    .code = "PH1008", .slug = "ir-too-new", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"The model file is of a newer format version", "模型文件的格式版本较新"},
    .message = {"IR version {version} is newer than {known}, the newest this version knows",
                "IR 版本 {version} 新于本版本已知的 {known}"},
    .cause = {"The exporter is newer than Pharos; fields it added are ignored.",
              "导出工具比 Pharos 新；其新增字段将被忽略。"},
    .remedy = {"Verify the results, or export with an older onnx package.", "请核对结果，或用较旧的 onnx 包导出。"},
    .example = "a model with ir_version 99"};

inline constexpr Diagnostic domain_not_imported{
    .code = "PH1009", .slug = "domain-not-imported", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"A node uses a domain that the model does not import", "节点使用了模型未导入的域"},
    .message = {"domain '{domain}' is used (by node '{node}') but not imported; its newest version is assumed",
                "域“{domain}”被使用（节点“{node}”）但未导入；按其最新版本处理"},
    .cause = {"Some tools write operators of their own domain without declaring it.",
              "某些工具写入自有域的算子却未声明该域。"},
    .remedy = {"Add the domain to opset_import.", "请在 opset_import 中加入该域。"},
    .example = "an optimised transformer with com.microsoft nodes and no import"};

inline constexpr Diagnostic operators_unsupported{
    .code = "PH1010", .slug = "operators-unsupported", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"Operators of the model are not supported", "模型含有不支持的算子"},
    .message = {"{kinds} unsupported operator(s) in {count} node(s): {list}",
                "{count} 个节点使用了 {kinds} 种不支持的算子：{list}"},
    .cause = {"The operators come from a custom domain, or are newer than this version of Pharos.",
              "这些算子来自自定义域，或新于当前版本的 Pharos。"},
    .remedy = {"Do what the message says for each operator; 'pharos list ops' shows what is built in, and --plugin FILE adds more.",
               "请按消息对各算子的说明处理；pharos list ops 列出内置算子，--plugin FILE 可添加其他算子。"},
    .example = "a model with com.example::Foo"};

inline constexpr Diagnostic function_recursive{
    .code = "PH1011", .slug = "function-recursive", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A function of the model calls itself", "模型函数递归调用自身"},
    .message = {"function '{function}' calls itself: {path}", "函数“{function}”调用了自身：{path}"},
    .cause = {"ONNX functions must not be recursive; the file is damaged or made to exhaust memory.",
              "ONNX 函数不允许递归；文件已损坏或被刻意构造以耗尽内存。"},
    .remedy = {"Export the model again; repetition has to be written as Loop.",
               "请重新导出模型；重复计算应以 Loop 表示。"},
    .example = "a FunctionProto whose body calls it"};

inline constexpr Diagnostic tensor_type_unknown{
    .code = "PH1012", .slug = "tensor-type-unknown", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A tensor has an element type that is not known", "张量的元素类型未知"},
    .message = {"{what} has element type number {actual}; known are 1 to {last}",
                "{what} 的元素类型编号为 {actual}，已知范围为 1 到 {last}"},
    .cause = {"The file is damaged, or the type is newer than this version of Pharos.",
              "文件已损坏，或该类型新于当前版本的 Pharos。"},
    .remedy = {"Export the model with another element type.", "请以其他元素类型导出模型。"},
    .example = "an initializer of type FLOAT6E2M3"};

inline constexpr Diagnostic tensor_dims_invalid{
    .code = "PH1013", .slug = "tensor-dims-invalid", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A tensor has impossible dimensions", "张量维度无效"},
    .message = {"{what} has dimensions {actual}; expected {expected}", "{what} 的维度为 {actual}，应为 {expected}"},
    .cause = {"A dimension is negative, there are too many, or their product does not fit 63 bits: the file is "
              "damaged or malicious.",
              "某个维度为负、维数过多，或乘积超出 63 位：文件已损坏或含恶意内容。"},
    .remedy = {"Export the model again.", "请重新导出模型。"},
    .example = "an initializer of dimensions 4294967296x4294967296x4294967296"};

inline constexpr Diagnostic tensor_size_mismatch{
    .code = "PH1014", .slug = "tensor-size-mismatch", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The contents of a tensor do not fit its shape", "张量内容与形状不符"},
    .message = {"{what} is {type} and needs {expected}; the file holds {actual}",
                "{what} 为 {type}，需要 {expected}，而文件中为 {actual}"},
    .cause = {"The shape was changed without the data, or the file is damaged.",
              "形状被改动而数据未变，或文件已损坏。"},
    .remedy = {"Export the model again.", "请重新导出模型。"},
    .example = "an initializer of shape 3x4 with 40 bytes of float data"};

inline constexpr Diagnostic external_data_invalid{
    .code = "PH1015", .slug = "external-data-invalid", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The description of external data cannot be used", "外部数据的描述无效"},
    .message = {"{what}: {details}", "{what}：{details}"},
    .cause = {"Offset, length or a key of the external data is damaged or made to read elsewhere.",
              "外部数据的偏移、长度或键已损坏，或意图读取其他位置。"},
    .remedy = {"Save the model again with onnx.save_model(..., save_as_external_data=True).",
               "请用 onnx.save_model(..., save_as_external_data=True) 重新保存模型。"},
    .example = "an offset of -1, or beyond the end of the file"};

inline constexpr Diagnostic external_data_no_folder{
    .code = "PH1016", .slug = "external-data-no-folder", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A model in memory refers to external data", "内存中的模型引用了外部数据"},
    .message = {"{what} lies in file '{location}', but no folder was given for external data",
                "{what} 位于文件“{location}”，但未指定外部数据所在目录"},
    .cause = {"A model given as bytes has no folder in which its data files could be looked for.",
              "以字节形式给出的模型没有可供查找数据文件的目录。"},
    .remedy = {"Give the folder to the build function, or build from the file.",
               "请向构建函数提供目录，或直接从文件构建。"},
    .example = "build(bytes, \"\", options) with a model that has external data"};

inline constexpr Diagnostic sparse_invalid{
    .code = "PH1017", .slug = "sparse-invalid", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A sparse tensor is not consistent", "稀疏张量不一致"},
    .message = {"{what}: {details}", "{what}：{details}"},
    .cause = {"Values, indices and dimensions of the sparse tensor contradict each other.",
              "稀疏张量的值、索引与维度相互矛盾。"},
    .remedy = {"Export the model again, or store the tensor densely.", "请重新导出模型，或改用稠密存储。"},
    .example = "an index beyond the dense shape"};

inline constexpr Diagnostic declared_shape_wrong{
    .code = "PH1018", .slug = "declared-shape-wrong", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"A shape declared in the model contradicts the computed one", "模型声明的形状与推导结果矛盾"},
    .message = {"'{value}' is declared as {declared}, but is {actual}; the declaration is ignored",
                "“{value}”声明为 {declared}，实际为 {actual}；忽略该声明"},
    .cause = {"The model was edited (batch size, input size) without running shape inference again, or the "
              "exporter traced fixed sizes.",
              "模型被修改（批大小、输入尺寸）后未重新推导形状，或导出工具记录了固定尺寸。"},
    .remedy = {"None needed; remove value_info from the model to silence this.",
               "无需处理；删除模型中的 value_info 可消除此警告。"},
    .example = "an output declared 1x1000 in a model with a dynamic batch"};

inline constexpr Diagnostic declared_type_wrong{
    .code = "PH1019", .slug = "declared-type-wrong", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A type declared in the model contradicts the computed one", "模型声明的类型与推导结果矛盾"},
    .message = {"'{value}' is declared as {declared}, but {origin} gives {actual}",
                "“{value}”声明为 {declared}，而{origin}得到 {actual}"},
    .cause = {"Element type or rank were changed in one place of the model and not in the other.",
              "模型中一处的元素类型或秩被改动，而另一处未改。"},
    .remedy = {"Run onnx.shape_inference with strict mode to find the node; export the model again.",
               "请以严格模式运行 onnx.shape_inference 定位节点，并重新导出模型。"},
    .example = "an output declared f16 that a float32 Relu produces"};

inline constexpr Diagnostic format_uff{
    .code = "PH1020", .slug = "format-uff", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a UFF model", "该文件为 UFF 模型"},
    .message = {"'{path}' is a UFF model ({details})", "“{path}”是 UFF 模型（{details}）"},
    .cause = {"UFF was TensorRT's own import format; it was removed in TensorRT 10.",
              "UFF 曾是 TensorRT 的导入格式，已在 TensorRT 10 中移除。"},
    .remedy = {"Convert the original TensorFlow model: python -m tf2onnx.convert --saved-model DIR --output "
               "model.onnx (or --graphdef FILE --inputs … --outputs …).",
               "请转换原始 TensorFlow 模型：python -m tf2onnx.convert --saved-model DIR --output model.onnx（或 "
               "--graphdef FILE --inputs … --outputs …）。"},
    .example = "pharos build model.uff"};

inline constexpr Diagnostic format_tensorflow{
    .code = "PH1021", .slug = "format-tensorflow", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a TensorFlow model", "该文件为 TensorFlow 模型"},
    .message = {"'{path}' is a TensorFlow model ({details})", "“{path}”是 TensorFlow 模型（{details}）"},
    .cause = {"Pharos reads ONNX; TensorFlow graphs have to be converted once.",
              "Pharos 读取 ONNX；TensorFlow 模型需先转换。"},
    .remedy = {"SavedModel: python -m tf2onnx.convert --saved-model DIR --output model.onnx. Frozen graph: "
               "python -m tf2onnx.convert --graphdef FILE --inputs NAME:0 --outputs NAME:0 --output model.onnx.",
               "SavedModel：python -m tf2onnx.convert --saved-model DIR --output model.onnx。冻结图：python -m "
               "tf2onnx.convert --graphdef FILE --inputs NAME:0 --outputs NAME:0 --output model.onnx。"},
    .example = "pharos build frozen_graph.pb"};

inline constexpr Diagnostic format_tflite{
    .code = "PH1022", .slug = "format-tflite", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a TensorFlow Lite model", "该文件为 TensorFlow Lite 模型"},
    .message = {"'{path}' is a TensorFlow Lite model ({details})", "“{path}”是 TensorFlow Lite 模型（{details}）"},
    .cause = {"Pharos reads ONNX; TensorFlow Lite models have to be converted once.",
              "Pharos 读取 ONNX；TensorFlow Lite 模型需先转换。"},
    .remedy = {"python -m tf2onnx.convert --tflite model.tflite --output model.onnx",
               "python -m tf2onnx.convert --tflite model.tflite --output model.onnx"},
    .example = "pharos build model.tflite"};

inline constexpr Diagnostic format_pytorch{
    .code = "PH1023", .slug = "format-pytorch", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a PyTorch file", "该文件为 PyTorch 文件"},
    .message = {"'{path}' is a PyTorch file ({details})", "“{path}”是 PyTorch 文件（{details}）"},
    .cause = {"Pharos reads ONNX; a PyTorch module has to be exported by PyTorch itself.",
              "Pharos 读取 ONNX；PyTorch 模型需由 PyTorch 导出。"},
    .remedy = {"In Python: load the module and call torch.onnx.export(model, example_inputs, 'model.onnx'). A "
               "checkpoint holds weights only: its network's code is needed too.",
               "在 Python 中加载模型并调用 torch.onnx.export(model, example_inputs, "
               "'model.onnx')。检查点只含权重，还需要网络代码。"},
    .example = "pharos build model.pt"};

inline constexpr Diagnostic format_keras{
    .code = "PH1024", .slug = "format-keras", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a Keras or HDF5 model", "该文件为 Keras 或 HDF5 模型"},
    .message = {"'{path}' is a Keras or HDF5 file ({details})", "“{path}”是 Keras 或 HDF5 文件（{details}）"},
    .cause = {"Pharos reads ONNX; Keras models have to be exported once.", "Pharos 读取 ONNX；Keras 模型需先导出。"},
    .remedy = {"In Python: tf.keras.models.load_model(FILE), then tf2onnx.convert.from_keras(model, "
               "output_path='model.onnx').",
               "在 Python 中：tf.keras.models.load_model(FILE)，再调用 tf2onnx.convert.from_keras(model, "
               "output_path='model.onnx')。"},
    .example = "pharos build model.h5"};

inline constexpr Diagnostic format_tensorrt_plan{
    .code = "PH1025", .slug = "format-tensorrt-plan", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a TensorRT engine", "该文件为 TensorRT 引擎"},
    .message = {"'{path}' is a TensorRT engine ({details})", "“{path}”是 TensorRT 引擎（{details}）"},
    .cause = {"An engine holds code for one GPU and one TensorRT version; the network cannot be got back from it.",
              "引擎包含针对特定 GPU 与 TensorRT 版本的代码，无法还原网络。"},
    .remedy = {"Build from the ONNX model that the engine was made from.", "请从生成该引擎的 ONNX 模型构建。"},
    .example = "pharos build model.engine made by trtexec"};

inline constexpr Diagnostic format_weights_only{
    .code = "PH1026", .slug = "format-weights-only", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file holds weights without a network", "该文件只含权重，没有网络结构"},
    .message = {"'{path}' holds weights only ({details})", "“{path}”只含权重（{details}）"},
    .cause = {"Such files store tensors by name; which operators connect them stands elsewhere.",
              "此类文件按名称存储张量，算子之间的连接保存在别处。"},
    .remedy = {"Load the weights into their network and export that to ONNX, for example: optimum-cli export "
               "onnx --model NAME FOLDER.",
               "请将权重载入对应网络并导出 ONNX，例如：optimum-cli export onnx --model NAME FOLDER。"},
    .example = "pharos build model.safetensors"};

inline constexpr Diagnostic format_git_lfs{
    .code = "PH1027", .slug = "format-git-lfs", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a Git LFS pointer, not the model itself", "该文件是 Git LFS 指针，而非模型本身"},
    .message = {"'{path}' is a Git LFS pointer ({details})", "“{path}”是 Git LFS 指针（{details}）"},
    .cause = {"The repository was cloned without git-lfs, so that large files are small text files.",
              "克隆仓库时未使用 git-lfs，大文件仅为文本指针。"},
    .remedy = {"Run 'git lfs install' and 'git lfs pull' in the repository, or download the file itself.",
               "请在仓库中运行 git lfs install 和 git lfs pull，或直接下载该文件。"},
    .example = "pharos build with a model from a repository cloned without git-lfs"};

inline constexpr Diagnostic format_empty{
    .code = "PH1028", .slug = "format-empty", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is empty", "文件为空"},
    .message = {"'{path}' is empty", "“{path}”为空"},
    .cause = {"The export or download failed before anything was written.", "导出或下载在写入前已失败。"},
    .remedy = {"Export or download the model again; check for a full disk.",
               "请重新导出或下载模型，并检查磁盘是否已满。"},
    .example = "pharos build /dev/null copied to a file"};

inline constexpr Diagnostic format_text{
    .code = "PH1029", .slug = "format-text", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is text, not a model", "该文件为文本，而非模型"},
    .message = {"'{path}' is {details}, not an ONNX file", "“{path}”是{details}，不是 ONNX 文件"},
    .cause = {"A web page, a list of settings or a text form of a model was given in place of the binary file.",
              "给出的是网页、配置或模型的文本形式，而非二进制文件。"},
    .remedy = {"Give the binary .onnx file. A web page: open the link that downloads the file itself. ONNX text: "
               "onnx.parser.parse_model, then onnx.save.",
               "请给出二进制 .onnx 文件。若为网页，请使用直接下载链接；若为 ONNX 文本，请用 "
               "onnx.parser.parse_model 解析后 onnx.save 保存。"},
    .example = "pharos build with a saved 'not found' page"};

inline constexpr Diagnostic format_compressed{
    .code = "PH1030", .slug = "format-compressed", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is compressed", "该文件是压缩文件"},
    .message = {"'{path}' is compressed ({details})", "“{path}”是压缩文件（{details}）"},
    .cause = {"The model was downloaded as an archive.", "下载的模型是压缩包。"},
    .remedy = {"Unpack it first.", "请先解压。"},
    .example = "pharos build model.onnx.gz"};

inline constexpr Diagnostic format_other_runtime{
    .code = "PH1031", .slug = "format-other-runtime", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file belongs to another runtime", "该文件属于其他推理框架"},
    .message = {"'{path}' is {details}", "“{path}”是{details}"},
    .cause = {"Formats that other runtimes write are not read back by anybody else.",
              "其他推理框架的私有格式不能通用。"},
    .remedy = {"Use the ONNX model that the file was made from, or export one from the training framework.",
               "请使用生成该文件的 ONNX 模型，或从训练框架导出。"},
    .example = "pharos build model.ort"};

inline constexpr Diagnostic format_pharos_engine{
    .code = "PH1032", .slug = "format-pharos-engine", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"The file is a Pharos engine already", "该文件已是 Pharos 引擎"},
    .message = {"'{path}' is an engine, not a model", "“{path}”是引擎，不是模型"},
    .cause = {"Engines are run, not built again.", "引擎可直接运行，无需再次构建。"},
    .remedy = {"Use 'pharos run' or 'pharos bench' with it, or give the ONNX model.",
               "请使用 pharos run 或 pharos bench，或给出 ONNX 模型。"},
    .example = "pharos build resnet50.engine"};

inline constexpr Diagnostic training_info_ignored{
    .code = "PH1033", .slug = "training-info-ignored", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"The model holds training information, which is ignored", "模型含训练信息，已忽略"},
    .message = {"the model holds training graphs; only inference is built", "模型含训练子图；仅构建推理部分"},
    .cause = {"The model was saved for training.", "模型以训练模式保存。"},
    .remedy = {"None needed.", "无需处理。"},
    .example = "a model with training_info"};

inline constexpr Diagnostic data_file_invalid{
    .code = "PH1034", .slug = "data-file-invalid", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A data file cannot be read", "数据文件无法读取"},
    .message = {"'{path}': {details}", "“{path}”：{details}"},
    .cause = {"The file is damaged, cut short, or of another kind than its name says.",
              "文件已损坏、被截断，或内容与扩展名不符。"},
    .remedy = {"Write it again: numpy.save for .npy, onnx.numpy_helper.from_array(...).SerializeToString() for "
               ".pb.",
               "请重新生成：.npy 用 numpy.save，.pb 用 onnx.numpy_helper.from_array(...).SerializeToString()。"},
    .example = "an .npy file cut after its header"};

inline constexpr Diagnostic type_unsupported{
    .code = "PH1035", .slug = "type-unsupported", .severity = Severity::Error, .layer = Layer::Import, .since = "0.1",
    .title = {"A value has a type that is not supported", "值的类型不受支持"},
    .message = {"{what} has {actual}; supported are tensors, sequences, maps and optionals",
                "{what} 的类型为 {actual}；支持张量、序列、映射与可选类型"},
    .cause = {"Sparse tensors as inputs and opaque types have no counterpart here.",
              "稀疏张量输入与不透明类型在此没有对应。"},
    .remedy = {"Export the model with dense inputs.", "请以稠密输入导出模型。"},
    .example = "a graph input of an opaque type"};

inline constexpr Diagnostic constant_repeated{
    .code = "PH1036", .slug = "constant-repeated", .severity = Severity::Warning, .layer = Layer::Import, .since = "0.1",
    .title = {"A constant is defined twice", "同一常量被定义了两次"},
    .message = {"constant '{value}' is defined more than once, first by node '{node}'; the last definition "
                "counts for all readers",
                "常量“{value}”被多次定义，首次由节点“{node}”定义；所有读取者均采用最后的定义"},
    .cause = {"A tool changed constants by appending new ones under the old names.",
              "某个工具以原名追加新常量的方式修改了常量。"},
    .remedy = {"Verify the results: other tools may refuse the model. Remove the superseded Constant nodes.",
               "请核对结果：其他工具可能拒绝该模型。请删除被取代的 Constant 节点。"},
    .example = "an edited model with two Constant nodes of the output '284'"};

inline constexpr std::array import_entries{
    &model_damaged, &model_invalid, &graph_cyclic, &value_undefined, &value_defined_twice, &opset_missing,
    &opset_too_new, &ir_too_new, &domain_not_imported, &operators_unsupported, &function_recursive,
    &tensor_type_unknown, &tensor_dims_invalid, &tensor_size_mismatch, &external_data_invalid,
    &external_data_no_folder, &sparse_invalid, &declared_shape_wrong, &declared_type_wrong, &format_uff,
    &format_tensorflow, &format_tflite, &format_pytorch, &format_keras, &format_tensorrt_plan, &format_weights_only,
    &format_git_lfs, &format_empty, &format_text, &format_compressed, &format_other_runtime, &format_pharos_engine,
    &training_info_ignored, &data_file_invalid, &type_unsupported, &constant_repeated};

}  // namespace pharos::diag
