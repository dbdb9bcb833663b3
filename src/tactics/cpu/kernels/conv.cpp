#include "tactics/cpu/kernels/conv.h"

#include <algorithm>
#include <cstring>

namespace pharos::cpu {
namespace {

constexpr int64_t cached_weights = 512 << 10;   // bytes that may stay in the second-level cache beside the pixels
constexpr size_t prefetch_limit = 512 << 10;    // of the next step's weights

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

ConvKernels::Step step_for(const ConvShape& s, bool plain, bool flat) {
  const int64_t stride = flat ? 1 : s.sw;
  if (stride == 1) return plain ? ConvKernels::One : ConvKernels::Block;
  if (stride == 2) return plain ? ConvKernels::Two : ConvKernels::TwoBlocks;
  return ConvKernels::Any;
}

}  // namespace

DirectConv::DirectConv(const ConvShape& shape, bool plain_input, const PostOp& post, Isa isa)
    : s_(shape), kernels_(&conv_kernels(isa)), post_(post), plain_(plain_input) {
  const int64_t block = kernels_->block;
  flat_ = !plain_ && s_.is_pointwise() && s_.sh == 1 && s_.sw == 1;
  if (flat_) s_.iw = s_.ow = s_.oh * s_.ow, s_.ih = s_.oh = 1;
  step_ = step_for(s_, plain_, flat_);
  in_blocks_ = plain_ ? s_.ic : ceil_div(s_.ic_per_group(), block);
  out_blocks_ = ceil_div(s_.oc_per_group(), block);
  panels_ = ceil_div(out_blocks_, kernels_->blocks);
  k_ = in_blocks_ * (plain_ ? 1 : block) * s_.kh * s_.kw;
  tiles_per_row_ = ceil_div(s_.ow, kernels_->pixels_of(step_));
  tiles_ = tiles_per_row_ * s_.oh;
  for (int64_t part = 0; part <= tiles_per_row_ && tiles_per_row_ > 0; ++part) starts_.push_back(s_.ow * part / tiles_per_row_);
  plan_edges();
  pixels_outer_ = panels_ * s_.groups * kernels_->blocks * block * k_ * 4 <= cached_weights;
}

void DirectConv::plan_edges() {
  src_h_ = s_.ih, src_w_ = s_.iw, pad_top_ = s_.pt, pad_left_ = s_.pl;
  high_tap_ = s_.kw;
  const auto column = [&](int64_t ow, int64_t kw) { return ow * s_.sw - s_.pl + kw * s_.dw; };
  const bool blocked_step = step_ == ConvKernels::Block || step_ == ConvKernels::TwoBlocks;
  while (low_tap_ < s_.kw && column(0, low_tap_) < 0) ++low_tap_;
  while (high_tap_ > 0 && column(s_.ow - 1, high_tap_ - 1) >= s_.iw) --high_tap_;
  const bool inside = low_tap_ == 0 && high_tap_ == s_.kw;
  // Tiles leave out taps of the outermost pixels only; anything else reads from a padded copy.
  const bool outermost_only = s_.ow == 1 || (column(1, 0) >= 0 && column(s_.ow - 2, s_.kw - 1) < s_.iw && low_tap_ <= high_tap_);
  copy_ = plain_ ? s_.pt || s_.pl || s_.pb || s_.pr : !inside && !(blocked_step && outermost_only);
  if (!copy_) return;
  low_tap_ = 0, high_tap_ = s_.kw;
  // As far as the windows reach: with a stride they may end before the stated padding.
  src_h_ = std::max(s_.ih + s_.pt, (s_.oh - 1) * s_.sh + (s_.kh - 1) * s_.dh + 1);
  src_w_ = std::max(s_.iw + s_.pl, (s_.ow - 1) * s_.sw + (s_.kw - 1) * s_.dw + 1);
  pad_top_ = pad_left_ = 0;
  padded_floats_ = s_.n * s_.groups * in_blocks_ * (plain_ ? 1 : kernels_->block) * src_h_ * src_w_;
}

int64_t DirectConv::packed_floats(const ConvShape& s, bool plain, Isa isa) {
  const int64_t block = conv_kernels(isa).block;
  const int64_t k = (plain ? s.ic : ceil_div(s.ic_per_group(), block) * block) * s.kh * s.kw;
  return s.groups * ceil_div(s.oc_per_group(), block) * block * k;
}

void DirectConv::pack(const ConvShape& s, bool plain, Isa isa, const float* weights, float* packed) {
  const ConvKernels& kernels = conv_kernels(isa);
  const int64_t block = kernels.block, icg = s.ic_per_group(), ocg = s.oc_per_group(), taps = s.kh * s.kw;
  const int64_t in_block = plain ? 1 : block, in_blocks = ceil_div(icg, in_block), out_blocks = ceil_div(ocg, block);
  float* out = packed;
  for (int64_t g = 0; g < s.groups; ++g)
    for (int64_t ob = 0; ob < out_blocks; ob += kernels.blocks) {
      const int64_t columns = std::min<int64_t>(kernels.blocks, out_blocks - ob) * block;
      const int64_t oc0 = ob * block, valid = std::min(columns, ocg - oc0);
      for (int64_t ib = 0; ib < in_blocks; ++ib)
        for (int64_t tap = 0; tap < taps; ++tap)
          for (int64_t i = 0; i < in_block; ++i, out += columns) {
            const int64_t ic = ib * in_block + i;
            if (ic >= icg) {
              std::fill_n(out, columns, 0.0f);
              continue;
            }
            const float* w = weights + ((g * ocg + oc0) * icg + ic) * taps + tap;
            for (int64_t c = 0; c < valid; ++c) out[c] = w[c * icg * taps];
            std::fill(out + valid, out + columns, 0.0f);
          }
    }
}

void DirectConv::pad_input(const Args& args, const Threads& threads) const {
  const int64_t lanes = plain_ ? 1 : kernels_->block, planes = s_.n * s_.groups * in_blocks_;
  const int64_t row = src_w_ * lanes, valid = std::min(s_.iw, src_w_ - s_.pl) * lanes;
  threads.for_each(planes * src_h_, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t plane = i / src_h_, y = i % src_h_ - s_.pt;
      float* to = args.workspace + i * row;
      if (y < 0 || y >= s_.ih) {
        std::memset(to, 0, size_t(row) * 4);
        continue;
      }
      std::memset(to, 0, size_t(s_.pl * lanes) * 4);
      std::memcpy(to + s_.pl * lanes, args.src + (plane * s_.ih + y) * s_.iw * lanes, size_t(valid) * 4);
      std::memset(to + s_.pl * lanes + valid, 0, size_t(row - s_.pl * lanes - valid) * 4);
    }
  }, 32);
}

