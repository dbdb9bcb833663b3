#pragma once
// PH00xx: files, memory and limits. PH01xx (the command line) is in command_line.h.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic internal_error{
    .code = "PH0001", .slug = "internal-error", .severity = Severity::InternalError, .layer = Layer::General, .since = "0.1",
    .title = {"Pharos broke one of its own rules", "Pharos 违反了自身的约束"},
    .message = {"internal error: {details}", "内部错误：{details}"},
    .cause = {"This is a defect in Pharos.", "这是 Pharos 的缺陷。"},
    .remedy = {"Report it with the command line and, if possible, the model.", "请反馈该问题，附上命令行，并尽可能附上模型。"},
    .example = "a check inside Pharos that should always hold and does not"};

inline constexpr Diagnostic out_of_memory{
    .code = "PH0002", .slug = "out-of-memory", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"The system gave no memory", "系统无法提供内存"},
    .message = {"no memory for {what} of {requested}", "无法为{what}分配 {requested} 内存"},
    .cause = {"The machine, the container's limit or 'ulimit -v' has less memory than the model needs.",
              "机器内存、容器限制或 ulimit -v 小于模型所需。"},
    .remedy = {"Use smaller shapes or a smaller batch, close other programs, or raise the container's limit.",
               "减小形状或批大小，关闭其他程序，或提高容器的内存限制。"},
    .example = "loading a 20 GiB engine on a machine with 8 GiB"};

inline constexpr Diagnostic limit_exceeded{
    .code = "PH0003", .slug = "limit-exceeded", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"Something is larger than a limit allows", "某项大小超出限制"},
    .message = {"{what} is {actual}; the limit is {limit}", "{what} 为 {actual}，限制为 {limit}"},
    .cause = {"Input that is unusually large or deep, damaged, or made to exhaust memory.",
              "输入异常庞大、嵌套过深、已损坏，或被刻意构造以耗尽内存。"},
    .remedy = {"If the input is genuine, raise the limit; 'pharos build --help' lists the limits.",
               "若输入可信，请提高限制；pharos build --help 列出了各项限制。"},
    .example = "a model with subgraphs nested 1000 levels deep"};

inline constexpr Diagnostic file_not_found{
    .code = "PH0010", .slug = "file-not-found", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file does not exist", "文件不存在"},
    .message = {"'{path}' does not exist", "“{path}”不存在"},
    .cause = {"The path is mistyped, relative to another folder, or the file was not downloaded.",
              "路径有误、相对于其他目录，或文件尚未下载。"},
    .remedy = {"Check the path; a relative path starts at the current folder.", "检查路径；相对路径从当前目录开始。"},
    .example = "pharos build no_such.onnx"};

inline constexpr Diagnostic file_not_readable{
    .code = "PH0011", .slug = "file-not-readable", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file cannot be read", "文件无法读取"},
    .message = {"cannot read '{path}': {reason}", "无法读取“{path}”：{reason}"},
    .cause = {"Missing permission, or an error of the disk or network folder.", "缺少权限，或磁盘、网络目录出错。"},
    .remedy = {"Check the permissions of the file and of the folders above it.", "检查该文件及其上级目录的权限。"},
    .example = "pharos build secret.onnx as a user who may not read it"};

inline constexpr Diagnostic file_is_directory{
    .code = "PH0012", .slug = "file-is-directory", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A folder was given where a file is expected", "应为文件，却给出了目录"},
    .message = {"'{path}' is a folder; a file is expected", "“{path}”是目录，此处应为文件"},
    .cause = {"The name of the file is missing from the path.", "路径中缺少文件名。"},
    .remedy = {"Give the file inside the folder.", "请给出目录内的具体文件。"},
    .example = "pharos build models/"};

