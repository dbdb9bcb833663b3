#include "tactics/cpu/broadcast.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/few_queries.h"
#include "tactics/cpu/kernels/gemm.h"
#include "tactics/cpu/kernels/rows.h"

#include <cmath>

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t few = 4;  // queries for which K and V are not packed
constexpr int64_t query_rows = 48;  // whose scores are held at a time: with a panel of K they fit into the first-level cache

// Where the rows of one head lie in an operand.
struct Heads {
  int64_t batch, head, row;  // strides in elements
};

struct Shape {
  int64_t batch = 0, heads = 0, kv_heads = 0, queries = 0, keys = 0, size = 0, v_size = 0;
  Heads q{}, k{}, v{}, y{};
  float scale = 1;
  bool causal = false, has_mask = false, bool_mask = false;
  int64_t ahead = 0;       // causal: columns that the first row sees besides its own
  Dims mask_strides;  // for batch, head, query, key
};

Heads heads_of(bool packed, int64_t heads, int64_t rows, int64_t size) {
  return packed ? Heads{rows * heads * size, size, heads * size} : Heads{heads * rows * size, rows * size, size};
}

std::optional<Shape> shape_of(const Problem& p) {
  const Dims q = p.in(0), k = p.in(1), v = p.in(2);
  const bool packed = q.size() == 3;
  if ((q.size() != 3 && q.size() != 4) || k.size() != q.size() || v.size() != q.size()) return std::nullopt;
  Shape s;
  s.batch = q[0];
  s.heads = packed ? p.node->attr_int("num_heads", 1) : q[1];
  s.kv_heads = packed ? p.node->attr_int("kv_num_heads", s.heads) : k[1];
  if (s.heads < 1 || s.kv_heads < 1 || s.heads % s.kv_heads) return std::nullopt;
  if (packed && (q[2] % s.heads || k[2] % s.kv_heads || v[2] % s.kv_heads)) return std::nullopt;
  s.queries = q[q.size() - 2], s.keys = k[k.size() - 2];
  s.size = packed ? q[2] / s.heads : q[3];
  s.v_size = packed ? v[2] / s.kv_heads : v[3];
  if ((packed ? k[2] / s.kv_heads : k[3]) != s.size || v[v.size() - 2] != s.keys || k[0] != q[0] || v[0] != q[0]) return std::nullopt;
  s.q = heads_of(packed, s.heads, s.queries, s.size), s.k = heads_of(packed, s.kv_heads, s.keys, s.size);
  s.v = heads_of(packed, s.kv_heads, s.keys, s.v_size), s.y = heads_of(packed, s.heads, s.queries, s.v_size);
  s.scale = p.node->attr_float("scale", 1.0f / std::sqrt(float(std::max<int64_t>(1, s.size))));
  s.causal = p.node->attr_int("causal") != 0;
  if (p.node->attr_int("causal") == 2) s.ahead = s.keys - s.queries;
  s.has_mask = p.has_input(3);
  if (s.has_mask) {
    const Dims mask = p.in(3), full{s.batch, s.heads, s.queries, s.keys};
    if (mask.size() > 4) return std::nullopt;
    s.bool_mask = p.inputs[3].dtype == DType::boolean;
    s.mask_strides.assign(4, 0);
    int64_t stride = 1;
    for (size_t i = 0; i < mask.size(); ++i) {
      const size_t from = mask.size() - 1 - i, to = 3 - i;
      if (mask[from] != 1 && mask[from] != full[to]) return std::nullopt;
      if (mask[from] != 1) s.mask_strides[to] = stride;
      stride *= mask[from];
    }
  }
  return s;
}

