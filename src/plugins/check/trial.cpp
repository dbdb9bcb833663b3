#include "plugins/check/trial.h"

#include <fmt/format.h>

#include <barrier>
#include <chrono>
#include <cstring>
#include <thread>

#include "ops/op_errors.h"
#include "plugins/custom_op.h"

namespace pharos {
namespace {

constexpr size_t guard_bytes = 64;
constexpr uint8_t guard_value = 0xc3;
constexpr int64_t most_bytes = int64_t{1} << 30;

Limits test_limits() {
  Limits l;
  l.max_tensor_bytes = l.max_total_bytes = most_bytes;
  return l;
}

class TypesInference final : public InferContext {
 public:
  TypesInference(const CheckCase& c, std::span<const Type> inputs, bool contents)
      : case_(c), inputs_(inputs), contents_(contents), limits_(test_limits()), outputs(c.node.outputs.size()) {}
  const Node& node() const override { return case_.node; }
  const Type& input(size_t i) const override {
    static const Type none;
    return i < inputs_.size() ? inputs_[i] : none;
  }
  const Tensor* constant(size_t i) const override {
    return contents_ && i < case_.inputs.size() && case_.inputs[i].valid() ? &case_.inputs[i] : nullptr;
  }
  std::optional<Shape> shape_value(size_t i) const override {
    const Tensor* t = constant(i);
    if (!t || (t->dtype() != DType::i64 && t->dtype() != DType::i32) || t->rank() > 1 || t->count() > 64)
      return std::nullopt;
    return shape_of(t->to_ints());
  }
  void set_output(size_t i, Type type) override {
    if (i < outputs.size()) outputs[i] = std::move(type);
  }
  void set_shape_value(size_t, Shape) override {}
  Result<std::vector<Type>> infer_subgraph(const Graph&, std::span<const Type>) override {
    return unsupported_case(case_.node, "no subgraphs");
  }
  const Limits& limits() const override { return limits_; }

 private:
  const CheckCase& case_;
  std::span<const Type> inputs_;
  bool contents_;
  Limits limits_;

 public:
  std::vector<Type> outputs;
};

// Memory between guards.
class Guarded {
 public:
  Guarded(size_t bytes, size_t align_off, uint8_t rubbish)
      : bytes_(bytes), memory_(bytes + 2 * guard_bytes + 128, std::byte(guard_value)) {
    const auto at = (reinterpret_cast<uintptr_t>(memory_.data()) + guard_bytes + 63) & ~uintptr_t{63};
    data_ = reinterpret_cast<std::byte*>(at + align_off);
    std::memset(data_, rubbish, bytes_);
  }
  std::byte* data() { return data_; }
  size_t bytes() const { return bytes_; }
  bool holds() const {
    for (size_t i = 0; i < guard_bytes; ++i)
      if (data_[bytes_ + i] != std::byte(guard_value) || *(data_ - 1 - ptrdiff_t(i)) != std::byte(guard_value))
        return false;
    return true;
  }

 private:
  size_t bytes_;
  std::vector<std::byte> memory_;
  std::byte* data_;
};

// Inputs and outputs of one run.
class Watched final : public EvalContext {
 public:
  Watched(const CheckCase& c, const TrialOptions& o)
      : case_(c),
        options_(o),
        limits_(test_limits()),
        outputs(c.node.outputs.size()),
        output_memory_(c.node.outputs.size()) {
    for (const Tensor& t : c.inputs) {
      if (!t.valid()) {
        inputs_.emplace_back(), input_memory_.emplace_back();
        continue;
      }
      if (t.dtype() == DType::string) {
        inputs_.emplace_back(t.clone()), input_memory_.emplace_back();
        continue;
      }
      auto& m = input_memory_.emplace_back(
          std::make_unique<Guarded>(t.bytes(), o.unaligned ? dtype_size(t.dtype()) : 0, guard_value));
      if (t.bytes()) std::memcpy(m->data(), t.data(), t.bytes());
      inputs_.emplace_back(Tensor(t.dtype(), t.dims(), m->data()));
    }
  }

