#pragma once
// PH95xx: engines of another version or device, damaged engine files.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_engine_version{
    .code = "PH9501", .slug = "log-engine-version", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine was built by another TensorRT version", "引擎由另一 TensorRT 版本构建"},
    .message = {"the engine is of version {got}, this library is {expected}",
                "引擎版本为 {got}，当前库为 {expected}"},
    .cause = {"An engine file is only valid for the version of TensorRT that built it (unless it was built version-compatible). Two installations on one machine do it too: trtexec of one, Python package of the other.",
              "引擎文件仅对构建它的 TensorRT 版本有效（除非以版本兼容方式构建）。同一机器上的两套安装也会如此：trtexec 来自一套，Python 包来自另一套。"},
    .remedy = {"Build the engine again with the version that loads it: trtexec --onnx=model.onnx --saveEngine=model.plan on the target.\nName engine files after TensorRT version and GPU, and keep the ONNX file: engines are not portable.\nIn containers take builder and runtime from the same image tag.\nWhere both must differ: build with --versionCompatible (TensorRT 8.6 and later).",
               "用加载时所用的版本重新构建：在目标机上运行 trtexec --onnx=model.onnx --saveEngine=model.plan。\n以 TensorRT 版本与 GPU 命名引擎文件，并保留 ONNX 文件：引擎不可移植。\n容器环境中，构建与运行使用同一镜像标签。\n若两者必须不同：以 --versionCompatible 构建（TensorRT 8.6 及以后）。"},
    .example = "[E] The engine plan file is not compatible with this version of TensorRT, expecting library version 8.5.1 got 8.4.3, please rebuild."};

inline constexpr Diagnostic log_engine_version_tag{
    .code = "PH9502", .slug = "log-engine-version-tag", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine's format number differs: it was built by another TensorRT version", "引擎格式号不同：由另一 TensorRT 版本构建"},
    .message = {"the library reads engine format {current}, the file has {serialized}",
                "库读取的引擎格式为 {current}，文件为 {serialized}"},
    .cause = {"Each release has its own format number; the file comes from another release than the library that reads it.",
              "每个版本都有自己的格式号；该文件来自与当前库不同的版本。"},
    .remedy = {"Build the engine again with the version that loads it: trtexec --onnx=model.onnx --saveEngine=model.plan on the target.\nName engine files after TensorRT version and GPU, and keep the ONNX file: engines are not portable.\nIn containers take builder and runtime from the same image tag.\nCompare: trtexec --getPlanVersionOnly --loadEngine=FILE, and python3 -c 'import tensorrt; print(tensorrt.__version__)'.",
               "用加载时所用的版本重新构建：在目标机上运行 trtexec --onnx=model.onnx --saveEngine=model.plan。\n以 TensorRT 版本与 GPU 命名引擎文件，并保留 ONNX 文件：引擎不可移植。\n容器环境中，构建与运行使用同一镜像标签。\n比较：trtexec --getPlanVersionOnly --loadEngine=FILE 与 python3 -c 'import tensorrt; print(tensorrt.__version__)'。"},
    .example = "[E] Serialization assertion stdVersionRead == serializationVersion failed.Version tag does not match. Note: Current Version: 232, Serialized Engine Version: 213"};

inline constexpr Diagnostic log_engine_magic{
    .code = "PH9503", .slug = "log-engine-magic", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The file is no engine for this runtime", "文件不是此运行时的引擎"},
    .message = {"the file does not begin like an engine of this runtime{detail}",
                "文件开头与此运行时的引擎不符{detail}"},
    .cause = {"Something else stands where the engine should: an ONNX file, a wrapper with metadata in front (Ultralytics), a text-mode or truncated copy, an engine of a safety or lean runtime, or of another major version.",
              "应为引擎的位置是其他内容：ONNX 文件、前置元数据的封装（Ultralytics）、文本模式或截断的拷贝、安全或精简运行时的引擎，或另一主版本的引擎。"},
    .remedy = {"Look at the first bytes: head -c 64 FILE | xxd. A plan of TensorRT 8.6 and later starts with 'ftrt'.\nUltralytics engines: skip the length and JSON metadata in front before deserialising.\nSafety engines need the safety runtime; copy files in binary mode.\nBuild the engine again with the version that loads it: trtexec --onnx=model.onnx --saveEngine=model.plan on the target.",
               "查看首部字节：head -c 64 FILE | xxd。TensorRT 8.6 及以后的引擎以“ftrt”开头。\nUltralytics 引擎：反序列化前跳过前置的长度与 JSON 元数据。\n安全引擎需使用安全运行时；以二进制模式复制文件。\n用加载时所用的版本重新构建：在目标机上运行 trtexec --onnx=model.onnx --saveEngine=model.plan。"},
    .example = "[E] Serialization assertion magicTagRead == kMAGIC_TAG failed.Magic tag does not match"};

