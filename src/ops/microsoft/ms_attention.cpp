// com.microsoft: Attention and MultiHeadAttention, in terms of the standard's Attention.

#include <cmath>

#include <fmt/format.h>

#include "ops/rewriter.h"

namespace pharos {
namespace {

Result<int64_t> read_heads(const Node& n) {
  const int64_t heads = n.attr_int("num_heads", 0);
  if (heads < 1) return bad_attribute(n, "num_heads", std::to_string(heads), "1 or more");
  return heads;
}

Attributes attention_attributes(const Node& n) {
  Attributes a;
  a["is_causal"] = n.attr_int("unidirectional", 0);
  if (const float* scale = n.attr<float>("scale"); scale && *scale != 0) a["scale"] = *scale;
  return a;
}

// A mask of keys becomes one that broadcasts to [B, H, Sq, Sk]: rank 2 [B, Sk], 3 [B, Sq, Sk] or 4; 0 hides. A mask of rank
// 1, the number of keys per image, is `lengths`.
struct Masks { ValueId mask, lengths; };
Result<Masks> read_mask(Rewriter& r, size_t input) {
  Masks m;
  if (!r.has(input)) return m;
  const Type& t = r.type(r.in(input));
  // A rank that is not known yet is taken for 2, the usual one: another would not broadcast later.
  switch (t.has_rank() ? t.rank() : 2) {
    case 1:
      if (r.node.attr_int("unidirectional", 0) != 0) return unsupported_case(r.node, "lengths as a mask together with causal attention");
      m.lengths = r.add("Cast", {r.in(input)}, {{"to", int64_t(DType::i64)}});
      return m;
    case 2: m.mask = r.add("Unsqueeze", {r.in(input), r.ints({1, 2})}); break;
    case 3: m.mask = r.add("Unsqueeze", {r.in(input), r.ints({1})}); break;
    case 4: m.mask = r.in(input); break;
    default: return bad_input(r.node, input, fmt::format("of rank {}", t.rank()), "rank 1 to 4");
  }
  m.mask = r.add("Cast", {m.mask}, {{"to", int64_t(DType::boolean)}});
  return m;
}

// Adds a bias to the scores; the mask's zeros stay hidden.
ValueId with_bias(Rewriter& r, ValueId mask, ValueId bias) {
  if (!bias) return mask;
  if (!mask) return bias;
  const ValueId hidden = r.add("CastLike", {r.number(-INFINITY), bias});
  return r.add("Where", {mask, bias, hidden});
}

// Split in three along the last axis: equal parts, or the sizes given.
std::vector<ValueId> split_three(Rewriter& r, ValueId v, const std::vector<int64_t>& sizes) {
  if (sizes.empty()) return r.add_many("Split", {v}, 3, {{"axis", int64_t{-1}}, {"num_outputs", int64_t{3}}});
  return r.add_many("Split", {v, r.ints(sizes)}, 3, {{"axis", int64_t{-1}}});
}

struct Operands { ValueId q, k, v, mask, past_k, past_v, lengths; };

std::vector<ValueId> attention(Rewriter& r, const Operands& o, size_t outputs, Attributes attributes) {
  std::vector<ValueId> in{o.q, o.k, o.v, o.mask, o.past_k, o.past_v, o.lengths};
  while (!in.back()) in.pop_back();
  return r.add_many("Attention", std::move(in), outputs, std::move(attributes));
}

// (input, weights, bias?, mask?, past?, attention bias?) -> (output, present?)
Result<void> packed_attention(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(2));
  const int64_t heads = PHAROS_TRY(read_heads(r.node));
  if (r.node.attr_int("do_rotary", 0) != 0) return unsupported_case(r.node, "rotary embedding inside of attention");
  if (r.has(6)) return unsupported_case(r.node, "a past in a shared buffer");
  const std::vector<int64_t> sizes = r.node.attr_ints("qkv_hidden_sizes");
  if (!sizes.empty() && sizes.size() != 3) return bad_attribute(r.node, "qkv_hidden_sizes", dims_text(sizes), "3 numbers");
  ValueId qkv = r.add("MatMul", {r.in(0), r.in(1)});
  if (r.has(2)) qkv = r.add("Add", {qkv, r.in(2)});
  const auto parts = split_three(r, qkv, sizes);
  const Masks m = PHAROS_TRY(read_mask(r, 3));
  Operands o{parts[0], parts[1], parts[2], with_bias(r, m.mask, r.in(5)), {}, {}, m.lengths};
  const ValueId first = r.ints({0});
  if (r.has(4)) {  // [2, B, H, past, D]
    const auto past = r.add_many("Split", {r.in(4)}, 2, {{"axis", int64_t{0}}, {"num_outputs", int64_t{2}}});
    o.past_k = r.add("Squeeze", {past[0], first});
    o.past_v = r.add("Squeeze", {past[1], first});
  }
  Attributes attributes = attention_attributes(r.node);
  attributes["q_num_heads"] = attributes["kv_num_heads"] = heads;
  const auto y = attention(r, o, r.used(1) ? 3 : 1, std::move(attributes));
  if (r.used(1))
    r.replace(1, r.add("Concat", {r.add("Unsqueeze", {y[1], first}), r.add("Unsqueeze", {y[2], first})}, {{"axis", int64_t{0}}}));
  return r.finish(y[0]);
}

// [B, S, H*D] as [B, H, S, D].
ValueId heads_first(Rewriter& r, ValueId v, int64_t heads) {
  const ValueId split = r.add("Reshape", {v, r.ints({0, 0, heads, -1})});
  return r.add("Transpose", {split}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
}

// Packed operands: [B, S, H, parts, D] taken apart along axis 3.
std::vector<ValueId> unpacked(Rewriter& r, ValueId v, size_t parts) {
  const auto split = r.add_many("Split", {v}, parts, {{"axis", int64_t{3}}, {"num_outputs", int64_t(parts)}});
  std::vector<ValueId> out;
  for (const ValueId s : split) out.push_back(r.add("Reshape", {s, r.ints({0, 0, -1})}));
  return out;
}

// (query, key?, value?, bias?, key padding mask?, attention bias?, past key?, past value?) -> (output, present key?, present value?)
Result<void> multi_head(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  const int64_t heads = PHAROS_TRY(read_heads(r.node));
  if (r.has(8) || r.has(9)) return unsupported_case(r.node, "a past in a shared buffer");
  if (r.used(3)) return unsupported_case(r.node, "the scores as an output");
  Operands o{r.in(0), r.in(1), r.in(2)};
  bool cached = false;  // key and value are [B, H, S, D] already
  if (!r.has(1)) {
    const auto parts = unpacked(r, r.in(0), 3);
    o = {parts[0], parts[1], parts[2]};
  } else if (!r.has(2)) {
    const auto parts = unpacked(r, r.in(1), 2);
    o.k = parts[0];
    o.v = parts[1];
  } else {
    // A rank that is not known yet is taken for 3: another one would not fit the query later.
    const Type& k = r.type(r.in(1));
    cached = k.has_rank() && k.rank() == 4;
  }
  if (r.has(3)) {
    std::vector<int64_t> sizes;
    const Type &q = r.type(o.q), &v = r.type(o.v);
    if (!cached && q.has_rank() && v.has_rank() && q.shape->back().is_number() && v.shape->back().is_number())
      sizes = {q.shape->back().number(), q.shape->back().number(), v.shape->back().number()};
    const auto bias = split_three(r, r.in(3), sizes);
    o.q = r.add("Add", {o.q, bias[0]});
    if (!cached) {  // cached keys and values had theirs added before
      o.k = r.add("Add", {o.k, bias[1]});
      o.v = r.add("Add", {o.v, bias[2]});
    }
  }
  const Masks m = PHAROS_TRY(read_mask(r, 4));
  o.mask = with_bias(r, m.mask, r.in(5));
  o.lengths = m.lengths;
  o.past_k = r.in(6);
  o.past_v = r.in(7);
  Attributes attributes = attention_attributes(r.node);
  if (cached) o.q = heads_first(r, o.q, heads);
  else attributes["q_num_heads"] = attributes["kv_num_heads"] = heads;
  const auto y = attention(r, o, r.used(1) || r.used(2) ? 3 : 1, std::move(attributes));
  for (size_t i = 1; i < y.size(); ++i) r.replace(i, y[i]);
  if (!cached) return r.finish(y[0]);
  const ValueId back = r.add("Transpose", {y[0]}, {{"perm", std::vector<int64_t>{0, 2, 1, 3}}});
  return r.finish(r.add("Reshape", {back, r.ints({0, 0, -1})}));
}

}  // namespace

void define_ms_attention(OpSet& ops) {
  const TypeSet t = types::floats, mask = types::i32 | types::i64 | types::boolean;
  constexpr auto optional = Param::Kind::Optional;
  const std::vector<AttrDef> attributes = {{"num_heads", AttrType::Int, true, "number of heads"},
                                           {"scale", AttrType::Float, false, "1 / sqrt(head size)"},
                                           {"unidirectional", AttrType::Int, false, "1: causal"},
                                           {"qkv_hidden_sizes", AttrType::Ints, false, "Attention: widths of Q, K and V"},
                                           {"mask_filter_value", AttrType::Float, false, "ignored: hidden keys have no weight"}};
  ops.add({.name = "Attention", .domain = "com.microsoft", .doc = "Projection to Q, K and V, and their attention.",
           .inputs = {{"input", t}, {"weights", t}, {"bias", t, optional}, {"mask_index", mask, optional}, {"past", t, optional},
                      {"attention_bias", t, optional}, {"past_sequence_length", types::i32, optional}},
           .outputs = {{"output", t}, {"present", t, optional}}, .attributes = attributes, .older = {{1, packed_attention}}, .rewritten = true});
  ops.add({.name = "MultiHeadAttention", .domain = "com.microsoft", .doc = "Attention of Q, K and V with a bias each.",
           .inputs = {{"query", t}, {"key", t, optional}, {"value", t, optional}, {"bias", t, optional}, {"key_padding_mask", mask, optional},
                      {"attention_bias", t, optional}, {"past_key", t, optional}, {"past_value", t, optional},
                      {"past_sequence_length", types::i32, optional}, {"cache_indirection", types::i32, optional}},
           .outputs = {{"output", t}, {"present_key", t, optional}, {"present_value", t, optional}, {"qk", t, optional}},
           .attributes = attributes, .older = {{1, multi_head}}, .rewritten = true});
}

}  // namespace pharos
