#pragma once
// PH960x to PH965x: what makes it slow. PH966x: what a profile shows.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_unstable_clocks{
    .code = "PH9601", .slug = "log-compute-unstable", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"GPU compute time is unstable", "GPU 计算时间不稳定"},
    .message = {"the compute time varies by {cov} % (coefficient of variation)",
                "计算时间波动为 {cov} %（变异系数）"},
    .cause = {"Clocks move with load and temperature, something else uses the device, or the run is very short. Figures of such a run compare badly.",
              "时钟随负载与温度变化、设备被其他任务占用，或运行时间过短。此类结果难以比较。"},
    .remedy = {"Lock the clocks: sudo nvidia-smi -lgc <MHz> (Jetson: sudo jetson_clocks), reset with -rgc.\nMeasure longer and warm: --warmUp=1000 --duration=20, and --useSpinWait.\nCompare medians and p99 of several runs, not one mean.",
               "锁定时钟：sudo nvidia-smi -lgc <MHz>（Jetson：sudo jetson_clocks），用 -rgc 恢复。\n延长测量并预热：--warmUp=1000 --duration=20，并使用 --useSpinWait。\n比较多次运行的中位数与 p99，而非单个均值。"},
    .example = "[W] * GPU compute time is unstable, with coefficient of variance = 7.1%."};

inline constexpr Diagnostic log_enqueue_bound{
    .code = "PH9602", .slug = "log-enqueue-bound", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The CPU cannot submit work fast enough", "CPU 提交任务的速度不足"},
    .message = {"enqueue takes {enqueue} ms, the GPU computes {compute} ms",
                "enqueue 耗时 {enqueue} ms，GPU 计算 {compute} ms"},
    .cause = {"Launching many small kernels costs more CPU time than they need on the device, which then waits.",
              "启动大量小内核所需的 CPU 时间超过其在设备上的执行时间，设备因此等待。"},
    .remedy = {"Use a CUDA graph: --useCudaGraph (in TensorRT 11 remove --noCudaGraph); in code capture the stream after one warm-up run.\nMake fewer, larger kernels: a larger batch, static shapes, folded constants.\nRaise the CPU clock; avoid other threads on the submitting core.",
               "使用 CUDA graph：--useCudaGraph（TensorRT 11 中去掉 --noCudaGraph）；代码中在一次预热后捕获流。\n减少内核数量并增大每个内核：更大的批、静态形状、常量折叠。\n提高 CPU 频率；避免其他线程占用提交线程所在的核。"},
    .example = "[W] * Throughput may be bound by Enqueue Time rather than GPU Compute and the GPU may be under-utilized."};

inline constexpr Diagnostic log_transfer_bound{
    .code = "PH9603", .slug = "log-transfer-bound", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Copies over the bus take longer than the computation", "总线传输时间超过计算时间"},
    .message = {"{direction} transfers dominate: {transfer} ms against {compute} ms of compute",
                "{direction_zh}传输占主导：{transfer} ms，计算 {compute} ms"},
    .cause = {"Inputs or outputs are large for the little work done on them.",
              "相对于计算量，输入或输出过大。"},
    .remedy = {"Keep data on the device between steps; decode and resize images there.\nSend fewer bytes: uint8 or FP16 inputs, the argmax instead of the logits.\nUse pinned memory and overlap copies with compute on two streams: --infStreams=2.\nTo measure the network alone: --noDataTransfers.",
               "在各步骤之间将数据保留在设备上；在设备上解码与缩放图像。\n减少传输字节：uint8 或 FP16 输入，传回 argmax 而非 logits。\n使用锁页内存，并以两个流重叠传输与计算：--infStreams=2。\n仅测网络：--noDataTransfers。"},
    .example = "[W] * Throughput may be bound by host-to-device transfers for the inputs rather than GPU Compute and the GPU may be under-utilized."};

inline constexpr Diagnostic log_multiple_streams{
    .code = "PH9604", .slug = "log-multiple-streams", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Latency of several streams is not that of one request", "多流时的延迟不等于单个请求的延迟"},
    .message = {"several inference streams run at once",
                "多个推理流同时运行"},
    .cause = {"Streams share the device: each takes longer, together they finish more.",
              "多个流共享设备：单个变慢，总体完成更多。"},
    .remedy = {"Use throughput for such runs; measure latency with --infStreams=1.",
               "此类运行请看吞吐；测延迟用 --infStreams=1。"},
    .example = "[W] * Multiple inference streams are used."};

