// ConvInteger and QLinearConv of one or two spatial axes.

#include <cmath>

#include "ops/conv_params.h"
#include "ops/quantization.h"
#include "tactics/cpu/integer_product.h"

namespace pharos {
namespace {

using namespace cpu;

struct Inputs { size_t x, w, x_zero, w_zero; };
Inputs inputs_of(const Node& n) { return n.is("ConvInteger") ? Inputs{0, 1, 2, 3} : Inputs{0, 3, 2, 5}; }
enum Q : size_t { XScale = 1, WScale = 4, YScale = 6, YZero = 7, Bias = 8 };

bool is_byte(DType t) { return t == DType::i8 || t == DType::u8; }

std::optional<ConvParams> params_of(const Problem& p) {
  const Inputs in = inputs_of(*p.node);
  auto params = conv_params(*p.node, p.in(in.x), p.in(in.w));
  if (!params || params->spatial() > 2) return std::nullopt;
  return *params;
}

Support supports(const Problem& p, const Device&) {
  const Inputs in = inputs_of(*p.node);
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  if (!p.has_input(in.x) || !p.has_input(in.w) || !p.outputs[0].is_concrete()) return unsupported("inputs are missing");
  if (!is_byte(p.inputs[in.x].dtype) || !is_byte(p.inputs[in.w].dtype)) return unsupported("not in 8 bits");
  const auto params = params_of(p);
  if (!params) return unsupported("not of one or two spatial axes");
  if (count_of(p.out(0)) == 0 || count_of(p.in(in.w)) == 0) return unsupported("nothing to compute");
  const auto per_channel = [&](size_t i, bool one) {
    if (!p.has_input(i)) return true;
    const int64_t n = count_of(p.in(i));
    return n == 1 || (!one && n == params->out_channels);
  };
  if (!per_channel(in.x_zero, true) || !per_channel(in.w_zero, false)) return unsupported("zero points that are not per channel");
  if (p.node->is("QLinearConv")) {
    if (p.inputs.size() < 8 || !per_channel(XScale, true) || !per_channel(WScale, false) || !per_channel(YScale, true) || !per_channel(YZero, true))
      return unsupported("scales that are not per channel");
    if (p.has_input(Bias) && count_of(p.in(Bias)) != params->out_channels) return unsupported("the bias does not fit");
  }
  return supported();
}

class IntegerConv {
 public:
  IntegerConv(const Problem& p, const Device& device)
      : c_(*params_of(p)), in_(inputs_of(*p.node)), quantizes_(p.node->is("QLinearConv")), x_signed_(p.inputs[in_.x].dtype == DType::i8),
        w_signed_(p.inputs[in_.w].dtype == DType::i8), out_type_(p.outputs[0].dtype), threads_(device.threads), k_(c_.in_per_group() * count_of(c_.kernel)),
        pixels_(count_of(c_.out)), tiles_(ceil_div(pixels_, IntegerProduct::columns)), product_(c_.out_per_group(), pixels_, k_, device.isa) {}

  size_t weights_bytes() const { return align64(size_t(c_.out_channels * k_) * 4); }
  size_t workspace() const { return weights_bytes() + size_t(threads_) * product_.workspace(); }

  void run(const KernelArgs& a, const Threads& threads) const {
    auto* weights = reinterpret_cast<float*>(a.workspace.data());
    const auto input = [&](size_t i) { return i < a.inputs.size() ? a.inputs[i] : nullptr; };
    const auto* w = static_cast<const int8_t*>(a.inputs[in_.w]->data());
    threads.for_each(c_.out_channels, [&](int64_t first, int64_t last) {
      for (int64_t o = first; o < last; ++o) shifted(w + o * k_, w_signed_, k_, zero_point(input(in_.w_zero), o), weights + o * k_);
    }, std::max<int64_t>(1, 16384 / k_));
    const int64_t units = c_.batch * c_.group * tiles_, parts = std::min<int64_t>({units, threads.count(), threads_});
    threads.for_each(parts, [&](int64_t first, int64_t last) {
      for (int64_t part = first; part < last; ++part)
        for (int64_t u = units * part / parts; u < units * (part + 1) / parts; ++u)
          unit(a, weights, u / tiles_, u % tiles_ * IntegerProduct::columns, a.workspace.data() + weights_bytes() + size_t(part) * product_.workspace());
    });
  }

