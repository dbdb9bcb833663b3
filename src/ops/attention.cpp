// Attention of the standard: past and present keys, masks, windows, soft cap, and the scores as a second result.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/attention_reference.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { Q, K, V, Mask, PastKey, PastValue, KeyLengths };

int64_t heads_attr(const Node& n, bool query) { return n.attr_int(query ? "q_num_heads" : "kv_num_heads", 0); }

// [B, H, S, D] of a 4-D operand, or of a packed 3-D one.
Result<Dims> split_heads(const Node& n, size_t input, const Dims& d, int64_t heads) {
  if (d.size() == 4) return d;
  if (d.size() != 3) return bad_input(n, input, fmt::format("of rank {}", d.size()), "rank 3 or 4");
  if (heads < 1 || d[2] % heads != 0)
    return bad_attribute(n, input == Q ? "q_num_heads" : "kv_num_heads", std::to_string(heads), fmt::format("a divisor of {}", d[2]));
  return Dims{d[0], heads, d[1], d[2] / heads};
}

struct Sizes {
  AttentionShape shape;
  int64_t past = 0;
  bool packed = false;  // 3-D operands
};

Result<Sizes> sizes_of(EvalContext& c) {
  const Node& n = c.node();
  Sizes r;
  r.packed = c.input(Q).rank() == 3;
  for (const size_t i : {K, V})
    if (c.input(i).rank() != c.input(Q).rank()) return bad_input(n, i, fmt::format("of rank {}", c.input(i).rank()), "the rank of Q");
  const Dims q = PHAROS_TRY(split_heads(n, Q, c.input(Q).dims(), heads_attr(n, true)));
  const Dims k = PHAROS_TRY(split_heads(n, K, c.input(K).dims(), heads_attr(n, false)));
  const Dims v = PHAROS_TRY(split_heads(n, V, c.input(V).dims(), heads_attr(n, false)));
  if (k[0] != q[0] || v[0] != q[0] || v[1] != k[1] || v[2] != k[2] || k[3] != q[3])
    return shapes_mismatch(n, fmt::format("Q {}, K {} and V {} do not fit", dims_text(q), dims_text(k), dims_text(v)));
  if (k[1] < 1 || q[1] % k[1] != 0) return shapes_mismatch(n, fmt::format("{} query heads cannot share {} key heads", q[1], k[1]));
  if (c.has_input(PastKey) != c.has_input(PastValue)) return shapes_mismatch(n, "has only one of past_key and past_value");
  if (c.has_input(PastKey)) {
    const Dims &pk = c.input(PastKey).dims(), &pv = c.input(PastValue).dims();
    if (pk.size() != 4 || pk[0] != q[0] || pk[1] != k[1] || pk[3] != k[3])
      return bad_input(n, PastKey, "of shape " + dims_text(pk), fmt::format("{}x{}xpastx{}", q[0], k[1], k[3]));
    if (pv != Dims{q[0], k[1], pk[2], v[3]})
      return bad_input(n, PastValue, "of shape " + dims_text(pv), dims_text(Dims{q[0], k[1], pk[2], v[3]}));
    if (c.has_input(KeyLengths)) return shapes_mismatch(n, "nonpad_kv_seqlen cannot be combined with past keys");
    r.past = pk[2];
  }
  if (c.has_input(KeyLengths) && c.input(KeyLengths).dims() != Dims{q[0]})
    return bad_input(n, KeyLengths, "of shape " + dims_text(c.input(KeyLengths).dims()), fmt::format("shape {}", q[0]));
  r.shape = {.batch = q[0], .q_heads = q[1], .kv_heads = k[1], .q_length = q[2], .kv_length = k[2] + r.past,
             .head_size = q[3], .v_head_size = v[3]};
  r.shape.q = r.packed ? HeadLayout::packed(q[1], q[2], q[3]) : HeadLayout::heads_first(q[1], q[2], q[3]);
  r.shape.k = HeadLayout::heads_first(k[1], r.shape.kv_length, k[3]);
  r.shape.v = HeadLayout::heads_first(k[1], r.shape.kv_length, v[3]);
  return r;
}

// Past and current rows of all heads, heads first.
std::vector<double> joined(const Tensor* past, int64_t past_rows, const Tensor& current, bool packed, int64_t heads, int64_t total, int64_t size) {
  const int64_t batch = current.dim(0), rows = total - past_rows;
  const HeadLayout from = packed ? HeadLayout::packed(heads, rows, size) : HeadLayout::heads_first(heads, rows, size);
  std::vector<double> out(size_t(batch * heads * total * size));
  double* to = out.data();
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t h = 0; h < heads; ++h) {
      if (past) load(*past, (b * heads + h) * past_rows * size, past_rows * size, to);
      to += past_rows * size;
      for (int64_t s = 0; s < rows; ++s, to += size) load(current, from.at(b, h, s), size, to);
    }
  return out;
}

