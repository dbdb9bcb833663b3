#pragma once
// PH940x to PH942x: memory that was asked for and not there.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_tactics_skipped{
    .code = "PH9401", .slug = "log-tactics-skipped-memory", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Tactics were left out because memory was short", "因内存不足而跳过部分策略"},
    .message = {"{tactics} tactic(s) left out: the largest asked for {requested}, {available} was available; {outcome}",
                "跳过 {tactics} 个策略：最大请求 {requested}，可用 {available}；{outcome_zh}"},
    .cause = {"The builder tries each way to compute a layer, and these needed more scratch memory than was free on the device or allowed by the workspace limit. The engine is built from what is left: it may be slower, and where nothing is left the build ends with 'Could not find any implementation'.",
              "构建器会尝试每一种计算方式，而这些方式所需的临时内存超过了设备空闲量或 workspace 限制。引擎由剩余的策略构成：可能变慢；若无剩余策略，构建以“Could not find any implementation”结束。"},
    .remedy = {"Free device memory before the build: close other processes that hold it (nvidia-smi; on Jetson also the desktop: sudo systemctl isolate multi-user).\nLower the largest shape of the profile (--maxShapes) or the batch: scratch memory grows with it, at the price of a smaller range at run time.\nIf the limit is yours, raise it above {requested}: --memPoolSize=workspace:4096M (a bare number is MiB in trtexec, bytes in the API).\nBuild once on an idle device with --timingCacheFile=FILE, keep engine and cache, and compare the latency with the old engine.",
               "构建前释放设备内存：关闭占用显存的其他进程（nvidia-smi；Jetson 上还包括桌面：sudo systemctl isolate multi-user）。\n减小优化配置的最大形状（--maxShapes）或批大小：临时内存随之增长，代价是运行时可用范围变小。\n若是自设的限制，请提高到 {requested} 以上：--memPoolSize=workspace:4096M（trtexec 中无单位为 MiB，API 中为字节）。\n在空闲设备上以 --timingCacheFile=FILE 构建一次，保留引擎与缓存，并与旧引擎比较延迟。"},
    .example = "[W] Tactic Device request: 720MB Available: 650MB. Device memory is insufficient to use tactic."};

inline constexpr Diagnostic log_build_allocation_failed{
    .code = "PH9402", .slug = "log-build-allocation-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Device memory ran out while building", "构建期间设备内存耗尽"},
    .message = {"{shortage}", "{shortage_zh}"},
    .cause = {"Building holds the weights, the activations of the largest shape and the scratch memory of the tactic being timed at once. The device had less than that free, or another process held the rest.",
              "构建时需同时容纳权重、最大形状的激活以及正在计时的策略的临时内存。设备空闲内存不足，或其余部分被其他进程占用。"},
    .remedy = {"See who holds memory: nvidia-smi (Jetson: tegrastats); end these processes, and build ranks or engines one after another.\nCap the scratch memory below what is free: --memPoolSize=workspace:1024M, config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 1 << 30). Cost: tactics that need more are not tried.\nLower --maxShapes, batch or sequence length: activations shrink in proportion.\nBuild with --fp16 where accuracy allows: weights and activations take half; or build on a larger GPU of the same architecture.",
               "查看谁占用内存：nvidia-smi（Jetson：tegrastats）；结束这些进程，逐个构建各 rank 或引擎。\n将临时内存限制在空闲量以下：--memPoolSize=workspace:1024M，或 config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 1 << 30)。代价：不再尝试需要更多内存的策略。\n减小 --maxShapes、批大小或序列长度：激活按比例减少。\n精度允许时使用 --fp16：权重与激活减半；或在同架构、显存更大的 GPU 上构建。"},
    .example = "[E] [TRT] [myelinResourceManager.cpp::allocate::196] Error Code 2: OutOfMemory (Requested size was 71603093760 bytes.)"};

