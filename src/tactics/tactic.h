#pragma once
// A tactic is one way to compute a class of nodes on a device. Its definition says what it supports (or why not), which
// layouts it reads and writes, which configurations are worth timing, how it packs weights and how it prepares a kernel.
// One file per tactic in tactics/<device>/; `define_<file>(TacticSet&)` is collected from the folder listing.

#include <functional>
#include <memory>

#include "base/threads.h"
#include "ops/op.h"

namespace pharos {

enum class DeviceKind : uint8_t { Cpu, Cuda };
// Instruction sets of the x86-64 psABI levels, and portable/ARM. Ordered: a higher one includes the lower ones.
enum class Isa : uint8_t { Portable, X86_64_v2, X86_64_v3, X86_64_v4, Aarch64 };
std::string_view isa_name(Isa isa);  // "x86-64-v4"
std::optional<Isa> isa_from_name(std::string_view name);

struct Device {
  DeviceKind kind = DeviceKind::Cpu;
  Isa isa = Isa::Portable;
  std::string name;   // the processor's brand string
  int threads = 1;    // threads a kernel may use
  int block() const { return isa == Isa::X86_64_v4 ? 16 : 8; }  // preferred channel block (floats per vector)
  Format blocked() const { return block() == 16 ? Format::Blocked16c : Format::Blocked8c; }
};
// `at_most` keeps kernels below an instruction set that the processor has (comparisons, engines for older machines).
Device this_cpu(int threads, std::optional<Isa> at_most = {});

// One node made concrete. Views point into the graph and stay valid while the Problem is used.
struct Problem {
  const Node* node = nullptr;
  std::vector<Type> inputs, outputs;             // concrete; `format` is the layout offered; Kind::Unknown where left out
  // By input; nullptr where not constant. After `pack` the contents of packed inputs are gone: the pointer then tells only
  // that the input is constant (supports, workspace and prepare must not look inside).
  std::vector<const Tensor*> constants;
  bool has_input(size_t i) const { return i < inputs.size() && inputs[i].kind != Type::Kind::Unknown; }
  Dims in(size_t i) const { return *inputs[i].dims(); }
  Dims out(size_t i) const { return *outputs[i].dims(); }
};
// Key of the timing cache: op, attributes, types and formats, which inputs are constant; not their contents, not names.
std::string problem_key(const Problem& p);

struct Support {
  bool yes = true;
  std::string reason;  // why not, as printed by --explain-tactics
  explicit operator bool() const { return yes; }
};
inline Support supported() { return {}; }
inline Support unsupported(std::string reason) { return {false, std::move(reason)}; }

// Knobs of one candidate ("mb=6 nb=64"); printed, stored in the engine and in the timing cache. Empty: nothing to choose.
using Config = std::string;

// Layouts that a tactic reads and writes, by input and output index. Missing inputs: Plain.
struct Formats {
  std::vector<Format> inputs, outputs;
  friend bool operator==(const Formats&, const Formats&) = default;
};

// Weights rearranged for a kernel. Independent of batch and spatial extents, so one packing serves every shape of a
// profile. Stored in the engine; `data` is a view into it at run time.
struct PackedWeights {
  std::vector<Tensor> parts;  // 64-byte aligned; meaning known to the tactic
};

// How a tactic's results differ from the reference: not at all; by the order of additions; by clearly more rounding than the
// direct method (Winograd: docs/guide/tuning.md states the bound); by a type of fewer bits.
enum class Numerics : uint8_t { Exact, Rounding, Loose, Lossy };

struct KernelArgs {
  std::span<const Tensor* const> inputs;   // nullptr where left out; actual dims
  std::span<Tensor* const> outputs;        // buffers of the inferred shape; nullptr where left out
  std::span<std::byte> workspace;          // as large as the tactic asked for, 64-byte aligned; private to this call
  const void* next_weights = nullptr;      // the next step's packed weights, for a kernel that has time to prefetch them
  size_t next_weights_bytes = 0;
};

// Prepared for one concrete problem; immutable and thread-safe.
class Kernel {
 public:
  virtual ~Kernel() = default;
  // No allocation on success. Errors only for contents that no check before could see (an index out of range).
  virtual Result<void> run(const KernelArgs& args, const Threads& threads) const noexcept = 0;
  // Of a tactic with `sizes_outputs`: makes the outputs itself (those of `args` are not there), one per output of the node.
  virtual Result<std::vector<Tensor>> produce(const KernelArgs&, const Threads&) const { return std::vector<Tensor>{}; }
};

// A whole and its parts, each one stretch of it: then they share memory, and nothing has to be copied.
struct Stretches {
  bool in_output = false;        // the whole is output 0 and the inputs are its parts (Concat); otherwise input 0 and the outputs
  std::vector<int64_t> offsets;  // by part, in bytes
};

// The functions that a plugin's tactic has too are std::function: those carry what they are bound to.
struct TacticDef {
  std::string_view name;                   // device.op.method, e.g. "cpu.conv.direct"
  std::string_view doc;
  std::vector<std::pair<std::string_view, std::string_view>> ops;  // (domain, op); empty: any operator
  DeviceKind device = DeviceKind::Cpu;
  Numerics numerics = Numerics::Rounding;
  // For operators whose output shapes depend on contents: kernels have `produce` instead of `run`.
  bool sizes_outputs = false;
  // The measured time counts this many times: tactics that prepare slowly or allocate have to be clearly faster.
  double handicap = 1.0;
  // Time of a candidate that nobody has measured, in multiples of the least time that its work can take on a machine
  // (opt-level 0, an exhausted build budget).
  double typical = 1.5;
  // The problem's formats are to be ignored here: `formats` says what the tactic wants.
  std::function<Support(const Problem&, const Device&)> supports;
  // Acceptable layouts, best first. Default (nullptr): everything Plain.
  std::vector<Formats> (*formats)(const Problem&, const Device&) = nullptr;
  std::function<std::vector<Config>(const Problem&, const Device&)> configs;    // empty: one empty Config
  std::function<size_t(const Problem&, const Config&, const Device&)> workspace;  // bytes; empty: none
  // Rearranges constant inputs once, at build. nullptr: the kernel reads the constants as they are.
  Result<PackedWeights> (*pack)(const Problem&, const Config&, const Device&) = nullptr;
  // What `pack` gives, in bytes, where that is clearly more than the weights it is given. Empty: about as much.
  std::function<int64_t(const Problem&, const Device&)> packed_bytes;
  // Constant inputs that `pack` has taken over: at run time they are not passed and the engine does not store them.
  std::vector<size_t> (*packed_inputs)(const Problem&) = nullptr;
  // Output 0 may share memory with this input (same type), or -1.
  std::function<int(const Problem&)> in_place;
  // Where the parts lie, if copying could be left out at these shapes and layouts. The kernel skips parts that are in place.
  std::optional<Stretches> (*stretches)(const Problem&) = nullptr;
  std::function<Result<std::unique_ptr<Kernel>>(const Problem&, const Config&, const PackedWeights&, const Device&)> prepare;
};

class TacticSet {
 public:
  void add(TacticDef def);
  const TacticDef* find(std::string_view name) const;
  std::vector<const TacticDef*> candidates(const Node& node) const;  // by name
  std::vector<const TacticDef*> all() const;
 private:
  std::map<std::string, TacticDef, std::less<>> defs_;
};

TacticSet builtin_tactics();  // generated; without the reference, which runtime/ adds for every operator

}  // namespace pharos
