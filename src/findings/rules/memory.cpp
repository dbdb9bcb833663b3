// Memory that was short: while building, while running, on the host.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/log_crash.h"
#include "catalog/log_implementations.h"
#include "catalog/log_memory.h"
#include "facts/fact.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr double mib = 1024.0 * 1024;

std::string amount(double bytes) { return bytes > 0 ? bytes_text(int64_t(bytes)) : std::string("unknown"); }

std::string cpu_peak(const LogModel& log) { return log.peak_cpu_mib > 0 ? amount(log.peak_cpu_mib * mib) : std::string("unknown"); }

// One finding for all of them, with the extremes; an error follows from it where the build failed.
std::optional<Finding> skipped(const JudgeContext& c) {
  const SkippedTactics& s = c.log.skipped;
  Finding f = c.finding();
  f.count = std::max<int64_t>(s.count, 1);
  const bool failed = c.others.count(diag::log_no_implementation) > 0;
  const bool built = !failed && build_succeeded(c.log);
  f.report = Report(*c.rule.diagnostic, {{"tactics", std::to_string(f.count)}, {"requested", amount(s.largest_request)}, {"available", amount(s.smallest_available)},
                                         {"outcome", failed ? "no implementation was left" : built ? "the engine was built without them" : "the outcome is not in the log"},
                                         {"outcome_zh", failed ? "已无可用实现" : built ? "引擎在缺少它们的情况下构建完成" : "日志中没有结果"}});
  if (failed) { f.severity = Severity::Error; f.rank = 70; }
  // Small amounts are limits of shared memory or probes of the builder, not a device that is full.
  constexpr double small = 16 * mib;
  if (built && s.largest_request > 0 && s.largest_request < small) return as_note(std::move(f), 20);
  return f;
}

// What a failed allocation asked for and what was free, over all hits.
void fill_amounts(Finding& f, std::span<const Hit> hits) {
  double requested = 0, free = 0;
  for (const Hit& h : hits) {
    if (const double r = bytes_of(h.argument("size")); r > requested) requested = r;
    if (const double a = bytes_of(h.argument("avail")); a > 0) free = free > 0 ? std::min(free, a) : a;
  }
  add_argument(f, "requested", amount(requested));
  add_argument(f, "free", amount(free));
  for (const Language l : {Language::English, Language::Chinese}) {
    const bool zh = l == Language::Chinese;
    std::string text = requested > 0 ? zh ? fmt::format("无法分配 {} 的缓冲区", amount(requested)) : fmt::format("a buffer of {} could not be allocated", amount(requested))
                                     : std::string(zh ? "一次分配失败，日志未给出大小" : "an allocation failed; the log does not tell its size");
    if (free > 0) text += zh ? fmt::format("（空闲：{}）", amount(free)) : fmt::format(" (free: {})", amount(free));
    add_argument(f, zh ? "shortage_zh" : "shortage", std::move(text));
  }
}

bool speaks_of_running(const Hit& h) {
  return is_run_stage(h.stage) || contains_any_folded(h.text, {"during execution", "enqueue", "inference", "deserializ", "executionContext", "createExecutionContext"});
}

bool speaks_of_context(const Hit& h) { return contains_any_folded(h.text, {"createExecutionContext", "create execution context", "ExecutionContext::ExecutionContext"}); }

enum class Place { Build, Run, Context };

Place place_of(std::span<const Hit> hits) {
  bool run = false;
  for (const Hit& h : hits) {
    if (speaks_of_context(h)) return Place::Context;
    run |= speaks_of_running(h);
  }
  return run ? Place::Run : Place::Build;
}

template <Place place>
std::optional<Finding> allocation(const JudgeContext& c) {
  if (place_of(c.hits) != place) return std::nullopt;
  Finding f = c.finding();
  fill_amounts(f, c.hits);
  // An allocation that the builder got over: it went on with other tactics.
  if (place == Place::Build && build_succeeded(c.log) && c.log.passed != false) {
    f.severity = Severity::Warning;
    f.rank = 45;
  }
  add_evidence(f, c.others.hits(diag::log_tactics_skipped));
  return f;
}