// What is added to the scores of one row.
class Bias {
 public:
  static Result<Bias> make(EvalContext& c, const Sizes& z) {
    Bias r;
    const Node& n = c.node();
    r.causal_ = n.attr_int("is_causal", 0) != 0;
    r.left_ = n.attr_int("left_window_size", -1);
    r.right_ = n.attr_int("right_window_size", -1);
    if (r.left_ < -1 || r.right_ < -1) return bad_attribute(n, "left_window_size", std::to_string(std::min(r.left_, r.right_)), "-1 or more");
    r.total_ = z.shape.kv_length;
    r.offsets_.assign(size_t(z.shape.batch), z.past);
    if (c.has_input(KeyLengths)) {
      r.lengths_ = c.input(KeyLengths).to_ints();
      for (size_t b = 0; b < r.lengths_.size(); ++b) {
        if (r.lengths_[b] < 0 || r.lengths_[b] > r.total_) return bad_value(n, KeyLengths, std::to_string(r.lengths_[b]), fmt::format("0 to {}", r.total_));
        r.offsets_[b] = r.lengths_[b] - z.shape.q_length;
      }
    }
    if (!c.has_input(Mask)) return r;
    // A mask for fewer keys hides the others.
    const Tensor& mask = c.input(Mask);
    if (mask.rank() < 1) return bad_input(n, Mask, "a scalar", "rank 1 to 4");
    r.columns_ = std::min(mask.dims().back(), r.total_);
    if (mask.dims().back() > r.total_) return bad_input(n, Mask, "of shape " + dims_text(mask.dims()), fmt::format("at most {} columns", r.total_));
    r.mask_ = PHAROS_TRY(AttentionMask::make(n, Mask, mask, {z.shape.batch, z.shape.q_heads, z.shape.q_length, r.columns_}));
    return r;
  }

  void row(int64_t b, int64_t h, int64_t i, std::vector<double>& bias) const {
    bias.assign(size_t(total_), 0.0);
    if (mask_) {
      mask_.apply(b, h, i, bias.data());
      std::fill(bias.begin() + columns_, bias.end(), -INFINITY);
    }
    const int64_t position = i + offsets_[size_t(b)];
    for (int64_t j = 0; j < total_; ++j) {
      const bool hidden = (causal_ && j > position) || (left_ >= 0 && position - j > left_) || (right_ >= 0 && j - position > right_) ||
                          (!lengths_.empty() && j >= lengths_[size_t(b)]);
      if (hidden) bias[size_t(j)] = -INFINITY;
    }
  }

 private:
  AttentionMask mask_;
  int64_t columns_ = 0, total_ = 0, left_ = -1, right_ = -1;
  bool causal_ = false;
  std::vector<int64_t> offsets_, lengths_;
};

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Sizes z = PHAROS_TRY(sizes_of(c));
  const AttentionShape& s = z.shape;
  const Bias bias = PHAROS_TRY(Bias::make(c, z));
  const Tensor& q = c.input(Q);
  const DType t = q.dtype();
  const HeadLayout to = z.packed ? HeadLayout::packed(s.q_heads, s.q_length, s.v_head_size)
                                 : HeadLayout::heads_first(s.q_heads, s.q_length, s.v_head_size);
  Tensor y = PHAROS_TRY(c.output(0, t, z.packed ? Dims{s.batch, s.q_length, s.q_heads * s.v_head_size}
                                               : Dims{s.batch, s.q_heads, s.q_length, s.v_head_size}));
  Tensor exposed;
  if (c.has_output(3)) exposed = PHAROS_TRY(c.output(3, t, {s.batch, s.q_heads, s.q_length, s.kv_length}));
  const std::vector<double> keys = joined(z.past ? &c.input(PastKey) : nullptr, z.past, c.input(K), z.packed, s.kv_heads, s.kv_length, s.head_size);
  const std::vector<double> values = joined(z.past ? &c.input(PastValue) : nullptr, z.past, c.input(V), z.packed, s.kv_heads, s.kv_length, s.v_head_size);
  if (c.has_output(1)) {
    Tensor present = PHAROS_TRY(c.output(1, c.input(K).dtype(), {s.batch, s.kv_heads, s.kv_length, s.head_size}));
    from_doubles(present, keys);
  }
  if (c.has_output(2)) {
    Tensor present = PHAROS_TRY(c.output(2, c.input(V).dtype(), {s.batch, s.kv_heads, s.kv_length, s.v_head_size}));
    from_doubles(present, values);
  }
  const double cap = n.attr_float("softcap", 0);
  const int64_t mode = n.attr_int("qk_matmul_output_mode", 0);
  const auto expose = [&](int64_t wanted, int64_t b, int64_t h, int64_t i, const double* row) {
    if (exposed.valid() && mode == wanted) store(exposed, ((b * s.q_heads + h) * s.q_length + i) * s.kv_length, s.kv_length, row);
  };
  std::vector<double> added;
  AttentionHooks hooks;
  hooks.scores = [&](int64_t b, int64_t h, int64_t i, double* scores) {
    expose(0, b, h, i, scores);
    if (cap > 0)
      for (int64_t j = 0; j < s.kv_length; ++j) scores[j] = cap * std::tanh(scores[j] / cap);
    expose(1, b, h, i, scores);
    bias.row(b, h, i, added);
    for (int64_t j = 0; j < s.kv_length; ++j) scores[j] += added[size_t(j)];
    expose(2, b, h, i, scores);
    // Hidden keys count for nothing even where their score is not a number.
    for (int64_t j = 0; j < s.kv_length; ++j)
      if (added[size_t(j)] == -INFINITY) scores[j] = -INFINITY;
  };
  hooks.weights = [&](int64_t b, int64_t h, int64_t i, double* weights) { expose(3, b, h, i, weights); };
  hooks.result = [&](int64_t b, int64_t h, int64_t i, double* out) { store(y, to.at(b, h, i), s.v_head_size, out); };
  const double scale = n.attr_float("scale", float(1 / std::sqrt(double(s.head_size))));
  attend(s, Elements<double>(q).data(), keys.data(), values.data(), scale, hooks);
  return {};
}

