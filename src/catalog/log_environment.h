#pragma once
// PH97xx: drivers, libraries, devices.

#include <array>

#include "pharos/diagnostics.h"

namespace pharos::diag {

inline constexpr Diagnostic log_cuda_init{
    .code = "PH9701", .slug = "log-cuda-init", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"CUDA cannot start", "CUDA 无法启动"},
    .message = {"CUDA initialisation failed with error {code}: {meaning}",
                "CUDA 初始化失败，错误 {code}：{meaning_zh}"},
    .cause = {"The CUDA runtime that TensorRT brings could not talk to the driver.",
              "TensorRT 自带的 CUDA runtime 无法与驱动通信。"},
    .remedy = {"Compare: nvidia-smi (CUDA Version = newest that the driver supports) and the CUDA version of the TensorRT package.\nError 35: update the driver, or use a TensorRT build for an older CUDA (pip install tensorrt-cu12 instead of cu13; the container that fits the driver).\nError 100: the process sees no GPU: docker run --gpus all; check CUDA_VISIBLE_DEVICES and /dev/nvidia*.\nError 3 after a fork: start workers with 'spawn', and initialise CUDA in the child.",
               "比较：nvidia-smi（CUDA Version 为驱动支持的最高版本）与 TensorRT 包的 CUDA 版本。\n错误 35：更新驱动，或使用面向较旧 CUDA 的 TensorRT（pip install tensorrt-cu12 而非 cu13；或与驱动匹配的容器）。\n错误 100：进程看不到 GPU：docker run --gpus all；检查 CUDA_VISIBLE_DEVICES 与 /dev/nvidia*。\nfork 之后的错误 3：以 spawn 启动子进程，并在子进程中初始化 CUDA。"},
    .example = "[E] CUDA initialization failure with error: 35"};

inline constexpr Diagnostic log_no_gpu{
    .code = "PH9702", .slug = "log-no-gpu", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"No GPU is visible", "看不到 GPU"},
    .message = {"no CUDA device is visible to the process: {what}",
                "进程看不到任何 CUDA 设备：{what}"},
    .cause = {"The container was started without GPU access, CUDA_VISIBLE_DEVICES hides the devices, or no driver is installed.",
              "容器未获得 GPU 访问权限、CUDA_VISIBLE_DEVICES 隐藏了设备，或未安装驱动。"},
    .remedy = {"Docker: docker run --gpus all ... with the NVIDIA Container Toolkit installed; Kubernetes: resources.limits nvidia.com/gpu: 1.\nCheck inside: nvidia-smi; echo $CUDA_VISIBLE_DEVICES; ls /dev/nvidia*.",
               "Docker：安装 NVIDIA Container Toolkit 后使用 docker run --gpus all ...；Kubernetes：resources.limits nvidia.com/gpu: 1。\n在容器内检查：nvidia-smi；echo $CUDA_VISIBLE_DEVICES；ls /dev/nvidia*。"},
    .example = "W0218 pinned_memory_manager.cc:236] Unable to allocate pinned system memory: no CUDA-capable device is detected"};

inline constexpr Diagnostic log_sm_unsupported{
    .code = "PH9703", .slug = "log-gpu-not-supported", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"This TensorRT release does not support the GPU", "此 TensorRT 版本不支持该 GPU"},
    .message = {"the GPU has compute capability {sm} ({family}); {advice}",
                "GPU 计算能力为 {sm}（{family}）；{advice_zh}"},
    .cause = {"Each release supports a range of architectures: old ones are dropped, newer GPUs are not known yet.",
              "每个版本支持一定范围的架构：旧架构会被移除，新 GPU 尚不被识别。"},
    .remedy = {"Install the TensorRT release named above, in a container or pip environment of its own.\nCheck the support matrix of the release for your GPU before upgrading.",
               "在独立的容器或 pip 环境中安装上述 TensorRT 版本。\n升级前请查看该版本的支持矩阵。"},
    .example = "[E] Target GPU SM 61 is not supported by this TensorRT release."};

inline constexpr Diagnostic log_library_mismatch{
    .code = "PH9704", .slug = "log-library-version-mismatch", .severity = Severity::Warning, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Another library version is loaded than TensorRT was built with", "加载的库版本与 TensorRT 构建时不同"},
    .message = {"{library}: built with {linked}, loaded {loaded}",
                "{library}：构建时为 {linked}，加载的是 {loaded}"},
    .cause = {"Another cuDNN, cuBLAS or CUDA stands earlier on the library path: a framework's own copy, or an older installation. It mostly works; it also causes odd failures and slower tactics.",
              "库路径中更靠前的位置有另一份 cuDNN、cuBLAS 或 CUDA：框架自带的副本或旧安装。通常可用，但可能引发异常故障与较慢的策略。"},
    .remedy = {"See which file is loaded: LD_DEBUG=libs COMMAND 2>&1 | grep -E 'cudnn|cublas'.\nPut the matching version first: LD_LIBRARY_PATH, or install the version named by the message.\nImport tensorrt before frameworks that bring their own libraries.",
               "查看加载的文件：LD_DEBUG=libs COMMAND 2>&1 | grep -E 'cudnn|cublas'。\n使匹配的版本优先：LD_LIBRARY_PATH，或安装消息中所示的版本。\n在自带库的框架之前导入 tensorrt。"},
    .example = "[W] [TRT] TensorRT was linked against cuDNN 8.2.1 but loaded cuDNN 8.1.1"};

