#pragma once
// PH985x: crashes, in TensorRT, in CUDA, in the program around them.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_illegal_access{
    .code = "PH9850", .slug = "log-illegal-memory-access", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A kernel touched memory that is not its own", "内核访问了非法内存"},
    .message = {"CUDA reports an illegal memory access{place}",
                "CUDA 报告非法内存访问{place}"},
    .cause = {"An earlier kernel wrote or read out of bounds; the error is reported by whatever call comes next. Mostly a buffer is too small for the shapes set, lies on the host, or was freed; a plugin, or indices out of range (random input for a Gather), do the same. After it the CUDA context is unusable.",
              "之前的内核越界读写；错误由其后的调用报告。常见原因：缓冲区小于所设形状、位于主机内存或已被释放；插件缺陷或越界索引（对 Gather 使用随机输入）也会如此。此后 CUDA 上下文不可用。"},
    .remedy = {"Compare the size of each buffer with context.get_tensor_shape(name) after all input shapes are set.\nRun with CUDA_LAUNCH_BLOCKING=1, then compute-sanitizer --tool memcheck COMMAND: it names the kernel.\nUse one execution context per thread; keep buffers alive until the stream is synchronised.\nFeed real inputs where the model holds Gather, ScatterND or embeddings (trtexec --loadInputs=name:file).",
               "在设置全部输入形状后，将每个缓冲区大小与 context.get_tensor_shape(name) 比较。\n以 CUDA_LAUNCH_BLOCKING=1 运行，再用 compute-sanitizer --tool memcheck COMMAND 找出内核。\n每个线程使用一个执行上下文；流同步之前保持缓冲区有效。\n模型含 Gather、ScatterND 或嵌入层时使用真实输入（trtexec --loadInputs=name:file）。"},
    .example = "[E] 1: [checkMacros.cpp::catchCudaError::272] Error Code 1: Cuda Runtime (an illegal memory access was encountered)"};

inline constexpr Diagnostic log_launch_failure{
    .code = "PH9851", .slug = "log-launch-failure", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A kernel failed while it ran", "内核执行失败"},
    .message = {"CUDA reports: {what}",
                "CUDA 报告：{what}"},
    .cause = {"The device stopped a kernel: an unspecified launch failure, a misaligned address, a hardware exception or the watchdog of a display device.",
              "设备中止了内核：未指明的启动失败、地址未对齐、硬件异常，或显示设备的看门狗超时。"},
    .remedy = {"Repeat with CUDA_LAUNCH_BLOCKING=1 and compute-sanitizer to find the kernel.\nLook for Xid messages of the driver: dmesg | grep -i xid (13 and 31 are programming errors, 48, 63 and 79 the hardware).\nTry another driver or TensorRT release.",
               "以 CUDA_LAUNCH_BLOCKING=1 与 compute-sanitizer 重现并定位内核。\n查看驱动的 Xid 消息：dmesg | grep -i xid（13、31 为程序错误，48、63、79 为硬件问题）。\n尝试其他驱动或 TensorRT 版本。"},
    .example = "[E] 1: Error Code 1: Cuda Runtime (unspecified launch failure)"};

inline constexpr Diagnostic log_native_assertion{
    .code = "PH9852", .slug = "log-native-assertion", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"An assertion inside TensorRT failed", "TensorRT 内部断言失败"},
    .message = {"assertion failed: {what}",
                "断言失败：{what}"},
    .cause = {"TensorRT (its optimiser, its compiler Myelin, or the parser) met a graph that it did not expect. It is a limit or a defect of that version, set off by a part of the model.",
              "TensorRT（优化器、Myelin 编译器或解析器）遇到了意料之外的图。这是该版本的限制或缺陷，由模型的某一部分触发。"},
    .remedy = {"Simplify the graph: polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx.\nTry the newest release of TensorRT, and once a lower optimisation level: --builderOptimizationLevel=2.\nFind the part: polygraphy debug reduce model.onnx --mode bisect --check trtexec --onnx=polygraphy_debug.onnx.\nMark a tensor inside the region as an output: it breaks the pattern.",
               "简化图：polygraphy surgeon sanitize model.onnx --fold-constants -o folded.onnx。\n尝试最新的 TensorRT，并试一次较低的优化级别：--builderOptimizationLevel=2。\n定位：polygraphy debug reduce model.onnx --mode bisect --check trtexec --onnx=polygraphy_debug.onnx。\n把该区域内的某个张量标记为输出，以打断该模式。"},
    .example = "[E] 2: [graphShapeAnalyzer.cpp::x::1872] Error Code 2: Internal Error (Assertion !isPartialWork(p.second) failed. )"};