// What all tiles have in common.
ConvTile DirectConv::common_tile(const Args& args) const {
  const int64_t in_lanes = plain_ ? 1 : kernels_->block;
  ConvTile t{};
  t.block_stride = src_h_ * src_w_ * in_lanes, t.row_stride = s_.dh * src_w_ * in_lanes;
  t.tap_stride = s_.dw * in_lanes, t.pixel_stride = s_.sw * in_lanes;
  t.blocks = in_blocks_, t.taps = plain_ ? 1 : s_.kw, t.channels = plain_ ? s_.kw : kernels_->block;
  t.last_channels = plain_ ? t.channels : s_.ic_per_group() - (in_blocks_ - 1) * kernels_->block;
  t.dst_block = s_.oh * s_.ow * kernels_->block;
  t.low = post_.low, t.high = post_.high;
  t.prefetch = reinterpret_cast<const char*>(args.weights);
  return t;
}

// No divisions here: with few input channels a tile takes only a few hundred cycles.
void DirectConv::tile(const Args& args, const float* src, const Position& at, ConvTile& t) const {
  const int64_t block = kernels_->block, in_lanes = plain_ ? 1 : block;
  const int64_t ow0 = starts_[size_t(at.part)], ow1 = starts_[size_t(at.part) + 1];
  const int64_t ob = at.panel * kernels_->blocks, blocks = std::min<int64_t>(kernels_->blocks, out_blocks_ - ob);
  const int64_t top = at.row * s_.sh - pad_top_;
  int64_t kh0 = 0, kh1 = s_.kh;
  if (top < 0 || top + (s_.kh - 1) * s_.dh >= src_h_) {
    kh0 = top < 0 ? std::min(s_.kh, ceil_div(-top, s_.dh)) : 0;
    kh1 = std::max(kh0, std::min(s_.kh, ceil_div(src_h_ - top, s_.dh)));
  }
  const int64_t columns = blocks * block, tap = in_lanes * columns;
  const int64_t out_block = (at.image * s_.groups + at.group) * out_blocks_ + ob;
  const int64_t dst_at = out_block * t.dst_block + (at.row * s_.ow + ow0) * block;
  t.src = src + (at.image * s_.groups + at.group) * in_blocks_ * t.block_stride +
          ((top + kh0 * s_.dh) * src_w_ + ow0 * s_.sw - pad_left_) * in_lanes;
  t.weights = args.weights + (at.group * out_blocks_ + ob) * block * k_ + kh0 * s_.kw * tap;
  t.weight_block = s_.kh * s_.kw * tap, t.weight_row = s_.kw * tap, t.weight_tap = tap;
  t.rows = kh1 - kh0;
  t.low_tap = ow0 == 0 ? low_tap_ : 0, t.high_tap = ow1 == s_.ow ? high_tap_ : s_.kw;
  t.dst = args.dst + dst_at;
  t.bias = args.bias ? args.bias + (at.group * out_blocks_ + ob) * block : nullptr;
  t.z = args.z ? args.z + dst_at : nullptr;
  kernels_->tile[step_][size_t(ow1 - ow0)][size_t(blocks)](t);
  post_.rows(t.dst, blocks, (ow1 - ow0) * block, t.dst_block);
  const int64_t spare = out_blocks_ * block - s_.oc_per_group();
  if (post_.keeps_zero || spare == 0 || ob + blocks != out_blocks_) return;
  float* const last = t.dst + (blocks - 1) * t.dst_block;
  for (int64_t p = 0; p < ow1 - ow0; ++p) std::fill_n(last + (p + 1) * block - spare, spare, 0.0f);
}

