#include <cstring>

#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

std::optional<Format> target(const Problem& p) { return format_from_name(p.node->attr_string("to")); }

Support supports(const Problem& p, const Device&) {
  const auto to = target(p);
  if (!to || *to == Format::ChannelsLast) return unsupported("unknown layout");
  if (!all_f32(p) || p.inputs.size() != 1) return unsupported("not in f32");
  if (p.in(0).size() < 2) return unsupported("there is no channel axis");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device&) {
  std::vector<Formats> list;
  for (const Format from : {Format::Plain, Format::Blocked16c, Format::Blocked8c})
    if (from != *target(p)) list.push_back({{from}, {*target(p)}});
  return list;
}

// One tensor as [images][planes][pixels][lanes].
struct Layout {
  int64_t planes, lanes;  // per image; lanes innermost
};
Layout layout_of(int64_t channels, Format f) {
  const int block = format_block(f);
  return {ceil_div(channels, block), block};
}

constexpr int64_t pixels_at_once = 64;

// Pixels [p0, p1) of plane `plane` (of the target) of one image.
void reorder_plane(const float* in, float* out, int64_t channels, int64_t pixels, const Layout& from, const Layout& to, int64_t plane,
                   int64_t p0, int64_t p1) {
  float* const base = out + plane * pixels * to.lanes;
  for (int64_t lane = 0; lane < to.lanes; ++lane) {
    const int64_t channel = plane * to.lanes + lane;
    float* y = base + p0 * to.lanes + lane;
    if (channel >= channels) {
      for (int64_t p = p0; p < p1; ++p, y += to.lanes) *y = 0;
      continue;
    }
    const float* x = in + (channel / from.lanes * pixels + p0) * from.lanes + channel % from.lanes;
    for (int64_t p = p0; p < p1; ++p, x += from.lanes, y += to.lanes) *y = *x;
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims dims = p.in(0);
  const int64_t images = dims[0], channels = dims[1], pixels = count_of(dims, 2);
  const Layout from = layout_of(channels, p.inputs[0].format), to = layout_of(channels, p.outputs[0].format);
  return make_kernel([=](const KernelArgs& a, const Threads& threads) {
    const float* in = in_f32(a, 0);
    float* out = out_f32(a);
    if (from.lanes == to.lanes) {
      std::memcpy(out, in, size_t(images * to.planes * pixels * to.lanes) * sizeof(float));
      return;
    }
    // Walks blocks of pixels outermost within a group of planes, so that lines of the blocked side are used whole.
    const int64_t group = std::max<int64_t>(1, from.lanes / to.lanes), groups = ceil_div(to.planes, group);
    const int64_t strips = ceil_div(pixels, pixels_at_once);
    threads.for_each(images * groups * strips, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const int64_t image = i / (groups * strips), g = i / strips % groups, p0 = i % strips * pixels_at_once;
        const float* source = in + image * from.planes * pixels * from.lanes;
        float* sink = out + image * to.planes * pixels * to.lanes;
        for (int64_t plane = g * group; plane < std::min(to.planes, (g + 1) * group); ++plane)
          reorder_plane(source, sink, channels, pixels, from, to, plane, p0, std::min(pixels, p0 + pixels_at_once));
      }
    }, 8);
  });
}

}  // namespace

void define_reorder(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.reorder",
      .doc = "Changes between row-major and channel-blocked layouts.",
      .ops = {{"pharos", "Reorder"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .formats = formats,
      .prepare = prepare,
  });
}

}  // namespace pharos