inline constexpr Diagnostic log_segmentation_fault{
    .code = "PH9853", .slug = "log-segmentation-fault", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The process crashed", "进程崩溃"},
    .message = {"the process ended with {what}",
                "进程以 {what} 结束"},
    .cause = {"The program wrote or read outside its memory, or called abort. The message just before it shows how far it came.",
              "程序越界访问内存或调用了 abort。其前的消息显示进行到哪一步。"},
    .remedy = {"Look at the last message before the crash: a null engine, an unknown binding name or a plugin is the usual reason; check every return value.\nGet a stack: gdb --args COMMAND, run, bt.\nIf it happens at exit: destroy contexts before engines before the runtime, and all before the CUDA context.",
               "查看崩溃前的最后一条消息：常见原因是空引擎、未知的绑定名或插件；请检查每个返回值。\n获取调用栈：gdb --args COMMAND，run，bt。\n若发生在退出时：先销毁上下文，再销毁引擎，最后销毁 runtime，且都早于 CUDA 上下文。"},
    .example = "Segmentation fault (core dumped)"};

inline constexpr Diagnostic log_resource_handle{
    .code = "PH9854", .slug = "log-invalid-resource-handle", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A CUDA object belongs to another context", "CUDA 对象属于另一个上下文"},
    .message = {"CUDA reports an invalid resource handle{place}",
                "CUDA 报告无效的资源句柄{place}"},
    .cause = {"A stream, an event or the engine itself was made in another CUDA context or on another device than the one that is current now: a second library (camera SDK, pycuda, a framework) pushed its own, or the call came from another thread.",
              "流、事件或引擎在另一个 CUDA 上下文或设备中创建：其他库（相机 SDK、pycuda、框架）压入了自己的上下文，或调用来自另一个线程。"},
    .remedy = {"Use the primary context everywhere: pycuda.autoprimaryctx instead of pycuda.autoinit; cudaSetDevice(d) at the start of each thread.\nAround TensorRT push the context in which the engine was made: ctx.push() ... ctx.pop().\nMake stream and engine on the same device, in the thread that uses them.",
               "统一使用主上下文：用 pycuda.autoprimaryctx 代替 pycuda.autoinit；在每个线程开始时调用 cudaSetDevice(d)。\n调用 TensorRT 前后压入/弹出创建引擎时的上下文：ctx.push() ... ctx.pop()。\n在同一设备、同一线程上创建流与引擎。"},
    .example = "[TRT] [E] 1: [resizeRunner.cpp::execute::89] Error Code 1: Cuda Runtime (invalid resource handle)"};

inline constexpr Diagnostic log_teardown_order{
    .code = "PH9855", .slug = "log-teardown-order", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Objects are freed after their CUDA context is gone", "CUDA 上下文销毁后才释放对象"},
    .message = {"freeing memory failed{place}",
                "释放内存失败{place}"},
    .cause = {"At the end of the program the CUDA context (or the runtime) was destroyed before TensorRT's objects; their destructors then call CUDA in vain. Results that were computed before are not affected.",
              "程序结束时，CUDA 上下文（或 runtime）先于 TensorRT 对象销毁，其析构函数随后调用 CUDA 失败。此前的计算结果不受影响。"},
    .remedy = {"Destroy in order: execution contexts, engines, runtime, then buffers, streams and the CUDA context.\nPython: del context, engine, runtime explicitly before the interpreter exits; with pycuda use autoprimaryctx.\nC++: declare the smart pointers in the order runtime, engine, context, so that they are destroyed in reverse.",
               "按顺序销毁：执行上下文、引擎、runtime，然后是缓冲区、流与 CUDA 上下文。\nPython：在解释器退出前显式 del context、engine、runtime；使用 pycuda 时用 autoprimaryctx。\nC++：按 runtime、engine、context 的顺序声明智能指针，使其逆序销毁。"},
    .example = "[TRT] [E] [defaultAllocator.cpp::deallocate::85] Error Code 1: Cuda Runtime (invalid argument)"};

