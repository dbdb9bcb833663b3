// Drivers, libraries, devices.

#include <array>

#include "catalog/log_environment.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category environment = Category::Environment;

struct CudaError { int code; Text meaning; };
constexpr std::array cuda_errors{
    CudaError{2, {"out of memory", "内存不足"}}, CudaError{3, {"initialisation failed, perhaps after a fork", "初始化失败，可能在 fork 之后"}},
    CudaError{35, {"the driver is older than the CUDA runtime", "驱动比 CUDA runtime 旧"}}, CudaError{36, {"API version mismatch", "API 版本不匹配"}},
    CudaError{46, {"all devices are busy or unavailable", "所有设备忙或不可用"}}, CudaError{100, {"no device is visible", "看不到设备"}}, CudaError{101, {"no such device number", "设备编号不存在"}},
    CudaError{222, {"PTX of a newer toolkit than the driver", "PTX 来自比驱动更新的工具链"}}, CudaError{801, {"not supported on this system", "此系统不支持"}}, CudaError{802, {"the system is not ready (NVSwitch fabric)", "系统未就绪（NVSwitch）"}},
    CudaError{803, {"driver and forward-compatibility package do not fit", "驱动与前向兼容包不匹配"}}, CudaError{804, {"forward compatibility on unsupported hardware", "硬件不支持前向兼容"}}, CudaError{999, {"unknown; after sleep or a driver update restart the machine", "未知错误；休眠或驱动更新后请重启"}}};

std::optional<Finding> cuda_init(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "code", "?");
  const int code = int(number_of(f.report.argument("code")));
  Text meaning{"see the CUDA error list", "参见 CUDA 错误列表"};
  for (const CudaError& e : cuda_errors) {
    if (e.code == code) meaning = e.meaning;
  }
  set_argument(f, "meaning", std::string(meaning.en));
  set_argument(f, "meaning_zh", std::string(meaning.zh));
  return f;
}

// Compute capabilities: which releases of TensorRT have them.
struct Family { int sm; std::string_view name; Text advice; };
constexpr std::array families{
    Family{50, "Maxwell", {"the last release with it is TensorRT 8.6 at the latest; use 8.x", "最后支持的版本不晚于 TensorRT 8.6；请使用 8.x"}},
    Family{60, "Pascal", {"supported up to TensorRT 8.6; use 8.6, or a newer GPU", "支持到 TensorRT 8.6；请使用 8.6 或更新的 GPU"}},
    Family{70, "Volta", {"supported up to TensorRT 10.4; use that, or a newer GPU", "支持到 TensorRT 10.4；请使用该版本或更新的 GPU"}},
    Family{75, "Turing", {"this release is too old or built without it; use a current TensorRT", "该版本过旧或未包含此架构；请使用当前的 TensorRT"}},
    Family{80, "Ampere", {"needs TensorRT 7.1 or later", "需要 TensorRT 7.1 或更新"}},
    Family{86, "Ampere", {"needs TensorRT 7.2 or later", "需要 TensorRT 7.2 或更新"}},
    Family{89, "Ada", {"needs TensorRT 8.5 or later", "需要 TensorRT 8.5 或更新"}},
    Family{90, "Hopper", {"needs TensorRT 8.5 or later", "需要 TensorRT 8.5 或更新"}},
    Family{100, "Blackwell", {"needs TensorRT 10.8 or later", "需要 TensorRT 10.8 或更新"}}};

std::optional<Finding> sm_unsupported(const JudgeContext& c) {
  Finding f = c.finding();
  std::string text(f.report.argument("sm"));
  int sm = int(number_of(text));
  if (text.starts_with("0x")) {
    const unsigned long hex = std::strtoul(text.c_str(), nullptr, 16);
    sm = int(hex >> 8) * 10 + int(hex & 15);
  }
  const Family* found = &families.front();
  for (const Family& x : families) {
    if (sm >= x.sm) found = &x;
  }
  set_argument(f, "sm", sm ? number_text(sm / 10.0, 1) : "?");
  set_argument(f, "family", sm ? std::string(found->name) : "?");
  set_argument(f, "advice", std::string(found->advice.en));
  set_argument(f, "advice_zh", std::string(found->advice.zh));
  return f;
}

