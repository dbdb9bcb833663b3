// ConvTranspose as one matrix product per image and group, scattered into the output.

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"

namespace pharos {
namespace {

using namespace cpu;

struct Shape {
  int64_t n = 1, ic = 1, ih = 1, iw = 1, oc = 1, oh = 1, ow = 1, kh = 1, kw = 1, sh = 1, sw = 1, dh = 1, dw = 1, pt = 0, pl = 0, groups = 1;
};

std::optional<Shape> shape_of(const Problem& p) {
  const Node& node = *p.node;
  const Dims x = p.in(0), w = p.in(1), y = p.out(0);
  if (x.size() != 4 || w.size() != 4 || y.size() != 4) return std::nullopt;
  Shape s{.n = x[0], .ic = x[1], .ih = x[2], .iw = x[3], .oc = y[1], .oh = y[2], .ow = y[3], .kh = w[2], .kw = w[3]};
  s.groups = node.attr_int("group", 1);
  if (s.groups < 1 || s.ic % s.groups || s.oc % s.groups || w[0] != s.ic || w[1] != s.oc / s.groups) return std::nullopt;
  const auto strides = node.attr_ints("strides", {1, 1}), dilations = node.attr_ints("dilations", {1, 1}), pads = node.attr_ints("pads", {0, 0, 0, 0});
  if (strides.size() != 2 || dilations.size() != 2 || pads.size() != 4) return std::nullopt;
  if (const std::string mode = node.attr_string("auto_pad", "NOTSET"); mode != "NOTSET" && mode != "VALID") return std::nullopt;
  if (node.has_attr("output_shape")) return std::nullopt;
  s.sh = strides[0], s.sw = strides[1], s.dh = dilations[0], s.dw = dilations[1], s.pt = pads[0], s.pl = pads[1];
  return s;
}

Support supports(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() < 2) return unsupported("not in f32");
  if (!is_constant(p, 1)) return unsupported("the weights are not constant");
  if (!shape_of(p)) return unsupported("not two-dimensional, or padding is left to the operator");
  return supported();
}

// Rows of the product are output channel and tap, columns are pixels: A = W^T [ocg*kh*kw, icg], per group, row-major.
Result<PackedWeights> pack(const Problem& p, const Config&, const Device&) {
  const Shape s = *shape_of(p);
  const int64_t icg = s.ic / s.groups, rows = s.oc / s.groups * s.kh * s.kw;
  PackedWeights packed;
  Tensor& t = packed.parts.emplace_back(DType::f32, Dims{s.groups * rows * icg});
  const auto from = p.constants[1]->as<float>();
  for (int64_t g = 0; g < s.groups; ++g)
    for (int64_t i = 0; i < icg; ++i)
      for (int64_t r = 0; r < rows; ++r)
        t.as<float>()[size_t((g * rows + r) * icg + i)] = from[size_t((g * icg + i) * rows + r)];
  return packed;
}

class TransposedConv {
 public:
  TransposedConv(const Shape& s, Isa isa) : s_(s), kernels_(&gemm_kernels(isa)) {
    rows_ = s_.oc / s_.groups * s_.kh * s_.kw, icg_ = s_.ic / s_.groups, pixels_ = s_.ih * s_.iw;
    packed_bytes_ = align64(size_t(packed_b_floats(*kernels_, icg_, pixels_)) * 4);
  }
  size_t workspace() const { return packed_bytes_ + align64(size_t(rows_ * pixels_) * 4); }

  void run(const KernelArgs& a, const float* weights, const Threads& threads) const {
    const float *x = in_f32(a, 0), *bias = in_f32(a, 2);
    auto* packed = reinterpret_cast<float*>(a.workspace.data());
    auto* columns = reinterpret_cast<float*>(a.workspace.data() + packed_bytes_);
    const int64_t ocg = s_.oc / s_.groups;
    for (int64_t i = 0; i < s_.n * s_.groups; ++i) {
      const int64_t g = i % s_.groups;
      threads.for_each(ceil_div(pixels_, kernels_->panel()), [&](int64_t first, int64_t last) {
        pack_b(*kernels_, x + i * icg_ * pixels_, pixels_, false, icg_, pixels_, packed, first, last);
      });
      gemm(*kernels_, {.a = weights + g * rows_ * icg_, .lda = icg_, .packed = packed, .c = columns, .ldc = pixels_, .m = rows_,
                       .n = pixels_, .k = icg_}, threads);
      threads.for_each(ocg, [&](int64_t first, int64_t last) {
        for (int64_t c = first; c < last; ++c)
          scatter(columns + c * s_.kh * s_.kw * pixels_, out_f32(a) + (i * ocg + c) * s_.oh * s_.ow, bias ? bias[g * ocg + c] : 0.0f);
      });
    }
  }

 private:
  void scatter(const float* taps, float* out, float start) const {
    std::fill_n(out, s_.oh * s_.ow, start);
    for (int64_t ky = 0; ky < s_.kh; ++ky)
      for (int64_t kx = 0; kx < s_.kw; ++kx, taps += pixels_) {
        const int64_t dx = kx * s_.dw - s_.pl;
        const int64_t x0 = dx < 0 ? ceil_div(-dx, s_.sw) : 0, x1 = dx < s_.ow ? std::min(s_.iw, (s_.ow - 1 - dx) / s_.sw + 1) : 0;
        for (int64_t iy = 0; iy < s_.ih; ++iy) {
          const int64_t oy = iy * s_.sh + ky * s_.dh - s_.pt;
          if (oy < 0 || oy >= s_.oh) continue;
          const float* from = taps + iy * s_.iw;
          float* to = out + oy * s_.ow + dx;
          for (int64_t ix = x0; ix < x1; ++ix) to[ix * s_.sw] += from[ix];
        }
      }
  }

  Shape s_;
  const GemmKernels* kernels_;
  int64_t rows_, icg_, pixels_;
  size_t packed_bytes_;
};

size_t workspace(const Problem& p, const Config&, const Device& device) { return TransposedConv(*shape_of(p), device.isa).workspace(); }

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([conv = TransposedConv(*shape_of(p), device.isa), w = packed.parts[0]](const KernelArgs& a, const Threads& threads) {
    conv.run(a, static_cast<const float*>(w.data()), threads);
  });
}

}  // namespace

void define_conv_transpose_gemm(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.conv_transpose.gemm",
      .doc = "Transposed convolution as a matrix product whose columns are scattered into the output.",
      .ops = {{"", "ConvTranspose"}},
      .supports = supports,
      .workspace = workspace,
      .pack = pack,
      .packed_inputs = [](const Problem&) { return std::vector<size_t>{1}; },
      .prepare = prepare,
  });
}

}  // namespace pharos