std::optional<Finding> whole_card(const JudgeContext& c) {
  const double device = c.log.device_memory_mib * mib;
  double largest = 0;
  for (const Hit& h : c.hits) largest = std::max(largest, bytes_of(h.argument("size")));
  if (device <= 0 || largest < 0.9 * device) return std::nullopt;
  Finding f = c.finding();
  f.report = Report(*c.rule.diagnostic, {{"requested", amount(largest)}, {"device", amount(device)}, {"suggested", std::to_string(int64_t(c.log.device_memory_mib / 2))}});
  return f;
}

std::optional<Finding> nvmap(const JudgeContext& c) {
  Finding f = c.finding();
  const std::span<const Hit> failed = c.others.hits(diag::log_build_allocation_failed);
  double requested = 0;
  for (const Hit& h : failed) requested = std::max(requested, bytes_of(h.argument("size")));
  add_argument(f, "requested", amount(requested));
  add_argument(f, "error", "12");
  add_evidence(f, failed, 8);
  return f;
}

std::optional<Finding> killed(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "how", c.hits.front().text.substr(0, 120));
  add_argument(f, "cpu", cpu_peak(c.log));
  return f;
}

std::optional<Finding> without_end(const JudgeContext& c) {
  const LogModel& log = c.log;
  if (!log.started || log.passed || log.errors > 0 || log.command.empty() || log.tool != "trtexec") return std::nullopt;
  if (!is_build_stage(log.stage) || build_succeeded(log) || c.others.count(diag::log_killed) > 0 || c.others.count(diag::log_native_assertion) > 0 ||
      c.others.count(diag::log_segmentation_fault) > 0) {
    return std::nullopt;
  }
  Finding f = c.finding();
  f.report = Report(*c.rule.diagnostic, {{"stage", std::string(stage_name(log.stage))}, {"cpu", cpu_peak(log)}});
  f.evidence.push_back({{}, log.command_line_number, log.command});
  return f;
}

std::optional<Finding> with_blanks(const JudgeContext& c) {
  Finding f = c.finding();
  fill_missing(f, "unknown");
  return f;
}

std::optional<Finding> with_text(const JudgeContext& c) {
  Finding f = c.finding();
  add_argument(f, "text", c.hits.front().text.substr(0, 200));
  return f;
}

std::optional<Finding> context_share(const JudgeContext& c) {
  const auto at = c.log.memory_totals.find("Execution context");
  const double device = c.log.device_memory_mib * mib;
  if (at == c.log.memory_totals.end() || device <= 0 || at->second < 0.4 * device) return std::nullopt;
  Finding f = c.finding();
  f.report = Report(*c.rule.diagnostic, {{"needed", amount(at->second)}, {"device", amount(device)}, {"share", percent_text(at->second / device)},
                                         {"fit", std::to_string(int64_t(device / at->second))}});
  return f;
}

const std::vector<Trigger> failed_allocations{
    {"Requested amount of GPU memory", R"(\((?P<size>\d+) bytes\) could not be allocated)"},
    {"OutOfMemory (", R"(OutOfMemory \((?:Requested size was (?P<size>\d+) bytes|no further information)?)"},
    {"Cuda Runtime (out of memory)"},
    {"(out of memory)", R"((?i)(?:Cuda|CUDA)(?: Runtime| Driver)? ?[Ee]rror .*\(out of memory\))"},
    {"Out of memory during ", R"((?i)Out of memory during [\w ]+\.? *(?:Requested:? ?(?P<size>[\d.]+ ?[KMGT]?i?B)),? *(?:(?:Free|Available):? ?(?P<avail>[\d.]+ ?[KMGT]?i?B))?)"},
    {"out of memory", R"((?i)\b(?:CUDA|GPU|device)\b[\w ]{0,20}out of memory (?:while|when|during|in)\b(?:.*?requested:? (?P<size>[\d.]+ ?[KMGT]i?B))?(?:.*?(?:free|available):? (?P<avail>[\d.]+ ?[KMGT]i?B))?)"},
    {"failed to allocate", R"((?i)failed to allocate (?P<size>[\d.]+ ?[KMGT]i?B) (?:of|on) (?:the )?(?:device|GPU)\b)"},
    {"CUDA runtime error in", R"(CUDA runtime error in .*out of memory)"},
    {"cudaErrorMemoryAllocation"},
    {"CUDA_ERROR_OUT_OF_MEMORY"},
    {"CUDA failure 2: out of memory"},
    {"GPU memory allocation error during getBestTactic"},
    {"cuMemAlloc failed: out of memory"}};

}  // namespace

