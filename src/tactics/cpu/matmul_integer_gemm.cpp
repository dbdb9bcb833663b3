// MatMulInteger and QLinearMatMul as products in f32.

#include "tactics/cpu/integer_matmul.h"
#include "tactics/cpu/integer_product.h"

namespace pharos {
namespace {

using namespace cpu;

class FloatMatMul {
 public:
  FloatMatMul(const Problem& p, const Device& device)
      : m_(p), threads_(device.threads), product_(m_.shape.m, m_.shape.n, m_.shape.k, device.isa) {}

  size_t rows_bytes() const { return align64(size_t(m_.shape.m * m_.shape.k) * 4); }
  size_t workspace() const { return rows_bytes() + size_t(threads_) * product_.workspace(); }

  void run(const KernelArgs& args, const Threads& threads) const {
    const MatMulShape& s = m_.shape;
    auto* rows = reinterpret_cast<float*>(args.workspace.data());
    for (size_t batch = 0; batch < s.a_at.size(); ++batch) {
      const auto* a = static_cast<const int8_t*>(args.inputs[m_.in.a]->data()) + s.a_at[batch];
      const auto* b = static_cast<const int8_t*>(args.inputs[m_.in.b]->data()) + s.b_at[batch];
      for (int64_t r = 0; r < s.m; ++r) shifted(a + r * s.k, m_.a_signed, s.k, m_.a_zero(args, r), rows + r * s.k);
      const int64_t tiles = ceil_div(s.n, IntegerProduct::columns), parts = std::min<int64_t>({tiles, threads.count(), threads_});
      threads.for_each(parts, [&](int64_t first, int64_t last) {
        for (int64_t part = first; part < last; ++part)
          for (int64_t t = tiles * part / parts; t < tiles * (part + 1) / parts; ++t)
            tile(args, rows, b, int64_t(batch), t * IntegerProduct::columns, args.workspace.data() + rows_bytes() + size_t(part) * product_.workspace());
      });
    }
  }

 private:
  void tile(const KernelArgs& args, const float* rows, const int8_t* b, int64_t batch, int64_t n0, std::byte* memory) const {
    const MatMulShape& s = m_.shape;
    const int64_t count = std::min(IntegerProduct::columns, s.n - n0);
    const Tensor* zero = m_.in.b_zero < args.inputs.size() ? args.inputs[m_.in.b_zero] : nullptr;
    product_.tile(rows, [&](int64_t k0, int64_t height, int64_t first, int64_t n, float* to, int64_t ld) {
      for (int64_t k = 0; k < height; ++k) {
        const int8_t* row = b + (k0 + k) * s.n + first;
        if (!zero || zero->count() == 1) shifted(row, m_.b_signed, n, zero_point(zero, 0), to + k * ld);
        else for (int64_t i = 0; i < n; ++i) shifted(row + i, m_.b_signed, 1, zero_point(zero, first + i), to + k * ld + i);
      }
    }, n0, count, memory);
    for (int64_t r = 0; r < s.m; ++r) m_.store(args, product_.sums(memory) + r * IntegerProduct::columns, batch, r, n0, count);
  }

  IntegerMatMul m_;
  int threads_;
  IntegerProduct product_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([matmul = FloatMatMul(p, device)](const KernelArgs& a, const Threads& threads) { matmul.run(a, threads); });
}

}  // namespace

void define_matmul_integer_gemm(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.matmul_integer.gemm",
      .doc = "MatMulInteger and QLinearMatMul as exact integer matrix products.",
      .ops = {{"", "MatMulInteger"}, {"", "QLinearMatMul"}},
      .numerics = Numerics::Exact,
      .supports = supports_integer_matmul,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return FloatMatMul(p, device).workspace(); },
      .prepare = prepare,
  });
}

}  // namespace pharos
