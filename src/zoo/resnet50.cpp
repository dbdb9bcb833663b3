// ResNet-50 v1.5 (the stride sits in the 3x3 convolution), as torchvision has it.

#include "zoo/blocks.h"

namespace pharos {
namespace {

std::string conv_bn(Net& net, const std::string& scope, const std::string& conv_name, const std::string& bn_name,
                    const std::string& x, const ConvShape& shape, double scale = 1) {
  return batch_norm(net, scope + bn_name, conv(net, scope + conv_name, x, shape, relu_gain, false), shape.out, scale);
}

std::string bottleneck(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t width,
                       int64_t stride, bool project) {
  const int64_t out = width * 4;
  std::string y = net.node(scope + "relu", "Relu", {conv_bn(net, scope, "conv1", "bn1", x, {in, width})});
  y = net.node(scope + "relu", "Relu", {conv_bn(net, scope, "conv2", "bn2", y, {width, width, 3, stride})});
  // The last scale is small so that the sum over many blocks does not grow.
  y = conv_bn(net, scope, "conv3", "bn3", y, {width, out}, 0.25);
  const std::string shortcut =
      project ? conv_bn(net, scope, "downsample.0", "downsample.1", x, {in, out, 1, stride}, 0.7) : x;
  return net.node(scope + "relu", "Relu", {net.node(scope.substr(0, scope.size() - 1), "Add", {y, shortcut})});
}

Net build(const ZooOptions& o) {
  Net net("resnet50", o.seed);
  using Ints = std::vector<int64_t>;
  std::string x = net.input("input", DType::f32, {batch_dim(o), int64_t{3}, o.size, o.size});
  x = net.node("relu", "Relu", {conv_bn(net, "", "conv1", "bn1", x, {3, 64, 7, 2})});
  x = net.node("maxpool", "MaxPool", {x},
               {{"ceil_mode", int64_t{0}},
                {"dilations", Ints{1, 1}},
                {"kernel_shape", Ints{3, 3}},
                {"pads", Ints{1, 1, 1, 1}},
                {"strides", Ints{2, 2}}});
  int64_t in = 64;
  constexpr int64_t blocks[] = {3, 4, 6, 3};
  for (int64_t stage = 0; stage < 4; ++stage) {
    const int64_t width = int64_t{64} << stage;
    for (int64_t block = 0; block < blocks[stage]; ++block) {
      const std::string scope = "layer" + std::to_string(stage + 1) + "." + std::to_string(block) + ".";
      x = bottleneck(net, scope, x, in, width, block == 0 && stage > 0 ? 2 : 1, block == 0);
      in = width * 4;
    }
  }
  x = net.node("avgpool", "GlobalAveragePool", {x});
  x = net.node("", "Flatten", {x}, {{"axis", int64_t{1}}});
  x = gemm(net, "fc", x, 2048, 1000, 1.0 / std::sqrt(2048.0));
  net.output(x, "output", DType::f32, {batch_dim(o), int64_t{1000}});
  return net;
}

}  // namespace

void define_resnet50(ZooSet& zoo) {
  zoo.add({.name = "resnet50",
           .doc = {"ResNet-50 v1.5, 1000 classes", "ResNet-50 v1.5，1000 类"},
           .size = 224,
           .size_step = 32,
           .build = build});
}

}  // namespace pharos
