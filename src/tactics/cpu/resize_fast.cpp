// Resize (and the image part of Upsample) of the last two axes: nearest with whole factors, and linear; plain or blocked.

#include <cmath>
#include <cstring>

#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

// How one output coordinate reads the input.
struct Tap { int64_t low = 0, high = 0; float weight = 0; };  // value = low + weight * (high - low)

std::optional<double> source_of(const std::string& mode, double scale, int64_t out, int64_t out_size, int64_t in_size) {
  if (mode == "asymmetric") return double(out) / scale;
  if (mode == "half_pixel") return (double(out) + 0.5) / scale - 0.5;
  if (mode == "pytorch_half_pixel") return out_size > 1 ? (double(out) + 0.5) / scale - 0.5 : 0.0;
  if (mode == "align_corners") return out_size > 1 ? double(out) * double(in_size - 1) / double(out_size - 1) : 0.0;
  return std::nullopt;
}

std::optional<std::vector<Tap>> taps_of(const Problem& p, size_t axis, double scale) {
  const int64_t in = p.in(0)[axis], out = p.out(0)[axis];
  const std::string mode = p.node->attr_string("mode", "nearest"), transform = p.node->attr_string("coordinate_transformation_mode", "half_pixel");
  const std::string rounding = p.node->attr_string("nearest_mode", "round_prefer_floor");
  std::vector<Tap> taps;
  for (int64_t o = 0; o < out; ++o) {
    const auto x = source_of(transform, scale, o, out, in);
    if (!x || in == 0) return std::nullopt;
    if (mode == "linear") {
      const double at = std::clamp(*x, 0.0, double(in - 1));
      const auto low = int64_t(std::floor(at));
      taps.push_back({low, std::min(low + 1, in - 1), float(at - double(low))});
      continue;
    }
    const double n = rounding == "floor" ? std::floor(*x) : rounding == "ceil" ? std::ceil(*x)
                   : rounding == "round_prefer_ceil" ? std::floor(*x + 0.5) : std::ceil(*x - 0.5);
    const int64_t i = std::clamp<int64_t>(int64_t(n), 0, in - 1);
    taps.push_back({i, i, 0});
  }
  return taps;
}

struct Plan { std::vector<Tap> rows, columns; bool linear, columns_double = false; };

std::optional<Plan> plan_of(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0);
  const std::string mode = p.node->attr_string("mode", "nearest");
  if (in.size() != 4 || in[0] != out[0] || in[1] != out[1] || (mode != "nearest" && mode != "linear")) return std::nullopt;
  if (p.node->attr_int("antialias") || p.node->has_attr("axes") || p.node->attr_string("keep_aspect_ratio_policy", "stretch") != "stretch") return std::nullopt;
  double scale_y = double(out[2]) / double(std::max<int64_t>(1, in[2])), scale_x = double(out[3]) / double(std::max<int64_t>(1, in[3]));
  if (p.has_input(2)) {
    if (!is_constant(p, 2)) return std::nullopt;
    if (p.constants[2]->count() == 4) scale_y = p.constants[2]->double_at(2), scale_x = p.constants[2]->double_at(3);
  }
  auto rows = taps_of(p, 2, scale_y), columns = taps_of(p, 3, scale_x);
  if (!rows || !columns) return std::nullopt;
  return Plan{std::move(*rows), std::move(*columns), mode == "linear"};
}

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.inputs[0].dtype != DType::f32 || !p.outputs[0].is_concrete()) return unsupported("not in f32");
  if (!plan_of(p)) return unsupported("not a nearest or linear resize of the last two of four axes");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  Formats plain = plain_formats(p), blocked = plain;
  blocked.inputs[0] = blocked.outputs[0] = device.blocked();
  return {blocked, plain};
}

bool doubles(const std::vector<Tap>& taps) {
  for (size_t i = 0; i < taps.size(); ++i)
    if (taps[i].low != int64_t(i / 2)) return false;
  return taps.size() % 2 == 0;
}

template <int lanes>
void nearest_row(const Plan& plan, const float* in, float* out) {
  if (lanes == 1 && plan.columns_double) {
    for (size_t i = 0; i < plan.columns.size() / 2; ++i) out[2 * i] = out[2 * i + 1] = in[i];
    return;
  }
  for (const Tap& t : plan.columns) {
    std::memcpy(out, in + t.low * lanes, lanes * sizeof(float));
    out += lanes;
  }
}

template <int lanes>
void linear_row(const Plan& plan, const float* a, const float* b, float weight, float* out) {
  for (const Tap& t : plan.columns) {
    const float *al = a + t.low * lanes, *ah = a + t.high * lanes, *bl = b + t.low * lanes, *bh = b + t.high * lanes;
    for (int l = 0; l < lanes; ++l) {
      const float top = al[l] + t.weight * (ah[l] - al[l]), bottom = bl[l] + t.weight * (bh[l] - bl[l]);
      out[l] = top + weight * (bottom - top);
    }
    out += lanes;
  }
}

template <int lanes>
std::unique_ptr<Kernel> kernel_for(Plan plan, int64_t planes, int64_t in_h, int64_t in_w) {
  return make_kernel([plan = std::move(plan), planes, in_h, in_w](const KernelArgs& a, const Threads& threads) {
    const auto rows = int64_t(plan.rows.size()), width = int64_t(plan.columns.size()) * lanes;
    threads.for_each(planes * rows, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const Tap& y = plan.rows[size_t(i % rows)];
        const float* plane = in_f32(a, 0) + i / rows * in_h * in_w * lanes;
        float* out = out_f32(a) + i * width;
        if (plan.linear) linear_row<lanes>(plan, plane + y.low * in_w * lanes, plane + y.high * in_w * lanes, y.weight, out);
        else if (i > first && i % rows != 0 && plan.rows[size_t(i % rows) - 1].low == y.low) std::memcpy(out, out - width, size_t(width) * 4);
        else nearest_row<lanes>(plan, plane + y.low * in_w * lanes, out);
      }
    }, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, width)));
  });
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims in = p.in(0);
  const int block = format_block(p.inputs[0].format);
  const int64_t planes = in[0] * ceil_div(in[1], block);
  Plan plan = *plan_of(p);
  plan.columns_double = doubles(plan.columns);
  if (block == 16) return kernel_for<16>(std::move(plan), planes, in[2], in[3]);
  if (block == 8) return kernel_for<8>(std::move(plan), planes, in[2], in[3]);
  return kernel_for<1>(std::move(plan), planes, in[2], in[3]);
}

}  // namespace

void define_resize_fast(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.resize.rows",
      .doc = "Nearest and bilinear resize of images, row by row from precomputed coordinates, plain or channel-blocked.",
      .ops = {{"", "Resize"}},
      .supports = supports,
      .formats = formats,
      .prepare = prepare,
  });
}

}  // namespace pharos
