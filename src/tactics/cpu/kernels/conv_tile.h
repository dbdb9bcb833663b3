#pragma once
// The register tile of direct convolution over channel-blocked tensors: a run of output pixels of one row by one or two
// blocks of output channels, reduced over input blocks and kernel taps.

#include <array>

#include "tactics/tactic.h"

namespace pharos::cpu {

struct ConvTile {
  // Source element of (pixel p, channel i, tap kh, kw, input block b):
  //   src[b * block_stride + kh * row_stride + kw * tap_stride + p * pixel_stride + i]
  const float* src;
  int64_t block_stride, row_stride, tap_stride, pixel_stride;
  // Weights of (b, kh, kw): weights + b * weight_block + kh * weight_row + kw * weight_tap; there [channels][vectors].
  const float* weights;
  int64_t weight_block, weight_row, weight_tap;
  int64_t blocks, rows, taps;  // extents of b, kh, kw
  int64_t channels;            // per tap; the channel block except in the plain-input form
  int64_t last_channels;       // per tap in the last block: padding lanes are left out
  // The first pixel has no source at taps below `low_tap`, the last one none at taps from `high_tap` on.
  int64_t low_tap, high_tap;
  float* dst;                  // channel-blocked, pixels adjacent
  int64_t dst_block;           // between blocks of output channels
  const float* bias;           // padded to whole blocks, or nullptr
  const float* z;              // laid out as dst, or nullptr
  float low, high;             // clamp of the result
  const char* prefetch;        // one line per two channels is asked for from here on
  int64_t prefetch_step;
};

struct ConvKernels {
  using Fn = void (*)(const ConvTile&);
  static constexpr int max_pixels = 14, max_blocks = 2;
  // By distance between the source pixels of neighbouring outputs: one block, two blocks, one float, two floats, any.
  enum Step : uint8_t { Block, TwoBlocks, One, Two, Any, steps };
  int block;           // channels per block
  int pixels, blocks;  // the largest tile
  std::array<std::array<std::array<Fn, max_blocks + 1>, max_pixels + 1>, steps> tile;  // [step][pixels][blocks], from 1
  int pixels_of(Step s) const { return s == Any ? 4 : pixels; }
};

const ConvKernels& conv_kernels(Isa isa);

}  // namespace pharos::cpu