inline constexpr Diagnostic log_run_allocation_failed{
    .code = "PH9403", .slug = "log-run-allocation-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Device memory ran out at run time", "运行时设备内存耗尽"},
    .message = {"for running the engine {shortage}", "运行引擎时{shortage_zh}"},
    .cause = {"Weights, the activations of each execution context (sized by the profile's maximum, not by the actual input) and the input and output buffers together are more than the device has free.",
              "权重、每个执行上下文的激活内存（按配置的最大形状而非实际输入计算）以及输入输出缓冲区之和超过了设备空闲内存。"},
    .remedy = {"Reduce the batch or the input, and rebuild with a smaller --maxShapes: context memory follows the maximum.\nCount engines and contexts in the process and on the device: each context has its own activation memory; share one per thread or use fewer streams.\nPrint what one context needs: engine.device_memory_size_v2 (get_device_memory_size_for_profile_v2).\nLimit what frameworks hold beside it: PyTorch torch.cuda.empty_cache(), TensorFlow memory growth, ONNX Runtime gpu_mem_limit.",
               "减小批大小或输入，并以更小的 --maxShapes 重新构建：上下文内存取决于最大形状。\n统计进程内与设备上的引擎和上下文数量：每个上下文各有激活内存；每线程共用一个，或减少流数。\n打印单个上下文所需内存：engine.device_memory_size_v2（get_device_memory_size_for_profile_v2）。\n限制同进程框架占用：PyTorch torch.cuda.empty_cache()、TensorFlow 按需增长、ONNX Runtime gpu_mem_limit。"},
    .example = "[ERROR] Out of memory during execution. Requested: 1.2GB, Available: 800MB"};

inline constexpr Diagnostic log_workspace_is_card{
    .code = "PH9404", .slug = "log-workspace-whole-device", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A single request is as large as the whole device", "单次请求与整个设备内存一样大"},
    .message = {"{requested} was requested at once; the device has {device} in total", "一次请求 {requested}；设备总共只有 {device}"},
    .cause = {"The workspace limit is set to (or defaults to) the card's full size and a tactic took it at its word, or one layer of the largest shape really needs that much.",
              "workspace 限制被设为（或默认为）整卡大小，某个策略照此申请；或者最大形状下某层确实需要这么多。"},
    .remedy = {"Set the limit to about half of the free memory: --memPoolSize=workspace:{suggested}M.\nIf the request stays, it belongs to one layer: find it in the --verbose log just before and reduce its shape (attention over a long sequence: flash-attention plugin, smaller --maxShapes).",
               "将限制设为空闲内存的一半左右：--memPoolSize=workspace:{suggested}M。\n若请求仍然存在，则来自某一层：在 --verbose 日志的前几行找到该层并减小其形状（长序列注意力：flash-attention 插件、更小的 --maxShapes）。"},
    .example = "[W] Requested amount of GPU memory (8589934592 bytes) could not be allocated, on a device of 8192 MiB"};

inline constexpr Diagnostic log_nvmap_exhausted{
    .code = "PH9405", .slug = "log-jetson-nvmap", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"NvMap cannot give memory (Jetson)", "NvMap 无法分配内存（Jetson）"},
    .message = {"NvMap failed with error {error}: one buffer of {requested} was refused", "NvMap 失败，错误 {error}：拒绝了 {requested} 的缓冲区"},
    .cause = {"On Jetson CPU and GPU share the memory. Error 12 (ENOMEM) means that no free block of that size was left: memory is full or fragmented, or the contiguous pool (CMA) is smaller than the buffer. Swap does not help the GPU.",
              "Jetson 上 CPU 与 GPU 共享内存。错误 12（ENOMEM）表示没有该大小的空闲块：内存已满或碎片化，或连续内存池（CMA）小于该缓冲区。交换空间对 GPU 无效。"},
    .remedy = {"Free memory and reboot to defragment it: sudo systemctl isolate multi-user.target; sudo sh -c 'echo 3 > /proc/sys/vm/drop_caches'.\nLook at the pool: grep Cma /proc/meminfo; raise it with the kernel argument cma=512M where it is smaller than {requested}.\nLower the largest buffer: smaller --maxShapes, --fp16, split the model.\nWatch tegrastats during the build; zram swap makes room for the CPU side only.",
               "释放内存并重启以消除碎片：sudo systemctl isolate multi-user.target；sudo sh -c 'echo 3 > /proc/sys/vm/drop_caches'。\n查看内存池：grep Cma /proc/meminfo；若小于 {requested}，用内核参数 cma=512M 增大。\n减小最大缓冲区：更小的 --maxShapes、--fp16、拆分模型。\n构建期间观察 tegrastats；zram 交换只为 CPU 侧腾出空间。"},
    .example = "NvMapMemAllocInternalTagged: 1075072515 error 12"};

