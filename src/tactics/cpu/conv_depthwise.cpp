#include "tactics/cpu/common.h"
#include "tactics/cpu/conv_shape.h"
#include "tactics/cpu/kernels/elementwise.h"
#include "tactics/cpu/kernels/window.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports(const Problem& p, const Device& device) {
  const ConvProblem conv = conv_problem(p);
  if (!conv.support) return conv.support;
  const ConvShape& s = conv.shape;
  if (s.groups != s.ic || s.oc != s.ic) return unsupported("not one channel per group");
  if (!post_op(*p.node, device.isa)) return unsupported("unknown activation");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  return {conv_formats(p, device.blocked(), device.blocked())};
}

// Weights as [channel blocks][kh][kw][block], bias padded to blocks.
Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  const ConvShape s = conv_problem(p).shape;
  const int64_t block = device.block(), blocks = ceil_div(s.oc, block), taps = s.kh * s.kw;
  PackedWeights packed;
  Tensor& w = packed.parts.emplace_back(DType::f32, Dims{blocks * taps * block});
  const auto from = p.constants[1]->as<float>();
  for (int64_t c = 0; c < s.oc; ++c)
    for (int64_t t = 0; t < taps; ++t)
      w.as<float>()[size_t((c / block * taps + t) * block + c % block)] = from[size_t(c * taps + t)];
  if (p.has_input(2)) {
    Tensor& b = packed.parts.emplace_back(DType::f32, Dims{blocks * block});
    std::copy_n(p.constants[2]->as<float>().data(), s.oc, b.as<float>().data());
  }
  return packed;
}

std::vector<size_t> packed_inputs(const Problem& p) {
  return p.has_input(2) ? std::vector<size_t>{1, 2} : std::vector<size_t>{1};
}

// What another core wrote is read six times slower than what is in the own second-level cache, so threads divide a layer as
// its neighbours do: those are 1x1 convolutions, which share the pixels while their weights are small (kernels/conv.cpp), and
// share the channels otherwise.
constexpr int64_t most_channels_by_rows = 768;

class DepthwiseConv {
 public:
  DepthwiseConv(const ConvShape& s, const PostOp& post, Isa isa)
      : s_(s), post_(post), kernels_(&window_kernels(isa)), blocks_(ceil_div(s.oc, kernels_->block)), shares_rows_(s.oc <= most_channels_by_rows && s.n * s.oh >= 4) {
    // Column c reads column c * stride + tap * dilation - pad of the source.
    for (int64_t tap = 0; tap < s.kw; ++tap) {
      const int64_t low = s.pl - tap * s.dw, high = s.iw - 1 + low;
      first_.push_back(low > 0 ? ceil_div(low, s.sw) : 0);
      last_.push_back(high >= 0 ? high / s.sw : -1);
    }
    for (int64_t oh = 0; oh < s.oh; ++oh) {
      const int64_t top = oh * s.sh - s.pt;
      const int64_t kh0 = top < 0 ? std::min(s.kh, ceil_div(-top, s.dh)) : 0;
      const int64_t kh1 = std::max(kh0, std::min(s.kh, ceil_div(s.ih - top, s.dh)));
      windows_.push_back({kh0, kh1 - kh0, (top + kh0 * s.dh) * s.iw - s.pl});
    }
    const int64_t block = kernels_->block;
    row_ = {.row_stride = s.dh * s.iw * block, .pixel_stride = s.sw * block, .tap_stride = s.dw * block, .taps = s.kw,
            .columns = s.ow, .first = first_.data(), .last = last_.data(), .low = post.low, .high = post.high};
    row_.three_taps = has_three_taps(row_, block);
  }

  struct Args { const float *src, *weights, *bias, *z; float* dst; };
  void run(const Args& a, const Threads& threads) const {
    const int64_t grain = std::max<int64_t>(1, 16000 / std::max<int64_t>(1, s_.ow * s_.kh * s_.kw));
    if (!shares_rows_)
      return threads.for_each_piece(s_.n * blocks_ * s_.oh, [&](const Threads::Piece& p) {
        for (int64_t i = p.first; i < p.last; ++i) row(a, i / s_.oh, i % s_.oh);
      }, grain, 40 * grain);
    threads.for_each(s_.n * s_.oh, [&](int64_t first, int64_t last) {
      while (first < last) {
        const int64_t image = first / s_.oh, top = first % s_.oh, count = std::min(last - first, s_.oh - top);
        for (int64_t b = 0; b < blocks_; ++b)
          for (int64_t y = top; y < top + count; ++y) row(a, image * blocks_ + b, y);
        first += count;
      }
    }, ceil_div(grain, blocks_));
  }

 private:
  void row(const Args& a, int64_t plane, int64_t oh) const {
    const int64_t block = kernels_->block, channel_block = plane % blocks_;
    const Window& w = windows_[size_t(oh)];
    const int64_t at = (plane * s_.oh + oh) * s_.ow * block;
    DepthwiseRow r = row_;
    r.src = a.src + (plane * s_.ih * s_.iw + w.source) * block;
    r.weights = a.weights + (channel_block * s_.kh + w.first) * s_.kw * block, r.rows = w.count;
    r.bias = a.bias ? a.bias + channel_block * block : nullptr;
    r.z = a.z ? a.z + at : nullptr, r.dst = a.dst + at;
    r.first = first_.data(), r.last = last_.data();
    kernels_->depthwise(r);
    post_.rows(r.dst, 1, s_.ow * block, 0);
    const int64_t spare = blocks_ * block - s_.oc;
    if (post_.keeps_zero || spare == 0 || channel_block + 1 != blocks_) return;
    for (int64_t x = 1; x <= s_.ow; ++x) std::fill_n(r.dst + x * block - spare, spare, 0.0f);
  }

  ConvShape s_;
  PostOp post_;
  const WindowKernels* kernels_;
  int64_t blocks_;
  bool shares_rows_;
  std::vector<int64_t> first_, last_;  // by tap
  // By output row: the kernel rows that lie in the image, and the pixel of the plane that column 0 reads at the first of them.
  struct Window { int64_t first, count, source; };
  std::vector<Window> windows_;
  DepthwiseRow row_{};                 // what all rows have in common
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([conv = DepthwiseConv(conv_problem(p).shape, *post_op(*p.node, device.isa), device.isa), w = packed.parts[0],
                      b = packed.parts.size() > 1 ? packed.parts[1] : Tensor()](const KernelArgs& a, const Threads& threads) {
    conv.run({in_f32(a, 0), static_cast<const float*>(w.data()), static_cast<const float*>(b.data()), in_f32(a, 3), out_f32(a)}, threads);
  });
}

}  // namespace

void define_conv_depthwise(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.conv.depthwise",
      .doc = "Convolution with one channel per group over channel-blocked tensors.",
      .ops = {{"", "Conv"}, {"pharos", "Conv"}},
      .typical = 1.2,
      .supports = supports,
      .formats = formats,
      .pack = pack,
      .packed_inputs = packed_inputs,
      .in_place = [](const Problem& p) { return p.has_input(3) ? 3 : -1; },
      .prepare = prepare,
  });
}

}  // namespace pharos
