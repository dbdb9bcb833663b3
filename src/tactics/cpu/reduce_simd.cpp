// ReduceSum, ReduceMean, ReduceMax, ReduceMin over one run of adjacent axes, and BatchNormalization of plain tensors.

#include <cmath>

#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/rows.h"

namespace pharos {
namespace {

using namespace cpu;

// The input as [outer][reduced][inner].
struct Extents { int64_t outer = 1, reduced = 1, inner = 1; };

std::optional<Extents> extents_of(const Problem& p) {
  const Dims in = p.in(0);
  std::vector<bool> is_reduced(in.size(), false);
  if (p.node->op.starts_with("Global")) {
    for (size_t d = 2; d < in.size(); ++d) is_reduced[d] = true;
  } else if (p.has_input(1)) {
    const auto axes = constant_ints(p, 1);
    if (!axes) return std::nullopt;
    for (int64_t axis : *axes) {
      axis += axis < 0 ? int64_t(in.size()) : 0;
      if (axis < 0 || axis >= int64_t(in.size())) return std::nullopt;
      is_reduced[size_t(axis)] = true;
    }
    if (axes->empty() && !p.node->attr_int("noop_with_empty_axes")) is_reduced.assign(in.size(), true);
  } else if (!p.node->attr_int("noop_with_empty_axes")) {
    is_reduced.assign(in.size(), true);
  }
  Extents e;
  int stage = 0;  // before, in and behind the reduced axes
  for (size_t d = 0; d < in.size(); ++d) {
    if (in[d] == 1) continue;
    if (is_reduced[d]) {
      if (stage == 2) return std::nullopt;
      stage = 1, e.reduced *= in[d];
    } else if (stage == 0) {
      e.outer *= in[d];
    } else {
      stage = 2, e.inner *= in[d];
    }
  }
  return e;
}

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.inputs[0].dtype != DType::f32 || !p.outputs[0].is_concrete()) return unsupported("not in f32");
  const auto e = extents_of(p);
  if (!e) return unsupported("the axes are not constant, or not adjacent");
  if (e->reduced == 0) return unsupported("an empty reduction");
  return supported();
}

enum class Kind { Sum, Mean, Max, Min };
Kind kind_of(const Node& n) {
  return n.is("ReduceSum") ? Kind::Sum : n.is("ReduceMean") || n.is("GlobalAveragePool") ? Kind::Mean : n.is("ReduceMin") ? Kind::Min : Kind::Max;
}

void combine(Kind kind, const RowKernels& kernels, float* to, const float* from, int64_t n) {
  if (kind == Kind::Sum || kind == Kind::Mean) return kernels.add(to, from, n);
  for (int64_t i = 0; i < n; ++i) {
    const bool take = std::isnan(from[i]) || (kind == Kind::Max ? from[i] > to[i] : from[i] < to[i]);
    to[i] = take ? from[i] : to[i];
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Extents e = *extents_of(p);
  return make_kernel([e, kind = kind_of(*p.node), &kernels = row_kernels(device.isa)](const KernelArgs& a, const Threads& threads) {
    const float* x = in_f32(a, 0);
    float* y = out_f32(a);
    const float scale = kind == Kind::Mean ? 1.0f / float(e.reduced) : 1.0f;
    const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, e.reduced * e.inner));
    threads.for_each(e.outer, [&](int64_t first, int64_t last) {
      for (int64_t o = first; o < last; ++o) {
        const float* from = x + o * e.reduced * e.inner;
        if (e.inner == 1) {
          y[o] = kind == Kind::Max ? kernels.maximum(from, e.reduced) : kind == Kind::Min ? kernels.minimum(from, e.reduced) : kernels.sum(from, e.reduced) * scale;
          continue;
        }
        float* to = y + o * e.inner;
        std::copy_n(from, e.inner, to);
        for (int64_t r = 1; r < e.reduced; ++r) combine(kind, kernels, to, from + r * e.inner, e.inner);
        if (kind == Kind::Mean) kernels.affine(to, to, e.inner, scale, 0.0f);
      }
    }, grain);
  });
}

Support supports_batchnorm(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() != 5 || p.in(0).size() < 2) return unsupported("not in f32");
  if (p.node->attr_int("training_mode") != 0) return unsupported("training");
  for (size_t i = 1; i < 5; ++i)
    if (count_of(p.in(i)) != p.in(0)[1]) return unsupported("parameters are not per channel");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_batchnorm(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Dims in = p.in(0);
  const int64_t channels = in[1], pixels = count_of(in, 2), rows = in[0] * channels;
  const float epsilon = p.node->attr_float("epsilon", 1e-5f);
  return make_kernel([=, &kernels = row_kernels(device.isa)](const KernelArgs& a, const Threads& threads) {
    const float *x = in_f32(a, 0), *scale = in_f32(a, 1), *bias = in_f32(a, 2), *mean = in_f32(a, 3), *variance = in_f32(a, 4);
    float* y = out_f32(a);
    threads.for_each(rows, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; ++r) {
        const int64_t c = r % channels;
        const float s = scale[c] / std::sqrt(variance[c] + epsilon);
        kernels.affine(x + r * pixels, y + r * pixels, pixels, s, bias[c] - mean[c] * s);
      }
    }, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, pixels)));
  });
}

}  // namespace

void define_reduce_simd(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.reduce.simd",
      .doc = "Sums, means, maxima and minima over adjacent axes, or of whole channels.",
      .ops = {{"", "ReduceSum"}, {"", "ReduceMean"}, {"", "ReduceMax"}, {"", "ReduceMin"}, {"", "GlobalMaxPool"}, {"", "GlobalAveragePool"}},
      .supports = supports,
      .prepare = prepare,
  });
  tactics.add({
      .name = "cpu.batchnorm.rows",
      .doc = "Batch normalisation of plain tensors, for those that no convolution takes in.",
      .ops = {{"", "BatchNormalization"}},
      .supports = supports_batchnorm,
      .in_place = [](const Problem&) { return 0; },
      .prepare = prepare_batchnorm,
  });
}

}  // namespace pharos
