// ConvTranspose as one matrix product per image and group, scattered into the output.

#include <array>

#include "ops/conv_transpose_params.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"

namespace pharos {
namespace {

using namespace cpu;

// One to three spatial axes; those that are missing have an extent of one.
struct Shape {
  int64_t n = 1, ic = 1, oc = 1, groups = 1;
  std::array<int64_t, 3> in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, pad{0, 0, 0};
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  int64_t pixels() const { return in[0] * in[1] * in[2]; }
  int64_t outputs() const { return out[0] * out[1] * out[2]; }
};

std::optional<Shape> shape_of(const Problem& p) {
  const auto params = conv_transpose_params(*p.node, p.in(0), p.in(1));
  if (!params || params->in.size() > 3) return std::nullopt;
  Shape s{.n = params->batch, .ic = params->in_channels, .oc = params->out_channels, .groups = params->group};
  for (size_t a = 0, to = 3 - params->in.size(); a < params->in.size(); ++a, ++to) {
    s.in[to] = params->in[a], s.out[to] = params->out[a], s.kernel[to] = params->kernel[a], s.stride[to] = params->strides[a];
    s.dilation[to] = params->dilations[a], s.pad[to] = params->pads_begin[a];
  }
  return s;
}

Support supports(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() < 2) return unsupported("not in f32");
  if (!is_constant(p, 1)) return unsupported("the weights are not constant");
  if (p.in(0).size() < 3 || p.in(0).size() > 5 || !shape_of(p)) return unsupported("not of one to three spatial axes");
  return supported();
}

// Rows of the product are output channel and tap, columns are pixels: A = W^T [ocg*kh*kw, icg], per group, row-major.
Result<PackedWeights> pack(const Problem& p, const Config&, const Device&) {
  const Shape s = *shape_of(p);
  const int64_t icg = s.ic / s.groups, rows = s.oc / s.groups * s.taps();
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
    rows_ = s_.oc / s_.groups * s_.taps(), icg_ = s_.ic / s_.groups, pixels_ = s_.pixels();
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
          scatter(columns + c * s_.taps() * pixels_, out_f32(a) + (i * ocg + c) * s_.outputs(), bias ? bias[g * ocg + c] : 0.0f);
      });
    }
  }

 private:
  void scatter(const float* taps, float* out, float start) const {
    std::fill_n(out, s_.outputs(), start);
    for (int64_t kz = 0; kz < s_.kernel[0]; ++kz)
      for (int64_t ky = 0; ky < s_.kernel[1]; ++ky)
        for (int64_t kx = 0; kx < s_.kernel[2]; ++kx, taps += pixels_) tap(taps, kz, ky, kx, out);
  }

  // Adds what every pixel contributes through one tap.
  void tap(const float* from, int64_t kz, int64_t ky, int64_t kx, float* out) const {
    const int64_t dx = kx * s_.dilation[2] - s_.pad[2], step = s_.stride[2], width = s_.in[2];
    const int64_t x0 = dx < 0 ? ceil_div(-dx, step) : 0, x1 = dx < s_.out[2] ? std::min(width, (s_.out[2] - 1 - dx) / step + 1) : 0;
    for (int64_t iz = 0; iz < s_.in[0]; ++iz) {
      const int64_t oz = iz * s_.stride[0] + kz * s_.dilation[0] - s_.pad[0];
      if (oz < 0 || oz >= s_.out[0]) continue;
      for (int64_t iy = 0; iy < s_.in[1]; ++iy) {
        const int64_t oy = iy * s_.stride[1] + ky * s_.dilation[1] - s_.pad[1];
        if (oy < 0 || oy >= s_.out[1]) continue;
        const float* row = from + (iz * s_.in[1] + iy) * width;
        float* to = out + (oz * s_.out[1] + oy) * s_.out[2] + dx;
        if (step == 1) for (int64_t ix = x0; ix < x1; ++ix) to[ix] += row[ix];
        else for (int64_t ix = x0; ix < x1; ++ix) to[ix * step] += row[ix];
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