inline constexpr Diagnostic log_engine_device{
    .code = "PH9504", .slug = "log-engine-compute-capability", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine was built for another GPU architecture", "引擎为另一 GPU 架构构建"},
    .message = {"the engine was built for compute {got}, this device is {expected}",
                "引擎为计算能力 {got} 构建，当前设备为 {expected}"},
    .cause = {"Kernels in an engine are compiled and chosen for one architecture.",
              "引擎中的内核为一种架构编译并选择。"},
    .remedy = {"Build on the GPU model that runs it.\nOn machines with several GPUs set the device before loading: cudaSetDevice(n) or CUDA_VISIBLE_DEVICES=n.\nFor a mixed fleet: --hardwareCompatibilityLevel=ampere+ (8.6 and later; slower).",
               "在运行它的 GPU 型号上构建。\n多 GPU 机器在加载前选择设备：cudaSetDevice(n) 或 CUDA_VISIBLE_DEVICES=n。\n混合机群：--hardwareCompatibilityLevel=ampere+（8.6 及以后；较慢）。"},
    .example = "[E] The engine plan file is generated on an incompatible device, expecting compute 7.5 got compute 8.6, please rebuild."};

inline constexpr Diagnostic log_engine_other_model{
    .code = "PH9505", .slug = "log-engine-other-device-model", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine was built on another GPU model", "引擎在另一 GPU 型号上构建"},
    .message = {"the engine comes from another model of GPU: it works, tactics were chosen elsewhere",
                "引擎来自另一 GPU 型号：可以运行，但策略是在别处选择的"},
    .cause = {"Same architecture, other model: tactics were timed on another chip, so they may be slower here or need memory that is not there.",
              "架构相同而型号不同：策略在另一芯片上计时，因此在此可能更慢或需要不存在的内存。"},
    .remedy = {"Build on the GPU model of production and compare latency.\nPut the GPU model into the file name, so that a cached engine is not taken for another device's.",
               "在生产所用的 GPU 型号上构建并比较延迟。\n将 GPU 型号写入文件名，避免误用其他设备的缓存引擎。"},
    .example = "[W] Using an engine plan file across different models of devices is not recommended and is likely to affect performance or even cause errors."};

inline constexpr Diagnostic log_engine_truncated{
    .code = "PH9506", .slug = "log-engine-truncated", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine file is truncated or damaged", "引擎文件被截断或损坏"},
    .message = {"the size in the file's header does not fit the data",
                "文件头中的大小与数据不符"},
    .cause = {"The copy is incomplete, the file was changed, or a plugin wrote another number of bytes than it announced.",
              "拷贝不完整、文件被更改，或插件写出的字节数与其声明不符。"},
    .remedy = {"Compare size and checksum with the original: sha256sum FILE.\nWrite engines beside and rename them, so that no reader sees half a file; check for a full disk.\nOwn plugins: getSerializationSize() must equal what serialize() writes.\nBuild the engine again with the version that loads it: trtexec --onnx=model.onnx --saveEngine=model.plan on the target.",
               "与原文件比较大小与校验和：sha256sum FILE。\n先写到旁边再重命名，避免读到半个文件；检查磁盘是否已满。\n自有插件：getSerializationSize() 必须等于 serialize() 写出的字节数。\n用加载时所用的版本重新构建：在目标机上运行 trtexec --onnx=model.onnx --saveEngine=model.plan。"},
    .example = "[E] Serialization assertion sizeRead == static_cast<uint64_t>(mEnd - mCurrent) failed.Size specified in header does not match archive size"};