// What the pattern captured as `what`, or the message.
std::optional<Finding> told(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "what", c.hits.front().text.substr(0, 300));
  return f;
}

}  // namespace

void define_environment(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = told) {
    rules.add({.diagnostic = &d, .category = environment, .rank = rank, .triggers = std::move(t), .judge = judge, .samples = std::move(s)});
  };
  add(diag::log_cuda_init, 74, {{"initialization failure with error", R"(failure with error:? *(?P<code>\d+))"}, {"Unable to initialize CUDA", R"(^(?:.*?error:? *(?P<code>\d+))?)"}, {"CUDA driver version is insufficient", R"(^(?:.*?\b(?P<code>35)\b)?)"}, {"Cuda initialization failure", R"(error:? *(?P<code>\d+))"}},
      {{"[E] createInferBuilder: Error Code 6: API Usage Error (CUDA initialization failure with error: 35. Please check your CUDA installation)", true}, {"[I] [TRT] [MemUsageChange] Init CUDA: CPU +229, GPU +0, now: CPU 269, GPU 1793 (MiB)", false}}, cuda_init);
  add(diag::log_no_gpu, 72, {{"no CUDA-capable device", "(?P<what>no CUDA-capable device[^,;]*)"}, {"No CUDA device", "(?i)(?P<what>No CUDA devices? (?:found|available|detected|visible).*)"}, {"Cannot find any available devices", "(?P<what>.*)"}, {"Unable to read CUDA capable devices", "(?P<what>.*)"}, {"No CUDA GPUs are available", "(?P<what>.*)"}, {"could not select device driver", "(?P<what>.*)"}, {"nvidia-container-cli: initialization error", "(?P<what>nvidia-container-cli: .*)"}, {"nvidia-container-cli: detection error", "(?P<what>nvidia-container-cli: .*)"}, {"no NVIDIA driver on your system", "(?P<what>.*)"}},
      {{"W0218 07:19:12.870731 1 pinned_memory_manager.cc:236] Unable to allocate pinned system memory, pinned memory pool will not be available: no CUDA-capable device is detected", true}, {"[I] Selected Device: NVIDIA A10", false}});
  add(diag::log_sm_unsupported, 74, {{"is not supported by this TensorRT release", R"(SM (?P<sm>\d+))"}, {"Unsupported architecture", "^(?P<sm>)"}, {"Unsupported SM", R"(Unsupported SM:? *(?P<sm>0x[0-9a-f]+|\d+)?)"}, {"No kernel image is available", R"((?i)(?P<sm>)no kernel image)"}},
      {{"[E] Target GPU SM 61 is not supported by this TensorRT release.", true}, {"[I] SMs: 72", false}}, sm_unsupported);
  add(diag::log_library_mismatch, 50, {{"TensorRT was linked against", R"(linked against (?P<library>.+?) (?P<linked>[\d.]+) but loaded .+? (?P<loaded>[\d.]+)\s*$)"},
                                          {"version mismatch", R"((?i)(?P<library>cuDNN|cuBLAS|NCCL|TensorRT|CUDA)(?: library)? version mismatch\W+(?:compiled|built|linked) (?:with|against) (?P<linked>[\d.]*\d)\D+(?P<loaded>[\d.]*\d))"}},
      {{"[W] [TRT] TensorRT was linked against cuDNN 8.2.1 but loaded cuDNN 8.1.1", true}, {"[I] linked", false}},
      [](const JudgeContext& c) -> std::optional<Finding> {
        Finding f = c.finding();
        // The largest gap leads: a major version, or cuDNN, matters more than a patch release of cuBLAS.
        for (const Hit& h : c.hits) {
          if (icontains(h.argument("library"), "cudnn")) { f.report = Report(*c.rule.diagnostic, h.arguments); f.evidence.insert(f.evidence.begin(), h.evidence.front()); break; }
        }
        return f;
      });
  add(diag::log_library_missing, 70, {{"cannot open shared object file", R"((?P<library>lib[\w.+-]+\.so[\w.]*))"}, {"Could not load dynamic library", R"(library '?(?P<library>[\w.+-]+))"}, {"Unable to load library", R"(library:? '?(?P<library>lib(?:nvinfer_plugin|nvinfer\.|nvonnx|cu)[\w.+-]*))"}, {"Failed to load library", R"(library '?(?P<library>[\w./+-]+))"}, {"Could not find TensorRT", R"((?P<library>TensorRT))"}},
      {{"2024-02-21 08:41:15.713848: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT", true}, {"ImportError: libnvinfer.so.8: cannot open shared object file: No such file or directory", true}, {"[I] Loading supplied plugin library: libfoo.so", false}});
  add(diag::log_ort_provider, 74, {{"Please install TensorRT libraries", "(?P<what>Please install TensorRT libraries.{0,120})"}, {"onnxruntime_providers_tensorrt", R"((?i)(?P<what>.*(?:fail|error|cannot).*))"}, {"Failed to create TensorrtExecutionProvider", "(?P<what>.*)"}},
      {{"EP Error /x/onnxruntime_pybind_state.cc:539 Please install TensorRT libraries as mentioned in the GPU requirements page, make sure they're in the PATH", true}, {"[I] TensorrtExecutionProvider ready", false}});
  add(diag::log_no_dla, 66, {{"No DLA core available", "(?P<what>.*)"}, {"no DLA core is available", "(?P<what>.*)"}, {"Cannot create DLA engine", "(?P<what>.*)"}, {"DLA core is not available", "(?P<what>.*)"}},
      {{"No DLA core available on current platform", true}, {"[E] Cannot create DLA engine, 0 not available", true}, {"[I] DLACore: ", false}});
  add(diag::log_device_id, 66, {{"Cannot find device ID", "(?P<what>.*)"}, {"invalid device ordinal", "(?P<what>.*)"}}, {{"[E] Cannot find device ID 3!", true}, {"[I] Device: 0", false}});
  add(diag::log_python_package, 66, {{"No module named 'tensorrt", "(?P<what>.*)"}, {"No module named 'pycuda", "(?P<what>.*)"}, {"No module named tensorrt", "(?P<what>.*)"}, {"No module named 'polygraphy", "(?P<what>.*)"}},
      {{"ModuleNotFoundError: No module named 'tensorrt'", true}, {"import tensorrt", false}});
  add(diag::log_builder_resource, 68, {{"nvinfer_builder_resource", R"((?i)(?P<what>.*(?:unable|fail|error|cannot|could not).*))"}},
      {{"[E] Unable to load library: libnvinfer_builder_resource.so.8.6.1", true}, {"[V] Trying to load shared library libnvinfer_builder_resource.so.8.6.1", false}});
  add(diag::log_server_backend, 72, {{"libtriton_", R"(unable to find '(?P<library>libtriton_\w+\.so)'(?: or '[^']*')?(?: for model '(?P<model>[^']*)')?)"}},
      {{"E0512 08:12:43.012206 1 model_repository_manager.cc:1185] Invalid argument: unable to find 'libtriton_tensorrt_plan.so' for model 'det', searched: /models/det/1", true}, {"I0512 08:12:43.012206 1 backend.cc:1] loaded libtriton_tensorrt.so", false}});
  add(diag::log_driver_mismatch, 72, {{"is the driver loaded", R"((?P<what>\w+_STATUS_NOT_INITIALIZED.*is the driver loaded))"}, {"requirement error: unsatisfied condition", "(?P<what>unsatisfied condition.*)"}, {"Driver/library version mismatch", "(?P<what>.*)"}, {"Failed to initialize NVML", "(?P<what>.*)"}, {"PTX was compiled with an unsupported toolchain", "(?P<what>.*)"}},
      {{"Failed to initialize NVML: Driver/library version mismatch", true}, {"NVML ready", false}});
  add(diag::log_disk_full, 60, {{"Saving engine to file failed", "(?P<what>.*)"}, {"No space left on device", "(?P<what>.*)"}, {"Cannot open engine file", "(?P<what>.*)"}}, {{"[E] Saving engine to file failed.", true}, {"[I] engine saved", false}});
}

}  // namespace pharos