DirectConv::Position DirectConv::position(int64_t i) const {
  const int64_t pixels = s_.n * tiles_, panels = s_.groups * panels_;
  const int64_t pixel = pixels_outer_ ? i / panels : i % pixels, panel = pixels_outer_ ? i % panels : i / pixels;
  return {pixel / tiles_, pixel % tiles_ / tiles_per_row_, pixel % tiles_per_row_, panel / panels_, panel % panels_};
}

void DirectConv::advance_pixel(Position& at) const {
  if (++at.part < tiles_per_row_) return;
  at.part = 0;
  if (++at.row < s_.oh) return;
  at.row = 0, ++at.image;
}

void DirectConv::advance_panel(Position& at) const {
  if (++at.panel < panels_) return;
  at.panel = 0, ++at.group;
}

void DirectConv::advance(Position& at) const {
  if (pixels_outer_) {
    advance_panel(at);
    if (at.group == s_.groups) at.group = 0, advance_pixel(at);
  } else {
    advance_pixel(at);
    if (at.image == s_.n) at.image = 0, advance_panel(at);
  }
}

void DirectConv::run(const Args& args, const Threads& threads) const noexcept {
  const int64_t pixels = s_.n * tiles_, panels = s_.groups * panels_, total = pixels * panels;
  if (copy_) pad_input(args, threads);
  const float* src = copy_ ? args.workspace : args.src;
  const int64_t lines_per_call = std::max<int64_t>(1, k_ / 2);
  const int64_t grain = std::max<int64_t>(1, int64_t(60e3 / (2.0 * double(k_) * double(kernels_->pixels) * 32)));
  threads.for_each_piece(total, [&](const Threads::Piece& piece) {
    const size_t next_bytes = std::min(args.next_bytes, prefetch_limit);
    const auto* next = static_cast<const char*>(args.next) + (args.next ? args.next_bytes * size_t(piece.share_first) / size_t(total) / 64 * 64 : 0);
    int64_t lines = 0;
    const char* ahead = reinterpret_cast<const char*>(args.weights);
    int64_t begun = -1;  // the panel whose successor is being prefetched
    ConvTile t = common_tile(args);
    Position at = position(piece.first);
    for (int64_t i = piece.first; i < piece.last; ++i, advance(at)) {
      const int64_t panel = at.group * panels_ + at.panel, key = pixels_outer_ ? 0 : panel;
      if (key != begun) {
        begun = key;
        const bool is_end = pixels_outer_ || (panel + 1) * pixels >= piece.share_last;
        const int64_t columns = int64_t{kernels_->blocks} * kernels_->block;
        ahead = is_end ? next : reinterpret_cast<const char*>(args.weights + (panel + 1) * columns * k_);
        lines = is_end ? (args.next ? int64_t(next_bytes / 64) : 0) : columns * k_ / 16;
        // Earlier pieces have asked for the beginning.
        const int64_t since = std::max(piece.share_first, pixels_outer_ ? 0 : panel * pixels);
        ahead += 64 * lines_per_call * (i - since), lines -= lines_per_call * (i - since);
        if (lines <= 0) ahead = reinterpret_cast<const char*>(args.weights);
      }
      t.prefetch = ahead, t.prefetch_step = lines > 0 ? 64 : 0;
      tile(args, src, at, t);
      if (lines > 0) ahead += 64 * lines_per_call, lines -= lines_per_call;
    }
  }, grain, 40 * grain);
}

}  // namespace pharos::cpu