inline constexpr Diagnostic log_null_engine{
    .code = "PH9856", .slug = "log-null-engine", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A program goes on without an engine", "程序在没有引擎的情况下继续"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The build or the load before it failed and returned nothing; the program did not check and used the result.",
              "之前的构建或加载失败并返回空值；程序未检查便继续使用。"},
    .remedy = {"Look for the first TensorRT error above: it is the cause.\nCheck the result: if engine is None: raise; and print parser.get_error(i) when parse() returns False.",
               "查看上方第一条 TensorRT 错误：它才是原因。\n检查返回值：if engine is None: raise；parse() 返回 False 时打印 parser.get_error(i)。"},
    .example = "AttributeError: 'NoneType' object has no attribute 'create_execution_context'"};

inline constexpr Diagnostic log_cuda_error{
    .code = "PH9857", .slug = "log-cuda-error", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A CUDA call failed", "CUDA 调用失败"},
    .message = {"CUDA reports: {what}",
                "CUDA 报告：{what}"},
    .cause = {"A call of the CUDA runtime or driver returned an error. Where it comes after another error it is mostly a consequence: CUDA errors stick to the context.",
              "CUDA runtime 或驱动调用返回错误。若之前已有其他错误，它通常是后果：CUDA 错误会附着在上下文上。"},
    .remedy = {"Look for the first CUDA error of the log.\nRun with CUDA_LAUNCH_BLOCKING=1 so that it is reported where it arises.\nCheck device and stream: both must belong to the context in which the engine was made.",
               "查看日志中的第一条 CUDA 错误。\n以 CUDA_LAUNCH_BLOCKING=1 运行，使错误在产生处报告。\n检查设备与流：二者必须属于创建引擎的上下文。"},
    .example = "[E] 1: [runner.cpp::execute::1] Error Code 1: Cuda Runtime (invalid argument)"};

inline constexpr Diagnostic log_kernel_library{
    .code = "PH9858", .slug = "log-kernel-library-failed", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A kernel of cuDNN, cuBLAS or Cask failed", "cuDNN、cuBLAS 或 Cask 内核失败"},
    .message = {"{what}",
                "{what}"},
    .cause = {"A library kernel could not run: memory was short, an earlier kernel corrupted the context, or the library loaded is not the one that TensorRT was built for.",
              "库内核无法运行：内存不足、先前的内核破坏了上下文，或加载的库与 TensorRT 构建时所用版本不同。"},
    .remedy = {"Free device memory; build and run without other users of the device.\nLook for 'linked against ... but loaded' in the log and align the libraries.\nLeave them out where possible: --tacticSources=-CUDNN,-CUBLAS,-CUBLAS_LT.",
               "释放设备内存；构建与运行时避免其他进程占用设备。\n查找日志中的“linked against ... but loaded”，统一库版本。\n尽可能不使用它们：--tacticSources=-CUDNN,-CUBLAS,-CUBLAS_LT。"},
    .example = "[E] 1: [caskConvolutionRunner.cpp::execute::548] Error Code 1: Cask (Cask convolution execution)"};

inline constexpr Diagnostic log_unknown_binding{
    .code = "PH9859", .slug = "log-unknown-binding", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A tensor name that the engine does not have", "引擎中不存在的张量名"},
    .message = {"the engine has no tensor '{name}'",
                "引擎没有名为“{name}”的张量"},
    .cause = {"The program asks for an input or output by a name that is not in the engine, gets the index -1, and uses it: the crash that follows is the consequence.",
              "程序请求的输入或输出名不在引擎中，得到索引 -1 并继续使用：其后的崩溃是后果。"},
    .remedy = {"List the names: for i in range(engine.num_io_tensors): print(engine.get_tensor_name(i)); or polygraphy inspect model ENGINE.\nUse the names of the ONNX graph's inputs and outputs; inner tensors are no bindings unless they are marked as outputs.\nCheck the index before using it.",
               "列出名称：for i in range(engine.num_io_tensors): print(engine.get_tensor_name(i))；或 polygraphy inspect model ENGINE。\n使用 ONNX 图输入输出的名称；内部张量除非标记为输出，否则不是绑定。\n使用前检查索引。"},
    .example = "[E] [TRT] INVALID_ARGUMENT: Cannot find binding of given name: conv1"};

inline constexpr std::array log_crash_entries{
    &log_illegal_access, &log_launch_failure, &log_native_assertion, &log_segmentation_fault, &log_resource_handle,
    &log_teardown_order, &log_null_engine, &log_cuda_error, &log_kernel_library, &log_unknown_binding};

}  // namespace pharos::diag