inline constexpr Diagnostic log_aux_streams{
    .code = "PH9605", .slug = "log-aux-streams", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The total of the profile is not the latency", "剖析合计不等于延迟"},
    .message = {"the engine uses {streams} auxiliary stream(s): layers overlap",
                "引擎使用 {streams} 个辅助流：各层重叠执行"},
    .cause = {"Layers on auxiliary streams run side by side; their times add up to more than the latency.",
              "辅助流上的层并行执行；其时间之和大于延迟。"},
    .remedy = {"Profile with --maxAuxStreams=0 for sums that mean something.",
               "剖析时使用 --maxAuxStreams=0，使合计有意义。"},
    .example = "[W] The engine uses 3 auxiliary streams, so the \"Total\" latency may not be accurate."};

inline constexpr Diagnostic log_graph_capture{
    .code = "PH9606", .slug = "log-graph-capture-failed", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The CUDA graph could not be captured", "无法捕获 CUDA graph"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The engine holds operations that a graph cannot contain: loops, conditions, shapes that depend on data, or a plugin that synchronises.",
              "引擎含有图中不允许的操作：循环、条件、依赖数据的形状，或会同步的插件。"},
    .remedy = {"Run without a graph, or move these operations out of the model.\nCapture after a warm-up run with the same shapes; capture anew for each shape.",
               "不使用图，或将这些操作移出模型。\n以相同形状预热后再捕获；每种形状重新捕获。"},
    .example = "[W] The built TensorRT engine contains operations that are not permitted under CUDA graph capture mode."};

inline constexpr Diagnostic log_default_stream{
    .code = "PH9607", .slug = "log-default-stream", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The default stream is used", "使用了默认流"},
    .message = {"enqueueV3() runs on the default stream",
                "enqueueV3() 在默认流上运行"},
    .cause = {"The default stream synchronises with all others and keeps work from overlapping.",
              "默认流会与其他所有流同步，使工作无法重叠。"},
    .remedy = {"Make a stream: cudaStreamCreate(&s), and pass it to enqueueV3(s).",
               "创建流：cudaStreamCreate(&s)，并传给 enqueueV3(s)。"},
    .example = "[W] Using default stream in enqueueV3() may lead to performance issues due to additional calls to cudaStreamSynchronize()"};

inline constexpr Diagnostic log_workspace_limits_tactics{
    .code = "PH9608", .slug = "log-workspace-limits-tactics", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The workspace limit keeps faster tactics out", "workspace 限制排除了更快的策略"},
    .message = {"some tactics need more workspace than allowed",
                "部分策略所需的 workspace 超过限制"},
    .cause = {"The limit of scratch memory excludes candidates; the engine works and may be slower than it could be.",
              "临时内存上限排除了部分候选；引擎可用，但可能更慢。"},
    .remedy = {"Raise it and compare: --memPoolSize=workspace:4096M (8.4 and later; before: --workspace=4096); API: config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 4 << 30).\nIf the latency stays, leave it.",
               "提高并比较：--memPoolSize=workspace:4096M（8.4 及以后；此前 --workspace=4096）；API：config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, 4 << 30)。\n若延迟不变则保持原值。"},
    .example = "[W] [TRT] Some tactics do not have sufficient workspace memory to run. Increasing workspace size may increase performance, please check verbose output."};

inline constexpr Diagnostic log_dynamic_region{
    .code = "PH9609", .slug = "log-dynamic-region", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Several independent dynamic dimensions in one compiled region", "一个编译区域中有多个相互独立的动态维度"},
    .message = {"the compiled region depends on {values}",
                "编译区域依赖 {values}"},
    .cause = {"Kernels must serve every combination; they are slower than those for one dynamic dimension.",
              "内核需适应所有组合，比仅一个动态维度时更慢。"},
    .remedy = {"Fix all dimensions but one, or tie them together (same symbol).\nMake one profile per common size.",
               "除一个维度外全部固定，或使其关联（同一符号）。\n为每种常用尺寸建立一个配置。"},
    .example = "[W] Myelin graph with multiple dynamic values may have poor performance if they differ. Dynamic values are:"};

