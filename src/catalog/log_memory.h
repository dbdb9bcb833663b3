#pragma once
// PH940x: memory that was asked for and not there; PH945x: no implementation for a layer.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_tactics_skipped{
    .code = "PH9401", .slug = "log-tactics-skipped-memory", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tactics were left out because memory was short", "因内存不足而跳过部分策略"},
    .message = {"{tactics} tactic(s) left out: the largest asked for {requested}, {available} was available", "跳过 {tactics} 个策略：最大请求 {requested}，可用 {available}"},
    .cause = {"The builder tries each way to compute a layer, and these needed more scratch memory than was free on the device or allowed by the workspace limit.",
              "构建器会尝试每一种计算方式，而这些方式所需的临时内存超过了设备空闲量或 workspace 限制。"},
    .remedy = {"Free device memory before the build: close other processes that hold it (nvidia-smi; on Jetson also the desktop).\nLower the largest shape of the profile (--maxShapes), or the batch.\nIf the limit is yours, raise it: --memPoolSize=workspace:4096M (a bare number is MiB in trtexec, bytes in the API).\nBuild once on an idle device and keep the engine and the timing cache.",
               "构建前释放设备内存：关闭占用显存的其他进程（nvidia-smi；Jetson 上还包括桌面）。\n减小优化配置的最大形状（--maxShapes）或批大小。\n若是自设的限制，请提高：--memPoolSize=workspace:4096M（trtexec 中无单位为 MiB，API 中为字节）。\n在空闲设备上构建一次，并保留引擎与计时缓存。"},
    .example = "[W] Tactic Device request: 720MB Available: 650MB. Device memory is insufficient to use tactic."};

inline constexpr Diagnostic log_no_implementation{
    .code = "PH9450", .slug = "log-no-implementation", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No implementation was found for a layer", "找不到某一层的可用实现"},
    .message = {"no implementation for '{layer}'", "“{layer}”没有可用实现"},
    .cause = {"Every candidate for the layer failed or was excluded.", "该层的所有候选实现均失败或被排除。"},
    .remedy = {"Run with --verbose and read the 'Skipping tactic' lines before the error.\nLift the workspace limit and free device memory.\nTry a newer TensorRT, or fold constants: polygraphy surgeon sanitize --fold-constants.",
               "以 --verbose 运行并查看错误之前的“Skipping tactic”行。\n放宽 workspace 限制并释放设备内存。\n尝试更新的 TensorRT，或折叠常量：polygraphy surgeon sanitize --fold-constants。"},
    .example = "[E] 10: [optimizer.cpp::computeCosts::2011] Error Code 10: Internal Error (Could not find any implementation for node X.)"};

inline constexpr std::array log_memory_entries{&log_tactics_skipped, &log_no_implementation};

}  // namespace pharos::diag