Support supports(const Problem& p, const Device&) {
  if (p.inputs.size() < 3 || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("inputs are missing");
  for (size_t i = 0; i < p.inputs.size(); ++i) {
    if (!p.has_input(i)) continue;
    const bool fits = p.inputs[i].dtype == DType::f32 || (i == 3 && p.inputs[i].dtype == DType::boolean);
    if (!p.inputs[i].is_concrete() || !fits) return unsupported("not in f32");
  }
  if (!shape_of(p)) return unsupported("the operands do not fit together");
  return supported();
}

class Attention {
 public:
  Attention(const Shape& s, Isa isa, int threads)
      : s_(s), gemm_(gemm_kernels(isa)), by_v_(gemm_), rows_(&row_kernels(isa)), few_(&few_queries(isa)) {
    // Whole panels where the heads' size allows them; a panel of a single vector would wait for its own additions.
    if (s_.v_size % gemm_.panel() && s_.v_size % (2 * gemm_.lanes) == 0) by_v_.vectors = 2;
    keys_ = ceil_div(s_.keys, gemm_.lanes) * gemm_.lanes;
    k_floats_ = size_t(packed_b_floats(gemm_, s_.size, s_.keys)), v_floats_ = size_t(packed_b_floats(by_v_, s_.keys, s_.v_size));
    // Blocks of about the same size, in whole tiles.
    const int64_t blocks = std::max<int64_t>(1, ceil_div(s_.queries, query_rows));
    block_rows_ = ceil_div(ceil_div(std::max<int64_t>(1, s_.queries), blocks), gemm_.rows) * gemm_.rows;
    const int64_t pairs = std::max<int64_t>(1, s_.batch * s_.heads);
    // Fewer heads than threads: the queries of a head are shared too.
    chunks_ = std::clamp<int64_t>(ceil_div(threads, pairs), 1, std::max<int64_t>(1, ceil_div(s_.queries, 16)));
    slots_ = std::max(1, threads);
  }

  size_t slot_bytes() const {
    return align64(k_floats_ * 4) + align64(v_floats_ * 4) + align64(size_t(block_rows_ * keys_) * 4);
  }
  size_t workspace() const { return slot_bytes() * size_t(slots_); }

  void run(const KernelArgs& a, const Threads& threads) const {
    const int64_t units = s_.batch * s_.heads * chunks_;
    if (units == 0 || s_.queries == 0) return;
    Threads(std::min(threads.count(), slots_)).for_each_piece(units, [&](const Threads::Piece& p) {
      Memory m = memory(a.workspace.data() + size_t(p.worker) * slot_bytes());
      for (int64_t u = p.first; u < p.last; ++u) unit(a, u, m);
    });
  }

 private:
  struct Memory {
    float *k, *v, *scores;
    int64_t head = -1;  // whose K and V are packed
  };
  Memory memory(std::byte* at) const {
    Carver carve({at, slot_bytes()});
    float* const k = carve.take(k_floats_);
    float* const v = carve.take(v_floats_);
    return {k, v, carve.take(size_t(block_rows_ * keys_))};
  }

  void unit(const KernelArgs& a, int64_t u, Memory& m) const {
    const int64_t b = u / chunks_ / s_.heads, h = u / chunks_ % s_.heads, chunk = u % chunks_;
    if (s_.queries <= few) return by_row(a, b, h, m.scores);
    pack(a, b, h / (s_.heads / s_.kv_heads), m);
    const int64_t q0 = s_.queries * chunk / chunks_, q1 = s_.queries * (chunk + 1) / chunks_;
    for (int64_t q = q0; q < q1; q += block_rows_) block(a, b, h, q, std::min(block_rows_, q1 - q), m);
  }

  void by_row(const KernelArgs& a, int64_t b, int64_t h, float* row) const {
    const int64_t kv_head = h / (s_.heads / s_.kv_heads);
    const float* k = in_f32(a, 1) + b * s_.k.batch + kv_head * s_.k.head;
    const float* v = in_f32(a, 2) + b * s_.v.batch + kv_head * s_.v.head;
    for (int64_t i = 0; i < s_.queries; ++i) {
      few_->scores(in_f32(a, 0) + b * s_.q.batch + h * s_.q.head + i * s_.q.row, k, s_.k.row, s_.keys, s_.size, s_.scale, row);
      weigh(a, b, h, i, row);
      few_->weighted(row, v, s_.v.row, s_.keys, s_.v_size, out_f32(a) + b * s_.y.batch + h * s_.y.head + i * s_.y.row);
    }
  }

  // Scores of query i become weights, 0 beyond the keys that it sees.
  void weigh(const KernelArgs& a, int64_t b, int64_t h, int64_t i, float* row) const {
    if (s_.has_mask) mask(a, b, h, i, row);
    const int64_t seen = s_.causal ? std::clamp<int64_t>(i + 1 + s_.ahead, 0, s_.keys) : s_.keys;
    std::fill(row + seen, row + keys_, -INFINITY);
    rows_->softmax(row, row, keys_, false, true);
  }

  void pack(const KernelArgs& a, int64_t b, int64_t kv_head, Memory& m) const {
    if (m.head == b * s_.kv_heads + kv_head) return;
    m.head = b * s_.kv_heads + kv_head;
    pack_b(gemm_, in_f32(a, 1) + b * s_.k.batch + kv_head * s_.k.head, s_.k.row, true, s_.size, s_.keys, m.k);
    rows_->affine(m.k, m.k, int64_t(k_floats_), s_.scale, 0.0f);
    pack_b(by_v_, in_f32(a, 2) + b * s_.v.batch + kv_head * s_.v.head, s_.v.row, false, s_.keys, s_.v_size, m.v);
  }

  void block(const KernelArgs& a, int64_t b, int64_t h, int64_t q, int64_t count, Memory& m) const {
    const Threads alone(1);
    // Keys beyond the last one, up to a whole vector, are packed as zeros and masked like any other.
    gemm(gemm_, {.a = in_f32(a, 0) + b * s_.q.batch + h * s_.q.head + q * s_.q.row, .lda = s_.q.row, .packed = m.k, .c = m.scores,
                 .ldc = keys_, .m = count, .n = keys_, .k = s_.size}, alone);
    for (int64_t i = 0; i < count; ++i) weigh(a, b, h, q + i, m.scores + i * keys_);
    gemm(by_v_, {.a = m.scores, .lda = keys_, .packed = m.v, .c = out_f32(a) + b * s_.y.batch + h * s_.y.head + q * s_.y.row,
                 .ldc = s_.y.row, .m = count, .n = s_.v_size, .k = s_.keys}, alone);
  }

  void mask(const KernelArgs& a, int64_t b, int64_t h, int64_t q, float* row) const {
    const int64_t at = b * s_.mask_strides[0] + h * s_.mask_strides[1] + q * s_.mask_strides[2], step = s_.mask_strides[3];
    if (s_.bool_mask) {
      const auto* keep = static_cast<const uint8_t*>(a.inputs[3]->data()) + at;
      for (int64_t j = 0; j < s_.keys; ++j)
        if (!keep[j * step]) row[j] = -INFINITY;
      return;
    }
    const float* added = in_f32(a, 3) + at;
    if (step == 1) return rows_->add(row, added, s_.keys);
    for (int64_t j = 0; j < s_.keys; ++j) row[j] += added[0];
  }

  Shape s_;
  GemmKernels gemm_, by_v_;  // tiles for the scores and for the product with the values
  const RowKernels* rows_;
  const FewQueries* few_;
  size_t k_floats_, v_floats_;
  int64_t keys_, block_rows_, chunks_;
  int slots_;
};

size_t workspace(const Problem& p, const Config&, const Device& device) {
  return Attention(*shape_of(p), device.isa, device.threads).workspace();
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([attention = Attention(*shape_of(p), device.isa, device.threads)](const KernelArgs& a, const Threads& threads) {
    attention.run(a, threads);
  });
}

}  // namespace

void define_attention_fused(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.attention.fused",
      .doc = "Attention head by head: scores of a block of queries, softmax in the cache, product with the values.",
      .ops = {{"pharos", "Attention"}},
      .typical = 1.3,
      .supports = supports,
      .workspace = workspace,
      .prepare = prepare,
  });
}

}  // namespace pharos
