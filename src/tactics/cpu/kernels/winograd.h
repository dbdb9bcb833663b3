#pragma once
// Winograd's minimal filtering F(m x m, 3 x 3) over channel-blocked tensors: transforms of input, weights and output. The
// products between them are 1x1 convolutions over tiles (conv_tile.h).

#include "tactics/tactic.h"

namespace pharos::cpu {

// One tile of one channel block. Elements of the transformed tile lie `plane` floats apart.
struct WinogradInput {
  const float* src;          // element (0, 0) of the (m + 2)^2 patch; may lie outside of the image
  int64_t row_stride;        // floats
  int64_t y0, y1, x0, x1;    // part of the patch that lies in the image; the rest is zero
  float* out;
  int64_t plane;
};
struct WinogradOutput {
  const float* in;
  int64_t plane;
  const float* bias;         // [block] or nullptr
  const float* z;            // as dst, or nullptr
  float* dst;
  int64_t row_stride;
  int64_t rows, columns;     // valid part of the m x m tile
  float low, high;
};

struct WinogradKernels {
  int block;
  void (*input2)(const WinogradInput&);
  void (*input4)(const WinogradInput&);
  void (*output2)(const WinogradOutput&);
  void (*output4)(const WinogradOutput&);
};
const WinogradKernels& winograd_kernels(Isa isa);

// (m + 2)^2 transformed values of one 3x3 filter.
void winograd_weights(int m, const float* filter, float* out);

}  // namespace pharos::cpu