inline constexpr Diagnostic log_reformat_share{
    .code = "PH9610", .slug = "log-reformat-share", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Format changes take a large part of the time", "格式转换占用大量时间"},
    .message = {"reformat layers take {share} of the profile ({layers} layer(s))",
                "reformat 层占剖析时间的 {share}（{layers} 层）"},
    .cause = {"Neighbouring layers run in different types or layouts, so tensors are copied between them: mixed precision, a plugin with one format, inputs in another layout.",
              "相邻层使用不同类型或布局，张量需在其间复制：混合精度、仅支持一种格式的插件、输入布局不同。"},
    .remedy = {"Let neighbours run in one precision; look at which layers surround them: --dumpLayerInfo --profilingVerbosity=detailed.\nOffer more formats in plugins (supportsFormatCombination).\nGive inputs and outputs in the engine's format: --inputIOFormats=fp16:chw.",
               "让相邻层使用同一精度；用 --dumpLayerInfo --profilingVerbosity=detailed 查看其相邻层。\n在插件中支持更多格式（supportsFormatCombination）。\n以引擎的格式提供输入输出：--inputIOFormats=fp16:chw。"},
    .example = "a profile in which 'Reformatting CopyNode' rows sum to 20 %"};

inline constexpr Diagnostic log_tail_latency{
    .code = "PH9611", .slug = "log-tail-latency", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Some requests take far longer than the median", "部分请求远慢于中位数"},
    .message = {"p99 is {p99} ms, the median {median} ms",
                "p99 为 {p99} ms，中位数为 {median} ms"},
    .cause = {"Clocks, other work on device or host, or the first runs of a shape make outliers; users feel these.",
              "时钟、设备或主机上的其他任务，或某形状的首次运行造成离群值；用户会感受到。"},
    .remedy = {"Lock clocks and isolate the host core; repeat with --duration=30.\nWarm every shape up before serving.",
               "锁定时钟并隔离主机核；以 --duration=30 重复。\n提供服务前预热每一种形状。"},
    .example = "a performance summary with median 8 ms and p99 20 ms"};

inline constexpr Diagnostic log_slow_build{
    .code = "PH9612", .slug = "log-slow-build", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The build took long, and its timings are not kept", "构建耗时长且未保存计时结果"},
    .message = {"the build took {seconds} s without a stored timing cache",
                "构建耗时 {seconds} s，未保存计时缓存"},
    .cause = {"Each tactic is timed again in every build unless a timing cache is kept.",
              "若不保存计时缓存，每次构建都会重新计时所有策略。"},
    .remedy = {"Keep a cache: --timingCacheFile=model.cache (API: config.set_timing_cache): later builds take a fraction.\nLower the search: --builderOptimizationLevel=2 while developing.",
               "保存缓存：--timingCacheFile=model.cache（API：config.set_timing_cache），后续构建只需一小部分时间。\n开发期间降低搜索强度：--builderOptimizationLevel=2。"},
    .example = "[I] Engine built in 912.3 sec. with 'Local timing cache in use'"};

inline constexpr Diagnostic log_profile_table{
    .code = "PH9660", .slug = "log-profile-table", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A per-layer profile", "逐层性能剖析"},
    .message = {"{layers} layers, the slowest: {slowest}",
                "共 {layers} 层，最慢：{slowest}"},
    .cause = {"The log holds a profile: the time of each layer of the engine.",
              "日志包含剖析结果：引擎各层的耗时。"},
    .remedy = {"Begin with the layers named first; a ForeignNode is a region of many ONNX nodes.\nCompare the layers with those of the last good run.",
               "从最先列出的层入手；ForeignNode 为包含多个 ONNX 节点的区域。\n与上次正常运行的各层进行比较。"},
    .example = "[I] === Profile (162 iterations ) ==="};

inline constexpr Diagnostic log_layer_information{
    .code = "PH9661", .slug = "log-layer-information", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The layers of an engine", "引擎的层信息"},
    .message = {"the log lists the layers of the engine",
                "日志列出了引擎的各层"},
    .cause = {"--dumpLayerInfo or --exportLayerInfo prints what the engine consists of.",
              "--dumpLayerInfo 或 --exportLayerInfo 打印引擎的组成。"},
    .remedy = {"Build with --profilingVerbosity=detailed to see tactics, formats and types.\nAdd --dumpProfile --separateProfileRun for times.",
               "以 --profilingVerbosity=detailed 构建可查看策略、格式与类型。\n加上 --dumpProfile --separateProfileRun 可得到时间。"},
    .example = "[I] Layer Information:"};

