#pragma once
// Kernels for nodes whose shapes are known only while they run: behind a NonZero, or inside of the body of a Loop. A kernel
// is prepared when a node first meets a set of shapes and kept for the next time. Nothing is timed; the reference serves
// where no tactic takes plain tensors of these shapes. Thread-safe.

#include <mutex>
#include <unordered_map>

#include "graph/datum.h"
#include "ops/infer.h"
#include "pharos/engine.h"
#include "tactics/tactic.h"

namespace pharos {

class Arena;

struct LateKernel {
  Graph graph;                       // of the one node, which the kernel may point into
  StepInfo info;
  PackedWeights packed;
  std::unique_ptr<Kernel> kernel;
  size_t workspace = 0;
  std::vector<size_t> packed_inputs;
  std::vector<Type> outputs;         // Kind::Unknown where left out
  bool sizes_outputs = false;        // the kernel makes them
};

class LateKernels {
 public:
  LateKernels(const OpSet& ops, const TacticSet& tactics, const Device& device, const Limits& limits)
      : ops_(ops), tactics_(tactics), device_(device), limits_(limits) {}

  // `constant[i]` says that input i is the same memory with the same contents at every call. `path` stands before the
  // node's name in profiles. Nothing where the reference has to do it.
  std::shared_ptr<const LateKernel> find(const Node& node, std::span<const Datum> inputs, const std::vector<bool>& constant,
                                         const std::string& path);

 private:
  struct Entry { std::vector<uint64_t> key; std::shared_ptr<const LateKernel> kernel; };
  struct NodeKernels {
    std::vector<Entry> entries;
    bool by_contents = false;  // the shapes of the outputs depend on small integer inputs
    bool off = false;          // too many different keys: preparing would cost more than it saves
  };
  std::vector<uint64_t> key_of(std::span<const Datum> inputs, const std::vector<bool>& constant, bool by_contents) const;
  std::shared_ptr<const LateKernel> make(const Node& node, std::span<const Datum> inputs, const std::vector<bool>& constant,
                                         const std::string& path, bool by_contents, bool& needs_contents) const;
  bool choose(const Node& node, LateKernel& late, std::span<const Type> types, bool with_constants, bool sizes_outputs) const;

  const OpSet& ops_;
  const TacticSet& tactics_;
  const Device& device_;
  const Limits& limits_;
  std::mutex mutex_;
  std::unordered_map<const Node*, NodeKernels> nodes_;
};

// The outputs, in memory of their own. Fails where a limit is exceeded or the kernel finds fault with the contents.
Result<std::vector<Datum>> run_late(const LateKernel& late, std::span<const Datum> inputs, const Limits& limits, int threads,
                                    Arena& scratch);

}  // namespace pharos
