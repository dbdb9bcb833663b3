// 3x3 convolution with stride 1 by Winograd's minimal filtering: fewer multiplications, larger weights, other rounding.

#include "tactics/cpu/common.h"
#include "tactics/cpu/conv_shape.h"
#include "tactics/cpu/kernels/conv_tile.h"
#include "tactics/cpu/kernels/elementwise.h"
#include "tactics/cpu/kernels/winograd.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t chunk_bytes = 1 << 20;  // of transformed tiles, to stay in the second-level cache

Support supports(const Problem& p, const Device& device) {
  const ConvProblem conv = conv_problem(p);
  if (!conv.support) return conv.support;
  const ConvShape& s = conv.shape;
  if (s.kh != 3 || s.kw != 3 || s.sh != 1 || s.sw != 1 || s.dh != 1 || s.dw != 1 || s.groups != 1) return unsupported("not 3x3 with stride 1");
  if (s.ic < 16 || s.oc < 16) return unsupported("too few channels to pay");
  if (!post_op(*p.node, device.isa)) return unsupported("unknown activation");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  return {conv_formats(p, device.blocked(), device.blocked())};
}

class WinogradConv {
 public:
  WinogradConv(const ConvShape& s, int m, const PostOp& post, const Device& device)
      : s_(s), m_(m), n_((m + 2) * (m + 2)), post_(post), conv_(&conv_kernels(device.isa)), kernels_(&winograd_kernels(device.isa)) {
    block_ = conv_->block, in_blocks_ = ceil_div(s.ic, block_), out_blocks_ = ceil_div(s.oc, block_);
    panels_ = ceil_div(out_blocks_, conv_->blocks);
    tiles_x_ = ceil_div(s.ow, m_), tiles_ = s.n * ceil_div(s.oh, m_) * tiles_x_;
    const int64_t tile_floats = n_ * (in_blocks_ + out_blocks_) * block_;
    const int64_t fit = std::max<int64_t>(conv_->pixels, chunk_bytes / 4 / std::max<int64_t>(1, tile_floats));
    chunks_ = std::max<int64_t>(1, ceil_div(tiles_, fit));
    // Weights that must come from far are streamed once: all tiles at a time.
    if (n_ * in_blocks_ * out_blocks_ * block_ * block_ * 4 > chunk_bytes && tiles_ <= 4 * conv_->pixels) chunks_ = 1;
    // Chunks are independent: with enough of them each thread takes its own.
    slots_ = chunks_ >= 2 * device.threads ? std::max(1, device.threads) : 1;
    chunk_tiles_ = ceil_div(tiles_, chunks_);
  }

  static int64_t packed_floats(const ConvShape& s, int m, int block) {
    return (m + 2) * (m + 2) * ceil_div(s.ic, block) * ceil_div(s.oc, block) * block * block;
  }

  // [element][panel of output channels][input channel][columns]
  static void pack(const ConvShape& s, int m, const ConvKernels& kernels, const float* weights, float* packed) {
    const int64_t block = kernels.block, ic = ceil_div(s.ic, block) * block, oc = ceil_div(s.oc, block) * block, n = (m + 2) * (m + 2);
    const int64_t width = kernels.blocks * block;
    float element[36];
    for (int64_t o = 0; o < s.oc; ++o) {
      const int64_t panel = o / width, columns = std::min(width, oc - panel * width);
      float* const column = packed + panel * width * ic + o % width;
      for (int64_t i = 0; i < s.ic; ++i) {
        winograd_weights(m, weights + (o * s.ic + i) * 9, element);
        for (int64_t e = 0; e < n; ++e) column[e * ic * oc + i * columns] = element[e];
      }
    }
  }

  size_t slot_bytes() const { return align64(size_t(n_ * chunk_tiles_ * in_blocks_ * block_) * 4) + align64(size_t(n_ * chunk_tiles_ * out_blocks_ * block_) * 4); }
  size_t workspace() const { return slot_bytes() * size_t(slots_); }

  struct Args {
    const float *src, *weights, *bias, *z;
    float* dst;
    std::byte* workspace;
    const void* next;
    size_t next_bytes;
  };