inline constexpr Diagnostic log_layer_precisions{
    .code = "PH9662", .slug = "log-layer-precisions", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The precisions in which the layers compute", "各层的计算精度"},
    .message = {"{layers} computing layers: {shares}",
                "共 {layers} 个计算层：{shares}"},
    .cause = {"The layer information tells types of inputs and weights; a layer computes in the narrowest of them. Layers that only move or declare data are not counted.",
              "层信息给出输入与权重的类型；层按其中最窄的类型计算。仅搬运或声明数据的层不计入。"},
    .remedy = {"Look for slow layers that stayed in FP32: they lack scales (INT8), or no faster kernel exists for their shape.\nKeep the share with a policy: int8_layers_percent in 'pharos doctor init'.",
               "查找仍为 FP32 的慢层：它们缺少缩放因子（INT8），或其形状没有更快的内核。\n可用策略守住该比例：见“pharos doctor init”中的 int8_layers_percent。"},
    .example = "pharos doctor build.log layers.json"};

inline constexpr Diagnostic log_query_times{
    .code = "PH9663", .slug = "log-query-times", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The times of single queries", "各次查询的耗时"},
    .message = {"{count} queries: median {median} ms, p99 {p99} ms, longest {max} ms",
                "共 {count} 次查询：中位数 {median} ms，p99 {p99} ms，最长 {max} ms"},
    .cause = {"The exported times hold each query, so the whole distribution is known, not its summary alone.",
              "导出的时间包含每次查询，因此可知完整分布，而不仅是汇总。"},
    .remedy = {"Keep the file with the build: p99 and the shape of the tail tell later changes that a median hides.",
               "将该文件与构建一同保存：p99 与尾部形状能揭示中位数掩盖的变化。"},
    .example = "pharos doctor build.log times.json"};

inline constexpr Diagnostic log_cpu_unstable{
    .code = "PH9613", .slug = "log-cpu-compute-unstable", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The compute time on the processor is unstable", "处理器上的计算时间不稳定"},
    .message = {"the compute time varies by {cov} % (coefficient of variation)", "计算时间波动为 {cov} %（变异系数）"},
    .cause = {"Other processes take the cores, the frequency moves with load and temperature, threads wander between cores, or the run is very short. Figures of such a run compare badly.",
              "其他进程占用核心、频率随负载与温度变化、线程在核心间迁移，或运行时间过短。此类结果难以比较。"},
    .remedy = {"Hold the frequency, in a virtual machine on its host: sudo cpupower frequency-set --governor=performance; in a container see that the CPU quota is whole cores.\nPin the run to idle cores of one socket: taskset -c 0-3 pharos bench model.engine --threads 4\nMeasure longer: --duration 20, and compare medians and p99 of several runs, not one mean.",
               "固定频率（虚拟机中在宿主机上设置）：sudo cpupower frequency-set --governor=performance；容器中确认 CPU 配额为整数个核心。\n把运行绑定到同一插槽的空闲核心：taskset -c 0-3 pharos bench model.engine --threads 4\n延长测量：--duration 20，并比较多次运行的中位数与 p99，而非单个均值。"},
    .example = "[W] * GPU compute time is unstable, with coefficient of variance = 17.1%. in a log of 'pharos trtexec'"};

inline constexpr Diagnostic log_cpu_tail{
    .code = "PH9614", .slug = "log-cpu-tail-latency", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Some runs on the processor take far longer than the median", "处理器上部分运行远慢于中位数"},
    .message = {"p99 is {p99} ms, the median {median} ms", "p99 为 {p99} ms，中位数为 {median} ms"},
    .cause = {"Another process got a core, the CPU quota of a container was used up for the rest of its period, or the frequency changed; users feel these runs.",
              "核心被其他进程占用、容器的 CPU 配额在周期内用尽，或频率发生变化；用户会感受到这些运行。"},
    .remedy = {"Give the process cores of its own: taskset -c, cpuset in the container; --threads (PHAROS_THREADS) not above them.\nLook at throttling: cat /sys/fs/cgroup/cpu.stat (nr_throttled); raise the limit or ask for whole cores.\nWarm every shape up before serving, and measure again with --duration 30.",
               "为进程分配专用核心：taskset -c，容器中使用 cpuset；--threads（PHAROS_THREADS）不超过其数量。\n查看限流：cat /sys/fs/cgroup/cpu.stat（nr_throttled）；提高上限或申请整数个核心。\n提供服务前预热每一种形状，并以 --duration 30 重新测量。"},
    .example = "a summary of 'pharos bench' with median 8 ms and p99 20 ms"};

