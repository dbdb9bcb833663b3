#pragma once
// Running a compiled engine.
//
// An `Engine` is immutable and may be shared by any number of threads; each thread uses an `ExecutionContext` of its
// own. Input and output buffers belong to the caller. After the first run at a set of shapes a run allocates nothing,
// except for outputs whose size depends on data.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pharos/limits.h"
#include "pharos/result.h"
#include "pharos/types.h"

namespace pharos {

struct DimBounds { Dims min, opt, max; };

// One input or output of an engine.
struct Binding {
  std::string name;
  DType dtype = DType::undefined;       // undefined: a sequence or a map (see `type`)
  std::vector<int64_t> dims;            // -1 where dynamic; what is known for outputs
  std::string type;                     // text form: "f32[N,3,224,224]"
  bool has_rank = true;
};

// Shape ranges an engine was built for. Empty for inputs whose shape is fixed.
struct ProfileInfo {
  std::vector<std::pair<std::string, DimBounds>> inputs;
  int64_t activation_bytes = 0;         // arena planned for the maximum
};

// One step of the plan.
struct StepInfo {
  std::string name;                     // unique
  std::string op;
  std::vector<std::string> origin;      // the ONNX nodes it stems from
  std::string tactic;                   // "cpu.conv.direct", "reference", …
  std::string config;
  std::string precision;                // "f32"
  std::vector<std::string> inputs, outputs;  // "name:type@format"
  int64_t weights_bytes = 0, workspace_bytes = 0, output_bytes = 0;
  double tuned_ms = 0;                  // time measured when the engine was built; 0 where none was taken
};

// A plugin that an engine was built with.
struct PluginInfo {
  std::string name, version;
  std::vector<std::string> operators;   // "com.example::TopRows"
};

struct EngineInfo {
  std::string name, pharos_version, isa, device, producer;
  std::vector<Binding> inputs, outputs;
  std::vector<ProfileInfo> profiles;
  std::vector<StepInfo> steps;
  int64_t weights_bytes = 0;
  std::vector<PluginInfo> plugins;      // that the engine needs
  std::vector<std::pair<std::string, std::string>> options;   // those the engine was built with
  std::vector<std::pair<std::string, std::string>> warnings;  // code, text: what the build warned of
};

struct LoadOptions {
  Logger* logger = nullptr;
  int threads = 0;                // 0: what affinity and cgroup grant
  Limits limits;
  // Shared libraries with operators of their own (pharos/plugin.h). Only those named here are ever loaded: an engine that
  // needs another one fails with PH5020, which says which.
  std::vector<std::string> plugins;
};

// Memory of a tensor that the caller owns: row-major, elements packed as documented at dtype_size, aligned to the element.
struct TensorView {
  void* data = nullptr;
  DType dtype = DType::undefined;
  std::span<const int64_t> dims;
  size_t bytes = 0;               // size of the buffer
};

class ExecutionContext;

class Engine {
 public:
  // Both verify version, instruction set, structure and checksums before anything is used. The file may be replaced, changed
  // and deleted while the engine lives: it keeps what it was loaded with.
  static Result<std::shared_ptr<Engine>> load(const std::string& path, const LoadOptions& options = {});
  static Result<std::shared_ptr<Engine>> load(std::span<const std::byte> bytes, const LoadOptions& options = {});
  // What a file holds, also where it was built for another device or version and cannot be loaded here.
  static Result<EngineInfo> inspect(const std::string& path);
  ~Engine();

  const EngineInfo& info() const;
  Result<std::unique_ptr<ExecutionContext>> create_context() const;

  struct Impl;
  explicit Engine(std::shared_ptr<const Impl> impl);
  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// Called after each step of a run, in order, when set.
class Profiler {
 public:
  virtual ~Profiler() = default;
  virtual void step(const StepInfo& step, double milliseconds) noexcept = 0;
};

struct RunTimes { double enqueue_ms = 0, compute_ms = 0; };

// Not thread-safe; one per thread.
class ExecutionContext {
 public:
  ~ExecutionContext();

  // Shape of a dynamic input for the following runs; must lie within a profile (the fitting one is chosen).
  Result<void> set_input_shape(std::string_view name, std::span<const int64_t> dims);
  // Buffers for the following runs. An input without a shape set takes its shape from the view.
  Result<void> set_input(std::string_view name, const TensorView& view);
  // Where a run puts an output. Without one the context keeps the output itself; see `output`.
  Result<void> set_output(std::string_view name, const TensorView& view);
  // Strings cannot be passed as memory.
  Result<void> set_input_strings(std::string_view name, std::span<const int64_t> dims, std::vector<std::string> values);

  // Shape that an output will have for the shapes set, where it does not depend on data.
  Result<Dims> output_shape(std::string_view name);

  // Runs once, synchronously. Times of this run in `times` where given: `enqueue_ms` until the first step starts,
  // `compute_ms` for the steps.
  Result<void> run(RunTimes* times = nullptr);

  // An output of the last run: valid until the next run or the end of the context.
  Result<TensorView> output(std::string_view name) const;
  Result<std::span<const std::string>> output_strings(std::string_view name) const;

  void set_profiler(Profiler* profiler);
  // Bytes of arena and scratch that the context holds now.
  int64_t memory_bytes() const;

  struct Impl;
  explicit ExecutionContext(std::unique_ptr<Impl> impl);
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace pharos