inline constexpr Diagnostic file_not_regular{
    .code = "PH0013", .slug = "file-not-regular", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A device, pipe or socket was given where a file is expected", "应为普通文件，却给出了设备、管道或套接字"},
    .message = {"'{path}' is not a regular file", "“{path}”不是普通文件"},
    .cause = {"Models and engines are read at arbitrary positions, which a pipe or device cannot do.",
              "模型和引擎需要随机读取，管道或设备不支持。"},
    .remedy = {"Write the data to a file first.", "请先将数据写入文件。"},
    .example = "pharos build /dev/zero"};

inline constexpr Diagnostic file_too_large{
    .code = "PH0014", .slug = "file-too-large", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file is larger than the limit", "文件超出大小限制"},
    .message = {"'{path}' has {size}; the limit is {limit}", "“{path}”大小为 {size}，限制为 {limit}"},
    .cause = {"The file is not what it is taken for, or the limit is too low for it.", "文件并非预期内容，或限制过低。"},
    .remedy = {"Check that it is the right file; raise the limit if it is.", "确认文件无误；若无误，请提高限制。"},
    .example = "a 40 GiB model with the default limit of 16 GiB"};

inline constexpr Diagnostic file_truncated{
    .code = "PH0015", .slug = "file-truncated", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file ended earlier than expected", "文件提前结束"},
    .message = {"'{path}' ended after {actual} of {expected}", "“{path}”仅读到 {actual}，应为 {expected}"},
    .cause = {"The file was cut short, or changed while it was read.", "文件被截断，或在读取过程中被修改。"},
    .remedy = {"Copy or download it again; do not write to a file that is in use.", "重新复制或下载；不要改写正在使用的文件。"},
    .example = "another program truncates the model during the build"};

inline constexpr Diagnostic file_write_failed{
    .code = "PH0016", .slug = "file-write-failed", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file cannot be written", "文件无法写入"},
    .message = {"cannot write '{path}': {reason}", "无法写入“{path}”：{reason}"},
    .cause = {"No permission, a full disk, or a folder that does not exist.", "没有权限、磁盘已满，或目录不存在。"},
    .remedy = {"Check folder, permissions and free space. A file that was there before is unchanged.",
               "检查目录、权限和剩余空间。原有文件保持不变。"},
    .example = "pharos build model.onnx -o /no/such/folder/model.engine"};

inline constexpr Diagnostic path_outside_folder{
    .code = "PH0017", .slug = "path-outside-folder", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A path named inside a file leaves its folder", "文件中引用的路径超出了所在目录"},
    .message = {"'{path}' is not beneath '{folder}': {details}", "“{path}”不在“{folder}”之下：{details}"},
    .cause = {"The file refers to data elsewhere or through a link, which could read any file of this machine.",
              "该文件引用了其他位置的数据或经由链接，可能读取本机任意文件。"},
    .remedy = {"Put the data itself beside the file and refer to it by its plain name.",
               "请将数据本身放在该文件旁，并直接以文件名引用。"},
    .example = "external data at ../../etc/passwd"};

inline constexpr Diagnostic file_hard_linked{
    .code = "PH0018", .slug = "file-hard-linked", .severity = Severity::Error, .layer = Layer::General, .since = "0.1",
    .title = {"A file named inside another file has further hard links", "被引用的文件存在其他硬链接"},
    .message = {"'{path}' has {links} hard links; a file of its own is expected", "“{path}”有 {links} 个硬链接，应为独立文件"},
    .cause = {"A hard link may lend the contents of a file from elsewhere to the model.",
              "硬链接可能把其他位置的文件内容带入模型。"},
    .remedy = {"Copy the file, so that the model's folder holds its own.", "复制该文件，使模型目录拥有独立的副本。"},
    .example = "external data that is a hard link to a private file"};

inline constexpr std::array general_entries{
    &internal_error, &out_of_memory, &limit_exceeded, &file_not_found, &file_not_readable, &file_is_directory,
    &file_not_regular, &file_too_large, &file_truncated, &file_write_failed, &path_outside_folder, &file_hard_linked};

}  // namespace pharos::diag
