// BERT-base (uncased vocabulary) with pooler. Layer normalisation, GELU and attention are spelt out in primitive
// operators.

#include "zoo/blocks.h"

namespace pharos {
namespace {

using Ints = std::vector<int64_t>;
constexpr int64_t width = 768, heads = 12, head_width = 64, hidden = 3072, layers = 12, vocabulary = 30522,
                  positions = 512;
constexpr double deviation = 0.02;

std::string norm(Net& net, const std::string& scope, const std::string& x) {
  const auto mean = [&](const std::string& v) {
    return net.node(scope, "ReduceMean", {v}, {{"axes", Ints{-1}}, {"keepdims", int64_t{1}}});
  };
  const std::string centred = net.node(scope, "Sub", {x, mean(x)});
  const std::string variance = mean(net.node(scope, "Pow", {centred, net.scalar(scope, 2.0f)}));
  const std::string root = net.node(scope, "Sqrt", {net.node(scope, "Add", {variance, net.scalar(scope, 1e-12f)})});
  const std::string normal = net.node(scope, "Div", {centred, root});
  const std::string scaled =
      net.node(scope, "Mul", {normal, net.weight(scope + ".weight", {width}, Fill::uniform(0.9, 1.1))});
  return net.node(scope, "Add", {scaled, net.weight(scope + ".bias", {width}, Fill::uniform(-0.05, 0.05))});
}

std::string embeddings(Net& net, const ZooOptions& o, const std::string& ids, const std::string& segments) {
  const std::string scope = "embeddings";
  const auto look_up = [&](const std::string& table, int64_t rows, const std::string& index) {
    return net.node(scope + "." + table, "Gather",
                    {net.weight(scope + "." + table + ".weight", {rows, width}, Fill::normal(deviation)), index},
                    {{"axis", int64_t{0}}});
  };
  const std::string words = look_up("word_embeddings", vocabulary, ids);
  std::string x = net.node(scope, "Add", {words, look_up("token_type_embeddings", 2, segments)});
  // Positions 0 … S-1, cut from the 512 that the model knows.
  const std::string all = net.weight(scope + ".position_ids", {1, positions}, Fill::range(0, 1), DType::i64);
  const std::string ids_used =
      net.node(scope, "Slice", {all, net.shape(scope, {0}), net.shape(scope, {o.seq_len}), net.shape(scope, {1})});
  x = net.node(scope, "Add", {x, look_up("position_embeddings", positions, ids_used)});
  return norm(net, scope + ".LayerNorm", x);
}

// 0 where a token counts, a very negative number where it is padding: [B, 1, 1, S].
std::string mask_bias(Net& net, const std::string& mask) {
  const std::string four_d =
      net.node("", "Unsqueeze", {net.node("", "Unsqueeze", {mask, net.shape("", {1})}), net.shape("", {2})});
  const std::string as_float = net.node("", "Cast", {four_d}, {{"to", int64_t{1}}});
  return net.node("", "Mul", {net.node("", "Sub", {net.scalar("", 1.0f), as_float}), net.scalar("", -10000.0f)});
}

std::string attention(Net& net, const std::string& scope, const std::string& x, const std::string& bias,
                      int64_t tokens) {
  const std::string self = scope + ".attention.self";
  const auto project = [&](const char* name, Ints perm) {
    const std::string y = linear(net, self + "." + name, x, width, width, deviation);
    const std::string shaped = net.node(self, "Reshape", {y, net.shape(self, {0, tokens, heads, head_width})});
    return net.node(self, "Transpose", {shaped}, {{"perm", std::move(perm)}});
  };
  const std::string q = project("query", {0, 2, 1, 3});
  const std::string k = project("key", {0, 2, 3, 1});
  const std::string v = project("value", {0, 2, 1, 3});
  const std::string scores = net.node(self, "Div", {net.node(self, "MatMul", {q, k}), net.scalar(self, 8.0f)});
  const std::string weights =
      net.node(self, "Softmax", {net.node(self, "Add", {scores, bias})}, {{"axis", int64_t{-1}}});
  const std::string mixed =
      net.node(self, "Transpose", {net.node(self, "MatMul", {weights, v})}, {{"perm", Ints{0, 2, 1, 3}}});
  const std::string merged = net.node(self, "Reshape", {mixed, net.shape(self, {0, tokens, width})});
  return linear(net, scope + ".attention.output.dense", merged, width, width, deviation);
}

Net build(const ZooOptions& o) {
  Net net("bert_base", o.seed);
  const std::vector<NetDim> tokens{batch_dim(o), o.seq_len};
  const std::string ids = net.input("input_ids", DType::i64, tokens);
  const std::string mask = net.input("attention_mask", DType::i64, tokens);
  const std::string segments = net.input("token_type_ids", DType::i64, tokens);
  const std::string bias = mask_bias(net, mask);
  std::string x = embeddings(net, o, ids, segments);
  for (int64_t i = 0; i < layers; ++i) {
    const std::string scope = "encoder.layer." + std::to_string(i);
    const std::string attended =
        net.node(scope + ".attention.output", "Add", {attention(net, scope, x, bias, o.seq_len), x});
    x = norm(net, scope + ".attention.output.LayerNorm", attended);
    std::string y = linear(net, scope + ".intermediate.dense", x, width, hidden, deviation);
    y = linear(net, scope + ".output.dense", gelu(net, scope + ".intermediate.intermediate_act_fn", y), hidden, width,
               deviation);
    x = norm(net, scope + ".output.LayerNorm", net.node(scope + ".output", "Add", {y, x}));
  }
  const std::string first = net.node("pooler", "Gather", {x, net.scalar_i64("pooler", 0)}, {{"axis", int64_t{1}}});
  const std::string pooled =
      net.node("pooler.activation", "Tanh", {gemm(net, "pooler.dense", first, width, width, deviation)});
  net.output(x, "last_hidden_state", DType::f32, {batch_dim(o), o.seq_len, width});
  net.output(pooled, "pooler_output", DType::f32, {batch_dim(o), width});
  return net;
}

}  // namespace

void define_bert_base(ZooSet& zoo) {
  zoo.add({.name = "bert_base",
           .doc = {"BERT-base encoder with pooler", "BERT-base 编码器（含 pooler）"},
           .seq_len = 128,
           .max_seq_len = positions,
           .build = build});
}

}  // namespace pharos
