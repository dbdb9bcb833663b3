// MobileNetV2, width 1.0, as torchvision has it; ReLU6 is Clip with its bounds as inputs.

#include "zoo/blocks.h"

namespace pharos {
namespace {

std::string conv_bn(Net& net, const std::string& scope, const std::string& at, const std::string& bn_at,
                    const std::string& x, const ConvShape& shape, double scale = 1) {
  return batch_norm(net, scope + bn_at, conv(net, scope + at, x, shape, relu_gain, false), shape.out, scale);
}

std::string relu6(Net& net, const std::string& scope, const std::string& x) {
  return net.node(scope, "Clip", {x, net.scalar(scope, 0.0f), net.scalar(scope, 6.0f)});
}

std::string inverted_residual(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out,
                              int64_t stride, int64_t expand) {
  const int64_t hidden = in * expand;
  std::string y = x;
  int64_t at = 0;
  const auto part = [&] { return "conv." + std::to_string(at); };
  if (expand != 1) {
    y = relu6(net, scope + part() + ".2", conv_bn(net, scope, part() + ".0", part() + ".1", y, {in, hidden}));
    ++at;
  }
  y = relu6(net, scope + part() + ".2",
            conv_bn(net, scope, part() + ".0", part() + ".1", y, {hidden, hidden, 3, stride, hidden}));
  ++at;
  const bool residual = stride == 1 && in == out;
  const std::string projection = part();
  ++at;
  y = conv_bn(net, scope, projection, part(), y, {hidden, out}, residual ? 0.3 : 0.8);
  return residual ? net.node(scope.substr(0, scope.size() - 1), "Add", {x, y}) : y;
}

Net build(const ZooOptions& o) {
  Net net("mobilenet_v2", o.seed);
  struct Stage { int64_t expand, channels, repeats, stride; };
  constexpr Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                              {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  std::string x = net.input("input", DType::f32, {batch_dim(o), int64_t{3}, o.size, o.size});
  x = relu6(net, "features.0.2", conv_bn(net, "features.0.", "0", "1", x, {3, 32, 3, 2}));
  int64_t in = 32, index = 1;
  for (const Stage& s : stages) {
    for (int64_t i = 0; i < s.repeats; ++i) {
      x = inverted_residual(net, "features." + std::to_string(index++) + ".", x, in, s.channels, i == 0 ? s.stride : 1,
                            s.expand);
      in = s.channels;
    }
  }
  x = relu6(net, "features.18.2", conv_bn(net, "features.18.", "0", "1", x, {in, 1280}));
  x = net.node("", "GlobalAveragePool", {x});
  x = net.node("", "Flatten", {x}, {{"axis", int64_t{1}}});
  x = gemm(net, "classifier.1", x, 1280, 1000, 1.0 / std::sqrt(1280.0));
  net.output(x, "output", DType::f32, {batch_dim(o), int64_t{1000}});
  return net;
}

}  // namespace

void define_mobilenet_v2(ZooSet& zoo) {
  zoo.add({.name = "mobilenet_v2",
           .doc = {"MobileNetV2 1.0, 1000 classes", "MobileNetV2 1.0，1000 类"},
           .size = 224,
           .size_step = 32,
           .build = build});
}

}  // namespace pharos
