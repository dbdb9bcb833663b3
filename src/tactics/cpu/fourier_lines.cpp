// DFT and STFT: many signals side by side in one transform of mixed radix, tiles of them on all threads. Lengths with a prime
// factor above 13 are a convolution of a power of two (Bluestein).

#include <bit>
#include <cmath>
#include <numbers>

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/fourier.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t most_lanes = 16, tile_floats = 1 << 15, most_length = 1 << 24;

// Where signals and spectra lie. Signal i begins at (i / inner) * outer_step + (i % inner) * inner_step; its values are `step` apart.
struct Lines {
  int64_t inner = 1, outer_step = 0, inner_step = 0, step = 1, count = 0, parts = 1;
  int64_t start(int64_t i) const { return i / inner * outer_step + i % inner * inner_step; }
};

struct Transform {
  int64_t signals = 0, length = 0;
  Lines in, out;           // `count` values are read (what is missing counts as 0) and written
  bool inverse = false;
  bool half = false;       // half a spectrum comes in: the rest follows from its symmetry
  bool windowed = false;   // input 2 is multiplied with each signal
};

std::optional<int64_t> scalar(const Problem& p, size_t i) {
  const auto v = constant_ints(p, i);
  return v && v->size() == 1 ? std::optional((*v)[0]) : std::nullopt;
}

std::optional<Transform> dft_of(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0);
  const auto rank = int64_t(in.size());
  int64_t axis = -2;
  if (p.has_input(2)) {
    const auto a = scalar(p, 2);
    if (!a) return std::nullopt;
    axis = *a;
  }
  axis += axis < 0 ? rank : 0;
  if (axis < 0 || axis >= rank - 1) return std::nullopt;
  const auto at = size_t(axis);
  Transform t;
  t.inverse = p.node->attr_int("inverse") != 0;
  const bool onesided = p.node->attr_int("onesided") != 0;
  t.half = t.inverse && onesided;
  if (!onesided || t.half) t.length = out[at];
  else if (!p.has_input(1)) t.length = in[at];
  else if (const auto n = scalar(p, 1)) t.length = *n;
  const int64_t outer = count_of(in, 0, at), inner = count_of(in, at + 1, size_t(rank - 1));
  t.signals = outer * inner;
  const auto lines = [&](const Dims& dims, int64_t count) {
    return Lines{inner, dims[at] * inner * dims.back(), dims.back(), inner * dims.back(), count, dims.back()};
  };
  t.in = lines(in, std::min(in[at], t.half ? t.length / 2 + 1 : t.length));
  t.out = lines(out, out[at]);
  return t;
}

std::optional<Transform> stft_of(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0);
  const auto step = scalar(p, 1);
  if (!step || *step < 1 || out.size() != 4) return std::nullopt;
  Transform t;
  if (p.has_input(3)) {
    const auto frame = scalar(p, 3);
    if (!frame) return std::nullopt;
    t.length = *frame;
  } else {
    t.length = p.has_input(2) ? p.in(2).at(0) : in[1];
  }
  t.windowed = p.has_input(2);
  if (t.windowed && (p.in(2).size() != 1 || p.in(2)[0] != t.length)) return std::nullopt;
  const int64_t parts = in.size() == 3 ? in[2] : 1, frames = out[1];
  if (t.length < 1 || t.length > in[1] || frames != (in[1] - t.length) / *step + 1) return std::nullopt;
  t.signals = in[0] * frames;
  t.in = {frames, in[1] * parts, *step * parts, parts, t.length, parts};
  t.out = {frames, frames * out[2] * 2, out[2] * 2, 2, out[2], 2};
  return t;
}

std::optional<Transform> transform_of(const Problem& p) { return p.node->is("STFT") ? stft_of(p) : dft_of(p); }

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || p.outputs.empty() || !p.inputs[0].is_concrete() || !p.outputs[0].is_concrete()) return unsupported("a shape is not known");
  if (p.inputs[0].dtype != DType::f32 || p.outputs[0].dtype != DType::f32) return unsupported("not f32");
  if (p.node->is("STFT") && p.has_input(2) && (!p.inputs[2].is_concrete() || p.inputs[2].dtype != DType::f32)) return unsupported("the window is not f32");
  const auto t = transform_of(p);
  if (!t) return unsupported("the axis or a length is not constant");
  if (t->length < 1 || t->length > most_length) return unsupported("no transform of this length");
  return supported();
}

