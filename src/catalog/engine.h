#pragma once
// PH5xxx: engine files.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic engine_not_recognised{
    .code = "PH5001", .slug = "engine-not-recognised", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The file is not an engine of Pharos", "该文件不是 Pharos 引擎"},
    .message = {"not a Pharos engine: {details}", "不是 Pharos 引擎：{details}"},
    .cause = {"Another kind of file was given, or a download saved an error page.",
              "给出了其他类型的文件，或下载时保存的是错误页面。"},
    .remedy = {"Build an engine with 'pharos build MODEL.onnx' and give that file.",
               "用 pharos build MODEL.onnx 构建引擎，并使用生成的文件。"},
    .example = "pharos run photo.jpg"};

inline constexpr Diagnostic engine_is_onnx{
    .code = "PH5002", .slug = "engine-is-onnx", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"An ONNX model was given where an engine is expected", "应为引擎文件，却给出了 ONNX 模型"},
    .message = {"this looks like an ONNX model, not an engine", "该文件像是 ONNX 模型，而不是引擎"},
    .cause = {"The model was not built yet, or has the wrong file name ending.", "模型尚未构建，或文件扩展名有误。"},
    .remedy = {"Build it first: pharos build MODEL.onnx -o MODEL.engine.", "请先构建：pharos build MODEL.onnx -o MODEL.engine。"},
    .example = "an ONNX file renamed to model.engine"};

inline constexpr Diagnostic engine_is_tensorrt{
    .code = "PH5003", .slug = "engine-is-tensorrt", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"A TensorRT plan was given where a Pharos engine is expected", "应为 Pharos 引擎，却给出了 TensorRT 计划文件"},
    .message = {"this is a TensorRT plan; Pharos cannot run it", "这是 TensorRT 计划文件，Pharos 无法运行"},
    .cause = {"TensorRT plans hold code for one kind of GPU and can be read by TensorRT only.",
              "TensorRT 计划文件包含针对特定 GPU 的代码，只能由 TensorRT 读取。"},
    .remedy = {"Build an engine from the ONNX model the plan was made from.", "请用生成该计划的 ONNX 模型构建引擎。"},
    .example = "pharos run resnet50.plan made by trtexec"};

inline constexpr Diagnostic engine_is_pointer{
    .code = "PH5004", .slug = "engine-is-pointer", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"A Git LFS pointer was given instead of the file itself", "给出的是 Git LFS 指针，而不是文件本身"},
    .message = {"this is a Git LFS pointer, not the engine it stands for", "这是 Git LFS 指针，而不是它所指的引擎"},
    .cause = {"The repository was cloned without its large files.", "克隆仓库时未下载大文件。"},
    .remedy = {"Run 'git lfs pull' in the repository.", "在仓库中运行 git lfs pull。"},
    .example = "an engine from a clone made without git-lfs"};

inline constexpr Diagnostic engine_text_mode{
    .code = "PH5005", .slug = "engine-text-mode", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine was copied as text", "引擎文件被以文本方式复制"},
    .message = {"the engine's line endings were changed on the way", "引擎文件的换行符在传输中被修改"},
    .cause = {"A transfer in text mode, or Git's conversion of line endings, changed bytes.",
              "文本模式传输或 Git 的换行符转换修改了文件内容。"},
    .remedy = {"Copy it again in binary mode; mark *.engine as binary in .gitattributes.",
               "以二进制方式重新复制；在 .gitattributes 中将 *.engine 标为 binary。"},
    .example = "an engine fetched by FTP in ASCII mode"};

inline constexpr Diagnostic engine_size_wrong{
    .code = "PH5006", .slug = "engine-size-wrong", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine file is cut short or has data appended", "引擎文件不完整或尾部有多余数据"},
    .message = {"the engine has {actual} bytes; its header announces {expected}", "引擎文件有 {actual} 字节，文件头声明为 {expected} 字节"},
    .cause = {"An interrupted copy or download, or a full disk.", "复制或下载中断，或磁盘已满。"},
    .remedy = {"Copy it again and compare the sizes, or build it again.", "重新复制并核对大小，或重新构建。"},
    .example = "head -c 1000 model.engine > broken.engine"};