  void run(const Args& a, const Threads& threads) const {
    if (tiles_ == 0) return;
    if (slots_ == 1) {
      for (int64_t c = 0; c < chunks_; ++c) chunk(a, c, a.workspace, threads);
      return;
    }
    Threads(std::min<int>(threads.count(), int(slots_))).for_each_piece(chunks_, [&](const Threads::Piece& p) {
      for (int64_t c = p.first; c < p.last; ++c) chunk(a, c, a.workspace + size_t(p.worker) * slot_bytes(), Threads(1));
    });
  }

 private:
  void chunk(const Args& a, int64_t c, std::byte* memory, const Threads& threads) const {
    const int64_t t0 = c * chunk_tiles_, count = std::min(chunk_tiles_, tiles_ - t0);
    if (count <= 0) return;
    auto* const v = reinterpret_cast<float*>(memory);
    auto* const product = reinterpret_cast<float*>(memory + align64(size_t(n_ * chunk_tiles_ * in_blocks_ * block_) * 4));
    const int64_t units = n_ * panels_;
    threads.for_each_piece(in_blocks_ * count, [&](const Threads::Piece& p) {
      for (int64_t i = p.first; i < p.last; ++i) transform(a.src, i / count, t0 + i % count, v + i * block_, in_blocks_ * count * block_);
    }, 8, 160);
    threads.for_each_piece(units, [&](const Threads::Piece& p) {
      for (int64_t u = p.first; u < p.last; ++u) multiply(a, u, u + 1 < p.share_last, count, v, product);
    });
    threads.for_each_piece(out_blocks_ * count, [&](const Threads::Piece& p) {
      for (int64_t i = p.first; i < p.last; ++i) finish(a, i / count, t0 + i % count, product + i * block_, out_blocks_ * count * block_);
    }, 8, 160);
  }

  struct Place { int64_t image, y, x; };
  Place place(int64_t tile) const {
    const int64_t per_image = tiles_ / s_.n, t = tile % per_image;
    return {tile / per_image, t / tiles_x_ * m_, t % tiles_x_ * m_};
  }

  void transform(const float* src, int64_t in_block, int64_t tile, float* out, int64_t plane) const {
    const auto [image, oy, ox] = place(tile);
    const int64_t y = oy - s_.pt, x = ox - s_.pl, n = m_ + 2;
    const WinogradInput w{.src = src + (((image * in_blocks_ + in_block) * s_.ih + y) * s_.iw + x) * block_, .row_stride = s_.iw * block_,
                          .y0 = std::max<int64_t>(0, -y), .y1 = std::min(n, s_.ih - y), .x0 = std::max<int64_t>(0, -x),
                          .x1 = std::min(n, s_.iw - x), .out = out, .plane = plane};
    (m_ == 2 ? kernels_->input2 : kernels_->input4)(w);
  }

  // One element of the transform, one panel of output channels, all tiles: a 1x1 convolution.
  void multiply(const Args& a, int64_t unit, bool more, int64_t count, const float* v, float* product) const {
    const int64_t element = unit / panels_, panel = unit % panels_, ob = panel * conv_->blocks;
    const int64_t blocks = std::min<int64_t>(conv_->blocks, out_blocks_ - ob), k = in_blocks_ * block_;
    const float* const weights = a.weights + (element * out_blocks_ + ob) * block_ * k;
    const int64_t calls = ceil_div(count, conv_->pixels), lines = blocks * block_ * k / 16, per_call = k / 2;
    // With few tiles every other line is asked for; its neighbour comes along.
    const int64_t step = calls * per_call >= lines ? 64 : 128;
    const char* ahead = reinterpret_cast<const char*>(weights + blocks * block_ * k);
    int64_t left = more ? lines * 64 : a.next ? int64_t(std::min<size_t>(a.next_bytes, 1 << 18)) : 0;
    if (!more && a.next) ahead = static_cast<const char*>(a.next);
    for (int64_t i = 0; i < calls; ++i) {
      const int64_t p0 = count * i / calls, p1 = count * (i + 1) / calls;
      ConvTile t{};
      t.src = v + (element * in_blocks_ * count + p0) * block_;
      t.block_stride = count * block_;
      t.weights = weights, t.weight_block = block_ * blocks * block_;
      t.blocks = in_blocks_, t.rows = 1, t.taps = 1, t.channels = block_, t.high_tap = 1;
      t.last_channels = s_.ic - (in_blocks_ - 1) * block_;
      t.dst = product + ((element * out_blocks_ + ob) * count + p0) * block_, t.dst_block = count * block_;
      t.low = -__builtin_inff(), t.high = __builtin_inff();
      t.prefetch = ahead, t.prefetch_step = left > 0 ? step : 0;
      conv_->tile[ConvKernels::Block][size_t(p1 - p0)][size_t(blocks)](t);
      if (left > 0) ahead += per_call * step, left -= per_call * step;
    }
  }