// The passes of a transform with `lanes` signals.
std::vector<FourierPass> passes_of(int64_t length, int64_t lanes) {
  std::vector<int> radices;
  int64_t rest = length;
  const auto take = [&](int radix) {
    for (; rest % radix == 0; rest /= radix) radices.push_back(radix);
  };
  take(4), take(2);
  for (const int radix : odd_radices) take(radix);
  std::vector<FourierPass> passes;
  int64_t n = length, s = lanes;
  for (const int radix : radices) {
    FourierPass f{.radix = radix, .m = n / radix, .s = s};
    for (int64_t p = 0; p < f.m; ++p)
      for (int k = 1; k < radix; ++k) {
        const double angle = -2 * std::numbers::pi * double(p * k % n) / double(n);
        f.twiddles.push_back(float(std::cos(angle))), f.twiddles.push_back(float(std::sin(angle)));
      }
    passes.push_back(std::move(f));
    n /= radix, s *= radix;
  }
  return passes;
}

// What the passes transform: the length, or that of the convolution.
int64_t padded_length(int64_t length) {
  int64_t rest = length;
  for (const int radix : {2, 3, 5, 7, 11, 13})
    while (rest % radix == 0) rest /= radix;
  return rest == 1 ? length : int64_t(std::bit_ceil(uint64_t(2 * length - 1)));
}

int64_t lanes_of(const Transform& t) {
  int64_t lanes = 1;
  while (lanes < most_lanes && lanes < t.signals && 2 * lanes * padded_length(t.length) <= tile_floats) lanes *= 2;
  return lanes;
}

size_t floats_per_thread(const Transform& t) { return 4 * align64(size_t(lanes_of(t) * padded_length(t.length))); }

// The factors of Bluestein's convolution, in pairs of real and imaginary parts.
struct Chirp {
  std::vector<float> factors, filter;  // of the signal, before and after; of the spectrum between

  Chirp(int64_t length, int64_t padded, const FourierKernels& kernels) {
    std::vector<float> re(static_cast<size_t>(padded)), im(re), re2(re), im2(re);
    for (int64_t k = 0, square = 0; k < length; ++k, square = (square + 2 * k - 1) % (2 * length)) {
      const double angle = std::numbers::pi * double(square) / double(length);  // of k * k, which counts modulo 2 * length
      factors.push_back(float(std::cos(angle))), factors.push_back(float(-std::sin(angle)));
      const auto a = size_t(k), b = size_t(k ? padded - k : 0);
      re[a] = re[b] = float(std::cos(angle)), im[a] = im[b] = float(std::sin(angle));
    }
    for (const FourierPass& f : passes_of(padded, 1)) {
      kernels.pass(f, re.data(), im.data(), re2.data(), im2.data());
      re.swap(re2), im.swap(im2);
    }
    for (size_t k = 0; k < re.size(); ++k) filter.push_back(re[k] / float(padded)), filter.push_back(im[k] / float(padded));
  }
};

class Tiles {
 public:
  Tiles(const Transform& t, Isa isa)
      : t_(t), padded_(padded_length(t.length)), lanes_(lanes_of(t)), passes_(passes_of(padded_, lanes_)), kernels_(fourier_kernels(isa)) {
    if (padded_ != t.length) chirp_.emplace(t.length, padded_, kernels_);
  }

  void run(const KernelArgs& a, const Threads& threads) const {
    const int64_t tiles = ceil_div(t_.signals, lanes_);
    const size_t each = floats_per_thread(t_);
    const int64_t slots = std::min<int64_t>({tiles, threads.count(), int64_t(a.workspace.size() / (each * sizeof(float)))});
    threads.for_each(slots, [&](int64_t first, int64_t last) {
      for (int64_t slot = first; slot < last; ++slot)
        for (int64_t tile = tiles * slot / slots; tile < tiles * (slot + 1) / slots; ++tile)
          one(a, tile, reinterpret_cast<float*>(a.workspace.data()) + size_t(slot) * each);
    });
  }

 private:
  struct Parts { float *re, *im, *spare_re, *spare_im; };

