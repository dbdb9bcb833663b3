#pragma once
// A plugin's operator as a definition and as a tactic.

#include "plugins/calls.h"

namespace pharos {

// State of one node at one set of shapes, from `prepare` to `release`.
class PluginState {
 public:
  PluginState() = default;
  PluginState(const PluginOperator& op, void* state) : op_(&op), state_(state) {}
  PluginState(PluginState&& o) noexcept
      : op_(std::exchange(o.op_, nullptr)), state_(std::exchange(o.state_, nullptr)) {}
  PluginState& operator=(PluginState&& o) noexcept {
    std::swap(op_, o.op_);
    std::swap(state_, o.state_);
    return *this;
  }
  ~PluginState();
  void* get() const { return state_; }

 private:
  const PluginOperator* op_ = nullptr;
  void* state_ = nullptr;
};

class PluginOp final : public CustomOp {
 public:
  PluginOp(PluginPtr plugin, const PluginOperator& op);

  const std::string& plugin() const override { return plugin_->name; }
  const std::string& version() const override { return version_; }
  const std::string& tactic() const override { return tactic_; }
  Result<void> infer(InferContext& c) const override;
  Result<void> evaluate(EvalContext& c) const override;

  OpDef definition(std::shared_ptr<const PluginOp> self) const;
  TacticDef tactic_definition(std::shared_ptr<const PluginOp> self) const;

  const Plugin& source() const { return *plugin_; }
  const PluginOperator& op() const { return op_; }
  Result<int64_t> workspace(const Problem& p) const;
  Result<PluginState> prepare(const Problem& p) const;

 private:
  PluginPtr plugin_;
  const PluginOperator& op_;  // in plugin_
  std::string version_, tactic_;
};

}  // namespace pharos