inline constexpr Diagnostic log_library_missing{
    .code = "PH9705", .slug = "log-library-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A library cannot be loaded", "无法加载库"},
    .message = {"cannot load {library}",
                "无法加载 {library}"},
    .cause = {"The file is not on the library path, is of another major version, or is missing a library of its own.",
              "该文件不在库路径中、主版本不同，或缺少其自身依赖的库。"},
    .remedy = {"Find it: ldconfig -p | grep nvinfer; find / -name 'libnvinfer*.so*'.\nInstall the package of the same major version (libnvinfer.so.8 is TensorRT 8, .so.10 is 10), or add its folder to LD_LIBRARY_PATH.\nldd FILE | grep 'not found' names what is missing below it.",
               "查找：ldconfig -p | grep nvinfer；find / -name 'libnvinfer*.so*'。\n安装相同主版本的包（libnvinfer.so.8 为 TensorRT 8，.so.10 为 10），或将其目录加入 LD_LIBRARY_PATH。\nldd FILE | grep 'not found' 可列出缺失的依赖。"},
    .example = "ImportError: libnvinfer.so.8: cannot open shared object file: No such file or directory"};

inline constexpr Diagnostic log_ort_provider{
    .code = "PH9706", .slug = "log-ort-provider-not-loaded", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"ONNX Runtime cannot use TensorRT and falls back", "ONNX Runtime 无法使用 TensorRT 而回退"},
    .message = {"the TensorRT execution provider is not available: {what}",
                "TensorRT 执行提供程序不可用：{what}"},
    .cause = {"The provider library of ONNX Runtime did not find TensorRT of the version that it was built for; the model runs on CUDA or the CPU instead.",
              "ONNX Runtime 的提供程序库未找到其构建时对应版本的 TensorRT；模型转而在 CUDA 或 CPU 上运行。"},
    .remedy = {"Install the TensorRT version that this ONNX Runtime release was built for (table in its documentation), and put its libraries on LD_LIBRARY_PATH.\nCheck: ldd .../libonnxruntime_providers_tensorrt.so | grep 'not found'.\nMake the fallback an error: compare session.get_providers() with what you asked for.",
               "安装该 ONNX Runtime 版本构建时对应的 TensorRT（见其文档表格），并将库加入 LD_LIBRARY_PATH。\n检查：ldd .../libonnxruntime_providers_tensorrt.so | grep 'not found'。\n将回退视为错误：比较 session.get_providers() 与所请求的提供程序。"},
    .example = "EP Error ... Please install TensorRT libraries as mentioned in the GPU requirements page"};

inline constexpr Diagnostic log_no_dla{
    .code = "PH9707", .slug = "log-no-dla", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"There is no DLA on this device", "此设备没有 DLA"},
    .message = {"{what}",
                "{what}"},
    .cause = {"A deep learning accelerator was asked for; only Jetson Xavier and Orin (and Drive) boards have one.",
              "请求了深度学习加速器；仅 Jetson Xavier、Orin（及 Drive）具备。"},
    .remedy = {"Leave out --useDLACore and set_device_type(DLA) on other devices.\nCheck builder.num_DLA_cores before using it.",
               "在其他设备上不要使用 --useDLACore 与 set_device_type(DLA)。\n使用前检查 builder.num_DLA_cores。"},
    .example = "No DLA core available on current platform"};

inline constexpr Diagnostic log_device_id{
    .code = "PH9708", .slug = "log-device-id", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The device number does not exist", "设备编号不存在"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The number is at or above the count of visible devices (CUDA_VISIBLE_DEVICES renumbers them from 0).",
              "编号大于等于可见设备数（CUDA_VISIBLE_DEVICES 会从 0 重新编号）。"},
    .remedy = {"List: nvidia-smi -L. Give a number below the count of visible devices: --device=0.",
               "列出：nvidia-smi -L。使用小于可见设备数的编号：--device=0。"},
    .example = "[E] Cannot find device ID 3!"};

