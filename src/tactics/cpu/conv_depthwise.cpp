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

class DepthwiseConv {
 public:
  DepthwiseConv(const ConvShape& s, const PostOp& post, Isa isa)
      : s_(s), post_(post), kernels_(&window_kernels(isa)), blocks_(ceil_div(s.oc, kernels_->block)) {
    // Column c reads column c * stride + tap * dilation - pad of the source.
    for (int64_t tap = 0; tap < s.kw; ++tap) {
      const int64_t low = s.pl - tap * s.dw, high = s.iw - 1 + low;
      first_.push_back(low > 0 ? ceil_div(low, s.sw) : 0);
      last_.push_back(high >= 0 ? high / s.sw : -1);
    }
  }

  void run(const float* src, const float* weights, const float* bias, const float* z, float* dst, const Threads& threads) const {
    const int64_t rows = s_.n * blocks_ * s_.oh;
    const int64_t grain = std::max<int64_t>(1, 40000 / std::max<int64_t>(1, s_.ow * s_.kh * s_.kw));
    threads.for_each(rows, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) row(src, weights, bias, z, dst, i / s_.oh, i % s_.oh);
    }, grain);
  }

 private:
  void row(const float* src, const float* weights, const float* bias, const float* z, float* dst, int64_t plane, int64_t oh) const {
    const int64_t block = kernels_->block, channel_block = plane % blocks_, top = oh * s_.sh - s_.pt;
    const int64_t kh0 = top < 0 ? std::min(s_.kh, ceil_div(-top, s_.dh)) : 0;
    const int64_t kh1 = std::max(kh0, std::min(s_.kh, ceil_div(s_.ih - top, s_.dh)));
    const int64_t at = (plane * s_.oh + oh) * s_.ow * block;
    const DepthwiseRow r{.src = src + ((plane * s_.ih + top + kh0 * s_.dh) * s_.iw - s_.pl) * block,
                         .row_stride = s_.dh * s_.iw * block, .pixel_stride = s_.sw * block, .tap_stride = s_.dw * block,
                         .weights = weights + (channel_block * s_.kh + kh0) * s_.kw * block, .rows = kh1 - kh0, .taps = s_.kw,
                         .columns = s_.ow, .first = first_.data(), .last = last_.data(),
                         .bias = bias ? bias + channel_block * block : nullptr, .z = z ? z + at : nullptr, .dst = dst + at,
                         .low = post_.low, .high = post_.high};
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
  std::vector<int64_t> first_, last_;  // by tap
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([conv = DepthwiseConv(conv_problem(p).shape, *post_op(*p.node, device.isa), device.isa), w = packed.parts[0],
                      b = packed.parts.size() > 1 ? packed.parts[1] : Tensor()](const KernelArgs& a, const Threads& threads) {
    conv.run(in_f32(a, 0), static_cast<const float*>(w.data()), static_cast<const float*>(b.data()), in_f32(a, 3), out_f32(a), threads);
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
