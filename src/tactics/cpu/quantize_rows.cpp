// QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear between f32 and whole bytes: per tensor, per axis, or in blocks
// along an axis that has elements behind it.

#include <cmath>

#include "ops/quantize_layout.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/quantize.h"
#include "tactics/cpu/kernels/rows.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t piece = 16384;  // elements of one scale are split for threads

std::optional<QuantizeLayout> layout_of(const Problem& p) {
  auto q = quantize_layout(*p.node, p.in(0), p.in(1));
  // Blocks have a scale per element behind the axis: nothing that a row could share, unless the axis is the last one.
  if (!q || (q->block > 0 && !q->single && q->split.inner != 1)) return std::nullopt;
  return *q;
}

Support supports(const Problem& p, const Device& device) {
  if (p.inputs.size() < 2 || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("inputs are missing");
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  const bool narrows = p.node->is("QuantizeLinear");
  const DType wide = narrows ? p.inputs[0].dtype : p.outputs[0].dtype, narrow = narrows ? p.outputs[0].dtype : p.inputs[0].dtype;
  if (wide != DType::f32 || p.inputs[1].dtype != DType::f32) return unsupported("not from or to f32");
  if (narrows ? !quantize_row(narrow, device.isa) : !dequantize_row(narrow, device.isa)) return unsupported("no row kernel for this type");
  if (const int64_t precision = p.node->attr_int("precision", 0); precision != 0 && precision != int64_t(DType::f32)) return unsupported("another precision is asked for");
  if (p.has_input(2) && (p.inputs[2].dtype != narrow || count_of(p.in(2)) != count_of(p.in(1)))) return unsupported("the zero point does not fit the scale");
  if (!layout_of(p)) return unsupported("scales of blocks along an inner axis");
  return supported();
}

float zero_at(const Tensor* t, int64_t i) {
  if (!t) return 0;
  switch (t->dtype()) {
    case DType::i8: return float(t->as<int8_t>()[size_t(i)]);
    case DType::u8: return float(t->as<uint8_t>()[size_t(i)]);
    case DType::i16: return float(t->as<int16_t>()[size_t(i)]);
    case DType::u16: return float(t->as<uint16_t>()[size_t(i)]);
    default: return float(t->as<int32_t>()[size_t(i)]);
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const QuantizeLayout q = *layout_of(p);
  const bool narrows = p.node->is("QuantizeLinear");
  const QuantizeRow narrow = narrows ? quantize_row(p.outputs[0].dtype, device.isa) : nullptr;
  const DequantizeRow widen = narrows ? nullptr : dequantize_row(p.inputs[0].dtype, device.isa);
  const size_t from = dtype_size(p.inputs[0].dtype), to = dtype_size(p.outputs[0].dtype);
  // Runs of elements with one scale, cut into pieces.
  const int64_t blocks = q.block > 0 && !q.single ? q.blocks() : q.split.length, length = q.split.length;
  const int64_t run = q.block > 0 && !q.single ? q.block : q.split.inner, pieces = std::max<int64_t>(1, ceil_div(run, piece));
  const bool blocked = q.block > 0 && !q.single;
  return make_kernel([=](const KernelArgs& a, const Threads& threads) {
    const float* scale = in_f32(a, 1);
    const Tensor* zero = a.inputs.size() > 2 ? a.inputs[2] : nullptr;
    const auto* x = static_cast<const std::byte*>(a.inputs[0]->data());
    auto* y = static_cast<std::byte*>(a.outputs[0]->data());
    const int64_t units = q.split.outer * blocks * pieces;
    threads.for_each(units, [&](int64_t first, int64_t last) {
      for (int64_t u = first; u < last; ++u) {
        const int64_t o = u / pieces / blocks, k = u / pieces % blocks, begin = u % pieces * piece;
        const int64_t start = blocked ? o * length + k * q.block : (o * blocks + k) * run;
        const int64_t n = std::min(piece, (blocked ? std::min(run, length - k * q.block) : run) - begin), at = start + begin;
        const int64_t s = q.single ? 0 : blocked ? o * blocks + k : k;
        if (n <= 0) continue;
        if (narrow) narrow(reinterpret_cast<const float*>(x) + at, y + size_t(at) * to, n, scale[s], zero_at(zero, s));
        else widen(x + size_t(at) * from, reinterpret_cast<float*>(y) + at, n, scale[s], zero_at(zero, s));
      }
    }, std::max<int64_t>(1, piece / std::max<int64_t>(1, std::min(run, piece))));
  });
}

Support supports_dynamic(const Problem& p, const Device&) {
  if (p.inputs.size() != 1 || !p.inputs[0].is_concrete() || p.inputs[0].dtype != DType::f32) return unsupported("not in f32");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_dynamic(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const int64_t n = count_of(p.in(0));
  return make_kernel([n, &rows = row_kernels(device.isa), quantize = quantize_row(DType::u8, device.isa)](const KernelArgs& a, const Threads& threads) {
    const float* x = in_f32(a, 0);
    const float low = std::min(0.0f, rows.minimum(x, n)), high = std::max(0.0f, rows.maximum(x, n));
    const float step = (high == low ? 1.0f : high - low) / 255.0f;
    const float shift = std::nearbyint(std::clamp(-low / step, 0.0f, 255.0f));
    if (a.outputs.size() > 1 && a.outputs[1]) a.outputs[1]->as<float>()[0] = step;
    if (a.outputs.size() > 2 && a.outputs[2]) a.outputs[2]->as<uint8_t>()[0] = uint8_t(shift);
    if (!a.outputs[0]) return;
    auto* y = static_cast<uint8_t*>(a.outputs[0]->data());
    threads.for_each(n, [&](int64_t first, int64_t last) { quantize(x + first, y + first, last - first, step, shift); }, piece);
  });
}

}  // namespace

void define_quantize_rows(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.quantize.rows",
      .doc = "Quantising and dequantising rows that share a scale: per tensor, per axis, in blocks along the last axis.",
      .ops = {{"", "QuantizeLinear"}, {"", "DequantizeLinear"}},
      .supports = supports,
      .prepare = prepare,
  });
  tactics.add({
      .name = "cpu.quantize.dynamic",
      .doc = "Quantising with the scale and zero point that the data's range asks for.",
      .ops = {{"", "DynamicQuantizeLinear"}},
      .supports = supports_dynamic,
      .prepare = prepare_dynamic,
  });
}

}  // namespace pharos