inline constexpr Diagnostic log_killed{
    .code = "PH9406", .slug = "log-killed-for-memory", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The process was killed, most likely for lack of host memory", "进程被杀死，很可能因为主机内存不足"},
    .message = {"the process was killed ({how}); host memory last seen: {cpu}", "进程被杀死（{how}）；最后的主机内存用量：{cpu}"},
    .cause = {"The kernel's out-of-memory killer (or a container limit, or a batch system) ends a process with signal 9. Building needs 1 to 3 GB of host memory for the kernel libraries plus several copies of the weights.",
              "内核的 OOM killer（或容器限制、作业系统）以信号 9 结束进程。构建所需主机内存为内核库 1 至 3 GB 加上数份权重。"},
    .remedy = {"Make sure: dmesg -T | grep -i -E 'killed process|oom'; in a container also docker inspect (OOMKilled).\nGive it more: docker run --memory=16g --shm-size=1g; on Jetson add swap: sudo fallocate -l 8G /swapfile.\nNeed less: --builderOptimizationLevel=2, no --verbose dumps, external weights, one build at a time.\nOr build on a larger host with the same GPU model and TensorRT and copy the engine.",
               "确认：dmesg -T | grep -i -E 'killed process|oom'；容器中还可 docker inspect（OOMKilled）。\n增加内存：docker run --memory=16g --shm-size=1g；Jetson 上增加交换：sudo fallocate -l 8G /swapfile。\n减少需求：--builderOptimizationLevel=2、不输出详细转储、使用外部权重、一次只构建一个。\n或在内存更大、GPU 型号与 TensorRT 相同的主机上构建后复制引擎。"},
    .example = "run.sh: line 3: 12345 Killed                  trtexec --onnx=model.onnx"};

inline constexpr Diagnostic log_run_without_end{
    .code = "PH9407", .slug = "log-build-without-end", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The build stops in the middle of the log", "构建在日志中途停止"},
    .message = {"the log ends while building ({stage}), without PASSED, FAILED or an error; host memory last seen: {cpu}", "日志在构建中（{stage}）结束，没有 PASSED、FAILED 或错误；最后的主机内存用量：{cpu}"},
    .cause = {"Either the log was cut or is still being written, or the process was ended from outside: the out-of-memory killer and timeouts leave no message of their own in the log.",
              "日志被截断或仍在写入，或者进程被外部终止：OOM killer 与超时不会在日志中留下消息。"},
    .remedy = {"Look at the exit code (137: signal 9) and at dmesg -T | grep -i 'killed process'.\nIf it was memory: more host memory or swap, --builderOptimizationLevel=2, one build at a time.\nIf it only takes long: --timingCacheFile=FILE keeps the measurements for the next attempt.",
               "查看退出码（137：信号 9）与 dmesg -T | grep -i 'killed process'。\n若是内存问题：增加主机内存或交换、--builderOptimizationLevel=2、一次只构建一个。\n若只是耗时长：--timingCacheFile=FILE 可为下次保留测量结果。"},
    .example = "&&&& RUNNING TensorRT.trtexec and nothing after '[I] [TRT] Local timing cache in use.'"};