inline constexpr Diagnostic log_python_package{
    .code = "PH9709", .slug = "log-python-package-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A Python package is missing or does not fit", "缺少 Python 包或版本不符"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The environment that runs the script lacks the package, or holds a wheel of another CUDA or Python version.",
              "运行脚本的环境缺少该包，或其 wheel 属于另一 CUDA 或 Python 版本。"},
    .remedy = {"python3 -m pip install tensorrt (the major version must fit the engine), in the environment that runs the script.\nCheck: python3 -c 'import tensorrt, sys; print(tensorrt.__version__, sys.version)'.",
               "在运行脚本的环境中 python3 -m pip install tensorrt（主版本需与引擎一致）。\n检查：python3 -c 'import tensorrt, sys; print(tensorrt.__version__, sys.version)'。"},
    .example = "ModuleNotFoundError: No module named 'tensorrt'"};

inline constexpr Diagnostic log_builder_resource{
    .code = "PH9710", .slug = "log-builder-resource-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"The builder's kernel library is missing", "缺少构建器内核库"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The library libnvinfer_builder_resource is a separate file since 8.5; a runtime-only or mixed installation lacks it.",
              "自 8.5 起 libnvinfer_builder_resource 为单独文件；仅运行时或混合安装会缺少它。"},
    .remedy = {"Install the full TensorRT package of exactly the version of libnvinfer.\nOr build elsewhere and load the engine only.",
               "安装与 libnvinfer 版本完全一致的完整 TensorRT 包。\n或在别处构建，仅在此加载引擎。"},
    .example = "[E] Unable to load library: libnvinfer_builder_resource.so.8.6.1"};

inline constexpr Diagnostic log_driver_mismatch{
    .code = "PH9711", .slug = "log-driver-mismatch", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Driver and libraries do not fit each other", "驱动与库不匹配"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The kernel module and the user-space driver are of different versions (an update without a restart), or the driver is too old for the CUDA version.",
              "内核模块与用户态驱动版本不同（更新后未重启），或驱动对该 CUDA 版本过旧。"},
    .remedy = {"Restart after a driver update, or reload the nvidia modules.\nCompare nvidia-smi with cat /proc/driver/nvidia/version; update the driver to what the CUDA version needs.",
               "驱动更新后重启，或重新加载 nvidia 模块。\n比较 nvidia-smi 与 cat /proc/driver/nvidia/version；将驱动更新到该 CUDA 版本所需版本。"},
    .example = "Failed to initialize NVML: Driver/library version mismatch"};

inline constexpr Diagnostic log_disk_full{
    .code = "PH9712", .slug = "log-disk-full", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"A file could not be written", "文件无法写出"},
    .message = {"{what}",
                "{what}"},
    .cause = {"The disk is full, the folder does not exist, or it may not be written.",
              "磁盘已满、目录不存在或没有写权限。"},
    .remedy = {"Check: df -h, ls -ld FOLDER. Write engines to a volume with room for twice their size.",
               "检查：df -h、ls -ld FOLDER。将引擎写到至少有其两倍大小空间的卷。"},
    .example = "[E] Saving engine to file failed."};

inline constexpr Diagnostic log_server_backend{
    .code = "PH9713", .slug = "log-server-backend-missing", .severity = Severity::Error, .layer = Layer::Doctor, .since = "0.1",
    .title = {"Triton has no backend of that name", "Triton 没有该名称的后端"},
    .message = {"{library} for model {model} is not in the server", "服务器中没有模型 {model} 所需的 {library}"},
    .cause = {"The model's config.pbtxt names a backend, and Triton looks for a library of that name. Either the name is none (tensorrt_plan is a platform, its backend is tensorrt), or the container was built without it.",
              "模型的 config.pbtxt 指定了后端，Triton 据此查找同名的库。要么名称不对（tensorrt_plan 是 platform，对应的后端是 tensorrt），要么容器未包含该后端。"},
    .remedy = {"For a plan write backend: \"tensorrt\", or platform: \"tensorrt_plan\", never backend: \"tensorrt_plan\".\nSee what the server has: ls /opt/tritonserver/backends; images with -min or -pyt suffixes lack some.\nOr point to your own: tritonserver --backend-directory=FOLDER",
               "对 plan 文件请写 backend: \"tensorrt\" 或 platform: \"tensorrt_plan\"，不要写 backend: \"tensorrt_plan\"。\n查看服务器已有的后端：ls /opt/tritonserver/backends；带 -min、-pyt 后缀的镜像会缺少一部分。\n或指向自己的目录：tritonserver --backend-directory=FOLDER"},
    .example = "E0512 model_repository_manager.cc:1185] Invalid argument: unable to find 'libtriton_tensorrt_plan.so' for model 'detector', searched: /models/detector/1"};

inline constexpr std::array log_environment_entries{
    &log_cuda_init, &log_no_gpu, &log_sm_unsupported, &log_library_mismatch, &log_library_missing, &log_ort_provider,
    &log_no_dla, &log_device_id, &log_python_package, &log_builder_resource, &log_driver_mismatch, &log_disk_full, &log_server_backend};

}  // namespace pharos::diag