void define_memory(RuleSet& rules) {
  rules.add({
      .diagnostic = &diag::log_tactics_skipped,
      .category = Category::OutOfMemory,
      .triggers = {{"Tactic Device request", R"((?i)memory is insufficient|Available)"},
                   {"Skipping tactic", R"((?i)due to insuff?icient memory)"},
                   {"skipped. Scratch requested"}},
      .judge = skipped,
      .explains = {&diag::log_no_implementation, &diag::log_no_implementation_region, &diag::log_build_allocation_failed},
      .samples = {{"[W] Tactic Device request: 720MB Available: 650MB. Device memory is insufficient to use tactic.", true},
                  {"[W] [TRT] Skipping tactic 3 due to insuficient memory on requested size of 1290442752 detected for tactic 4.", true},
                  {"[V] [TRT] Tactic: 5 skipped. Scratch requested: 145948672, available: 1048576", true},
                  {"[W] [TRT] UNSUPPORTED_STATE: Skipping tactic 0 due to insufficient memory on requested size of 2688 detected for tactic 0x0000000000000000.\n[I] Engine built in 3.1 sec.", true},
                  {"[V] Skipping CaskConvolution: No valid tactics for conv1", false}},
      .reference = "https://github.com/NVIDIA/TensorRT/issues/1661",
  });
  rules.add({
      .diagnostic = &diag::log_build_allocation_failed,
      .category = Category::OutOfMemory,
      .rank = 65,
      .triggers = failed_allocations,
      .judge = allocation<Place::Build>,
      .explains = {&diag::log_no_implementation, &diag::log_no_implementation_region, &diag::log_no_implementation_reason},
      .samples = {{"[11/07/2025-17:42:32] [TRT] [E] [myelinResourceManager.cpp::allocate::196] Error Code 2: OutOfMemory (Requested size was 71603093760 bytes.)", true},
                  {"[ERROR] Out of memory during engine build. Requested: 2.1GB, Free: 1.8GB", true},
                  {"[E] [TRT] ../rtSafe/safeRuntime.cpp (25) - Cuda Error in allocate: 2 (out of memory)", true},
                  {"[W] [TRT] Requested amount of GPU memory (272573440 bytes) could not be allocated. There may not be enough free memory for allocation to succeed.", true},
                  {"[I] [TRT] Total Activation Memory: 2478873600 bytes", false}},
      .reference = "https://docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/advanced.html#troubleshooting",
  });
  rules.add({
      .diagnostic = &diag::log_run_allocation_failed,
      .category = Category::OutOfMemory,
      .rank = 65,
      .triggers = failed_allocations,
      .judge = allocation<Place::Run>,
      .samples = {{"[ERROR] Out of memory during execution. Requested: 1.2GB, Available: 800MB", true},
                  {"[I] Starting inference\n[E] [TRT] 1: [defaultAllocator.cpp::allocate::20] Error Code 1: Cuda Runtime (out of memory)", true},
                  {"[ERROR] Out of memory during engine build. Requested: 2.1GB, Free: 1.8GB", false}},
  });
  rules.add({
      .diagnostic = &diag::log_context_allocation_failed,
      .category = Category::OutOfMemory,
      .rank = 66,
      .triggers = failed_allocations,
      .judge = allocation<Place::Context>,
      .samples = {{"[E] ICudaEngine::createExecutionContext: Error Code 2: OutOfMemory (Requested size was 2478873600 bytes.)", true},
                  {"[ERROR] Out of memory during execution. Requested: 1.2GB, Available: 800MB", false}},
  });
  rules.add({
      .diagnostic = &diag::log_workspace_is_card,
      .category = Category::OutOfMemory,
      .rank = 75,
      .triggers = {failed_allocations[0], failed_allocations[1]},
      .judge = whole_card,
      .explains = {&diag::log_build_allocation_failed, &diag::log_run_allocation_failed, &diag::log_no_implementation},
      .samples = {{"[I] === Device Information ===\n[I] Selected Device: NVIDIA GeForce GTX 1080\n[I] Device Global Memory: 8192 MiB\n[I] \n"
                   "[W] [TRT] Requested amount of GPU memory (8589934592 bytes) could not be allocated. There may not be enough free memory for allocation to succeed.", true},
                  {"[W] [TRT] Requested amount of GPU memory (272573440 bytes) could not be allocated.", false}},
  });
  rules.add({
      .diagnostic = &diag::log_nvmap_exhausted,
      .category = Category::OutOfMemory,
      .rank = 80,
      .triggers = {{"NvMapMemAlloc", R"(NvMapMemAlloc.*error (?P<error>\d+))"}, {"NvMapMemHandleAlloc", R"((?i)NvMapMemHandleAlloc.*error (?P<error>-?\d+))"},
                   {"NvMapReserveOp", R"(error)"}},
      .judge = nvmap,
      .explains = {&diag::log_build_allocation_failed, &diag::log_run_allocation_failed, &diag::log_context_allocation_failed, &diag::log_no_implementation,
                   &diag::log_tactics_skipped},
      .samples = {{"NvMapMemAllocInternalTagged: 1075072515 error 12", true}, {"NvMapMemHandleAlloc: error 0", true}, {"[I] nvmap driver loaded", false}},
      .reference = "https://forums.developer.nvidia.com/t/nvmapmemallocinternaltagged-error-12",
  });
  rules.add({
      .diagnostic = &diag::log_killed,
      .category = Category::OutOfMemory,
      .rank = 85,
      .triggers = {{"Killed    "},
                   {"Out of memory: Killed process", "(?P<how>Out of memory: Killed process[^,]*)"},
                   {"Memory cgroup out of memory", "(?P<how>Memory cgroup out of memory[^,]*)"},
                   {"oom-kill:constraint", "(?P<how>oom-kill)"},
                   {"Signals.SIGKILL", "(?P<how>Signals.SIGKILL[^>]*)"},
                   {"exit status 137", "(?P<how>exit status 137)"},
                   {"exit code 137", "(?P<how>exit code 137)"},
                   {"exited with code 137", "(?P<how>exited with code 137)"},
                   {"OOMKilled: true", "(?P<how>OOMKilled)"},
                   {"Reason: OOMKilled", "(?P<how>OOMKilled)"}},
      .judge = killed,
      .samples = {{"run.sh: line 3: 12345 Killed                  trtexec --onnx=model.onnx", true},
                  {"[123456.789] Out of memory: Killed process 4242 (trtexec) total-vm:20GB, anon-rss:7GB", true},
                  {"subprocess.CalledProcessError: Command '['trtexec']' died with <Signals.SIGKILL: 9>.", true},
                  {"[I] nothing was killed here", false}},
  });
  rules.add({.diagnostic = &diag::log_run_without_end, .category = Category::OutOfMemory, .rank = 15, .confidence = 0.4, .judge = without_end});
  rules.add({
      .diagnostic = &diag::log_host_allocation_failed,
      .category = Category::OutOfMemory,
      .rank = 60,
      .triggers = {{"std::bad_alloc"}, {"cudaMallocHost", "(?i)cudaMallocHost.*(?:fail|error|out of memory)"}, {"cudaHostAlloc", "(?i)cudaHostAlloc.*(?:fail|error|out of memory)"},
                   {"pinned memory", "(?i)(?:fail|unable|could not|cannot).*pinned memory"}, {"MemoryError", R"(^\S*MemoryError\b|MemoryError: )"},
                   {"pinned_host_memory", "(?i)out of memory"}},
      .judge = with_text,
      .may_follow_error = true,
      .samples = {{"terminate called after throwing an instance of 'std::bad_alloc'", true},
                  {"numpy.core._exceptions._ArrayMemoryError: Unable to allocate 3.00 GiB for an array with shape (4, 3, 8192, 8192)", true},
                  {"[E] cudaMallocHost failed: out of memory", true},
                  {"[I] using pinned memory for inputs", false}},
  });
  rules.add({
      .diagnostic = &diag::log_library_allocation_failed,
      .category = Category::OutOfMemory,
      .rank = 60,
      .triggers = {{"CUDNN_STATUS_ALLOC_FAILED", "(?P<status>CUDNN_STATUS_ALLOC_FAILED)"}, {"CUBLAS_STATUS_ALLOC_FAILED", "(?P<status>CUBLAS_STATUS_ALLOC_FAILED)"},
                   {"CUSOLVER_STATUS_ALLOC_FAILED", "(?P<status>CUSOLVER_STATUS_ALLOC_FAILED)"}},
      .samples = {{"[E] [TRT] 1: Unexpected exception: CUBLAS_STATUS_ALLOC_FAILED", true}, {"[I] cuBLAS handle created", false}},
  });
  rules.add({
      .diagnostic = &diag::log_torch_out_of_memory,
      .category = Category::OutOfMemory,
      .rank = 62,
      .triggers = {{"CUDA out of memory.", R"(Tried to allocate (?P<requested>[\d.]+ \w+)(?:.*?(?P<total>[\d.]+ \w+) total capacity)?(?:.*?(?P<free>[\d.]+ \w+) (?:is )?free)?)"},
                   {"Failed to allocate memory for requested buffer", R"(requested buffer of size (?P<requested>\d+))"},
                   {"ran out of memory trying to allocate", R"(trying to allocate (?P<requested>[\d.]+ ?\w+))"}},
      .judge = with_blanks,
      .samples = {{"torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 7.79 GiB total capacity; 5.43 GiB already allocated; 1.10 GiB free; 5.60 GiB reserved in total by PyTorch)", true},
                  {"[E:onnxruntime:, sequential_executor.cc:514 ExecuteKernel] Non-zero status code returned while running Conv node. bfc_arena.cc:368 Failed to allocate memory for requested buffer of size 1073741824", true},
                  {"[I] CUDA out of the box", false}},
  });
  rules.add({
      .diagnostic = &diag::log_kv_cache_does_not_fit,
      .category = Category::OutOfMemory,
      .rank = 68,
      .triggers = {{"kvCacheManager", "(?i)(?:assert|error|fail|impossible|cannot|not enough).*kvCacheManager|kvCacheManager.*(?:fail|not enough|exceed|no free)"},
                   {"memory for KV cache", "(?i)(?:not enough|insufficient|no|fail|can't|cannot|unable)[\\w ]* memory for KV cache"},
                   {"No available memory for the cache blocks"},
                   {"free_gpu_memory_fraction", "(?i)(?:error|fail|too small|not enough|increase|reduce|insufficient)"},
                   {"No available memory for the KV cache"}},
      .judge = with_text,
      .samples = {{"[TensorRT-LLM][ERROR] Assertion failed: Impossible to fit any sequence in kvCacheManager (/src/tensorrt_llm/runtime/x.cpp:95)", true},
                  {"ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine.", true},
                  {"[TensorRT-LLM][INFO] Max tokens in paged KV cache: 8192. Allocating 4294967296 bytes.", false}},
  });
  rules.add({.diagnostic = &diag::log_context_memory_large, .category = Category::OutOfMemory, .role = Role::Note, .rank = 20, .judge = context_share});
}

}  // namespace pharos
