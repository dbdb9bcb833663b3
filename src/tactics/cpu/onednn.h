#pragma once
// What the oneDNN tactics share. Primitives are made for one thread; a kernel is several of them, which run as parts on our
// own workers (base/workers.h).

#ifdef PHAROS_ONEDNN

#include <dnnl.hpp>
#include <memory>
#include <vector>

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

// A primitive on a piece of the problem: where the piece lies, and memory objects made beforehand. Offsets are in bytes.
class OnednnPiece {
 public:
  struct Setup {
    dnnl::primitive primitive;
    dnnl::memory::desc src, weights, bias, dst, scratchpad;  // bias: empty where there is none
    size_t src_offset = 0, dst_offset = 0, scratch_offset = 0;
    const void* packed_weights = nullptr;
    const void* packed_bias = nullptr;
  };
  explicit OnednnPiece(Setup setup);
  OnednnPiece(OnednnPiece&&) noexcept;
  ~OnednnPiece();
  void run(const std::byte* src, std::byte* dst, std::byte* scratch) const;  // throws dnnl::error

 private:
  // Memory objects hold addresses, so each run at the same time needs its own. There are some ready for the usual case.
  struct Arguments;
  static constexpr size_t ready = 4;
  Setup setup_;
  std::vector<std::unique_ptr<Arguments>> arguments_;
};

// All pieces of a node, for each image where there are several.
class OnednnKernel final : public Kernel {
 public:
  std::vector<OnednnPiece> pieces;
  int64_t images = 1;
  size_t src_image = 0, dst_image = 0, dst_bytes = 0;
  PackedWeights packed;        // keeps the memory
  bool has_z = false;          // the destination starts as input 3 (a sum post-operation)

  Result<void> run(const KernelArgs& args, const Threads& threads) const noexcept override;
};

// "pieces=4"; one piece is the empty configuration.
Config pieces_config(int64_t count);
int64_t config_pieces(const Config& config);

// oneDNN's OpenMP keeps to the calling thread while one lives.
class OneOnednnThread {
 public:
  OneOnednnThread();
  ~OneOnednnThread();
 private:
  int before_;
};

}  // namespace pharos::cpu

#endif