inline constexpr Diagnostic log_host_allocation_failed{
    .code = "PH9408", .slug = "log-host-allocation-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Host memory could not be allocated", "无法分配主机内存"},
    .message = {"host or pinned memory ran out: {text}", "主机内存或锁页内存耗尽：{text}"},
    .cause = {"Ordinary memory was exhausted, or pinned memory, which cannot be swapped out and is limited by RAM, container limits and ulimit -l.",
              "普通内存耗尽，或锁页内存耗尽：锁页内存不能换出，受物理内存、容器限制与 ulimit -l 限制。"},
    .remedy = {"Look at free -h and the container's limit (cat /sys/fs/cgroup/memory.max).\nPin only the input and output buffers, and reuse them; allocate pageable memory for the rest.\nRaise the limit: docker run --ulimit memlock=-1 --memory=16g.",
               "查看 free -h 与容器限制（cat /sys/fs/cgroup/memory.max）。\n仅锁定输入输出缓冲区并重复使用；其余使用可分页内存。\n提高限制：docker run --ulimit memlock=-1 --memory=16g。"},
    .example = "terminate called after throwing an instance of 'std::bad_alloc'"};

inline constexpr Diagnostic log_library_allocation_failed{
    .code = "PH9409", .slug = "log-library-allocation-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"cuDNN or cuBLAS could not allocate device memory", "cuDNN 或 cuBLAS 无法分配设备内存"},
    .message = {"{status}: the library's handle or workspace did not fit", "{status}：库句柄或工作区内存不足"},
    .cause = {"Each handle takes some hundred MiB when it is made. The memory was already held by a framework in the same process, by other engines or by other processes.",
              "每个句柄创建时需要数百 MiB。内存已被同进程的框架、其他引擎或其他进程占用。"},
    .remedy = {"Free device memory first (nvidia-smi), and create the engine before the framework grabs the rest.\nLet frameworks grow on demand: TF_FORCE_GPU_ALLOW_GROWTH=true, PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True, ORT gpu_mem_limit.\nBuild without these libraries: --tacticSources=-CUBLAS,-CUBLAS_LT,-CUDNN (TensorRT 8.5 and later need them rarely).",
               "先释放设备内存（nvidia-smi），并在框架占用其余内存之前创建引擎。\n让框架按需增长：TF_FORCE_GPU_ALLOW_GROWTH=true、PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True、ORT gpu_mem_limit。\n不使用这些库构建：--tacticSources=-CUBLAS,-CUBLAS_LT,-CUDNN（TensorRT 8.5 及以后很少需要）。"},
    .example = "[E] [TRT] 1: Unexpected exception: CUBLAS_STATUS_ALLOC_FAILED"};

inline constexpr Diagnostic log_context_allocation_failed{
    .code = "PH9410", .slug = "log-context-allocation-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An execution context does not fit into device memory", "设备内存放不下执行上下文"},
    .message = {"creating an execution context failed for lack of memory: {shortage}", "因内存不足而无法创建执行上下文：{shortage_zh}"},
    .cause = {"A context reserves the activations of the largest shape of its profile when it is made. With n contexts or streams this is needed n times.",
              "上下文在创建时即预留其配置最大形状的激活内存。n 个上下文或流就需要 n 份。"},
    .remedy = {"Create fewer contexts, or let contexts that never run at once share memory: create_execution_context_without_device_memory() and context.set_device_memory(ptr, size).\nPay only for the profile in use: ExecutionContextAllocationStrategy.ON_PROFILE_CHANGE (TensorRT 10).\nSplit the range into several profiles, or lower --maxShapes and rebuild.",
               "减少上下文数量，或让不会同时运行的上下文共享内存：create_execution_context_without_device_memory() 与 context.set_device_memory(ptr, size)。\n只为正在使用的配置付出内存：ExecutionContextAllocationStrategy.ON_PROFILE_CHANGE（TensorRT 10）。\n将范围拆成多个配置，或减小 --maxShapes 后重新构建。"},
    .example = "[E] IRuntime::createExecutionContext: Error Code 2: OutOfMemory (Requested size was 2478873600 bytes.)"};