  void one(const KernelArgs& a, int64_t tile, float* memory) const {
    const size_t size = align64(size_t(lanes_ * padded_));
    Parts x{memory, memory + size, memory + 2 * size, memory + 3 * size};
    const int64_t first = tile * lanes_, last = std::min(first + lanes_, t_.signals);
    for (int64_t i = first; i < last; ++i) read(a, i, i - first, x.re, x.im);
    // An inverse transform is a forward one with the parts exchanged.
    if (t_.inverse) std::swap(x.re, x.im);
    if (chirp_) convolve(x);
    else transform(x);
    if (t_.inverse) std::swap(x.re, x.im);
    const float scale = t_.inverse ? 1.0f / float(t_.length) : 1.0f;
    for (int64_t i = first; i < last; ++i) write(a, i, i - first, x.re, x.im, scale);
  }

  void transform(Parts& x) const {
    for (const FourierPass& f : passes_) {
      kernels_.pass(f, x.re, x.im, x.spare_re, x.spare_im);
      std::swap(x.re, x.spare_re), std::swap(x.im, x.spare_im);
    }
  }

  void convolve(Parts& x) const {
    multiply(x, chirp_->factors);
    std::fill(x.re + t_.length * lanes_, x.re + padded_ * lanes_, 0.0f);
    std::fill(x.im + t_.length * lanes_, x.im + padded_ * lanes_, 0.0f);
    transform(x);
    multiply(x, chirp_->filter);
    std::swap(x.re, x.im);
    transform(x);
    std::swap(x.re, x.im);
    multiply(x, chirp_->factors);
  }

  void multiply(const Parts& x, const std::vector<float>& factors) const {
    for (size_t k = 0; k < factors.size() / 2; ++k) {
      const float re = factors[2 * k], im = factors[2 * k + 1];
      float *a = x.re + k * size_t(lanes_), *b = x.im + k * size_t(lanes_);
      for (int64_t lane = 0; lane < lanes_; ++lane) {
        const float r = a[lane] * re - b[lane] * im;
        b[lane] = a[lane] * im + b[lane] * re, a[lane] = r;
      }
    }
  }

  void read(const KernelArgs& a, int64_t signal, int64_t lane, float* re, float* im) const {
    const float* from = in_f32(a, 0) + t_.in.start(signal);
    const float* window = t_.windowed ? in_f32(a, 2) : nullptr;
    re += lane, im += lane;
    for (int64_t k = 0; k < t_.in.count; ++k, from += t_.in.step) {
      const float w = window ? window[k] : 1.0f;
      re[k * lanes_] = from[0] * w, im[k * lanes_] = t_.in.parts == 2 ? from[1] * w : 0.0f;
    }
    for (int64_t k = t_.in.count; k < t_.length; ++k) re[k * lanes_] = im[k * lanes_] = 0;
    if (!t_.half) return;
    for (int64_t k = t_.length / 2 + 1; k < t_.length; ++k) re[k * lanes_] = re[(t_.length - k) * lanes_], im[k * lanes_] = -im[(t_.length - k) * lanes_];
    im[0] = 0;
    if (t_.length % 2 == 0) im[t_.length / 2 * lanes_] = 0;
  }

  void write(const KernelArgs& a, int64_t signal, int64_t lane, const float* re, const float* im, float scale) const {
    float* to = out_f32(a) + t_.out.start(signal);
    re += lane, im += lane;
    for (int64_t k = 0; k < t_.out.count; ++k, to += t_.out.step) {
      to[0] = re[k * lanes_] * scale;
      if (t_.out.parts == 2) to[1] = im[k * lanes_] * scale;
    }
  }

  Transform t_;
  int64_t padded_, lanes_;
  std::vector<FourierPass> passes_;
  FourierKernels kernels_;
  std::optional<Chirp> chirp_;
};

}  // namespace

void define_fourier_lines(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.fourier.lines",
      .doc = "DFT and STFT of any length: up to 16 signals side by side in passes of radix 4, 2 and odd ones, tiles of them on all threads.",
      .ops = {{"", "DFT"}, {"", "STFT"}},
      .supports = supports,
      .workspace = [](const Problem& p, const Config&, const Device& device) {
        const Transform t = *transform_of(p);
        return floats_per_thread(t) * sizeof(float) * size_t(std::min<int64_t>(device.threads, std::max<int64_t>(t.signals, 1)));
      },
      .prepare = [](const Problem& p, const Config&, const PackedWeights&, const Device& device) -> Result<std::unique_ptr<Kernel>> {
        return make_kernel([tiles = std::make_shared<const Tiles>(*transform_of(p), device.isa)](const KernelArgs& a, const Threads& threads) {
          if (count_of(a.outputs[0]->dims()) > 0) tiles->run(a, threads);
        });
      },
  });
}

}  // namespace pharos
