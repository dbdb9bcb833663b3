// MatMulInteger and QLinearMatMul.

#include <cmath>

#include "ops/matmul_reference.h"
#include "ops/quantization.h"
#include "tactics/cpu/integer_product.h"

namespace pharos {
namespace {

using namespace cpu;

struct Inputs { size_t a, b, a_zero, b_zero; };
Inputs inputs_of(const Node& n) { return n.is("MatMulInteger") ? Inputs{0, 1, 2, 3} : Inputs{0, 3, 2, 5}; }
enum Q : size_t { AScale = 1, BScale = 4, YScale = 6, YZero = 7 };

bool is_byte(DType t) { return t == DType::i8 || t == DType::u8; }

std::optional<MatMulShape> shape_of(const Problem& p) {
  const Inputs in = inputs_of(*p.node);
  auto s = matmul_shape(*p.node, p.in(in.a), p.in(in.b));
  if (!s) return std::nullopt;
  return *s;
}

Support supports(const Problem& p, const Device&) {
  const Inputs in = inputs_of(*p.node);
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  if (!p.has_input(in.a) || !p.has_input(in.b) || !p.outputs[0].is_concrete()) return unsupported("inputs are missing");
  if (!is_byte(p.inputs[in.a].dtype) || !is_byte(p.inputs[in.b].dtype)) return unsupported("not in 8 bits");
  const auto s = shape_of(p);
  if (!s || count_of(p.out(0)) == 0 || s->k == 0) return unsupported("nothing to compute");
  const auto fits = [&](size_t i, int64_t n) { return !p.has_input(i) || count_of(p.in(i)) == 1 || (n > 1 && p.in(i) == Dims{n}); };
  // A 1-D operand is one row or one column, whatever its zero points say.
  if (!fits(in.a_zero, p.in(in.a).size() > 1 ? s->m : 0) || !fits(in.b_zero, p.in(in.b).size() > 1 ? s->n : 0)) return unsupported("zero points that are not per row and column");
  if (p.node->is("QLinearMatMul")) {
    if (!is_byte(p.outputs[0].dtype)) return unsupported("not in 8 bits");
    for (const size_t i : {size_t(AScale), size_t(BScale), size_t(YScale)})
      if (!p.has_input(i) || p.inputs[i].dtype != DType::f32) return unsupported("scales that are not in f32");
    if (!fits(AScale, s->m) || !fits(BScale, s->n) || !fits(YScale, s->m) || !fits(YZero, s->m)) return unsupported("scales that are not per row and column");
  }
  return supported();
}

class IntegerMatMul {
 public:
  IntegerMatMul(const Problem& p, const Device& device)
      : s_(*shape_of(p)), in_(inputs_of(*p.node)), quantizes_(p.node->is("QLinearMatMul")), a_signed_(p.inputs[in_.a].dtype == DType::i8),
        b_signed_(p.inputs[in_.b].dtype == DType::i8), out_type_(p.outputs[0].dtype), threads_(device.threads), product_(s_.m, s_.n, s_.k, device.isa) {}

  size_t rows_bytes() const { return align64(size_t(s_.m * s_.k) * 4); }
  size_t workspace() const { return rows_bytes() + size_t(threads_) * product_.workspace(); }

  void run(const KernelArgs& args, const Threads& threads) const {
    auto* rows = reinterpret_cast<float*>(args.workspace.data());
    const auto input = [&](size_t i) { return i < args.inputs.size() ? args.inputs[i] : nullptr; };
    for (size_t batch = 0; batch < s_.a_at.size(); ++batch) {
      const auto* a = static_cast<const int8_t*>(args.inputs[in_.a]->data()) + s_.a_at[batch];
      const auto* b = static_cast<const int8_t*>(args.inputs[in_.b]->data()) + s_.b_at[batch];
      for (int64_t r = 0; r < s_.m; ++r) shifted(a + r * s_.k, a_signed_, s_.k, zero_point(input(in_.a_zero), r), rows + r * s_.k);
      const int64_t tiles = ceil_div(s_.n, IntegerProduct::columns), parts = std::min<int64_t>({tiles, threads.count(), threads_});
      threads.for_each(parts, [&](int64_t first, int64_t last) {
        for (int64_t part = first; part < last; ++part)
          for (int64_t t = tiles * part / parts; t < tiles * (part + 1) / parts; ++t)
            tile(args, rows, b, input(in_.b_zero), int64_t(batch), t * IntegerProduct::columns, args.workspace.data() + rows_bytes() + size_t(part) * product_.workspace());
      });
    }
  }

 private:
  void tile(const KernelArgs& args, const float* rows, const int8_t* b, const Tensor* zero, int64_t batch, int64_t n0, std::byte* memory) const {
    const int64_t count = std::min(IntegerProduct::columns, s_.n - n0);
    product_.tile(rows, [&](int64_t k0, int64_t height, int64_t first, int64_t n, float* to, int64_t ld) {
      for (int64_t k = 0; k < height; ++k) {
        const int8_t* row = b + (k0 + k) * s_.n + first;
        if (!zero || zero->count() == 1) shifted(row, b_signed_, n, zero_point(zero, 0), to + k * ld);
        else for (int64_t i = 0; i < n; ++i) shifted(row + i, b_signed_, 1, zero_point(zero, first + i), to + k * ld + i);
      }
    }, n0, count, memory);
    const int32_t* sums = product_.sums(memory);
    for (int64_t r = 0; r < s_.m; ++r) {
      const int64_t at = (batch * s_.m + r) * s_.n + n0;
      const int32_t* row = sums + r * IntegerProduct::columns;
      if (!quantizes_) std::copy_n(row, count, static_cast<int32_t*>(args.outputs[0]->data()) + at);
      else quantize(args, row, r, n0, count, static_cast<uint8_t*>(args.outputs[0]->data()) + at);
    }
  }

  void quantize(const KernelArgs& args, const int32_t* sums, int64_t row, int64_t n0, int64_t count, uint8_t* to) const {
    const auto scale = [&](size_t i, int64_t k) { return in_f32(args, i)[args.inputs[i]->count() == 1 ? 0 : k]; };
    const IntegerRange range = integer_range(out_type_);
    const double zero = zero_point(args.inputs[YZero], row);
    for (int64_t i = 0; i < count; ++i) {
      const float factor = scale(AScale, row) * scale(BScale, n0 + i) / scale(YScale, row);
      to[i] = uint8_t(int(quantized(sums[i] * double(factor), zero, range)));
    }
  }

  MatMulShape s_;
  Inputs in_;
  bool quantizes_, a_signed_, b_signed_;
  DType out_type_;
  int threads_;
  IntegerProduct product_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([matmul = IntegerMatMul(p, device)](const KernelArgs& a, const Threads& threads) { matmul.run(a, threads); });
}

}  // namespace

void define_matmul_integer_gemm(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.matmul_integer.gemm",
      .doc = "MatMulInteger and QLinearMatMul as exact integer matrix products.",
      .ops = {{"", "MatMulInteger"}, {"", "QLinearMatMul"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return IntegerMatMul(p, device).workspace(); },
      .prepare = prepare,
  });
}

}  // namespace pharos