  void finish(const Args& a, int64_t out_block, int64_t tile, const float* product, int64_t plane) const {
    const auto [image, oy, ox] = place(tile);
    const int64_t at = (((image * out_blocks_ + out_block) * s_.oh + oy) * s_.ow + ox) * block_;
    const WinogradOutput w{.in = product, .plane = plane, .bias = a.bias ? a.bias + out_block * block_ : nullptr,
                           .z = a.z ? a.z + at : nullptr, .dst = a.dst + at, .row_stride = s_.ow * block_,
                           .rows = std::min<int64_t>(m_, s_.oh - oy), .columns = std::min<int64_t>(m_, s_.ow - ox),
                           .low = post_.low, .high = post_.high};
    (m_ == 2 ? kernels_->output2 : kernels_->output4)(w);
    post_.rows(w.dst, w.rows, w.columns * block_, w.row_stride);
    const int64_t spare = out_blocks_ * block_ - s_.oc;
    if (post_.keeps_zero || spare == 0 || out_block + 1 != out_blocks_) return;
    for (int64_t y = 0; y < w.rows; ++y)
      for (int64_t x = 1; x <= w.columns; ++x) std::fill_n(w.dst + y * w.row_stride + x * block_ - spare, spare, 0.0f);
  }

  ConvShape s_;
  int64_t m_, n_;
  PostOp post_;
  const ConvKernels* conv_;
  const WinogradKernels* kernels_;
  int64_t block_, in_blocks_, out_blocks_, panels_, tiles_x_, tiles_, chunks_, chunk_tiles_, slots_;
};

template <int m>
WinogradConv conv_of(const Problem& p, const Device& device) {
  return WinogradConv(conv_problem(p).shape, m, *post_op(*p.node, device.isa), device);
}

template <int m>
Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  const ConvShape s = conv_problem(p).shape;
  PackedWeights packed;
  Tensor& w = packed.parts.emplace_back(DType::f32, Dims{WinogradConv::packed_floats(s, m, device.block())});
  WinogradConv::pack(s, m, conv_kernels(device.isa), p.constants[1]->as<float>().data(), w.as<float>().data());
  if (p.has_input(2)) packed.parts.push_back(padded_bias(s, *p.constants[2], device.block()));
  return packed;
}

template <int m>
Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([conv = conv_of<m>(p, device), w = packed.parts[0], b = packed.parts.size() > 1 ? packed.parts[1] : Tensor()](
                         const KernelArgs& a, const Threads& threads) {
    conv.run({.src = in_f32(a, 0), .weights = static_cast<const float*>(w.data()), .bias = static_cast<const float*>(b.data()),
              .z = in_f32(a, 3), .dst = out_f32(a), .workspace = a.workspace.data(), .next = a.next_weights,
              .next_bytes = a.next_weights_bytes}, threads);
  });
}

template <int m>
TacticDef definition(std::string_view name, std::string_view doc) {
  return {
      .name = name,
      .doc = doc,
      .ops = {{"", "Conv"}, {"pharos", "Conv"}},
      .numerics = Numerics::Loose,
      .typical = m == 2 ? 0.9 : 0.8,
      .supports = supports,
      .formats = formats,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return conv_of<m>(p, device).workspace(); },
      .pack = pack<m>,
      .packed_bytes = [](const Problem& p, const Device& device) {
        return 4 * WinogradConv::packed_floats(conv_problem(p).shape, m, device.block());
      },
      .packed_inputs = [](const Problem& p) { return p.has_input(2) ? std::vector<size_t>{1, 2} : std::vector<size_t>{1}; },
      .in_place = [](const Problem& p) { return p.has_input(3) ? 3 : -1; },
      .prepare = prepare<m>,
  };
}

}  // namespace

void define_conv_winograd(TacticSet& tactics) {
  tactics.add(definition<2>("cpu.conv.winograd_f2", "3x3 convolution by Winograd's F(2x2, 3x3): 2.25 times fewer multiplications."));
  tactics.add(definition<4>("cpu.conv.winograd_f4", "3x3 convolution by Winograd's F(4x4, 3x3): 4 times fewer multiplications, less exact."));
}

}  // namespace pharos
