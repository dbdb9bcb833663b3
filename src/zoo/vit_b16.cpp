// Vision transformer ViT-B/16. LayerNormalization as one operator, attention and GELU spelt out, as exporters write
// them.

#include "zoo/blocks.h"

namespace pharos {
namespace {

using Ints = std::vector<int64_t>;
constexpr int64_t width = 768, heads = 12, head_width = 64, hidden = 3072, layers = 12;
constexpr double deviation = 0.02;

std::string norm(Net& net, const std::string& scope, const std::string& x) {
  return net.node(scope, "LayerNormalization",
                  {x, net.weight(scope + ".weight", {width}, Fill::uniform(0.9, 1.1)),
                   net.weight(scope + ".bias", {width}, Fill::uniform(-0.05, 0.05))},
                  {{"axis", int64_t{-1}}, {"epsilon", 1e-6f}});
}

std::string attention(Net& net, const std::string& scope, const std::string& x, int64_t tokens) {
  const std::string qkv = linear(net, scope + ".in_proj", x, width, 3 * width, deviation);
  const auto parts =
      net.nodes_out(scope, "Split", {qkv, net.shape(scope, {width, width, width})}, 3, {{"axis", int64_t{-1}}});
  const auto split_heads = [&](const std::string& part, Ints perm) {
    const std::string shaped = net.node(scope, "Reshape", {part, net.shape(scope, {0, tokens, heads, head_width})});
    return net.node(scope, "Transpose", {shaped}, {{"perm", std::move(perm)}});
  };
  const std::string q = split_heads(parts[0], {0, 2, 1, 3});
  const std::string k = split_heads(parts[1], {0, 2, 3, 1});
  const std::string v = split_heads(parts[2], {0, 2, 1, 3});
  const std::string scaled = net.node(scope, "Mul", {q, net.scalar(scope, 0.125f)});
  const std::string weights =
      net.node(scope, "Softmax", {net.node(scope, "MatMul", {scaled, k})}, {{"axis", int64_t{-1}}});
  const std::string mixed =
      net.node(scope, "Transpose", {net.node(scope, "MatMul", {weights, v})}, {{"perm", Ints{0, 2, 1, 3}}});
  const std::string merged = net.node(scope, "Reshape", {mixed, net.shape(scope, {0, tokens, width})});
  return linear(net, scope + ".out_proj", merged, width, width, deviation);
}

// The class token once per image; with a dynamic batch its shape is computed, as exporters do.
std::string class_token(Net& net, const ZooOptions& o, const std::string& image) {
  const std::string token = net.weight("class_token", {1, 1, width}, Fill::normal(deviation));
  if (!o.dynamic_batch) return net.node("", "Expand", {token, net.shape("", {o.batch, 1, width})});
  const std::string batch =
      net.node("", "Gather", {net.node("", "Shape", {image}), net.scalar_i64("", 0)}, {{"axis", int64_t{0}}});
  const std::string batch_1d = net.node("", "Unsqueeze", {batch, net.shape("", {0})});
  return net.node(
      "", "Expand",
      {token, net.node("", "Concat", {batch_1d, net.shape("", {1}), net.shape("", {width})}, {{"axis", int64_t{0}}})});
}

Net build(const ZooOptions& o) {
  Net net("vit_b16", o.seed);
  const int64_t side = o.size / 16, tokens = side * side + 1;
  const std::string image = net.input("input", DType::f32, {batch_dim(o), int64_t{3}, o.size, o.size});
  std::string x =
      net.node("conv_proj", "Conv",
               {image, net.weight("conv_proj.weight", {width, 3, 16, 16}, Fill::normal(1.0 / std::sqrt(768.0))),
                net.weight("conv_proj.bias", {width}, Fill::uniform(-0.05, 0.05))},
               {{"dilations", Ints{1, 1}},
                {"group", int64_t{1}},
                {"kernel_shape", Ints{16, 16}},
                {"pads", Ints{0, 0, 0, 0}},
                {"strides", Ints{16, 16}}});
  x = net.node("", "Reshape", {x, net.shape("", {0, width, side * side})});
  x = net.node("", "Transpose", {x}, {{"perm", Ints{0, 2, 1}}});
  x = net.node("", "Concat", {class_token(net, o, image), x}, {{"axis", int64_t{1}}});
  x = net.node("encoder", "Add", {x, net.weight("encoder.pos_embedding", {1, tokens, width}, Fill::normal(deviation))});
  for (int64_t i = 0; i < layers; ++i) {
    const std::string scope = "encoder.layers." + std::to_string(i);
    x = net.node(scope, "Add", {attention(net, scope + ".self_attention", norm(net, scope + ".ln_1", x), tokens), x});
    std::string y = linear(net, scope + ".mlp.0", norm(net, scope + ".ln_2", x), width, hidden, deviation);
    y = linear(net, scope + ".mlp.3", gelu(net, scope + ".mlp.1", y), hidden, width, deviation);
    x = net.node(scope, "Add", {x, y});
  }
  x = norm(net, "encoder.ln", x);
  x = net.node("", "Gather", {x, net.scalar_i64("", 0)}, {{"axis", int64_t{1}}});
  x = gemm(net, "heads.head", x, width, 1000, 1.0 / std::sqrt(double(width)));
  net.output(x, "output", DType::f32, {batch_dim(o), int64_t{1000}});
  return net;
}

}  // namespace

void define_vit_b16(ZooSet& zoo) {
  zoo.add({.name = "vit_b16",
           .doc = {"Vision transformer ViT-B/16, 1000 classes", "视觉 Transformer ViT-B/16，1000 类"},
           .size = 224,
           .size_step = 16,
           .build = build});
}

}  // namespace pharos
