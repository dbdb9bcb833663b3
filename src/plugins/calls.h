#pragma once
// The kinds of calls: inference, preparation, and running in a kernel or in an evaluation.

#include <functional>

#include "plugins/call.h"

namespace pharos {

// `infer`. Keeps the bounds of extents that depend on data.
class InferCall final : public Call {
 public:
  InferCall(const PluginOperator& op, InferContext& c)
      : Call(op, c.node(), "infer"), c_(c), outputs_(c.node().outputs.size()) {}

  const Type* input_type(size_t i) override { return c_.has_input(i) ? &c_.input(i) : nullptr; }
  const Tensor* contents(size_t i) override { return c_.constant(i); }
  PharosDim value(size_t i, size_t index) override;
  PharosDim dim_up_to(PharosDim most) override;
  std::optional<Dim> dim_of(PharosDim handle) override;
  PharosStatus set_output(size_t i, PharosDType dtype, int32_t rank, const PharosDim* dims) override;

  // After `infer` has returned PHAROS_OK: whether it said everything it must.
  PharosStatus finish();
  // Bounds by output and axis; nothing where the extent does not depend on data.
  using Bounds = std::vector<std::optional<Dim>>;
  const Bounds& bounds(size_t output) const { return outputs_[output].bounds; }

 private:
  struct Output {
    bool set = false;
    Bounds bounds;
  };
  std::optional<size_t> bound_of(PharosDim handle) const;
  static constexpr PharosDim first_bound = INT64_MIN;  // handles of dim_up_to count up from here
  InferContext& c_;
  std::vector<Output> outputs_;
  std::vector<Dim> bounds_;
};

// `workspace` and `prepare`: everything is concrete.
class PrepareCall final : public Call {
 public:
  PrepareCall(const PluginOperator& op, const Node& node, const Problem& p, std::string_view phase)
      : Call(op, node, phase), p_(p) {}
  const Type* input_type(size_t i) override { return p_.has_input(i) ? &p_.inputs[i] : nullptr; }
  const Tensor* contents(size_t i) override { return i < p_.constants.size() ? p_.constants[i] : nullptr; }

 private:
  const Problem& p_;
};

// `run` by a kernel: buffers are planned.
class RunCall final : public Call {
 public:
  RunCall(const PluginOperator& op, const Node& node, const KernelArgs& args, const Threads& threads)
      : Call(op, node, "run"), args_(args), threads_(threads) {}
  PharosStatus input(size_t i, PharosTensor& out) override;
  PharosStatus output(size_t i, PharosTensor& out) override;
  PharosStatus make_output(size_t i, std::span<const int64_t> dims, PharosTensor& out) override;
  std::span<std::byte> workspace() override { return args_.workspace; }
  int threads() const override { return threads_.count(); }
  uint64_t seed() override { return 0; }

 private:
  const KernelArgs& args_;
  const Threads& threads_;
};

// `run` and `reference` in an evaluation: outputs are made when they are asked for.
class EvaluateCall final : public Call {
 public:
  EvaluateCall(const PluginOperator& op, EvalContext& c, std::span<const Type> outputs, const InferCall& inferred,
               std::string_view phase)
      : Call(op, c.node(), phase), c_(c), types_(outputs), inferred_(inferred), made_(outputs.size()) {}
  PharosStatus input(size_t i, PharosTensor& out) override;
  PharosStatus output(size_t i, PharosTensor& out) override;
  PharosStatus make_output(size_t i, std::span<const int64_t> dims, PharosTensor& out) override;
  std::span<std::byte> workspace() override { return scratch; }
  int threads() const override { return c_.threads(); }
  uint64_t seed() override { return c_.seed(); }

  // After the function has returned PHAROS_OK: every output that somebody reads was asked for.
  PharosStatus finish();
  const std::optional<Report>& host_error() const { return error_; }

  std::span<std::byte> scratch;

 private:
  PharosStatus make(size_t i, const Dims& dims, PharosTensor& out);
  EvalContext& c_;
  std::span<const Type> types_;
  const InferCall& inferred_;
  std::vector<std::optional<Tensor>> made_;
  std::optional<Report> error_;  // of the host, more exact than a text
};

}  // namespace pharos
