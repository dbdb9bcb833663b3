#pragma once
// Runs the bodies of control flow: node by node like the interpreter, but with the kernels that tactics have for the shapes
// at hand, and with an order of nodes that is worked out once per body.

#include "runtime/late_kernels.h"

namespace pharos {

// What never changes about a body.
struct BodyPlan {
  struct Item {
    const Node* node = nullptr;
    const OpDef* op = nullptr;
    StepInfo info;                   // of a run by the reference
    std::vector<uint32_t> released;  // values that nobody reads after this node
  };
  std::string path;                  // "loop/"
  std::vector<Item> items;
  std::vector<std::pair<uint32_t, std::shared_ptr<const Tensor>>> constants;
};

// The plans of an engine's bodies, made at their first run. Thread-safe.
class BodyPlans {
 public:
  explicit BodyPlans(const OpSet& ops) : ops_(ops) {}
  Result<std::shared_ptr<const BodyPlan>> find(const Graph& body, const std::string& path);

 private:
  const OpSet& ops_;
  std::mutex mutex_;
  std::unordered_map<const Graph*, std::shared_ptr<const BodyPlan>> plans_;
};

// One per run of a step with bodies.
class BodyRunner {
 public:
  struct Shared {
    const OpSet& ops;
    const Limits& limits;
    BodyPlans& plans;
    LateKernels& kernels;
    Arena& scratch;
    int threads;
    Profiler* profiler;  // may be nullptr
  };
  BodyRunner(const Shared& shared, uint64_t seed) : shared_(shared), next_seed_(seed) {}

  // Runs a body of `owner`; `inputs` end with its captures, of which `constant` (by input of the owner) never change.
  Result<std::vector<Datum>> run(const Node& owner, const Graph& body, std::vector<Datum> inputs, const std::vector<bool>& constant,
                                 const std::string& path);
  double reported_ms() const { return reported_ms_; }  // told to the profiler so far

 private:
  Result<std::vector<Datum>> run_node(const BodyPlan& plan, const BodyPlan::Item& item, std::span<const Datum> inputs,
                                      const std::vector<bool>& constant);
  Shared shared_;
  uint64_t next_seed_;
  double reported_ms_ = 0;
  int depth_ = 0;
};

}  // namespace pharos
