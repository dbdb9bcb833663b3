// MatMulInteger and QLinearMatMul by dot products of bytes. With a and b as the bytes come and A, B their zero points,
//   sum (a - A)(b - B) = sum a b - B sum a - A sum b + k A B
// so the zero points cost one pass over the result.

#include "tactics/cpu/integer_matmul.h"
#include "tactics/cpu/kernels/dot_quads.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t chunk_rows = 8 * DotQuads::rows;  // that share the panels of B they read

void pack_panels(const IntegerMatMul& m, const uint8_t* b, int8_t* packed, int32_t* sums, const Threads& threads) {
  const int64_t bytes = 4 * DotQuads::panel * DotQuads::quads(m.shape.k);
  threads.for_each(ceil_div(m.shape.n, DotQuads::panel), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i)
      DotQuads::pack_b(b, m.shape.k, m.shape.n, i * DotQuads::panel, !m.b_signed, packed + i * bytes, sums + i * DotQuads::panel);
  });
}

class QuadMatMul {
 public:
  QuadMatMul(const Problem& p, const PackedWeights& packed, const Device& device)
      : m_(p), tile_(DotQuads::tile(device.isa)), threads_(device.threads) {
    const MatMulShape& s = m_.shape;
    if (!packed.parts.empty()) {
      b_ = packed.parts[0], b_sums_ = packed.parts[1];
    } else {
      b_bytes_ = align64(size_t(DotQuads::packed_b_bytes(s.k, s.n)));
      b_sum_bytes_ = size_t(panels() * DotQuads::panel) * 4;
    }
    a_bytes_ = align64(size_t(DotQuads::packed_a_bytes(s.m, s.k)));
    a_sum_bytes_ = align64(size_t(s.m) * 4);
  }

  size_t workspace() const { return b_bytes_ + b_sum_bytes_ + a_bytes_ + a_sum_bytes_; }

  void run(const KernelArgs& args, const Threads& threads) const {
    const MatMulShape& s = m_.shape;
    Carver carve(args.workspace);
    auto* b_memory = carve.take<int8_t>(b_bytes_);
    auto* b_sum_memory = carve.take<int32_t>(b_sum_bytes_ / 4);
    auto* a = carve.take<uint8_t>(a_bytes_);
    auto* a_sums = carve.take<int32_t>(a_sum_bytes_ / 4);
    const auto bytes = [&](size_t i) { return static_cast<const uint8_t*>(args.inputs[i]->data()); };
    int64_t packed_from = -1;
    for (size_t batch = 0; batch < s.a_at.size(); ++batch) {
      if (!b_.valid() && packed_from != s.b_at[batch]) {
        packed_from = s.b_at[batch];
        const uint8_t* b = bytes(m_.in.b) + packed_from;
        pack_panels(m_, b, b_memory, b_sum_memory, threads);
      }
      threads.for_each(s.m, [&](int64_t first, int64_t last) {
        DotQuads::pack_a(bytes(m_.in.a) + s.a_at[batch] + first * s.k, last - first, s.k, m_.a_signed, a + DotQuads::packed_a_bytes(first, s.k), a_sums + first);
      }, std::max<int64_t>(1, 65536 / std::max<int64_t>(1, s.k)));
      const Operands o{a, a_sums, b_.valid() ? static_cast<const int8_t*>(b_.data()) : b_memory,
                       b_.valid() ? static_cast<const int32_t*>(b_sums_.data()) : b_sum_memory, int64_t(batch)};
      const int64_t chunks = ceil_div(s.m, chunk_rows);
      threads.for_each(chunks * panels(), [&](int64_t first, int64_t last) {
        for (int64_t unit = first; unit < last; ++unit) chunk(args, o, unit / panels() * chunk_rows, unit % panels());
      }, std::max<int64_t>(1, 1'000'000 / std::max<int64_t>(1, std::min(s.m, chunk_rows) * DotQuads::panel * s.k)));
    }
  }

 private:
  struct Operands { const uint8_t* a; const int32_t* a_sums; const int8_t* b; const int32_t* b_sums; int64_t batch; };
  int64_t panels() const { return ceil_div(m_.shape.n, DotQuads::panel); }

