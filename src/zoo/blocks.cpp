#include "zoo/blocks.h"

namespace pharos {

std::string conv(Net& net, const std::string& scope, const std::string& x, const ConvShape& s, double gain, bool bias) {
  std::vector<std::string> in{x, net.weight(scope + ".weight", {s.out, s.in / s.groups, s.kernel, s.kernel},
                                            Fill::normal(gain / std::sqrt(s.fan_in())))};
  if (bias) in.push_back(net.weight(scope + ".bias", {s.out}, Fill::uniform(-0.1, 0.1)));
  using Ints = std::vector<int64_t>;
  return net.node(scope, "Conv", std::move(in),
                  {{"dilations", Ints{1, 1}}, {"group", s.groups}, {"kernel_shape", Ints{s.kernel, s.kernel}},
                   {"pads", Ints{s.pad(), s.pad(), s.pad(), s.pad()}}, {"strides", Ints{s.stride, s.stride}}});
}

std::string batch_norm(Net& net, const std::string& scope, const std::string& x, int64_t channels, double scale) {
  const auto vector = [&](const char* name, double low, double high) {
    return net.weight(scope + "." + name, {channels}, Fill::uniform(low, high));
  };
  std::vector<std::string> in{x, vector("weight", 0.8 * scale, 1.2 * scale), vector("bias", -0.1, 0.1),
                              vector("running_mean", -0.1, 0.1), vector("running_var", 0.8, 1.2)};
  return net.node(scope, "BatchNormalization", std::move(in), {{"epsilon", 1e-5f}, {"momentum", 0.9f}});
}

std::string linear(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out,
                   double deviation) {
  const std::string y =
      net.node(scope, "MatMul", {x, net.weight(scope + ".weight", {in, out}, Fill::normal(deviation))});
  return net.node(scope, "Add", {net.weight(scope + ".bias", {out}, Fill::uniform(-0.02, 0.02)), y});
}

std::string gemm(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out, double deviation) {
  return net.node(scope, "Gemm",
                  {x, net.weight(scope + ".weight", {out, in}, Fill::normal(deviation)),
                   net.weight(scope + ".bias", {out}, Fill::uniform(-0.02, 0.02))},
                  {{"alpha", 1.0f}, {"beta", 1.0f}, {"transB", int64_t{1}}});
}

std::string gelu(Net& net, const std::string& scope, const std::string& x) {
  const std::string scaled = net.node(scope, "Div", {x, net.scalar(scope, 1.4142135381698608f)});
  const std::string erf = net.node(scope, "Erf", {scaled});
  const std::string sum = net.node(scope, "Add", {erf, net.scalar(scope, 1.0f)});
  const std::string product = net.node(scope, "Mul", {x, sum});
  return net.node(scope, "Mul", {product, net.scalar(scope, 0.5f)});
}

std::string silu(Net& net, const std::string& scope, const std::string& x) {
  return net.node(scope, "Mul", {x, net.node(scope, "Sigmoid", {x})});
}

NetDim batch_dim(const ZooOptions& o) { return o.dynamic_batch ? NetDim{std::string("batch")} : NetDim{o.batch}; }

}  // namespace pharos
