// Convolution of plain tensors as matrix products: any group count, any window, weights as they are. Each panel of output
// pixels is gathered into the packed form that the product reads, so no full column matrix is ever stored.

#include <cstring>

#include "tactics/cpu/common.h"
#include "tactics/cpu/conv_shape.h"
#include "tactics/cpu/kernels/gemm.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports(const Problem& p, const Device& device) {
  const ConvProblem conv = variable_conv_problem(p);
  if (!conv.support) return conv.support;
  if (!post_op(*p.node, device.isa)) return unsupported("unknown activation");
  const ConvShape& s = conv.shape;
  const int block = device.block();
  const bool aligned = s.groups == 1 ? s.ic >= block && s.oc >= block : s.ic_per_group() % block == 0 && s.oc_per_group() % block == 0;
  if (conv_problem(p).support && s.sw <= 2 && (aligned || s.is_depthwise())) return unsupported("a blocked form is always faster");
  return supported();
}

class Im2colConv {
 public:
  Im2colConv(const ConvShape& s, const PostOp& post, Isa isa, int threads)
      : s_(s), post_(post), kernels_(&gemm_kernels(isa)), threads_(std::max(1, threads)) {
    k_ = s_.ic_per_group() * s_.kh * s_.kw;
    pixels_ = s_.oh * s_.ow;
    width_ = kernels_->panel();
    panels_ = ceil_div(pixels_, width_);
  }

  size_t slot_bytes() const { return align64(size_t(k_ * width_) * 4); }
  size_t workspace() const { return slot_bytes() * size_t(threads_); }

  struct Args { const float *x, *w, *bias, *z; float* y; std::byte* workspace; };
  void run(const Args& a, const Threads& threads) const {
    Threads(std::min(threads.count(), threads_)).for_each_piece(s_.n * s_.groups * panels_, [&](const Threads::Piece& p) {
      auto* const columns = reinterpret_cast<float*>(a.workspace + size_t(p.worker) * slot_bytes());
      for (int64_t u = p.first; u < p.last; ++u) panel(a, u / panels_, u % panels_ * width_, columns);
    });
  }

 private:
  void panel(const Args& a, int64_t image_group, int64_t first, float* columns) const {
    const int64_t group = image_group % s_.groups, count = std::min(width_, pixels_ - first), icg = s_.ic_per_group(), ocg = s_.oc_per_group();
    const int64_t stride = ceil_div(count, kernels_->lanes) * kernels_->lanes;
    gather(a.x + image_group * icg * s_.ih * s_.iw, first, count, stride, columns);
    float* y = a.y + image_group * ocg * pixels_ + first;
    const float* z = a.z ? a.z + image_group * ocg * pixels_ + first : nullptr;
    // Bias and residual are there before the product is added.
    const bool start = a.bias || z;
    for (int64_t c = 0; c < ocg && start; ++c) {
      const float b = a.bias ? a.bias[group * ocg + c] : 0.0f;
      float* row = y + c * pixels_;
      if (!z) std::fill_n(row, count, b);
      else for (int64_t i = 0; i < count; ++i) row[i] = z[c * pixels_ + i] + b;
    }
    gemm(*kernels_, {.a = a.w + group * ocg * k_, .lda = k_, .packed = columns, .c = y, .ldc = pixels_, .m = ocg, .n = count, .k = k_,
                     .post = &post_, .accumulate = start}, Threads(1));
  }

  // Row k of the panel holds what tap k of the window sees at pixels [first, first + count).
  void gather(const float* x, int64_t first, int64_t count, int64_t stride, float* out) const {
    const bool direct = s_.is_pointwise() && s_.sh == 1 && s_.sw == 1;
    for (int64_t c = 0; c < s_.ic_per_group(); ++c)
      for (int64_t ky = 0; ky < s_.kh; ++ky)
        for (int64_t kx = 0; kx < s_.kw; ++kx, out += stride) {
          const float* plane = x + c * s_.ih * s_.iw;
          if (direct) std::memcpy(out, plane + first, size_t(count) * 4);
          else gather_tap(plane, first, count, ky * s_.dh - s_.pt, kx * s_.dw - s_.pl, out);
          std::fill(out + count, out + stride, 0.0f);
        }
  }

  void gather_tap(const float* plane, int64_t first, int64_t count, int64_t dy, int64_t dx, float* out) const {
    int64_t oy = first / s_.ow, ox = first % s_.ow;
    while (count > 0) {
      const int64_t run = std::min(count, s_.ow - ox), iy = oy * s_.sh + dy;
      if (iy < 0 || iy >= s_.ih) {
        std::fill_n(out, run, 0.0f);
      } else {
        const float* row = plane + iy * s_.iw;
        // Outputs [low, high) of the run have a source inside the row.
        const int64_t low = std::clamp<int64_t>(dx < 0 ? ceil_div(-dx, s_.sw) - ox : 0, 0, run);
        const int64_t high = std::clamp<int64_t>(s_.iw > dx ? (s_.iw - 1 - dx) / s_.sw + 1 - ox : 0, low, run);
        std::fill_n(out, low, 0.0f);
        const float* from = row + (ox + low) * s_.sw + dx;
        if (s_.sw == 1) std::memcpy(out + low, from, size_t(high - low) * 4);
        else for (int64_t i = low; i < high; ++i, from += s_.sw) out[i] = *from;
        std::fill(out + high, out + run, 0.0f);
      }
      out += run, count -= run, ox = 0, ++oy;
    }
  }

  ConvShape s_;
  PostOp post_;
  const GemmKernels* kernels_;
  int threads_;
  int64_t k_, pixels_, width_, panels_;
};

Im2colConv kernel_of(const Problem& p, const Device& device) {
  return Im2colConv(variable_conv_problem(p).shape, *post_op(*p.node, device.isa), device.isa, device.threads);
}

size_t workspace(const Problem& p, const Config&, const Device& device) { return kernel_of(p, device).workspace(); }

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([conv = kernel_of(p, device)](const KernelArgs& a, const Threads& threads) {
    conv.run({in_f32(a, 0), in_f32(a, 1), in_f32(a, 2), in_f32(a, 3), out_f32(a), a.workspace.data()}, threads);
  });
}

}  // namespace

void define_conv_im2col(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.conv.im2col_gemm",
      .doc = "Convolution of plain tensors as matrix products over gathered panels of pixels; weights may vary.",
      .ops = {{"", "Conv"}, {"pharos", "Conv"}},
      .typical = 1.6,
      .supports = supports,
      .workspace = workspace,
      .in_place = [](const Problem& p) { return p.has_input(3) ? 3 : -1; },
      .prepare = prepare,
  });
}

}  // namespace pharos
