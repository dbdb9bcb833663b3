// pharos::Attention: the attention of one layer, on packed [B, S, H*D] or split [B, H, S, D] operands.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/attention_reference.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Report bad_heads(const Node& n, std::string_view attribute, int64_t heads, int64_t width) {
  return bad_attribute(n, attribute, std::to_string(heads), fmt::format("a divisor of the width, {}", width));
}

// Number of heads and their size for an operand whose rows hold `width` elements.
Result<int64_t> head_size(const Node& n, std::string_view attribute, int64_t heads, int64_t width) {
  if (heads < 1 || width % heads != 0) return bad_heads(n, attribute, heads, width);
  return width / heads;
}

Result<void> infer(InferContext& c) {
  const Node& n = c.node();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  const Type &q = c.input(0), &v = c.input(2);
  if (!q.has_rank() || !v.has_rank()) return c.set_output(0, Type::tensor(t)), Result<void>();
  if (q.rank() != 3 && q.rank() != 4) return bad_input(n, 0, fmt::format("of rank {}", q.rank()), "rank 3 or 4");
  for (size_t i = 1; i < 3; ++i)
    if (c.input(i).has_rank() && c.input(i).rank() != q.rank())
      return bad_input(n, i, fmt::format("of rank {}", c.input(i).rank()), fmt::format("rank {}", q.rank()));
  Shape y = *q.shape;
  const Shape& vs = *v.shape;
  if (q.rank() == 4) {
    y[3] = vs[3];
  } else {
    const int64_t heads = n.attr_int("num_heads", 1), kv_heads = n.attr_int("kv_num_heads", heads);
    if (heads < 1 || kv_heads < 1) return bad_attribute(n, "num_heads", std::to_string(heads), "1 or more");
    y[2] = heads == kv_heads ? vs[2] : floor_div(vs[2], kv_heads) * Dim(heads);
  }
  c.set_output(0, Type::tensor(t, std::move(y)));
  return {};
}

Result<AttentionShape> sizes(const Node& n, const Dims& q, const Dims& k, const Dims& v) {
  for (const Dims* d : {&k, &v})
    if (d->size() != q.size()) return shapes_mismatch(n, "Q, K and V have different ranks");
  AttentionShape s;
  s.batch = q[0];
  if (q.size() == 4) {
    s.q_heads = q[1];
    s.kv_heads = k[1];
    s.q_length = q[2];
    s.kv_length = k[2];
    s.head_size = q[3];
    s.v_head_size = v[3];
    if (v[1] != k[1] || k[3] != q[3]) return shapes_mismatch(n, "K and V do not fit Q");
    s.q = HeadLayout::heads_first(s.q_heads, s.q_length, s.head_size);
    s.k = HeadLayout::heads_first(s.kv_heads, s.kv_length, s.head_size);
    s.v = HeadLayout::heads_first(s.kv_heads, s.kv_length, s.v_head_size);
  } else if (q.size() == 3) {
    s.q_heads = n.attr_int("num_heads", 1);
    s.kv_heads = n.attr_int("kv_num_heads", s.q_heads);
    s.q_length = q[1];
    s.kv_length = k[1];
    s.head_size = PHAROS_TRY(head_size(n, "num_heads", s.q_heads, q[2]));
    if (PHAROS_TRY(head_size(n, "kv_num_heads", s.kv_heads, k[2])) != s.head_size)
      return shapes_mismatch(n, "the heads of Q and K have different sizes");
    s.v_head_size = PHAROS_TRY(head_size(n, "kv_num_heads", s.kv_heads, v[2]));
    s.q = HeadLayout::packed(s.q_heads, s.q_length, s.head_size);
    s.k = HeadLayout::packed(s.kv_heads, s.kv_length, s.head_size);
    s.v = HeadLayout::packed(s.kv_heads, s.kv_length, s.v_head_size);
  } else {
    return bad_input(n, 0, fmt::format("of rank {}", q.size()), "rank 3 or 4");
  }
  const size_t length = q.size() - 2;
  if (k[0] != q[0] || v[0] != q[0] || v[length] != k[length])
    return shapes_mismatch(n, fmt::format("Q {}, K {} and V {} do not fit", dims_text(q), dims_text(k), dims_text(v)));
  if (s.kv_heads < 1 || s.q_heads % s.kv_heads != 0) return bad_heads(n, "kv_num_heads", s.kv_heads, s.q_heads);
  return s;
}

template <class T>
void compute(EvalContext& c, const AttentionShape& s, const AttentionMask& mask, Tensor& y) {
  const int64_t causal = c.node().attr_int("causal", 0), ahead = causal == 2 ? s.kv_length - s.q_length : 0;
  const double scale = c.node().attr_float("scale", float(1 / std::sqrt(double(s.head_size))));
  const HeadLayout to = y.rank() == 4 ? HeadLayout::heads_first(s.q_heads, s.q_length, s.v_head_size)
                                      : HeadLayout::packed(s.q_heads, s.q_length, s.v_head_size);
  AttentionHooks hooks;
  hooks.scores = [&](int64_t b, int64_t h, int64_t i, double* scores) {
    if (mask) mask.apply(b, h, i, scores);
    if (causal)
      for (int64_t j = std::max<int64_t>(0, i + 1 + ahead); j < s.kv_length; ++j) scores[j] = -INFINITY;
  };
  hooks.result = [&](int64_t b, int64_t h, int64_t i, double* out) { store(y, to.at(b, h, i), s.v_head_size, out); };
  attend(s, Elements<T>(c.input(0)).data(), Elements<T>(c.input(1)).data(), Elements<T>(c.input(2)).data(), scale, hooks);
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor& q = c.input(0);
  const AttentionShape s = PHAROS_TRY(sizes(c.node(), q.dims(), c.input(1).dims(), c.input(2).dims()));
  AttentionMask mask;
  if (c.has_input(3)) {
    const Dims scores{s.batch, s.q_heads, s.q_length, s.kv_length};
    mask = PHAROS_TRY(AttentionMask::make(c.node(), 3, c.input(3), scores));
  }
  Dims dims = q.dims();
  dims.back() = q.rank() == 4 ? s.v_head_size : s.q_heads * s.v_head_size;
  Tensor y = PHAROS_TRY(c.output(0, q.dtype(), dims));
  if (q.dtype() == DType::f64) compute<double>(c, s, mask, y);
  else compute<float>(c, s, mask, y);
  return {};
}

}  // namespace

void define_fused_attention(OpSet& ops) {
  ops.add({.name = "Attention",
           .domain = "pharos",
           .doc = "softmax(scale * Q K^T + mask) V per head; operands are [B, S, H*D] or [B, H, S, D].",
           .inputs = {{"Q", types::floats}, {"K", types::floats}, {"V", types::floats},
                      {"mask", types::floats | types::boolean, Param::Kind::Optional}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"causal", AttrType::Int, false, "1: a row sees only columns up to its own; 2: the last row sees all, others less by their distance"},
                          {"num_heads", AttrType::Int, false, "heads of Q, for operands of rank 3"},
                          {"kv_num_heads", AttrType::Int, false, "heads of K and V, those of Q"},
                          {"scale", AttrType::Float, false, "1 / sqrt(D)"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
