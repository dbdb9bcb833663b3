#pragma once
// One call into a plugin: what stands behind the PharosContext that it is handed. The base class knows the node and
// what went wrong; each kind of call adds what may be asked in it. Nothing here allocates while nothing goes wrong in
// `run`.

#include <forward_list>
#include <string>

#include "plugins/plugin.h"

namespace pharos {

class Call : public PharosContext {
 public:
  Call(const PluginOperator& op, const Node& node, std::string_view phase)
      : PharosContext{&plugin_host()}, op_(op), node_(node), phase_(phase) {}
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Node& node() const { return node_; }
  void say(std::string_view text);
  // Notes the first breach of a rule; the call fails whatever the plugin returns.
  PharosStatus breach(std::string details);
  bool broken() const { return !breach_.empty(); }
  // What the call came to; `plugin` names name and version.
  Result<void> outcome(PharosStatus status, const Plugin& plugin) const;
  Report report(const Diagnostic& diagnostic, const Plugin& plugin, std::string details) const;

  // Types: in infer, workspace and prepare.
  virtual const Type* input_type(size_t) {
    breach(misplaced("a type"));
    return nullptr;
  }
  virtual const Tensor* contents(size_t) { return nullptr; }
  virtual PharosDim value(size_t i, size_t index);
  PharosDim dim_handle(const Dim& dim);
  virtual std::optional<Dim> dim_of(PharosDim handle);  // nothing: it is no handle of this call

  // Only in infer.
  virtual PharosDim dim_up_to(PharosDim) {
    breach(misplaced("pharos_dim_up_to"));
    return PHAROS_DIM_UNKNOWN;
  }
  virtual PharosStatus set_output(size_t, PharosDType, int32_t, const PharosDim*) {
    return breach(misplaced("pharos_set_output"));
  }

  // Only in run and reference.
  virtual PharosStatus input(size_t, PharosTensor&) { return breach(misplaced("pharos_input")); }
  virtual PharosStatus output(size_t, PharosTensor&) { return breach(misplaced("pharos_output")); }
  virtual PharosStatus make_output(size_t, std::span<const int64_t>, PharosTensor&) {
    return breach(misplaced("pharos_make_output"));
  }
  virtual std::span<std::byte> workspace() {
    breach(misplaced("pharos_workspace"));
    return {};
  }
  virtual int threads() const { return 1; }
  virtual uint64_t seed() {
    breach(misplaced("pharos_seed"));
    return 0;
  }

  std::forward_list<std::string> texts;  // of type attributes, which have no text in the graph

 protected:
  std::string misplaced(std::string_view what) const;
  const PluginOperator& op_;

 private:
  const Node& node_;
  std::string_view phase_;
  std::string said_, breach_;
  std::vector<Dim> dims_;  // behind the handles -2, -3, …
};

// A tensor as the plugin sees it. `out` must not outlive it.
void show(const Tensor& t, PharosTensor& out);

// Runs `f` so that no exception gets past here.
template <class F>
PharosStatus guarded(Call& call, F&& f) noexcept {
  try {
    return f();
  } catch (const std::exception& e) {
    return call.breach(std::string("a C++ exception left it: ") + e.what());
  } catch (...) { return call.breach("a C++ exception left it"); }
}

}  // namespace pharos
