#pragma once
// What the oneDNN tactics share. oneDNN takes its threads from OpenMP, as Threads does.

#ifdef PHAROS_ONEDNN

#include <dnnl.hpp>

#include "base/result.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/elementwise.h"

namespace pharos::cpu {

const dnnl::engine& onednn_engine();

dnnl::memory::format_tag onednn_tag(Format f, size_t rank);

// The activation as a post-operation appended to `ops`; false where oneDNN has no such function.
bool append_activation(dnnl::post_ops& ops, const Node& node, Isa isa);

// The layout that a primitive wants for its weights is data of the packed weights: its descriptor as bytes, preceded by the
// library's version. Nothing where another version wrote it.
Tensor descriptor_tensor(const dnnl::memory::desc& d);
std::optional<dnnl::memory::desc> descriptor_from(const Tensor& t);

// Weights rearranged into a descriptor, as a tensor of bytes.
Tensor reordered(const Tensor& from, const dnnl::memory::desc& from_desc, const dnnl::memory::desc& to);

Report onednn_failed(const Node& node, std::string action, const dnnl::error& e);

// One prepared primitive. Arguments are bound per run; memory objects are cheap views.
class OnednnKernel final : public Kernel {
 public:
  struct Operand { int argument; dnnl::memory::desc desc; };
  dnnl::primitive primitive;
  Operand src, weights, bias{0, {}}, dst;
  dnnl::memory::desc scratchpad;
  Tensor packed_weights, packed_bias;
  int weights_input = -1;      // read at run time where they are not packed
  bool has_z = false;          // the destination starts as input 3 (a sum post-operation)
  int threads = 1;

  Result<void> run(const KernelArgs& args, const Threads& threads) const noexcept override;
};

// Sets the number of OpenMP threads of the calling thread for its life: oneDNN reads it when a primitive is made and run.
class OnednnThreads {
 public:
  explicit OnednnThreads(int count);
  ~OnednnThreads();
 private:
  int before_;
};

}  // namespace pharos::cpu

#endif