inline constexpr Diagnostic engine_checksum{
    .code = "PH5007", .slug = "engine-checksum", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine file is damaged", "引擎文件已损坏"},
    .message = {"the checksum of the {section} section does not match", "{section} 段的校验和不符"},
    .cause = {"Bytes of the file changed on disk or on the way.", "文件内容在磁盘上或传输中发生了变化。"},
    .remedy = {"Copy it again or build it again; if it repeats, check disk and memory of the machine.",
               "重新复制或重新构建；若反复出现，请检查机器的磁盘和内存。"},
    .example = "an engine with one flipped bit"};

inline constexpr Diagnostic engine_format_version{
    .code = "PH5008", .slug = "engine-format-version", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine has another file format version", "引擎的文件格式版本不同"},
    .message = {"the engine has format {actual} (Pharos {built}); this Pharos {here} reads format {expected}",
                "引擎格式为 {actual}（Pharos {built}）；当前 Pharos {here} 读取格式 {expected}"},
    .cause = {"It was built by an older or newer Pharos.", "该引擎由更旧或更新的 Pharos 构建。"},
    .remedy = {"Build it again with this version, or run it with the version that built it.",
               "用当前版本重新构建，或使用构建它的版本运行。"},
    .example = "an engine of a later major version"};

inline constexpr Diagnostic engine_version{
    .code = "PH5009", .slug = "engine-version", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine was built by another version of Pharos", "引擎由其他版本的 Pharos 构建"},
    .message = {"the engine was built by Pharos {built}; this is Pharos {here}", "引擎由 Pharos {built} 构建，当前为 Pharos {here}"},
    .cause = {"Tactics and their packed weights differ between versions.", "不同版本的策略及其打包权重不同。"},
    .remedy = {"Build it again with this version, or run it with the version that built it.",
               "用当前版本重新构建，或使用构建它的版本运行。"},
    .example = "running an engine after an upgrade of Pharos"};

inline constexpr Diagnostic engine_isa{
    .code = "PH5010", .slug = "engine-isa", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The engine needs instructions this processor does not have", "引擎需要本机处理器不支持的指令集"},
    .message = {"the engine was built for {built} ({cpu}); this processor has {here}",
                "引擎为 {built}（{cpu}）构建，本机处理器为 {here}"},
    .cause = {"It was built on a newer or another kind of machine.", "该引擎在更新或不同类型的机器上构建。"},
    .remedy = {"Build it again on the machine that shall run it.", "请在将要运行它的机器上重新构建。"},
    .example = "an engine built with AVX-512, run on a machine with AVX2"};

inline constexpr Diagnostic engine_malformed{
    .code = "PH5011", .slug = "engine-malformed", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The contents of the engine contradict each other", "引擎内容自相矛盾"},
    .message = {"the engine is malformed: {details}", "引擎格式错误：{details}"},
    .cause = {"The checksums are right, so the file was written wrongly or made up on purpose.",
              "校验和正确，说明文件写入有误或被刻意伪造。"},
    .remedy = {"Build it again from a model you trust; report it if Pharos wrote it.",
               "用可信的模型重新构建；若由 Pharos 生成，请反馈。"},
    .example = "an engine whose node reads a value that does not exist"};

inline constexpr Diagnostic engine_too_large{
    .code = "PH5012", .slug = "engine-too-large", .severity = Severity::Error, .layer = Layer::Engine, .since = "0.1",
    .title = {"The plan is too large for an engine file", "计划过大，无法写入引擎文件"},
    .message = {"{what} takes {actual}; an engine file holds at most {limit}", "{what} 占 {actual}，引擎文件最多容纳 {limit}"},
    .cause = {"The model has an unusual number of nodes, names or text constants.", "模型的节点、名称或文本常量数量异常。"},
    .remedy = {"Split the model, or move large text tables out of it.", "拆分模型，或将大型文本表移出模型。"},
    .example = "a model with gigabytes of string constants"};

inline constexpr std::array engine_entries{
    &engine_not_recognised, &engine_is_onnx, &engine_is_tensorrt, &engine_is_pointer, &engine_text_mode, &engine_size_wrong,
    &engine_checksum, &engine_format_version, &engine_version, &engine_isa, &engine_malformed, &engine_too_large};

}  // namespace pharos::diag