inline constexpr Diagnostic log_cpu_slow_build{
    .code = "PH9615", .slug = "log-cpu-slow-build", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The build took long, and its timings are not kept", "构建耗时长且未保存计时结果"},
    .message = {"the build took {seconds} s without a timing cache", "构建耗时 {seconds} s，没有使用计时缓存"},
    .cause = {"Each tactic is timed again in every build unless a timing cache is kept.",
              "若不保存计时缓存，每次构建都会重新计时所有策略。"},
    .remedy = {"Keep a cache: pharos build model.onnx --timing-cache times.cache (pharos trtexec: --timingCacheFile=times.cache): later builds measure only what is new.\nLower the search while developing: --opt-level 1.",
               "保存缓存：pharos build model.onnx --timing-cache times.cache（pharos trtexec：--timingCacheFile=times.cache），后续构建只测量新的部分。\n开发期间降低搜索强度：--opt-level 1。"},
    .example = "a build of 'pharos build' that took 400 s"};

inline constexpr Diagnostic log_cpu_reorder_share{
    .code = "PH9616", .slug = "log-cpu-reorder-share", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Layout changes take a large part of the time", "布局转换占用大量时间"},
    .message = {"layers that only change a layout take {share} of the profile ({layers} layer(s))", "仅改变布局的层占剖析时间的 {share}（{layers} 层）"},
    .cause = {"Neighbouring layers compute in different layouts, so tensors are copied between them: a Transpose in the model, an operator whose kernel has one layout only, a plugin.",
              "相邻层以不同布局计算，张量需在其间复制：模型中的 Transpose、内核只支持一种布局的算子，或插件。"},
    .remedy = {"See which layers surround them: pharos bench model.engine --profile, pharos inspect model.engine\nLet all ways be timed: pharos build model.onnx --opt-level 5 --explain-tactics\nTake Transpose pairs out at export: keep the model in one layout (NCHW) from input to output.",
               "查看其相邻层：pharos bench model.engine --profile，pharos inspect model.engine\n让所有方案都参与计时：pharos build model.onnx --opt-level 5 --explain-tactics\n导出时去掉成对的 Transpose：模型从输入到输出保持同一布局（NCHW）。"},
    .example = "a profile of 'pharos bench --profile' in which Reorder rows sum to 20 %"};

inline constexpr Diagnostic log_cpu_small_model{
    .code = "PH9617", .slug = "log-cpu-small-model", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The model is so small that the call itself counts", "模型太小，调用本身的开销已不可忽略"},
    .message = {"starting a run takes {enqueue} ms of {compute} ms", "启动一次运行占 {compute} ms 中的 {enqueue} ms"},
    .cause = {"What is done once for a run, whatever its size, is a large share of it: waking the threads, binding the tensors.",
              "每次运行固定的工作（唤醒线程、绑定张量）占了很大比例。"},
    .remedy = {"Group several requests into a batch.\nRun with one thread: --threads 1; several processes or contexts then serve side by side.",
               "将多个请求合并为一批。\n使用单线程：--threads 1；再以多个进程或上下文并行提供服务。"},
    .example = "[W] * Throughput may be bound by Enqueue Time in a log of 'pharos trtexec'"};

inline constexpr std::array log_performance_entries{
    &log_unstable_clocks, &log_enqueue_bound, &log_transfer_bound, &log_multiple_streams, &log_aux_streams,
    &log_graph_capture, &log_default_stream, &log_workspace_limits_tactics, &log_dynamic_region, &log_reformat_share,
    &log_tail_latency, &log_slow_build, &log_profile_table, &log_layer_information,
    &log_layer_precisions, &log_query_times, &log_cpu_unstable, &log_cpu_tail, &log_cpu_slow_build, &log_cpu_reorder_share, &log_cpu_small_model};

}  // namespace pharos::diag