  void chunk(const KernelArgs& args, const Operands& o, int64_t row0, int64_t panel) const {
    const MatMulShape& s = m_.shape;
    const int64_t quads = DotQuads::quads(s.k), n0 = panel * DotQuads::panel, width = std::min(DotQuads::panel, s.n - n0);
    alignas(64) int32_t c[DotQuads::rows * DotQuads::panel];
    alignas(64) uint32_t b_zero[DotQuads::panel];
    // A byte that was flipped lies 128 higher or lower, and so does its zero point.
    bool any_b_zero = false;
    for (int64_t j = 0; j < width; ++j) any_b_zero |= (b_zero[j] = uint32_t(m_.b_zero(args, n0 + j) - (m_.b_signed ? 0 : 128))) != 0;
    for (int64_t r0 = row0; r0 < std::min(s.m, row0 + chunk_rows); r0 += DotQuads::rows) {
      const int64_t count = std::min(DotQuads::rows, s.m - r0);
      tile_(o.a + r0 * 4 * quads, quads, o.b + panel * 4 * DotQuads::panel * quads, count, c);
      for (int64_t r = 0; r < count; ++r) {
        const auto a_zero = uint32_t(m_.a_zero(args, r0 + r) + (m_.a_signed ? 128 : 0)), a_sum = uint32_t(o.a_sums[r0 + r]);
        int32_t* row = c + r * DotQuads::panel;
        const int32_t* b_sums = o.b_sums + n0;
        for (int64_t j = 0; j < width && (a_zero || any_b_zero); ++j)
          row[j] = int32_t(uint32_t(row[j]) - b_zero[j] * a_sum - a_zero * uint32_t(b_sums[j]) + uint32_t(s.k) * a_zero * b_zero[j]);
        m_.store(args, row, o.batch, r0 + r, n0, width);
      }
    }
  }

  IntegerMatMul m_;
  DotQuads::Tile tile_;
  int threads_;
  Tensor b_, b_sums_;
  size_t b_bytes_ = 0, b_sum_bytes_ = 0, a_bytes_ = 0, a_sum_bytes_ = 0;
};

// The same B for all of a batch.
bool packs(const Problem& p) {
  const size_t b = integer_matmul_inputs(*p.node).b;
  return is_constant(p, b) && p.in(b).size() <= 2;
}

Result<PackedWeights> pack(const Problem& p, const Config&, const Device&) {
  PackedWeights packed;
  if (!packs(p)) return packed;
  const IntegerMatMul m(p);
  const int64_t wide = ceil_div(m.shape.n, DotQuads::panel) * DotQuads::panel;
  packed.parts.emplace_back(DType::i8, Dims{DotQuads::packed_b_bytes(m.shape.k, m.shape.n)});
  Tensor sums(DType::i32, Dims{wide});
  pack_panels(m, static_cast<const uint8_t*>(p.constants[m.in.b]->data()), packed.parts[0].as<int8_t>().data(), sums.as<int32_t>().data(), Threads(1));
  packed.parts.push_back(std::move(sums));
  return packed;
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([matmul = QuadMatMul(p, packed, device)](const KernelArgs& a, const Threads& threads) { matmul.run(a, threads); });
}

}  // namespace

void define_matmul_integer_quads(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.matmul_integer.quads",
      .doc = "MatMulInteger and QLinearMatMul by dot products of four bytes (AVX-512 VNNI), zero points taken off afterwards.",
      .ops = {{"", "MatMulInteger"}, {"", "QLinearMatMul"}},
      .numerics = Numerics::Exact,
      .supports = supports_integer_matmul,
      .workspace = [](const Problem& p, const Config&, const Device& device) {
        PackedWeights packed;
        if (packs(p)) packed.parts.resize(2);
        return QuadMatMul(p, packed, device).workspace();
      },
      .pack = pack,
      .packed_inputs = [](const Problem& p) { return packs(p) ? std::vector<size_t>{integer_matmul_inputs(*p.node).b} : std::vector<size_t>{}; },
      .prepare = prepare,
  });
}

}  // namespace pharos
