#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/rows.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports(const Problem& p, const Device&) {
  if (!all_f32(p)) return unsupported("not in f32");
  const auto rank = int64_t(p.in(0).size()), axis = p.node->attr_int("axis", -1);
  if (axis < -rank || axis >= rank) return unsupported("the axis is out of range");
  return supported();
}

constexpr int64_t columns_at_once = 64;

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Dims in = p.in(0);
  const int64_t given = p.node->attr_int("axis", -1);
  const auto axis = size_t(given < 0 ? given + int64_t(in.size()) : given);
  const int64_t outer = count_of(in, 0, axis), length = in[axis], inner = count_of(in, axis + 1);
  const bool log = p.node->is("LogSoftmax");
  return make_kernel([=, &kernels = row_kernels(device.isa)](const KernelArgs& a, const Threads& threads) {
    const float* x = in_f32(a, 0);
    float* y = out_f32(a);
    if (outer == 0 || length == 0 || inner == 0) return;
    if (inner == 1) {
      threads.for_each(outer, [&](int64_t first, int64_t last) {
        for (int64_t r = first; r < last; ++r) kernels.softmax(x + r * length, y + r * length, length, log, false);
      }, std::max<int64_t>(1, 8192 / length));
      return;
    }
    const int64_t strips = ceil_div(inner, columns_at_once);
    threads.for_each(outer * strips, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) {
        const int64_t column = i % strips * columns_at_once, at = i / strips * length * inner + column;
        kernels.softmax_columns(x + at, y + at, length, inner, std::min(columns_at_once, inner - column), log);
      }
    }, std::max<int64_t>(1, 8192 / (length * columns_at_once)));
  });
}

}  // namespace

void define_softmax_simd(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.softmax.simd",
      .doc = "Softmax and LogSoftmax along any axis, vectorised along the rows or across them.",
      .ops = {{"", "Softmax"}, {"", "LogSoftmax"}},
      .supports = supports,
      .in_place = [](const Problem&) { return 0; },
      .prepare = prepare,
  });
}

}  // namespace pharos