  const Node& node() const override { return case_.node; }
  const Datum& input_datum(size_t i) const override {
    static const Datum none;
    return i < inputs_.size() ? inputs_[i] : none;
  }
  Result<Tensor> output(size_t i, DType dtype, const Dims& dims) override {
    const auto count = element_count(dims);
    const int64_t size = dtype == DType::string ? int64_t(sizeof(std::string)) : int64_t(dtype_size(dtype));
    if (!count || *count > most_bytes / size)
      return too_large(case_.node, fmt::format("output {}", i), dims_text(dims), "1 GiB in a test");
    if (dtype == DType::string) return outputs[i] = Tensor(dtype, dims);
    if (i == 0 && options_.in_place) {
      const size_t from = case_.op->table.in_place - 1;
      if (const Tensor* t = inputs_[from].tensor(); t && t->dtype() == dtype && t->dims() == dims)
        return outputs[i] = Tensor(dtype, dims, const_cast<void*>(t->data()));
    }
    output_memory_[i] =
        std::make_unique<Guarded>(size_t(*count * size), options_.unaligned ? size_t(size) : 0, options_.rubbish);
    return outputs[i] = Tensor(dtype, dims, output_memory_[i]->data());
  }
  void set_output(size_t, Datum) override {}
  Result<std::vector<Datum>> run_subgraph(const Graph&, std::vector<Datum>) override {
    return unsupported_case(case_.node, "no subgraphs");
  }
  const Limits& limits() const override { return limits_; }
  uint64_t seed() override { return 1234; }
  int threads() const override { return options_.threads; }

  std::string fault() const {
    for (size_t i = 0; i < input_memory_.size(); ++i) {
      if (!input_memory_[i]) continue;
      if (!input_memory_[i]->holds()) return fmt::format("it writes beside input {}", i);
      const bool taken = options_.in_place && i + 1 == case_.op->table.in_place;
      if (!taken && std::memcmp(input_memory_[i]->data(), case_.inputs[i].data(), case_.inputs[i].bytes()) != 0)
        return fmt::format("it writes to input {}", i);
    }
    for (size_t o = 0; o < output_memory_.size(); ++o)
      if (output_memory_[o] && !output_memory_[o]->holds()) return fmt::format("it writes beside output {}", o);
    return "";
  }

 private:
  const CheckCase& case_;
  TrialOptions options_;
  Limits limits_;
  std::vector<Datum> inputs_;
  std::vector<std::unique_ptr<Guarded>> input_memory_;

 public:
  std::vector<Tensor> outputs;  // views of the guarded memory

 private:
  std::vector<std::unique_ptr<Guarded>> output_memory_;
};

// A view's memory ends with the run: the result keeps a copy.
std::vector<Tensor> copies(const std::vector<Tensor>& views) {
  std::vector<Tensor> out;
  for (const Tensor& t : views) out.push_back(t.valid() ? t.clone() : Tensor());
  return out;
}

// Everything of a case that is the same in all its runs.
struct Prepared {
  Prepared(const Plugin& p, const CheckCase& c)
      : plugin(p), c(c), types(input_types(c)), inference(c, types, true), inferred(*c.op, inference) {}

  Result<void> infer() {
    PharosStatus status = guarded(inferred, [&] { return c.op->table.infer(&inferred); });
    if (status == PHAROS_OK) status = inferred.finish();
    PHAROS_TRY(inferred.outcome(status, plugin));
    problem.node = &c.node;
    problem.inputs = types;
    problem.outputs = inference.outputs;
    for (const Tensor& t : c.inputs) problem.constants.push_back(t.valid() ? &t : nullptr);
    return {};
  }

  Result<void> prepare() {
    // The library stays loaded as long as the plugin: no owner is needed here.
    const PluginOp op(PluginPtr(PluginPtr(), &plugin), *c.op);
    workspace = PHAROS_TRY(op.workspace(problem));
    if (workspace > most_bytes) return too_large(c.node, "workspace", std::to_string(workspace), "1 GiB in a test");
    state = PHAROS_TRY(op.prepare(problem));
    return {};
  }

