#pragma once
// Direct convolution on all threads over channel-blocked tensors (or a plain input with few channels).

#include "tactics/cpu/conv_shape.h"
#include "tactics/cpu/kernels/conv_tile.h"
#include "tactics/cpu/kernels/elementwise.h"

namespace pharos::cpu {

class DirectConv {
 public:
  // `plain_input`: the source is row-major (few channels, one group, no dilation along the width).
  DirectConv(const ConvShape& shape, bool plain_input, const PostOp& post, Isa isa);

  // Floats of the packed weights, and the packing itself; neither depends on batch or spatial extents.
  static int64_t packed_floats(const ConvShape& shape, bool plain_input, Isa isa);
  static void pack(const ConvShape& shape, bool plain_input, Isa isa, const float* weights, float* packed);

  size_t workspace() const { return size_t(padded_floats_) * sizeof(float); }
  // bias: padded to whole blocks per group, or nullptr; z: laid out as dst, or nullptr (may be dst).
  struct Args {
    const float *src, *weights, *bias, *z;
    float* dst;
    float* workspace;
    const void* next;  // weights needed afterwards
    size_t next_bytes;
  };
  void run(const Args& args, const Threads& threads) const noexcept;

 private:
  // One register tile: `part` of output row `row` of an image, for `panel` of a group.
  struct Position { int64_t image, row, part, group, panel; };
  Position position(int64_t i) const;
  void advance(Position& at) const;
  void advance_pixel(Position& at) const;
  void advance_panel(Position& at) const;
  void plan_edges();
  void pad_input(const Args& args, const Threads& threads) const;
  ConvTile common_tile(const Args& args) const;
  void tile(const Args& args, const float* src, const Position& at, ConvTile& t) const;

  ConvShape s_;
  const ConvKernels* kernels_;
  PostOp post_;
  bool plain_, flat_ = false, copy_ = false;
  ConvKernels::Step step_;
  int64_t in_blocks_, out_blocks_, panels_;  // per group
  int64_t k_;                                // reduction steps of one output
  int64_t tiles_per_row_, tiles_;            // of one image
  int64_t low_tap_ = 0, high_tap_;
  int64_t src_h_, src_w_;                    // as the tiles see them: padded where `copy_`
  int64_t pad_top_, pad_left_;
  int64_t padded_floats_ = 0;
  bool pixels_outer_;
  std::vector<int64_t> starts_;              // the first column of each tile of a row, and the end of the row
};

}  // namespace pharos::cpu
