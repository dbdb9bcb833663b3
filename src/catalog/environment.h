#pragma once
// PH8xxx: the machine, its libraries and its limits.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic cpus_restricted{
    .code = "PH8001",
    .slug = "cpus-restricted",
    .severity = Severity::Info,
    .layer = Layer::Environment,
    .since = "0.1",
    .title = {"Fewer CPUs are granted than the machine has", "可用 CPU 少于机器总数"},
    .message = {"{granted} of {present} CPUs are granted to this process; using {granted} thread(s)",
                "本进程可使用 {present} 个 CPU 中的 {granted} 个，使用 {granted} 个线程"},
    .cause = {"An affinity mask or a cgroup quota (container limit) restricts the process.",
              "亲和性掩码或 cgroup 配额（容器限制）约束了本进程。"},
    .remedy = {"None needed; raise the container's CPU limit for more speed.",
               "无需处理；若需更快，请提高容器的 CPU 限额。"},
    .example = "docker run --cpus 2 … pharos bench model.engine"};

inline constexpr Diagnostic threads_above_cpus{
    .code = "PH8002",
    .slug = "threads-above-cpus",
    .severity = Severity::Warning,
    .layer = Layer::Environment,
    .since = "0.1",
    .title = {"More threads are asked for than CPUs are granted", "线程数超过可用 CPU 数"},
    .message = {"{threads} threads on {granted} CPU(s): runs will be slower and less steady",
                "{granted} 个 CPU 上运行 {threads} 个线程：速度会变慢且不稳定"},
    .cause = {"--threads or PHAROS_THREADS is larger than what affinity and cgroup grant.",
              "--threads 或 PHAROS_THREADS 大于亲和性与 cgroup 允许的数量。"},
    .remedy = {"Leave --threads out: the default is what the system grants.",
               "不指定 --threads 即可，默认值为系统允许的数量。"},
    .example = "pharos bench model.engine --threads 64"};

inline constexpr Diagnostic isa_slow{
    .code = "PH8003", .slug = "isa-slow", .severity = Severity::Warning, .layer = Layer::Environment, .since = "0.1",
    .title = {"The processor lacks wide vector instructions", "处理器缺少宽向量指令"},
    .message = {"the processor offers {isa}; kernels are written for x86-64-v3 (AVX2, FMA) and better",
                "处理器仅支持 {isa}；计算内核面向 x86-64-v3（AVX2、FMA）及以上"},
    .cause = {"An old processor, or a virtual machine that hides AVX2.", "处理器较旧，或虚拟机屏蔽了 AVX2。"},
    .remedy = {"Use a newer machine, or let the hypervisor pass the processor's features through.",
               "请使用较新的机器，或让虚拟机监控程序透传处理器特性。"},
    .example = "pharos build model.onnx in a VM with CPU type qemu64"};

inline constexpr std::array environment_entries{&cpus_restricted, &threads_above_cpus, &isa_slow};

}  // namespace pharos::diag