  Result<TrialResult> run(const TrialOptions& o) const {
    Watched watched(c, o);
    Guarded scratch(o.reference ? 0 : size_t(workspace), 0, o.rubbish);
    EvaluateCall call(*c.op, watched, inference.outputs, inferred, o.reference ? "reference" : "run");
    call.scratch = {scratch.data(), scratch.bytes()};
    PharosStatus status =
        guarded(call, [&] { return o.reference ? c.op->table.reference(&call) : c.op->table.run(&call, state.get()); });
    if (status == PHAROS_OK && !call.broken()) status = call.finish();
    TrialResult result;
    result.fault = watched.fault();
    if (!scratch.holds()) result.fault = "it writes beside its workspace";
    if (!result.fault.empty()) return result;
    if (call.host_error() && !call.broken()) return *call.host_error();
    PHAROS_TRY(call.outcome(status, plugin));
    result.outputs = copies(watched.outputs);
    return result;
  }

  const Plugin& plugin;
  const CheckCase& c;
  std::vector<Type> types;
  TypesInference inference;
  InferCall inferred;
  Problem problem;
  int64_t workspace = 0;
  PluginState state;
};

// As the host does before it asks the plugin.
Result<void> check_as_host(const Plugin& plugin, const CheckCase& c) {
  const auto op = std::make_shared<const PluginOp>(PluginPtr(PluginPtr(), &plugin), *c.op);
  return check_node(op->definition(nullptr), c.node, input_types(c));
}

}  // namespace

std::vector<Type> input_types(const CheckCase& c) {
  std::vector<Type> out;
  for (const Tensor& t : c.inputs) out.push_back(t.valid() ? Type::tensor(t.dtype(), t.dims()) : Type{});
  return out;
}

Result<TrialResult> run_trial(const Plugin& plugin, const CheckCase& c, const TrialOptions& options) {
  PHAROS_TRY(check_as_host(plugin, c));
  Prepared prepared(plugin, c);
  PHAROS_TRY(prepared.infer());
  if (!options.reference) PHAROS_TRY(prepared.prepare());
  return prepared.run(options);
}

Result<std::string> run_together(const Plugin& plugin, const CheckCase& c, int callers, const Judge& judge) {
  using Clock = std::chrono::steady_clock;
  PHAROS_TRY(check_as_host(plugin, c));
  Prepared prepared(plugin, c);
  PHAROS_TRY(prepared.infer());
  PHAROS_TRY(prepared.prepare());
  struct Caller { std::optional<Report> error; std::string fault; };
  std::vector<Caller> all{size_t(callers)};
  std::barrier start(callers);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < all.size(); ++i)
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      // Long enough for the scheduler to interrupt a run where there are fewer processors than callers.
      const auto end = Clock::now() + std::chrono::milliseconds(8);
      for (int round = 0; round < 4 || Clock::now() < end; ++round) {
        auto r = prepared.run({.rubbish = uint8_t(i)});
        if (!r) { all[i].error = r.error(); return; }
        all[i].fault = r->fault.empty() ? judge(r->outputs) : r->fault;
        if (!all[i].fault.empty()) return;
      }
    });
  for (std::thread& t : threads) t.join();
  for (Caller& one : all) {
    if (one.error) return std::move(*one.error);
    if (!one.fault.empty()) return std::move(one.fault);
  }
  return std::string();
}

Result<Inferred> infer_case(const Plugin& plugin, const CheckCase& c, std::span<const Type> inputs, bool contents) {
  TypesInference inference(c, inputs, contents);
  InferCall call(*c.op, inference);
  PharosStatus status = guarded(call, [&] { return c.op->table.infer(&call); });
  if (status == PHAROS_OK) status = call.finish();
  PHAROS_TRY(call.outcome(status, plugin));
  Inferred out;
  out.types = inference.outputs;
  for (size_t o = 0; o < out.types.size(); ++o) out.bounds.push_back(call.bounds(o));
  return out;
}

}  // namespace pharos