inline constexpr Diagnostic log_engine_platform{
    .code = "PH9507", .slug = "log-engine-platform", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine was built for another operating system", "引擎为另一操作系统构建"},
    .message = {"the platform tag of the engine does not fit this system",
                "引擎的平台标记与当前系统不符"},
    .cause = {"Engines made on Windows do not load on Linux, and the other way round, unless they were built for it.",
              "Windows 上构建的引擎无法在 Linux 上加载，反之亦然，除非专门为其构建。"},
    .remedy = {"Build the engine again with the version that loads it: trtexec --onnx=model.onnx --saveEngine=model.plan on the target.\nOr build for the other system: --runtimePlatform=WindowsAMD64 (TensorRT 10).",
               "用加载时所用的版本重新构建：在目标机上运行 trtexec --onnx=model.onnx --saveEngine=model.plan。\n或为另一系统构建：--runtimePlatform=WindowsAMD64（TensorRT 10）。"},
    .example = "[E] Platform specific tag mismatch detected. TensorRT plan files are only supported on the target runtime platform they were created on."};

inline constexpr Diagnostic log_engine_host_code{
    .code = "PH9508", .slug = "log-engine-host-code", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A version-compatible engine is not allowed to load its code", "不允许加载版本兼容引擎中的代码"},
    .message = {"the engine carries its own runtime, and host code is not allowed",
                "引擎自带运行时，而未允许主机代码"},
    .cause = {"Version-compatible engines contain executable code; the runtime refuses it unless the application trusts the file.",
              "版本兼容引擎包含可执行代码；除非应用信任该文件，否则运行时拒绝加载。"},
    .remedy = {"For engines that you built: runtime.engine_host_code_allowed = True (C++: setEngineHostCodeAllowed(true)).\nNever for files from elsewhere.",
               "仅对自己构建的引擎：runtime.engine_host_code_allowed = True（C++：setEngineHostCodeAllowed(true)）。\n切勿用于外来文件。"},
    .example = "[E] engine contains host code; call setEngineHostCodeAllowed"};

inline constexpr Diagnostic log_engine_unreadable{
    .code = "PH9509", .slug = "log-engine-file-unreadable", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine file is missing, empty or cannot be opened", "引擎文件缺失、为空或无法打开"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The path is wrong, the file was not written (the build failed), or permissions are missing.",
              "路径错误、文件未写出（构建失败）或缺少权限。"},
    .remedy = {"Check the path and size: ls -l FILE; in containers check the mount.\nIf the build should have written it, look at the build's log first.",
               "检查路径与大小：ls -l FILE；容器中检查挂载。\n若本应由构建写出，请先查看构建日志。"},
    .example = "[E] Error opening engine file: model.plan"};

inline constexpr Diagnostic log_timing_cache_foreign{
    .code = "PH9510", .slug = "log-timing-cache-foreign", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A timing cache does not fit and is not used", "计时缓存不匹配，未使用"},
    .message = {"the timing cache is refused: {what}",
                "计时缓存被拒绝：{what}"},
    .cause = {"It was written by another TensorRT version, on another GPU or with other clocks, or was damaged (text mode). The build goes on and times everything again.",
              "它由另一 TensorRT 版本、另一 GPU 或其他时钟写成，或已损坏（文本模式）。构建会继续并重新计时。"},
    .remedy = {"Delete the file and let this build write a new one.\nKeep one cache per TensorRT version and GPU model: --timingCacheFile=model_trt10.7_A10.cache.",
               "删除该文件，让本次构建写出新的缓存。\n按 TensorRT 版本与 GPU 型号分别保存缓存：--timingCacheFile=model_trt10.7_A10.cache。"},
    .example = "[W] The timing cache will not be used!"};

inline constexpr Diagnostic log_timing_cache_combined{
    .code = "PH9511", .slug = "log-timing-cache-other-gpu", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A timing cache holds tactics that this GPU does not have", "计时缓存包含此 GPU 没有的策略"},
    .message = {"a cached tactic is unknown here: {what}",
                "缓存中的策略在此未知：{what}"},
    .cause = {"A timing cache was combined or carried over from another GPU.",
              "计时缓存由另一 GPU 合并或带来。"},
    .remedy = {"Delete the timing cache and build again.\nNever combine caches of different GPU models.",
               "删除计时缓存并重新构建。\n切勿合并不同 GPU 型号的缓存。"},
    .example = "[E] Assertion !isGroupConv || findConvShaderByHandle failed"};

