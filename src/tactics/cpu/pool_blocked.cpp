// Pooling over channel-blocked tensors: MaxPool, AveragePool, and means over the whole plane.

#include "ops/pool_params.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/window.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports_window(const Problem& p, const Device&) {
  if (!all_f32(p)) return unsupported("not in f32");
  if (p.outputs.size() > 1 && p.outputs[1].kind != Type::Kind::Unknown) return unsupported("indices are asked for");
  const auto params = pool_params(*p.node, p.in(0));
  if (!params || params->spatial() != 2) return unsupported("not a two-dimensional pooling");
  return supported();
}

std::vector<Formats> blocked_formats(const Problem& p, const Device& device) {
  Formats f = plain_formats(p);
  f.inputs[0] = f.outputs[0] = device.blocked();
  return {f};
}

// Taps of one output position that lie inside [0, in), and how many lie inside the padded extent.
struct Taps { int64_t first, count, padded; };
std::vector<Taps> taps_of(const PoolParams& q, size_t axis) {
  std::vector<Taps> list;
  const int64_t step = q.dilations[axis], kernel = q.kernel[axis];
  for (int64_t o = 0; o < q.out[axis]; ++o) {
    const int64_t start = o * q.strides[axis] - q.pads_begin[axis];
    const auto inside = [&](int64_t end) { return std::clamp<int64_t>(ceil_div(end - start, step), 0, kernel); };
    const int64_t skipped = start < 0 ? std::min(kernel, ceil_div(-start, step)) : 0;
    list.push_back({start + skipped * step, std::max<int64_t>(0, inside(q.in[axis]) - skipped), inside(q.in[axis] + q.pads_end[axis])});
  }
  return list;
}

Result<std::unique_ptr<Kernel>> prepare_window(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const PoolParams q = *pool_params(*p.node, p.in(0));
  const WindowKernels& kernels = window_kernels(device.isa);
  const int64_t block = kernels.block, planes = q.batch * ceil_div(q.channels, block), width = q.in[1];
  return make_kernel([&kernels, q, block, planes, width, rows = taps_of(q, 0), columns = taps_of(q, 1), maximum = p.node->is("MaxPool")](
                         const KernelArgs& a, const Threads& threads) {
    const float* src = in_f32(a, 0);
    float* dst = out_f32(a);
    const auto kernel = maximum ? kernels.maximum : kernels.average;
    threads.for_each(planes * q.out[0], [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const Taps& y = rows[size_t(i % q.out[0])];
        const float* row = src + (i / q.out[0] * q.in[0] + y.first) * width * block;
        float* to = dst + i * q.out[1] * block;
        for (const Taps& x : columns) {
          const int64_t count = q.count_include_pad ? y.padded * x.padded : y.count * x.count;
          kernel({.src = row + x.first * block, .rows = y.count, .columns = x.count, .row_stride = q.dilations[0] * width * block,
                  .column_stride = q.dilations[1] * block, .scale = 1.0f / float(std::max<int64_t>(1, count)), .dst = to});
          to += block;
        }
      }
    }, 16);
  });
}

Support supports_plane(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.inputs[0].dtype != DType::f32 || p.outputs.empty() || !p.outputs[0].is_concrete())
    return unsupported("not in f32");
  const Dims in = p.in(0);
  if (in.size() < 3) return unsupported("there is no plane");
  if (!p.node->is("ReduceMean")) return supported();
  auto axes = constant_ints(p, 1);
  if (!axes) return unsupported("the axes are not constant");
  for (int64_t& axis : *axes) axis += axis < 0 ? int64_t(in.size()) : 0;
  std::sort(axes->begin(), axes->end());
  if (axes->size() != in.size() - 2) return unsupported("other axes than those of the plane");
  for (size_t i = 0; i < axes->size(); ++i)
    if ((*axes)[i] != int64_t(i) + 2) return unsupported("other axes than those of the plane");
  return supported();
}

std::vector<Formats> plane_formats(const Problem& p, const Device& device) {
  Formats f = plain_formats(p);
  f.inputs[0] = device.blocked();
  std::vector<Formats> list{f};
  f.outputs[0] = device.blocked();
  if (p.out(0).size() >= 3) list.push_back(f);
  return list;
}

Result<std::unique_ptr<Kernel>> prepare_plane(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const WindowKernels& kernels = window_kernels(device.isa);
  const Dims in = p.in(0);
  const int64_t block = kernels.block, channels = in[1], blocks = ceil_div(channels, block), pixels = count_of(in, 2), images = in[0];
  const bool plain = p.outputs[0].format == Format::Plain;
  return make_kernel([=, &kernels](const KernelArgs& a, const Threads& threads) {
    const float* src = in_f32(a, 0);
    float* dst = out_f32(a);
    threads.for_each(images * blocks, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        alignas(64) float mean[16];
        kernels.mean(src + i * pixels * block, pixels, 1.0f / float(pixels), mean);
        const int64_t channel = i % blocks * block, valid = plain ? std::min(block, channels - channel) : block;
        std::copy_n(mean, valid, dst + (plain ? i / blocks * channels + channel : i * block));
      }
    }, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, pixels)));
  });
}

}  // namespace

void define_pool_blocked(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.pool.blocked",
      .doc = "MaxPool and AveragePool over channel-blocked tensors.",
      .ops = {{"", "MaxPool"}, {"", "AveragePool"}},
      .supports = supports_window,
      .formats = blocked_formats,
      .prepare = prepare_window,
  });
  tactics.add({
      .name = "cpu.pool.plane",
      .doc = "Means over all spatial axes of a channel-blocked tensor; the result may be plain.",
      .ops = {{"", "GlobalAveragePool"}, {"", "ReduceMean"}},
      .supports = supports_plane,
      .formats = plane_formats,
      .prepare = prepare_plane,
  });
}

}  // namespace pharos