inline constexpr Diagnostic log_torch_out_of_memory{
    .code = "PH9411", .slug = "log-framework-out-of-memory", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A framework ran out of device memory", "框架耗尽设备内存"},
    .message = {"a request for {requested} failed; total {total}, free {free}", "请求 {requested} 失败；总计 {total}，空闲 {free}"},
    .cause = {"PyTorch (or ONNX Runtime's arena) holds memory in its own cache: what it reserved is not available to TensorRT in the same process, and the other way round.",
              "PyTorch（或 ONNX Runtime 的 arena）在自身缓存中持有内存：它预留的部分同进程的 TensorRT 无法使用，反之亦然。"},
    .remedy = {"Release the source model before the build: del model; gc.collect(); torch.cuda.empty_cache().\nExport and build in separate processes.\nLimit the caches: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True; ONNX Runtime gpu_mem_limit and arena_extend_strategy=kSameAsRequested.\nReduce batch or resolution.",
               "构建前释放原模型：del model; gc.collect(); torch.cuda.empty_cache()。\n在不同进程中导出与构建。\n限制缓存：PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True；ONNX Runtime gpu_mem_limit 与 arena_extend_strategy=kSameAsRequested。\n减小批大小或分辨率。"},
    .example = "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"};

inline constexpr Diagnostic log_kv_cache_does_not_fit{
    .code = "PH9412", .slug = "log-kv-cache-does-not-fit", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The KV cache does not fit beside the engine", "KV 缓存与引擎放不进设备内存"},
    .message = {"no room for the KV cache: {text}", "KV 缓存空间不足：{text}"},
    .cause = {"After weights and activations are loaded, a fraction of what is left becomes the paged KV cache (free_gpu_memory_fraction). It must hold at least one sequence of the maximum length.",
              "加载权重与激活后，剩余显存的一部分用作分页 KV 缓存（free_gpu_memory_fraction）。它至少要容纳一个最大长度的序列。"},
    .remedy = {"Lower max_seq_len, max_batch_size or max_num_tokens at build time; activations shrink and leave more for the cache.\nRaise kv_cache_free_gpu_mem_fraction (0.9 is the default; lower it instead where other processes need memory).\nQuantise the cache (--kv_cache_type paged with FP8 or INT8) or the weights.\nSpread over more GPUs: tensor parallelism divides weights and cache.",
               "构建时减小 max_seq_len、max_batch_size 或 max_num_tokens：激活减小，为缓存留出更多空间。\n提高 kv_cache_free_gpu_mem_fraction（默认 0.9；若其他进程需要内存则应降低）。\n量化缓存（分页 KV 的 FP8 或 INT8）或权重。\n分布到更多 GPU：张量并行会切分权重与缓存。"},
    .example = "[TensorRT-LLM][ERROR] Assertion failed: Impossible to fit any sequence in kvCacheManager"};

inline constexpr Diagnostic log_context_memory_large{
    .code = "PH9413", .slug = "log-context-memory-large", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"One execution context takes much of the device", "单个执行上下文占用大量设备内存"},
    .message = {"one context needs {needed} of {device} ({share}); {fit} fit side by side", "单个上下文需要 {needed}，设备共 {device}（{share}）；最多并存 {fit} 个"},
    .cause = {"Activation memory is sized by the largest shape of the profile.", "激活内存按优化配置的最大形状确定。"},
    .remedy = {"Lower --maxShapes if such inputs do not occur, or use a second profile for the rare large ones.\nCreate one context and reuse it instead of one per request.",
               "若不会出现如此大的输入，请减小 --maxShapes，或为少见的大输入另设一个配置。\n创建一个上下文并重复使用，而非每个请求一个。"},
    .example = "[I] Created execution context with device memory size: 6144 MiB, on a device of 8192 MiB"};

inline constexpr std::array log_memory_entries{
    &log_tactics_skipped, &log_build_allocation_failed, &log_run_allocation_failed, &log_workspace_is_card, &log_nvmap_exhausted,
    &log_killed, &log_run_without_end, &log_host_allocation_failed, &log_library_allocation_failed, &log_context_allocation_failed,
    &log_torch_out_of_memory, &log_kv_cache_does_not_fit, &log_context_memory_large};

}  // namespace pharos::diag