// --- inference

Result<void> infer(InferContext& c) {
  const Node& n = c.node();
  const Type &q = c.input(Q), &k = c.input(K), &v = c.input(V);
  if (q.has_rank() && q.rank() != 3 && q.rank() != 4) return bad_input(n, Q, fmt::format("of rank {}", q.rank()), "rank 3 or 4");
  for (const size_t i : {K, V})
    if (q.has_rank() && c.input(i).has_rank() && c.input(i).rank() != q.rank())
      return bad_input(n, i, fmt::format("of rank {}", c.input(i).rank()), fmt::format("rank {}", q.rank()));
  for (size_t o = 0; o < 4; ++o) c.set_output(o, Type::tensor(o == 2 ? v.dtype : o == 1 ? k.dtype : q.dtype));
  if (!q.has_rank() || !k.has_rank() || !v.has_rank()) return {};
  const bool packed = q.rank() == 3;
  const Shape &qs = *q.shape, &ks = *k.shape, &vs = *v.shape;
  const int64_t q_heads = heads_attr(n, true), kv_heads = heads_attr(n, false);
  if (packed && (q_heads < 1 || kv_heads < 1)) return bad_attribute(n, "q_num_heads", std::to_string(q_heads), "1 or more, for inputs of rank 3");
  const Dim heads = packed ? Dim(q_heads) : qs[1], shared = packed ? Dim(kv_heads) : ks[1];
  const Dim size = packed ? floor_div(ks[2], shared) : ks[3], v_size = packed ? floor_div(vs[2], shared) : vs[3];
  const Dim q_length = qs[packed ? 1 : 2];
  Dim total = ks[packed ? 1 : 2];
  if (c.has_input(PastKey)) {
    const auto& past = c.input(PastKey).shape;
    total = past && past->size() == 4 ? total + (*past)[2] : Dim();
  }
  c.set_output(0, Type::tensor(q.dtype, packed ? Shape{qs[0], q_length, heads * v_size} : Shape{qs[0], heads, q_length, v_size}));
  c.set_output(1, Type::tensor(k.dtype, Shape{qs[0], shared, total, size}));
  c.set_output(2, Type::tensor(v.dtype, Shape{qs[0], shared, total, v_size}));
  c.set_output(3, Type::tensor(q.dtype, Shape{qs[0], heads, q_length, total}));
  return {};
}

}  // namespace

void define_attention(OpSet& ops) {
  const TypeSet t = types::floats;
  constexpr auto optional = Param::Kind::Optional;
  ops.add({.name = "Attention",
           .since = 25,
           .doc = "softmax(scale * Q K^T + bias) V per head, with cached keys and values.",
           .inputs = {{"Q", t}, {"K", t}, {"V", t}, {"attn_mask", types::numeric | types::boolean, optional},
                      {"past_key", t, optional}, {"past_value", t, optional}, {"nonpad_kv_seqlen", types::i64, optional}},
           .outputs = {{"Y", t}, {"present_key", t, optional}, {"present_value", t, optional}, {"qk_matmul_output", t, optional}},
           .attributes = {{"is_causal", AttrType::Int, false, "1: a query sees only keys up to its own position"},
                          {"kv_num_heads", AttrType::Int, false, "heads of K and V, for inputs of rank 3"},
                          {"left_window_size", AttrType::Int, false, "keys seen before a query; -1: all"},
                          {"q_num_heads", AttrType::Int, false, "heads of Q, for inputs of rank 3"},
                          {"qk_matmul_output_mode", AttrType::Int, false, "which step the fourth output shows, 0 to 3"},
                          {"right_window_size", AttrType::Int, false, "keys seen behind a query; -1: all"},
                          {"scale", AttrType::Float, false, "1 / sqrt(head size)"},
                          {"softcap", AttrType::Float, false, "limit of the scores; 0: none"},
                          {"softmax_precision", AttrType::Int, false, "least type of the softmax"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{23, nullptr}}});
}

}  // namespace pharos
