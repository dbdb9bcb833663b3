// Normalisations of rows: LayerNormalization, RMSNormalization, pharos::SkipLayerNormalization, InstanceNormalization,
// GroupNormalization.

#include <cmath>

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/rows.h"

namespace pharos {
namespace {

using namespace cpu;

bool is_skip(const Problem& p) { return p.node->is("SkipLayerNormalization", "pharos"); }
bool has_output(const Problem& p, size_t i) { return i < p.outputs.size() && p.outputs[i].kind != Type::Kind::Unknown; }

Support supports_rows(const Problem& p, const Device&) {
  if (!all_f32(p)) return unsupported("not in f32");
  const Dims in = p.in(0);
  const auto rank = int64_t(in.size()), axis = is_skip(p) ? -1 : p.node->attr_int("axis", -1);
  if (rank == 0 || axis < -rank || axis >= rank) return unsupported("the axis is out of range");
  const int64_t length = count_of(in, size_t(axis < 0 ? axis + rank : axis));
  if (is_skip(p) && p.in(1) != in) return unsupported("the residual is broadcast");
  for (size_t i = is_skip(p) ? 2 : 1; i < p.inputs.size(); ++i)
    if (p.has_input(i) && count_of(p.in(i)) != length) return unsupported("scale or bias is broadcast");
  if (p.node->attr_int("stash_type", 1) != 1) return unsupported("statistics are not in f32");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_rows(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Dims in = p.in(0);
  const bool skip = is_skip(p);
  const int64_t given = skip ? -1 : p.node->attr_int("axis", -1);
  const auto axis = size_t(given < 0 ? given + int64_t(in.size()) : given);
  const int64_t rows = count_of(in, 0, axis), length = count_of(in, axis);
  const float epsilon = p.node->attr_float("epsilon", 1e-5f);
  const bool centred = !p.node->is("RMSNormalization");
  const bool statistics = !skip && centred;
  const size_t scale_at = skip ? 2 : 1;
  return make_kernel([=, &kernels = row_kernels(device.isa)](const KernelArgs& a, const Threads& threads) {
    const float *x = in_f32(a, 0), *added = skip ? in_f32(a, 1) : nullptr, *scale = in_f32(a, scale_at), *bias = in_f32(a, scale_at + 1);
    float *y = out_f32(a), *sum = skip ? out_f32(a, 1) : nullptr;
    float *means = statistics ? out_f32(a, 1) : nullptr, *factors = statistics ? out_f32(a, 2) : nullptr;
    threads.for_each(rows, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; ++r) {
        const int64_t at = r * length;
        NormRow row{.x = x + at, .skip = added ? added + at : nullptr, .scale = scale, .bias = bias, .y = y + at,
                    .sum = sum ? sum + at : nullptr, .n = length, .epsilon = epsilon, .centred = centred};
        kernels.normalize(row);
        if (means) means[r] = row.mean;
        if (factors) factors[r] = row.factor;
      }
    }, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, length)));
  });
}

// One row per instance and channel (or group of channels), with scale and bias per channel.
Support supports_planes(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() < 3 || p.in(0).size() < 2) return unsupported("not in f32");
  const int64_t channels = p.in(0)[1];
  if (count_of(p.in(1)) != channels || count_of(p.in(2)) != channels) return unsupported("scale or bias is not per channel");
  const int64_t groups = p.node->is("GroupNormalization") ? p.node->attr_int("num_groups", 1) : channels;
  if (channels == 0 || groups < 1 || channels % groups) return unsupported("groups do not divide the channels");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_planes(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Dims in = p.in(0);
  const int64_t channels = in[1], groups = p.node->is("GroupNormalization") ? p.node->attr_int("num_groups", 1) : channels;
  const int64_t per_group = channels / groups, pixels = count_of(in, 2), length = per_group * pixels, rows = in[0] * groups;
  const float epsilon = p.node->attr_float("epsilon", 1e-5f);
  return make_kernel([=, &kernels = row_kernels(device.isa)](const KernelArgs& a, const Threads& threads) {
    const float *x = in_f32(a, 0), *scale = in_f32(a, 1), *bias = in_f32(a, 2);
    float* y = out_f32(a);
    if (length == 0) return;
    threads.for_each(rows, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; ++r) {
        const float* from = x + r * length;
        const float mean = kernels.sum(from, length) / float(length);
        const float factor = 1.0f / std::sqrt(kernels.square_sum(from, length, mean) / float(length) + epsilon);
        for (int64_t c = 0; c < per_group; ++c) {
          const int64_t channel = r % groups * per_group + c, at = r * length + c * pixels;
          const float s = factor * scale[channel];
          kernels.affine(x + at, y + at, pixels, s, bias[channel] - mean * s);
        }
      }
    }, std::max<int64_t>(1, 8192 / length));
  });
}

}  // namespace

void define_layernorm_simd(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.layernorm.simd",
      .doc = "Layer and root-mean-square normalisation of rows, with the residual addition before it.",
      .ops = {{"", "LayerNormalization"}, {"", "RMSNormalization"}, {"pharos", "SkipLayerNormalization"}},
      .supports = supports_rows,
      .in_place = [](const Problem& p) { return has_output(p, 1) ? -1 : 0; },
      .prepare = prepare_rows,
  });
  tactics.add({
      .name = "cpu.instancenorm.simd",
      .doc = "Instance and group normalisation, one row per instance and channel or group.",
      .ops = {{"", "InstanceNormalization"}, {"", "GroupNormalization"}},
      .supports = supports_planes,
      .in_place = [](const Problem&) { return 0; },
      .prepare = prepare_planes,
  });
}

}  // namespace pharos