inline constexpr Diagnostic log_engine_refused_by_server{
    .code = "PH9512", .slug = "log-engine-refused-by-server", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A server or wrapper could not load the engine", "服务或封装无法加载引擎"},
    .message = {"{what}",
                "{what}"},
    .cause = {"Triton, DeepStream or ONNX Runtime could not deserialise the engine; the line of TensorRT before it tells why.",
              "Triton、DeepStream 或 ONNX Runtime 无法反序列化引擎；其前的 TensorRT 行说明原因。"},
    .remedy = {"Read the TensorRT error just before.\nIn containers take builder and runtime from the same image tag.\nDeepStream: delete the cached *.engine file, it is built again from the ONNX file.",
               "查看其前的 TensorRT 错误。\n容器环境中，构建与运行使用同一镜像标签。\nDeepStream：删除缓存的 *.engine 文件，它会由 ONNX 重新构建。"},
    .example = "E0719 03:50:23 model_lifecycle.cc:630] failed to load 'resnet' version 1: Internal: unable to create TensorRT engine"};

inline constexpr Diagnostic log_engine_plugin_data{
    .code = "PH9513", .slug = "log-engine-plugin-data", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A plugin cannot read its part of the engine", "插件无法读取引擎中属于它的部分"},
    .message = {"{what}", "{what}"},
    .cause = {"A plugin writes its state into the engine in a form of its own. The library that loads it is of another release than the one that built: sizes or fields differ.",
              "插件以自己的格式把状态写入引擎。加载它的库与构建时的库版本不同：大小或字段不一致。"},
    .remedy = {"Build and serve with the same release: compare python3 -c 'import tensorrt_llm; print(tensorrt_llm.__version__)' in both containers (or the versions of your plugin library).\nBuild the engine again with the release that serves it.\nKeep the release in the engine's file name.",
               "构建与部署使用同一版本：在两个容器中比较 python3 -c 'import tensorrt_llm; print(tensorrt_llm.__version__)'（或自有插件库的版本）。\n用部署所用的版本重新构建引擎。\n在引擎文件名中写明版本。"},
    .example = "[TensorRT-LLM][ERROR] Assertion failed: d == a + length (gptAttentionCommon.cpp:418)"};

inline constexpr Diagnostic log_engine_file_absent{
    .code = "PH9514", .slug = "log-engine-file-absent", .severity = Severity::Info, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The engine file is not there yet", "引擎文件尚不存在"},
    .message = {"{path} does not exist; the engine is built from the model instead", "{path} 不存在；改为由模型构建引擎"},
    .cause = {"DeepStream looks for the engine first and builds it where it finds none. At the first start this is normal and takes minutes; at every start it means that the engine is not kept, or kept under another name.",
              "DeepStream 先查找引擎，找不到时才构建。首次启动时属正常现象，需数分钟；若每次启动都如此，说明引擎没有保存，或以其他名称保存。"},
    .remedy = {"After the first start set model-engine-file to the name that the log gives behind 'serialize cuda engine to file'.\nSee that the folder can be written by the user that runs the pipeline, and that a container keeps it: a volume.",
               "首次启动后，把 model-engine-file 设为日志中 serialize cuda engine to file 之后的名称。\n确认运行管线的用户可写该目录，且容器会保留它：使用卷。"},
    .example = "WARNING: nvdsinfer_model_builder.cpp:1487 Deserialize engine failed because file path: model_b1_gpu0_fp16.engine open error"};

inline constexpr std::array log_engines_entries{
    &log_engine_version, &log_engine_version_tag, &log_engine_magic, &log_engine_device, &log_engine_other_model,
    &log_engine_truncated, &log_engine_platform, &log_engine_host_code, &log_engine_unreadable,
    &log_timing_cache_foreign, &log_timing_cache_combined, &log_engine_refused_by_server, &log_engine_plugin_data, &log_engine_file_absent};

}  // namespace pharos::diag
