#pragma once
// The inside of an ExecutionContext: an arena, the values of the current run and ready-made kernel arguments.

#include "runtime/engine_impl.h"

namespace pharos {

// Page-aligned memory that asks for huge pages; grows by replacement, keeps nothing.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  bool reserve(size_t bytes);  // false: no memory; contents are lost when it grows
  std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

struct ExecutionContext::Impl {
  explicit Impl(std::shared_ptr<const Engine::Impl> e);

  // Where no input is dynamic, everything is made ready at once, so that the first run is like the others.
  Result<void> prepare_fixed_shapes();

  Result<size_t> input_index(std::string_view name) const;
  Result<size_t> output_index(std::string_view name) const;
  Result<void> set_input_datum(size_t index, Datum datum);
  void set_shape(size_t index, const Type& type);  // without data: the data must follow before a run
  Result<Datum> output_datum(size_t index) const;
  Result<const Tensor*> output_tensor(size_t index) const;
  Result<void> run(RunTimes* times);

  std::shared_ptr<const Engine::Impl> engine;
  std::vector<Type> input_types;      // as given; Kind::Unknown until then
  std::vector<Datum> input_data;      // views of the caller's memory, or containers
  std::vector<std::optional<Tensor>> output_views;  // the caller's memory
  Profiler* profiler = nullptr;
  bool ran = false;

  std::shared_ptr<const ShapePlan> plan;
  Arena arena;

  // Makes the plan for the current input types current.
  Result<void> resolve();

 private:
  struct BoundStep {
    std::vector<const Tensor*> inputs;
    std::vector<Tensor*> outputs;
    const StepInfo* info = nullptr;
    std::vector<bool> constant;  // by input: the same contents at every run
    bool late = false;           // its shapes are known only when it runs
  };
  friend class StepEvaluation;

  Result<void> check_inputs() const;
  void bind_values();      // after a new plan or arena
  void point_to_callers(); // inputs, caller-owned outputs and what aliases them; before each run
  Result<void> run_step(size_t i);
  Result<void> run_reference(size_t i);
  Result<bool> run_late_step(size_t i);  // false: the reference has to do it
  Result<void> copy_outputs();

  std::vector<Datum> values_;          // by ValueId::index
  std::vector<BoundStep> bound_;
  std::vector<uint32_t> aliases_;      // values placed as Alias, in value order
  bool stale_ = true;                  // input types changed since `plan` was made
  uint64_t runs_ = 0;
  Arena scratch_;                      // workspace of late kernels
  const StepInfo* ran_as_ = nullptr;   // what a late step is reported as
  double reported_ms_ = 0;             // of the current step, told to the profiler by its bodies
};

}  // namespace pharos
