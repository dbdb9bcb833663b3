#pragma once
// PH42xx: the timing cache.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic timing_cache_rejected{
    .code = "PH4109", .slug = "timing-cache-rejected", .severity = Severity::Warning, .layer = Layer::Tactics, .since = "0.1",
    .title = {"Entries of a timing cache were not used", "计时缓存中有条目未被使用"},
    .message = {"timing cache '{file}': {count} of its entries left out: {details}", "计时缓存“{file}”：略去的条目数 {count}：{details}"},
    .cause = {"A part of the file is damaged, or the whole file has another format.", "文件部分损坏，或整个文件为其他格式。"},
    .remedy = {"Nothing to do: the missing times are measured anew and the file is written again; 'pharos cache verify' names the lines.",
               "无需处理：缺失的计时会重新测量并写回文件；pharos cache verify 可列出具体的行。"},
    .example = "pharos build m.onnx --timing-cache truncated.cache"};

inline constexpr Diagnostic timing_entry_damaged{
    .code = "PH4201", .slug = "timing-entry-damaged", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"An entry of a timing cache is damaged", "计时缓存的一个条目已损坏"},
    .message = {"timing cache '{file}', line {line}: {details}", "计时缓存“{file}”第 {line} 行：{details}"},
    .cause = {"The line was changed or cut off after it was written.", "该行在写入后被改动或截断。"},
    .remedy = {"Nothing to do: the entry is not used; the next save leaves it out.", "无需处理：该条目不会被使用，下次保存时会被略去。"},
    .example = "pharos cache verify edited.cache"};

inline constexpr Diagnostic timing_entries_elsewhere{
    .code = "PH4202", .slug = "timing-entries-elsewhere", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"Entries of a timing cache were measured in another environment", "计时缓存的条目是在其他环境中测得的"},
    .message = {"timing cache '{file}': {count} entries are not for here: {difference}", "计时缓存“{file}”：{count} 个条目不适用于此处：{difference}"},
    .cause = {"Times hold for one processor, instruction set and number of threads.", "计时只对特定的处理器、指令集和线程数有效。"},
    .remedy = {"Nothing to do: they stay in the file for those who can use them; 'pharos cache prune --elsewhere' removes them.",
               "无需处理：它们保留在文件中供适用者使用；pharos cache prune --elsewhere 可将其删除。"},
    .example = "pharos build m.onnx --threads 1 --timing-cache two_threads.cache --verbose"};

inline constexpr Diagnostic timing_entries_version{
    .code = "PH4203", .slug = "timing-entries-version", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"Entries of a timing cache are from another version", "计时缓存的条目来自其他版本"},
    .message = {"timing cache '{file}': {count} entries are not for this version: {difference}",
                "计时缓存“{file}”：{count} 个条目不适用于当前版本：{difference}"},
    .cause = {"Another version has other kernels, so its times say nothing about these.", "其他版本的内核不同，其计时对当前版本没有意义。"},
    .remedy = {"Nothing to do: the times are measured anew; 'pharos cache prune' removes the old ones.",
               "无需处理：会重新测量；pharos cache prune 可删除旧条目。"},
    .example = "a timing cache kept over an update"};

inline constexpr Diagnostic timing_cache_foreign_file{
    .code = "PH4204", .slug = "timing-cache-foreign-file", .severity = Severity::Error, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A file given as timing cache is none", "作为计时缓存给出的文件并非计时缓存"},
    .message = {"'{file}' is no timing cache; it would be overwritten", "“{file}”不是计时缓存，否则会被覆盖"},
    .cause = {"The option names another file, for example the model.", "该选项指向了其他文件，例如模型本身。"},
    .remedy = {"Name a timing cache, or a file that does not exist yet.", "请指定计时缓存，或尚不存在的文件。"},
    .example = "pharos build m.onnx --timing-cache m.onnx"};

inline constexpr Diagnostic timing_cache_miss{
    .code = "PH4205", .slug = "timing-cache-miss", .severity = Severity::Verbose, .layer = Layer::Tactics, .since = "0.1",
    .title = {"A time was not in the timing cache", "计时缓存中没有所需的计时"},
    .message = {"layer '{layer}': {tactic} {config} {formats} is not in the timing cache: {reason}",
                "层“{layer}”：计时缓存中没有 {tactic} {config} {formats}：{reason}"},
    .cause = {"This problem was not timed before with this tactic, or elsewhere.", "该问题此前未用此策略计时，或在别处计时。"},
    .remedy = {"Nothing to do: it is timed now and kept.", "无需处理：现在计时并保存。"},
    .example = "pharos build m.onnx --timing-cache times.cache --verbose"};

inline constexpr Diagnostic timing_cache_not_written{
    .code = "PH4206", .slug = "timing-cache-not-written", .severity = Severity::Warning, .layer = Layer::Tactics, .since = "0.1",
    .title = {"New times could not be kept", "新的计时无法保存"},
    .message = {"timing cache '{file}' was not written: {details}", "计时缓存“{file}”未写入：{details}"},
    .cause = {"The folder does not exist, is read-only, or the disk is full.", "文件夹不存在、只读，或磁盘已满。"},
    .remedy = {"Name a file in a folder that can be written; the engine itself is complete.", "请指定可写文件夹中的文件；引擎本身是完整的。"},
    .example = "pharos build m.onnx --timing-cache /nowhere/times.cache"};

inline constexpr std::array timing_cache_entries{&timing_cache_rejected, &timing_entry_damaged, &timing_entries_elsewhere,
    &timing_entries_version, &timing_cache_foreign_file, &timing_cache_miss, &timing_cache_not_written};

}  // namespace pharos::diag
