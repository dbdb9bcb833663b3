#pragma once
// Kernels over channel-blocked planes that need no reduction over channels: depthwise convolution and pooling.

#include "tactics/tactic.h"

namespace pharos::cpu {

// One output row of one channel block. The source pointers are to the first pixel of the row `kernel row 0` refers to,
// shifted so that output column 0 at tap 0 reads src[0] (before padding is taken into account).
struct DepthwiseRow {
  const float* src;
  int64_t row_stride;     // between kernel rows (dilation included)
  int64_t pixel_stride;   // between the sources of neighbouring outputs
  int64_t tap_stride;     // between taps
  const float* weights;   // [rows][taps][block]
  int64_t rows, taps;     // valid kernel rows; all taps
  int64_t columns;        // outputs
  const int64_t *first, *last;  // by tap: the first and the last column that has a source there (last < first: none)
  bool three_taps;        // the fast form fits (see `has_three_taps`)
  const float* bias;      // [block] or nullptr
  const float* z;         // or nullptr
  float* dst;
  float low, high;
};
// Three neighbouring taps, a stride of one or two, and no output but the first (last) lacks a source at its first (last) tap.
bool has_three_taps(const DepthwiseRow& row, int64_t block);

struct PoolPixel {
  const float* src;             // first valid pixel of the window
  int64_t rows, columns;        // valid extent
  int64_t row_stride, column_stride;
  float scale;                  // of the sum; unused by the maximum
  float* dst;
};

struct WindowKernels {
  int block;
  void (*depthwise)(const DepthwiseRow&);
  void (*maximum)(const PoolPixel&);
  void (*average)(const PoolPixel&);
  void (*mean)(const float* src, int64_t pixels, float scale, float* dst);  // of a whole plane
};
const WindowKernels& window_kernels(Isa isa);

}  // namespace pharos::cpu