 private:
  void unit(const KernelArgs& a, const float* weights, int64_t image_group, int64_t n0, std::byte* memory) const {
    const int64_t group = image_group % c_.group, count = std::min(IntegerProduct::columns, pixels_ - n0), ocg = c_.out_per_group();
    const auto* x = static_cast<const int8_t*>(a.inputs[in_.x]->data()) + image_group * c_.in_per_group() * count_of(c_.in);
    const int x_zero = zero_point(in_.x_zero < a.inputs.size() ? a.inputs[in_.x_zero] : nullptr, 0);
    product_.tile(weights + group * ocg * k_, [&](int64_t k0, int64_t rows, int64_t first, int64_t n, float* to, int64_t ld) {
      for (int64_t k = 0; k < rows; ++k) tap(x, x_zero, k0 + k, first, n, to + k * ld);
    }, n0, count, memory);
    const int32_t* sums = product_.sums(memory);
    for (int64_t o = 0; o < ocg; ++o) finish(a, group * ocg + o, sums + o * IntegerProduct::columns, count, (image_group * ocg + o) * pixels_ + n0);
  }

  // What tap `k` of the window sees at pixels [first, first + count); nothing outside of the image.
  void tap(const int8_t* x, int zero, int64_t k, int64_t first, int64_t count, float* to) const {
    const bool flat = c_.spatial() == 1;
    const int64_t kw = c_.kernel.back(), kh = flat ? 1 : c_.kernel[0], ih = flat ? 1 : c_.in[0], iw = c_.in.back(), ow = c_.out.back();
    const int64_t sh = flat ? 1 : c_.strides[0], sw = c_.strides.back();
    const int64_t dy = flat ? 0 : k / kw % kh * c_.dilations[0] - c_.pads_begin[0], dx = k % kw * c_.dilations.back() - c_.pads_begin.back();
    const int8_t* plane = x + k / (kh * kw) * ih * iw;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t iy = (first + i) / ow * sh + dy, ix = (first + i) % ow * sw + dx;
      const bool inside = iy >= 0 && iy < ih && ix >= 0 && ix < iw;
      const int8_t v = inside ? plane[iy * iw + ix] : int8_t(0);
      to[i] = inside ? float((x_signed_ ? int(v) : int(uint8_t(v))) - zero) : 0.0f;
    }
  }

  void finish(const KernelArgs& a, int64_t channel, const int32_t* sums, int64_t count, int64_t at) const {
    if (!quantizes_) {
      std::copy_n(sums, count, static_cast<int32_t*>(a.outputs[0]->data()) + at);
      return;
    }
    const auto f32 = [&](size_t i, int64_t k) { return in_f32(a, i)[a.inputs[i]->count() == 1 ? 0 : k]; };
    const float factor = f32(XScale, 0) * f32(WScale, channel) / f32(YScale, 0);
    const double bias = a.inputs.size() > Bias && a.inputs[Bias] ? double(a.inputs[Bias]->as<int32_t>()[size_t(channel)]) : 0.0;
    const double zero = zero_point(a.inputs[YZero], 0);
    const IntegerRange range = integer_range(out_type_);
    auto* to = static_cast<uint8_t*>(a.outputs[0]->data()) + at;
    for (int64_t i = 0; i < count; ++i) to[i] = uint8_t(int(quantized(double(float(sums[i] + bias) * factor), zero, range)));
  }

  ConvParams c_;
  Inputs in_;
  bool quantizes_, x_signed_, w_signed_;
  DType out_type_;
  int threads_;
  int64_t k_, pixels_, tiles_;
  IntegerProduct product_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([conv = IntegerConv(p, device)](const KernelArgs& a, const Threads& threads) { conv.run(a, threads); });
}

}  // namespace

void define_conv_integer_gemm(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.conv_integer.gemm",
      .doc = "ConvInteger and QLinearConv as exact integer matrix products over gathered pixels.",
      .ops = {{"", "ConvInteger"}, {"", "QLinearConv"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return IntegerConv(p, device).workspace(); },
      .prepare = prepare,
  });
}

}  // namespace pharos
