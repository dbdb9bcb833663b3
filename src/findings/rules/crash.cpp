// Crashes, in TensorRT, in CUDA, in the program around them.

#include "catalog/log_crash.h"
#include "findings/judging.h"

namespace pharos {
namespace {

constexpr Category crash = Category::Crash;

// "[resizeRunner.cpp::execute::89]" -> " in resizeRunner.cpp, execute"
std::optional<Finding> with_place(const JudgeContext& c) {
  Finding f = c.finding();
  const std::string& text = c.hits.front().text;
  const size_t open = text.find('['), colons = text.find("::", open == text.npos ? 0 : open);
  const size_t close = text.find(']', open == text.npos ? 0 : open);
  add_argument(f, "place", open != text.npos && colons != text.npos && close != text.npos && colons < close ? " (" + text.substr(open + 1, close - open - 1) + ")" : "");
  return f;
}

}  // namespace

void define_crash(RuleSet& rules) {
  const auto add = [&](const Diagnostic& d, int rank, bool follows, std::vector<Trigger> t, std::vector<RuleSample> s, Judge judge = nullptr) {
    rules.add({.diagnostic = &d, .category = crash, .rank = rank, .triggers = std::move(t), .judge = judge, .may_follow_error = follows, .samples = std::move(s)});
  };
  add(diag::log_illegal_access, 60, true, {{"illegal memory access"}, {"Platform (Cuda) error", ""}, {"CUDA error 700", ""}, {"Final synchronize failed", ""}},
      {{"[E] 1: [checkMacros.cpp::catchCudaError::272] Error Code 1: Cuda Runtime (an illegal memory access was encountered)", true}, {"[I] memory access", false}}, with_place);
  add(diag::log_launch_failure, 55, true, {{"unspecified launch failure", "(?P<what>unspecified launch failure)"}, {"misaligned address", "(?P<what>misaligned address)"}, {"the launch timed out", "(?P<what>the launch timed out)"},
                                           {"hardware stack error", "(?P<what>hardware stack error)"}, {"uncorrectable ECC", "(?P<what>uncorrectable ECC error)"}},
      {{"[E] 1: Error Code 1: Cuda Runtime (unspecified launch failure)", true}, {"[I] launched", false}});
  add(diag::log_native_assertion, 35, true, {{"Assertion `", R"((?P<what>Assertion `.*failed))"}, {"Internal Error (Assertion", R"((?P<what>Assertion .{0,300}? failed))"}, {"Internal Error (", R"((?P<what>Assertion .{0,300}? failed))"},
                                             {"myelin::ir::", "(?P<what>.{0,300})"}, {"MyelinCheckException", "(?P<what>.{0,300})"}},
      {{"[E] 2: [graphShapeAnalyzer.cpp::x::1872] Error Code 2: Internal Error (Assertion !isPartialWork(p.second) failed. )", true}, {"[I] assertion passed", false}},
      [](const JudgeContext& c) -> std::optional<Finding> {
        std::vector<const Hit*> own;
        for (const Hit& h : c.hits) {
          if (!contains_any_folded(h.text, {"Assertion engine", "Assertion enginePtr"})) own.push_back(&h);  // that is an effect
        }
        if (own.empty()) return std::nullopt;
        return finding_of(c, own);
      });
  add(diag::log_segmentation_fault, 50, true, {{"Segmentation fault", "(?i)(?P<what>Segmentation fault)"}, {"Segfault in ", "(?P<what>(?i:segfault) in \\S+)"}, {"core dumped", "(?P<what>core dumped)"}, {"terminate called after throwing", "(?P<what>terminate called after throwing.*'(?:[^s']|s[^t']|std::[^b]).*)"},
                                               {"Bus error (core", "(?P<what>Bus error)"}, {"exited with code -11", "(?P<what>SIGSEGV)"}, {"Fatal Python error", "(?P<what>Fatal Python error.*)"}},
      {{"Segmentation fault (core dumped)", true}, {"[I] fault-free", false}});
  add(diag::log_resource_handle, 62, true, {{"invalid resource handle", R"(Cuda Runtime \(invalid resource handle)"}, {"invalid device context", ""}, {"context is destroyed", ""}, {"invalid resource handle", R"((?i)^(?:.*pycuda|.*cuda.*error 400).*invalid resource handle)"}},
      {{"[TRT] [E] 1: [resizeRunner.cpp::execute::89] Error Code 1: Cuda Runtime (invalid resource handle)", true}, {"[I] handle ok", false}}, with_place);
  rules.add({.diagnostic = &diag::log_teardown_order, .category = crash, .rank = 58,
             .triggers = {{"defaultAllocator.cpp::deallocate", R"((?i)invalid argument|resource handle|context)"}, {"cudaDriverHelpers.cpp", R"(invalid resource handle)"}, {"::deallocate::", R"((?i)invalid argument|context is destroyed|driver shutting down)"},
                          {"driver shutting down", ""}},
             .judge = with_place, .explains = {&diag::log_resource_handle, &diag::log_cuda_error},
             .samples = {{"[TRT] [E] [defaultAllocator.cpp::deallocate::85] Error Code 1: Cuda Runtime (invalid argument)", true}, {"[I] deallocated", false}}});
  rules.add({.diagnostic = &diag::log_null_engine, .category = crash, .role = Role::Consequence, .rank = 15,
             .triggers = {{"'NoneType' object", "(?P<what>.*'NoneType' object.*)"}, {"engine is None", "(?P<what>.*)"}, {"incompatible function arguments", "(?P<what>.{0,200})"}, {"must be an instance of", "(?P<what>.{0,200})"}},
             .samples = {{"AttributeError: 'NoneType' object has no attribute 'create_execution_context'", true}, {"engine ok", false}}});
  add(diag::log_unknown_binding, 62, false, {{"Cannot find binding of given name", R"(given name: (?P<name>\S+))"}, {"Invalid tensor name", R"((?i)Invalid tensor name:? *(?P<name>\S+))"}, {"Given invalid tensor name", R"(name:? *(?P<name>\S+))"},
                                             {"bindingIsInput(bindingIndex)", "^(?P<name>)"}},
      {{"[E] [TRT] INVALID_ARGUMENT: Cannot find binding of given name: conv1", true}, {"[V] binding found", false}});
  add(diag::log_kernel_library, 48, true, {{"CUDNN_STATUS_", R"((?P<what>.{0,60}CUDNN_STATUS_(?:EXECUTION_FAILED|MAPPING_ERROR|NOT_INITIALIZED|BAD_PARAM|INTERNAL_ERROR)))"}, {"CUBLAS_STATUS_", R"((?P<what>.{0,60}CUBLAS_STATUS_(?:NOT_INITIALIZED|EXECUTION_FAILED|INTERNAL_ERROR)))"},
                                           {"(Cask convolution execution", "(?P<what>Cask convolution execution)"}, {"checkCaskExecError", "(?P<what>Cask Error.*)"}},
      {{"[E] 1: [caskConvolutionRunner.cpp::execute::548] Error Code 1: Cask (Cask convolution execution)", true}, {"[I] cudnn ok", false}});
  add(diag::log_cuda_error, 20, true, {{"Cuda Runtime (", R"(Cuda Runtime \((?P<what>[^)]*))"}, {"Cuda Driver (", R"(Cuda Driver \((?P<what>[^)]*))"}, {"Cuda failure", R"(Cuda failure(?: at [^:]+:\d+)?: (?P<what>.*))"}, {"Cuda Error in ", R"((?P<what>Cuda Error in \w+: \d+ \([^)]*\)))"}},
      {{"[E] 1: [runner.cpp::execute::1] Error Code 1: Cuda Runtime (operation not supported)", true}, {"[I] cuda ok", false}});
}

}  // namespace pharos
